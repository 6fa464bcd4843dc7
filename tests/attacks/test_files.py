"""Attacks by a file: bombs, links, names that lead elsewhere, formulas, and models that would run something."""

import csv
import gzip
import hashlib
import io
import json
import pickle
import stat
import zipfile
from contextlib import suppress

import pytest
import sklearn
from sklearn.tree import DecisionTreeClassifier
from skops import io as skops_io

from hitl.adapters.archives import extract_archive
from hitl.adapters.artifacts import artifact_path, read_artifact, write_artifact
from hitl.adapters.image_files import MOST_PIXELS, UnfitImage, make_picture
from hitl.adapters.image_folder import find_kept, image_path, is_whole, keep_images, read_image
from hitl.adapters.readers import csv_text, open_table, table, unpack, workbook_check
from hitl.adapters.uploads import safe_file_name, save_upload
from hitl.domain.errors import BadInput, HitlError, NotFound, UntrustedModelFile
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.export import ExportKind, export_table
from hitl.loop.packs import unpack_project
from hitl.loop.review import decide
from hitl.ml.model_files import FORMAT, HEADER, SCHEMA, load_model
from hitl.store.connection import project_folder
from tests.image_zip import bars, forged_png, zip_of_files
from tests.small_project import START, SmallProject

PICTURE = bars(1, upright=True)
HOSTILE_NAMES = [
    "../../evil.csv",
    "..\\..\\evil.csv",
    "/etc/passwd",
    "C:\\Windows\\evil.csv",
    "evil\0.csv",
    ".ssh",
    "-rf",
    "a" * 5_000,
    "CON",
    "evil\r\nX: y.csv",
    "\u202egnp.exe",
    "\uff0e\uff0e\uff0fevil",
    "",
    ".",
    "..",
]
FORMULAS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://evil.example","x")',
    "\uff1d1+1",
    "\uff0b1+1",
    "\uff0d1+1",
    "\uff20SUM(1)",
    "'=1+1",
]


def read_all(data, name):
    with open_table(io.BytesIO(data), name=name) as opened:
        return list(opened.records)


# bombs


@pytest.mark.parametrize("kind", ["zip", "gzip"])
def test_bomb_in_a_packed_file(kind, monkeypatch):
    monkeypatch.setattr(unpack, "RATIO_FREE_BYTES", 1_000_000)
    rows = b"a,b\n" + b"1,2\n" * 1_000_000
    data = gzip.compress(rows) if kind == "gzip" else zip_of_files({"f.csv": rows})
    with pytest.raises(BadInput, match="more than 200 times its size"):
        read_all(data, f"f.csv.{kind}" if kind == "gzip" else "f.zip")


def test_bomb_of_bombs():
    inner = zip_of_files({"f.csv": b"a\n" * 1_000})
    for _ in range(3):
        inner = zip_of_files({"f.zip": inner})
    with pytest.raises(BadInput, match="packed twice"):
        read_all(inner, "f.zip")


def test_bomb_in_a_workbook(monkeypatch):
    monkeypatch.setattr(workbook_check, "PART_LIMIT", 1_000_000)
    part = "<worksheet>" + " " * 2_000_000 + "</worksheet>"
    book = zip_of_files(
        {"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<x/>", "xl/worksheets/sheet1.xml": part}
    )
    with pytest.raises(BadInput, match="Save the sheet as CSV"):
        read_all(book, "b.xlsx")


