"""Doctor: what is derived is made anew from the facts, by the owner alone."""

import os
from datetime import timedelta

import pytest

from hitl.adapters.image_files import Picture
from hitl.adapters.image_folder import find_kept, image_path, keep_images
from hitl.domain.clock import utc_now
from hitl.domain.errors import NotPermitted
from hitl.loop.doctor import LEFT_SECONDS, examine, rebuild, remove_unused_images
from hitl.loop.ingest import stage_rows
from hitl.store.connection import fetch_all
from tests.image_zip import ImageProject
from tests.small_project import OTHER


def queue(small):
    return fetch_all(small.db, "SELECT * FROM queue ORDER BY group_id")


def test_a_rebuild_restores_what_the_facts_give(small):
    before = queue(small)
    small.db.execute("DELETE FROM queue WHERE group_id > 8")
    rebuild(small.db, actor=small.actor, now=small.now())
    assert queue(small) == before


def test_a_reviewer_may_not_rebuild(small):
    with pytest.raises(NotPermitted):
        rebuild(small.db, actor=OTHER, now=small.now())


@pytest.fixture
def pictures(tmp_path):
    """Four pictures, and one on the disk that no item shows."""
    project = ImageProject(tmp_path, count=4)
    keep_images(project.folder, {"f" * 64: Picture("jpg", b"left", b"small")})
    return project


LATER = timedelta(seconds=LEFT_SECONDS + 60)


def test_images_that_nobody_shows_are_found_after_an_hour_and_removed(pictures):
    assert examine(pictures.db, pictures.folder, now=utc_now()) == []
    (finding,) = examine(pictures.db, pictures.folder, now=utc_now() + LATER)
    assert finding.startswith("2 files in ")
    assert "doctor --rebuild" in finding
    remove_unused_images(pictures.db, pictures.folder, actor=pictures.actor, now=utc_now() + LATER)
    assert examine(pictures.db, pictures.folder, now=utc_now() + LATER) == []
    assert find_kept(pictures.folder, "f" * 64) is None


def test_no_image_is_removed_while_an_import_is_under_way(pictures):
    stage_rows(
        pictures.db,
        rows=(),
        file_name="x.zip",
        file_sha256="0" * 64,
        request_id="under way",
        actor=pictures.actor,
        now=pictures.now(),
    )
    remove_unused_images(pictures.db, pictures.folder, actor=pictures.actor, now=utc_now() + LATER)
    assert find_kept(pictures.folder, "f" * 64) == "jpg"


def test_a_missing_or_empty_image_is_found(pictures):
    rows = fetch_all(pictures.db, "SELECT sha256, kind FROM item_images ORDER BY sha256")
    paths = [image_path(pictures.folder, row["sha256"], row["kind"]) for row in rows]
    paths[0].unlink()
    os.truncate(paths[1], 0)
    (finding,) = examine(pictures.db, pictures.folder, now=utc_now())
    assert finding.startswith("2 images that items show are missing or empty")
    assert rows[0]["sha256"] in finding
