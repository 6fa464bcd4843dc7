"""Uploads: kept under a safe name, whole or not at all."""

import hashlib
import os

import pytest

from hitl.adapters.uploads import digest_file, safe_file_name, save_upload


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\my file.csv", "my_file.csv"),
        (".hidden", "hidden"),
        ("", "upload"),
        ("数据", "upload"),
        ("a" * 200 + ".csv", "a" * 76 + ".csv"),
    ],
)
def test_a_name_can_neither_leave_its_folder_nor_hide(name, safe):
    assert safe_file_name(name) == safe


def test_two_uploads_of_one_name_are_two_files(tmp_path):
    first, second = (save_upload(tmp_path, "rows.csv", [b"a,", b"b\n"]) for _ in range(2))
    assert first != second
    assert first.read_bytes() == second.read_bytes() == b"a,b\n"


def test_an_upload_that_breaks_off_leaves_nothing(tmp_path):
    def broken():
        yield b"half"
        raise RuntimeError

    with pytest.raises(RuntimeError):
        save_upload(tmp_path / "uploads", "rows.csv", broken())
    assert list((tmp_path / "uploads").iterdir()) == []


def test_the_digest_is_that_of_the_whole_file(tmp_path):
    path = save_upload(tmp_path, "rows.csv", [b"x" * 3_000_000])
    digest = digest_file(path)
    assert (digest.size, digest.sha256) == (3_000_000, hashlib.sha256(b"x" * 3_000_000).hexdigest())


def test_what_a_cut_off_upload_left_is_removed_after_a_day(tmp_path):
    old, fresh = tmp_path / ".old.part", tmp_path / ".fresh.part"
    for path in (old, fresh):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))
    save_upload(tmp_path, "a.csv", [b"x"])
    assert (old.exists(), fresh.exists()) == (False, True)