def test_entities_in_a_workbook():
    """Entities that unfold to gigabytes, or name a file of the server, are not unfolded."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    text = (
        f'<!DOCTYPE x [<!ENTITY l0 "ha"><!ENTITY f SYSTEM "file:///etc/passwd">{laughs}]><worksheet>&l9;&f;</worksheet>'
    )
    book = zip_of_files({"[Content_Types].xml": "<Types/>", "xl/workbook.xml": text, "xl/worksheets/sheet1.xml": text})
    with pytest.raises(BadInput):
        read_all(book, "b.xlsx")


@pytest.mark.parametrize("part", ["cell", "line", "columns"])
def test_bomb_in_a_csv(part, monkeypatch):
    monkeypatch.setattr(table, "CELL_LIMIT", 1_000)
    monkeypatch.setattr(csv_text, "LINE_LIMIT", 5_000)
    data = {
        "cell": b"a,b\n1," + b"x" * 1_500 + b"\n2,y\n",
        "line": b"a,b\n" + b'"' + b"x" * 9_000 + b"\n2,y\n",
        "columns": b",".join(b"c%d" % n for n in range(table.COLUMN_LIMIT + 1)) + b"\n",
    }[part]
    try:
        rows = read_all(data, "f.csv")
    except BadInput:
        return
    kept = [row for row in rows if hasattr(row, "values")]
    assert all(len(value) <= 1_000 for row in kept for value in row.values.values())
    assert len(kept) < len(rows)


@pytest.mark.parametrize("sides", [(60_000, 60_000), (16_384, 1), (8_001, 8_001), (2**31 - 1, 2**31 - 1)])
def test_bomb_in_an_image(sides):
    assert sides[0] * sides[1] > MOST_PIXELS or max(sides) > 16_383
    with pytest.raises(UnfitImage):
        make_picture(forged_png(*sides))


# names that lead elsewhere


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_path_traversal_in_an_uploads_name(name, tmp_path):
    folder = tmp_path / "in" / "uploads"
    path = save_upload(folder, name, [b"x"])
    assert path.parent == folder
    assert list(tmp_path.iterdir()) == [tmp_path / "in"]
    assert not safe_file_name(name).startswith((".", "-", "/"))


@pytest.mark.parametrize("name", ["../../evil.csv", "/etc/evil.csv", "..\\evil.csv", "a/../../evil.csv"])
def test_path_traversal_in_a_zips_member(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with suppress(BadInput):
        assert len(read_all(zip_of_files({name: b"a,b\n1,2\n"}), "f.zip")) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "cell", ["../a.png", "/etc/passwd", "file:///etc/passwd", "a.png\0", "set/../../a.png", "C:/a.png"]
)
def test_path_traversal_in_an_images_path(cell):
    data = zip_of_files({"set/table.csv": "id,picture\n1,a.png\n", "set/a.png": PICTURE, "a.png": PICTURE})
    with open_table(io.BytesIO(data), name="x.zip") as opened, pytest.raises(UnfitImage):
        opened.images.read(cell)


@pytest.mark.parametrize("name", ["../evil", "/evil", "a/../../evil", "..\\evil", ".hidden", "a//b", "C:evil"])
def test_path_traversal_in_a_back_ups_member(name, tmp_path):
    path, out = tmp_path / "forged.backup", tmp_path / "out"
    out.mkdir()
    digest = hashlib.sha256(b"evil").hexdigest()
    told = {"format": 1, "kind": "x", "made_at": "", "about": {}}
    manifest = {**told, "members": [{"path": name, "size": 4, "sha256": digest}]}
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, b"evil")
        archive.writestr("manifest.json", json.dumps(manifest))
    with pytest.raises(BadInput, match=r"leads out of its folder|differs from the list"):
        extract_archive(path, out, kind="x")
    assert list(out.iterdir()) == []


@pytest.mark.parametrize("slug", ["..", "../x", "a/b", "/abs", ".hidden", "a\0b", "", "a b"])
def test_path_traversal_in_a_projects_short_name(slug, tmp_path):
    with pytest.raises(HitlError):
        project_folder(tmp_path, slug)
    with pytest.raises(HitlError):
        unpack_project(tmp_path / "none.tandem", data_dir=tmp_path, slug=slug, actor=LOCAL_OWNER, now=START)


@pytest.mark.parametrize("sha256", ["../../secret", "..", "/etc/passwd", "0" * 63 + "/", "A" * 64, "0" * 64 + "\n"])
def test_path_traversal_in_an_images_hash(sha256, tmp_path):
    with pytest.raises(NotFound):
        image_path(tmp_path, sha256, "png")
    with pytest.raises(NotFound):
        image_path(tmp_path, "0" * 64, "../png")


@pytest.mark.parametrize("sha256", ["../../secret", "/etc/passwd", ".."])
def test_path_traversal_in_a_model_files_name(sha256, tmp_path):
    (tmp_path / "secret.skops").write_bytes(b"secret")
    with pytest.raises(HitlError):
        read_artifact(tmp_path / "projects" / "artifacts", sha256)


# links


def test_symlink_in_an_uploaded_zip():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("table.csv", "id,picture\n1,link.png\n")
        info = zipfile.ZipInfo("link.png")
        info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    with open_table(buffer, name="x.zip") as opened, pytest.raises(UnfitImage, match="is a link"):
        opened.images.read("link.png")


def test_symlink_in_a_back_up(tmp_path):
    path, out = tmp_path / "forged.backup", tmp_path / "out"
    out.mkdir()
    target = b"/etc/passwd"
    member = {"path": "tandem.db", "size": len(target), "sha256": hashlib.sha256(target).hexdigest()}
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo("tandem.db")
        info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, target)
        told = {"format": 1, "kind": "x", "made_at": "", "about": {}, "members": [member]}
        archive.writestr("manifest.json", json.dumps(told))
    with pytest.raises(BadInput, match="is a link or a device"):
        extract_archive(path, out, kind="x")
    assert list(out.iterdir()) == []


@pytest.mark.parametrize("place", ["file", "thumbnail", "folder"])
def test_symlink_among_the_images(place, tmp_path):
    secret = tmp_path / "elsewhere"
    secret.mkdir()
    sha256 = "ab" + "0" * 62
    (secret / f"{sha256}.png").write_bytes(b"secret")
    folder = tmp_path / "project"
    keep_images(folder, {sha256: make_picture(bars(1, upright=True, side=600))})
    path = image_path(folder, sha256, "png")
    if place == "folder":
        path.parent.rename(tmp_path / "before")
        path.parent.symlink_to(secret)
    else:
        link = path if place == "file" else path.with_name(f"{sha256}.small.png")
        link.unlink()
        link.symlink_to(secret / f"{sha256}.png")
    if place == "thumbnail":
        assert read_image(folder, sha256, "png", small=True) == path.read_bytes() != b"secret"
    else:
        with pytest.raises(NotFound):
            read_image(folder, sha256, "png")
        assert not is_whole(folder, sha256, "png")
        assert find_kept(folder, sha256) is None


def test_symlink_among_the_model_files(tmp_path):
    (tmp_path / "secret").write_bytes(b"secret")
    sha256 = write_artifact(tmp_path / "artifacts", b"model")
    path = artifact_path(tmp_path / "artifacts", sha256)
    path.unlink()
    path.symlink_to(tmp_path / "secret")
    with pytest.raises(UntrustedModelFile, match="changed after it was written"):
        read_artifact(tmp_path / "artifacts", sha256)


# formulas


@pytest.mark.parametrize("kind", ["labels", "items", "decisions"])
def test_formula_injection_in_an_export(kind, tmp_path):
    """In ids, texts, classes, comments and people's names: no cell of any of them begins as a formula does."""
    small = SmallProject(tmp_path / "data", rows=0, class_names=("=1+1", "@SUM(1)"))
    small.add_rows([(f"{text}{n}", text, "=1+1") for n, text in enumerate(FORMULAS)])
    decide(
        small.db,
        item_id=1,
        class_id=2,
        comment="=cmd|' /C calc'!A0",
        request_id="d",
        actor=LOCAL_OWNER,
        now=small.now(),
    )
    path = tmp_path / "out.csv"
    names = {1: "=Ann"}
    export_table(small.db, kind=ExportKind(kind), path=path, names=names, actor=LOCAL_OWNER, now=START)
    with path.open(newline="", encoding="utf-8") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert [cell for cell in cells if cell.startswith(("'=", "'@"))]
    assert not [
        cell for cell in cells if cell.startswith(("=", "+", "@", "\t", "\r", "\n", *"\uff1d\uff0b\uff0d\uff20"))
    ]
    assert not [cell for cell in cells if cell.startswith("-") and not cell[1:].replace(".", "").isdigit()]


