"""hitl.adapters.image_folder: images named by what was handed in, whole or not there."""

import os

import pytest

from hitl.adapters import image_folder
from hitl.adapters.image_files import Picture
from hitl.adapters.image_folder import find_kept, image_path, keep_images, list_kept, read_image
from hitl.domain.errors import NotFound, StoreUnusable

SHA = "ab" * 32


def test_an_image_and_its_thumbnail_are_read_back(tmp_path):
    keep_images(tmp_path, {SHA: Picture("jpg", b"large", b"small")})
    assert (tmp_path / "images" / "ab" / f"{SHA}.jpg").read_bytes() == b"large"
    assert read_image(tmp_path, SHA, "jpg") == b"large"
    assert read_image(tmp_path, SHA, "jpg", small=True) == b"small"
    assert find_kept(tmp_path, SHA) == "jpg"


def test_a_small_image_is_its_own_thumbnail(tmp_path):
    keep_images(tmp_path, {SHA: Picture("png", b"small", None)})
    assert read_image(tmp_path, SHA, "png", small=True) == b"small"


@pytest.mark.parametrize(("sha256", "kind"), [("../../project", "png"), (SHA, "db"), (SHA, "../x"), ("", "png")])
def test_no_other_file_has_a_path(tmp_path, sha256, kind):
    with pytest.raises(NotFound):
        image_path(tmp_path, sha256, kind)


def test_a_missing_image_says_what_to_do(tmp_path):
    assert find_kept(tmp_path, SHA) is None
    with pytest.raises(NotFound, match="Restore it"):
        read_image(tmp_path, SHA, "png")


def test_an_image_has_its_name_only_when_it_is_safe_on_the_disk(tmp_path, monkeypatch):
    """Cut off before the disk has it all, there is nothing of that name."""

    def cut_off(path):
        assert not list((tmp_path / "images").glob("ab/[!.]*"))
        raise KeyboardInterrupt

    monkeypatch.setattr(image_folder, "_sync_one", cut_off)
    with pytest.raises(KeyboardInterrupt):
        keep_images(tmp_path, {SHA: Picture("png", b"data", b"small")})
    assert list(list_kept(tmp_path)) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(StoreUnusable, match="Make room"):
        keep_images(tmp_path, {SHA: Picture("png", b"data", None)})


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path, monkeypatch):
    def full(path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(image_folder, "_sync_one", full)
    with pytest.raises(StoreUnusable, match="No space left on device"):
        keep_images(tmp_path, {SHA: Picture("png", b"data", None)})
    assert not list((tmp_path / "images").glob("ab/*"))
