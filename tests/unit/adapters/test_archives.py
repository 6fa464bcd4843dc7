"""One file that holds many: what is written comes back, and nothing else is taken in."""

import json
import stat
import zipfile

import pytest

from hitl.adapters.archives import MANIFEST, extract_archive, publish_file, write_archive
from hitl.domain.errors import BadInput, NotFound

KIND = "test"
AT = "2026-01-05T09:00:00.000000Z"


@pytest.fixture
def made(tmp_path):
    """An archive of two files."""
    (tmp_path / "a").write_bytes(b"first " * 1_000)
    (tmp_path / "b").write_bytes(b"")
    path = tmp_path / "made.zip"
    files = {"in/a.txt": tmp_path / "a", "b.bin": tmp_path / "b"}
    write_archive(path, files, kind=KIND, made_at=AT, about={"name": "x"})
    return path


def extract(path, kind=KIND):
    folder = path.with_name("out")
    folder.mkdir(exist_ok=True)
    return extract_archive(path, folder, kind=kind)


def forge(path, *, edit=lambda manifest: None, entries=None, compression=zipfile.ZIP_STORED):
    """The archive with another manifest or other entries: (ZipInfo or name, bytes)."""
    with zipfile.ZipFile(path) as archive:
        manifest = json.loads(archive.read(MANIFEST))
        kept = [(name, archive.read(name)) for name in archive.namelist() if name != MANIFEST]
    edit(manifest)
    with zipfile.ZipFile(path, "w", compression=compression) as archive:
        for name, data in kept if entries is None else entries:
            archive.writestr(name, data)
        archive.writestr(MANIFEST, json.dumps(manifest))
    return path


def test_what_was_written_comes_back(made):
    manifest = extract(made)
    assert (made.parent / "out" / "in" / "a.txt").read_bytes() == b"first " * 1_000
    assert (made.parent / "out" / "b.bin").read_bytes() == b""
    assert manifest.about["name"] == "x"
    assert {"tandem", "scikit-learn"} <= set(manifest.about)
    assert [member.path for member in manifest.members] == ["b.bin", "in/a.txt"]


def test_what_comes_back_is_its_owners_alone(made):
    extract(made)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (made.parent / "out").rglob("*.*")}
    assert modes == {0o600}
    assert stat.S_IMODE(made.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "name", ["../a", "/a", "in/../../a", "in\\a", "C:/a", ".hidden", "in//a", "in/\x07", "x" * 300]
)
def test_a_name_that_leads_out_or_hides_is_refused_and_nothing_is_written_there(made, name):
    data = b"first " * 1_000

    def point_there(manifest):
        manifest["members"] = [{**manifest["members"][1], "path": name}]

    with pytest.raises(BadInput, match=r"leads out of its folder|differs from the list"):
        extract(forge(made, edit=point_there, entries=[(name, data)]))
    assert list((made.parent / "out").iterdir()) == []


def test_a_link_is_refused(made):
    link = zipfile.ZipInfo("b.bin")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16

    def one(manifest):
        manifest["members"] = [{**manifest["members"][0], "size": 5}]

    with pytest.raises(BadInput, match="is a link"):
        extract(forge(made, edit=one, entries=[(link, b"/etc/")]))


def test_packed_members_are_refused_so_that_nothing_can_swell(made):
    with pytest.raises(BadInput, match="packed as Tandem never does"):
        extract(forge(made, compression=zipfile.ZIP_DEFLATED))


def test_a_member_changed_with_its_checksum_is_refused(made):
    with pytest.raises(BadInput, match=r"'in/a.txt' in it was changed"):
        extract(forge(made, entries=[("b.bin", b""), ("in/a.txt", b"other " * 1_000)]))


@pytest.mark.parametrize(
    "entries",
    [[("b.bin", b"")], [("b.bin", b""), ("in/a.txt", b"first " * 1_000), ("more", b"")]],
    ids=["too few", "too many"],
)
def test_members_that_differ_from_the_list_are_refused(made, entries):
    with pytest.raises(BadInput, match="differs from the list"):
        extract(forge(made, entries=entries))


def test_another_kind_and_another_format_are_refused_by_name(made):
    with pytest.raises(BadInput, match="it is a 'test' where a 'other' is needed"):
        extract(made, "other")
    with pytest.raises(BadInput, match="its format is 9"):
        extract(forge(made, edit=lambda manifest: manifest.update(format=9)))


@pytest.mark.parametrize("manifest", [[], {"format": 1}, {"format": 1, "members": [3], "about": {}}, "text", None])
def test_a_list_of_contents_that_is_none_is_refused(made, manifest):
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(MANIFEST, json.dumps(manifest))
    with pytest.raises(BadInput):
        extract(made)


def test_a_file_cut_short_anywhere_is_refused(made):
    whole = made.read_bytes()
    for length in range(0, len(whole), 331):
        made.write_bytes(whole[:length])
        with pytest.raises(BadInput):
            extract(made)


def test_one_bit_turned_in_the_contents_is_refused(made):
    whole = made.read_bytes()
    begin = whole.index(b"first ")
    for position in range(begin, begin + 6_000, 487):
        made.write_bytes(whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :])
        (made.parent / "out" / "in" / "a.txt").unlink(missing_ok=True)
        (made.parent / "out" / "b.bin").unlink(missing_ok=True)
        with pytest.raises(BadInput):
            extract(made)


def test_no_file_and_something_else_are_told_apart(tmp_path):
    with pytest.raises(NotFound, match="There is no file"):
        extract(tmp_path / "missing")
    (tmp_path / "text").write_text("hello")
    with pytest.raises(BadInput, match="no file that Tandem wrote"):
        extract(tmp_path / "text")


def test_a_finished_file_never_replaces_another(tmp_path):
    (tmp_path / "new").write_text("new")
    (tmp_path / "old").write_text("old")
    with pytest.raises(BadInput, match="exists already"):
        publish_file(tmp_path / "new", tmp_path / "old")
    assert (tmp_path / "old").read_text() == "old"
