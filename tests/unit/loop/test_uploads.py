"""Files that people hand in: kept in their project, by those who may import."""

import pytest

from hitl.domain.errors import NotPermitted
from hitl.loop.uploads import drop_upload, keep_upload
from tests.small_project import OTHER


def keep(small, actor):
    return keep_upload(small.data_dir, slug=small.slug, name="more.csv", chunks=[b"id,", b"text\n"], actor=actor)


def test_an_upload_is_kept_whole_in_its_project_until_it_is_dropped(small):
    path = keep(small, small.actor)
    assert path.parent == small.folder / "uploads"
    assert path.read_bytes() == b"id,text\n"
    drop_upload(path, actor=small.actor)
    assert not path.exists()


def test_a_reviewer_may_neither_keep_nor_drop_an_upload(small):
    path = keep(small, small.actor)
    with pytest.raises(NotPermitted):
        keep(small, OTHER)
    with pytest.raises(NotPermitted):
        drop_upload(path, actor=OTHER)
    assert [kept.name for kept in path.parent.iterdir()] == [path.name]
