"""A project as one file."""

import shutil
import sqlite3
from contextlib import closing

import pytest

from hitl.adapters.archives import write_archive
from hitl.adapters.artifacts import write_artifact
from hitl.domain.errors import BadInput, Conflict, NotFound, NotPermitted
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.packs import KIND, pack_project, unpack_project
from hitl.store.connection import list_slugs, open_project
from tests.image_zip import ImageProject
from tests.small_project import OTHER, START, SmallProject


@pytest.fixture
def packed(small, tmp_path):
    """The small project's file."""
    write_artifact(small.folder / "artifacts", b"model")
    path = tmp_path / "small.tandem"
    pack_project(small.data_dir, slug="small", path=path, actor=LOCAL_OWNER, now=small.now())
    return path


def unpack(path, folder, **options):
    return unpack_project(path, data_dir=folder, actor=LOCAL_OWNER, now=START, **options)


def dump(folder, slug):
    with closing(open_project(folder, slug).conn) as conn:
        return list(conn.iterdump())


def without_origin(lines):
    """A dump without the one row that says where the project came from."""
    left = [line for line in lines if "'unpack_project'" not in line or "CREATE" in line]
    assert len(left) == len(lines) - 1
    return left


def test_a_project_goes_to_another_desk_whole(small, packed, tmp_path):
    other = tmp_path / "other"
    came = unpack(packed, other)
    assert (came.slug, came.name) == ("small", "Small")
    assert without_origin(dump(other, "small")) == list(small.db.conn.iterdump())
    [model] = (other / "projects" / "small" / "artifacts").iterdir()
    assert model.read_bytes() == b"model"
    assert [path.name for path in other.iterdir()] == ["projects", "tandem.db"]


def test_it_may_have_another_short_name_beside_the_first(small, packed):
    with pytest.raises(Conflict, match="--as NAME"):
        unpack(packed, small.data_dir)
    unpack(packed, small.data_dir, slug="again")
    assert list_slugs(small.data_dir) == ["again", "small"]
    assert without_origin(dump(small.data_dir, "again")) == dump(small.data_dir, "small")


def test_a_short_name_can_not_lead_out_of_the_data_folder(packed, tmp_path):
    with pytest.raises(BadInput, match="can't name a project"):
        unpack(packed, tmp_path / "other", slug="../../out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("slug", ["", "../x", "a/b"])
def test_nor_can_the_one_in_the_file(small, tmp_path, slug):
    small.db.conn.close()
    path = tmp_path / "forged.tandem"
    files = {"project.db": small.folder / "project.db"}
    write_archive(path, files, kind=KIND, made_at="", about={"slug": slug})
    with pytest.raises(BadInput, match="can't name a project"):
        unpack(path, tmp_path / "other")


def test_a_foreign_database_is_refused_by_what_is_in_it(tmp_path):
    with closing(sqlite3.connect(tmp_path / "notes.db")) as db:
        db.execute("CREATE TABLE notes(id)")
    path = tmp_path / "notes.tandem"
    write_archive(path, {"project.db": tmp_path / "notes.db"}, kind=KIND, made_at="", about={"slug": "notes"})
    with pytest.raises(BadInput, match=r"no project's .its first table is 'notes'"):
        unpack(path, tmp_path / "other")
    assert list_slugs(tmp_path / "other") == []


def test_an_empty_database_is_no_project(tmp_path):
    (tmp_path / "blank.db").touch()
    path = tmp_path / "blank.tandem"
    write_archive(path, {"project.db": tmp_path / "blank.db"}, kind=KIND, made_at="", about={"slug": "blank"})
    with pytest.raises(BadInput, match="it is empty"):
        unpack(path, tmp_path / "other")


def test_what_is_no_database_is_refused(tmp_path):
    (tmp_path / "text").write_text("hello " * 500)
    path = tmp_path / "text.tandem"
    write_archive(path, {"project.db": tmp_path / "text"}, kind=KIND, made_at="", about={"slug": "text"})
    with pytest.raises(BadInput, match=r"project.db in it is damaged"):
        unpack(path, tmp_path / "other")


def test_packing_needs_a_project_and_a_new_file(small, packed, tmp_path):
    with pytest.raises(BadInput, match="exists already"):
        pack_project(small.data_dir, slug="small", path=packed, actor=LOCAL_OWNER, now=small.now())
    with pytest.raises(NotFound, match="no project 'none'"):
        pack_project(small.data_dir, slug="none", path=tmp_path / "x", actor=LOCAL_OWNER, now=small.now())


def test_who_may_only_review_takes_nothing_out_or_in(small, packed, tmp_path):
    with pytest.raises(NotPermitted):
        pack_project(small.data_dir, slug="small", path=tmp_path / "x", actor=OTHER, now=small.now())
    with pytest.raises(NotPermitted):
        unpack_project(packed, data_dir=tmp_path / "other", actor=OTHER, now=START)


def test_links_and_unfinished_files_stay_behind(small, tmp_path):
    folder = small.folder / "artifacts"
    folder.mkdir()
    (folder / ".x.part").touch()
    (folder / "link.skops").symlink_to(tmp_path / "secret")
    (tmp_path / "secret").write_text("secret")
    path = tmp_path / "small.tandem"
    pack_project(small.data_dir, slug="small", path=path, actor=LOCAL_OWNER, now=small.now())
    unpack(path, tmp_path / "other")
    left = [one.name for one in (tmp_path / "other" / "projects" / "small").iterdir()]
    assert left == ["project.db"]
    shutil.rmtree(tmp_path / "other")


def test_a_small_project_of_another_name_is_untouched_by_unpacking(small, packed):
    other = SmallProject(small.data_dir, slug="other", rows=3)
    before = list(other.db.conn.iterdump())
    unpack(packed, small.data_dir, slug="again")
    assert list(other.db.conn.iterdump()) == before


def test_images_go_with_their_project_and_what_is_computed_from_them_does_not(tmp_path):
    project = ImageProject(tmp_path / "here", count=4)
    (project.folder / "arrays").mkdir()
    (project.folder / "arrays" / "images-x.f2").write_bytes(b"computed")
    path = tmp_path / "pictures.tandem"
    pack_project(project.data_dir, slug="pictures", path=path, actor=LOCAL_OWNER, now=project.now())
    unpack(path, tmp_path / "there")
    came = tmp_path / "there" / "projects" / "pictures"
    before = {path.name: path.read_bytes() for path in (project.folder / "images").glob("??/*")}
    assert len(before) == 4
    assert {path.name: path.read_bytes() for path in (came / "images").glob("??/*")} == before
    assert not (came / "arrays").exists()
