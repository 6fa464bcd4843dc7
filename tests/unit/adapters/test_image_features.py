"""hitl.adapters.image_features: described once an image, whatever became of the process that did it."""

import numpy as np
import pytest

from hitl.adapters.image_features import ImageFeatures
from hitl.adapters.image_files import make_picture
from hitl.adapters.image_folder import image_path, keep_images
from hitl.domain.errors import JobCancelled, NotFound
from hitl.domain.fields import Field, Role
from hitl.domain.images import ImageRef
from tests.image_zip import bars

FIELDS = (Field("picture", Role.IMAGE), Field("age", Role.NUMBER))


@pytest.fixture
def rows(tmp_path):
    """Five items, the last with the image of the first under another name."""
    hashes = [f"{number:064x}" for number in (3, 1, 2, 2**200)]
    keep_images(tmp_path, {sha: make_picture(bars(n, upright=True)) for n, sha in enumerate(hashes)})
    refs = [ImageRef(sha, "png", f"{n}.png") for n, sha in enumerate([*hashes, hashes[0]])]
    return [{"picture": ref.text, "age": 3.0} for ref in refs]


@pytest.fixture
def counted():
    """How many images were described."""
    return []


def features_of(folder, counted, recipe="mean"):
    def describe(pixels):
        counted.append(len(pixels))
        return np.stack([pixels.mean(axis=(1, 2, 3)), pixels.std(axis=(1, 2, 3))], axis=1).astype(np.float32)

    return ImageFeatures(folder, recipe=recipe, feature_count=2, describe=describe)


def test_each_image_is_described_once_and_never_again(tmp_path, rows, counted):
    first = features_of(tmp_path, counted).fill(rows, FIELDS)
    assert sum(counted) == 4
    assert np.array_equal(first[0]["picture"], first[4]["picture"])
    assert not np.array_equal(first[0]["picture"], first[1]["picture"])
    again = features_of(tmp_path, counted).fill(rows, FIELDS)
    assert sum(counted) == 4
    assert all(np.array_equal(one["picture"], other["picture"]) for one, other in zip(first, again, strict=True))
    assert [row["age"] for row in again] == [3.0] * 5


def test_another_recipe_describes_anew(tmp_path, rows, counted):
    features_of(tmp_path, counted).fill(rows, FIELDS)
    features_of(tmp_path, counted, recipe="other").fill(rows, FIELDS)
    assert sum(counted) == 8


def test_an_interrupted_job_goes_on_where_it_was(tmp_path, rows, counted, monkeypatch):
    monkeypatch.setattr("hitl.adapters.image_features.BATCH_IMAGES", 1)

    def cancel(done, total):
        if done == 2:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        features_of(tmp_path, counted).fill(rows, FIELDS, tick=cancel)
    features_of(tmp_path, counted).fill(rows, FIELDS)
    assert sum(counted) == 4


def test_a_record_cut_off_is_cut_away(tmp_path, rows, counted):
    whole = features_of(tmp_path, counted).fill(rows[:2], FIELDS)
    for path in (tmp_path / "arrays").iterdir():
        with path.open("ab") as file:
            file.write(b"\xff" * 17)
    filled = features_of(tmp_path, counted).fill(rows, FIELDS)
    assert np.array_equal(filled[1]["picture"], whole[1]["picture"])
    assert sorted(path.stat().st_size for path in (tmp_path / "arrays").iterdir()) == [4 * 2 * 2, 4 * 32]
    assert sum(counted) == 4


def test_the_file_may_be_removed_at_any_time(tmp_path, rows, counted):
    before = features_of(tmp_path, counted).fill(rows, FIELDS)
    for path in (tmp_path / "arrays").iterdir():
        path.unlink()
    after = features_of(tmp_path, counted).fill(rows, FIELDS)
    assert all(np.array_equal(one["picture"], other["picture"]) for one, other in zip(before, after, strict=True))


def test_an_item_without_an_image_stays_without(tmp_path, counted):
    assert features_of(tmp_path, counted).fill([{"picture": "", "age": 1.0}], FIELDS) == [{"picture": None, "age": 1.0}]


def test_a_project_without_images_is_left_alone(tmp_path, counted):
    rows = [{"age": 1.0}]
    assert features_of(tmp_path, counted).fill(rows, FIELDS[1:]) == rows
    assert not (tmp_path / "arrays").exists()


def test_a_missing_image_is_told_and_not_made_up(tmp_path, rows, counted):
    image_path(tmp_path, f"{1:064x}", "png").unlink()
    with pytest.raises(NotFound, match="Restore it"):
        features_of(tmp_path, counted).fill(rows, FIELDS)