# models


class Runs:
    """What a pickle would run."""

    def __reduce__(self):
        return exec, ("raise SystemExit('it ran')",)


def skops_with(**content):
    """A skops file whose schema was written by an enemy."""
    buffer = io.BytesIO(skops_io.dumps({"seed": 0}))
    with zipfile.ZipFile(buffer) as archive:
        schema = json.loads(archive.read(SCHEMA))
    schema["content"] = {**schema["content"], **content} if isinstance(schema["content"], dict) else schema["content"]
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(SCHEMA, json.dumps(schema))
        archive.writestr(HEADER, json.dumps({"format": FORMAT, "scikit_learn": sklearn.__version__}))
    return made.getvalue()


CALL = {"__class__": "system", "__module__": "os", "__loader__": "FunctionNode", "content": "os.system", "__id__": 1}


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (pickle.dumps(Runs()), "not a Tandem model file"),
        (pickle.dumps(Runs(), protocol=0), "not a Tandem model file"),
        (gzip.compress(pickle.dumps(Runs())), "not a Tandem model file"),
        (zip_of_files({"model.pkl": pickle.dumps(Runs())}), "not a Tandem model file"),
        (skops_io.dumps(DecisionTreeClassifier()), "not a Tandem model file"),
        (skops_with(seed=CALL), r"holds 'os\.system'"),
    ],
    ids=["pickle", "old pickle", "packed pickle", "zip with a pickle", "foreign skops", "skops that calls"],
)
def test_malicious_model_file(data, told):
    with pytest.raises(UntrustedModelFile, match=told):
        load_model(data)
