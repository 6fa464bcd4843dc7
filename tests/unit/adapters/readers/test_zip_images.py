"""Zips of images: what a path may name, and how a zip with or without a table reads."""

import io
import stat
import zipfile

import pytest

from hitl.adapters.image_files import UnfitImage
from hitl.adapters.readers import ManyFiles, ReadOptions, open_table, zip_images
from hitl.domain.errors import BadInput
from tests.image_zip import bars, zip_of_bars, zip_of_files

PICTURE = bars(1, upright=True)


def images_of(files, **more):
    """The images of a zip beside a table in the folder ``set``."""
    data = zip_of_files({"set/table.csv": "id,picture\n1,a.png\n", **files}, **more)
    with open_table(io.BytesIO(data), name="x.zip") as table:
        yield_images = table.images
        list(table.records)
    return yield_images


def test_a_path_begins_at_the_table_or_at_the_root():
    images = images_of({"set/img/a.png": PICTURE, "other/b.png": PICTURE})
    assert images.read("img/a.png")[0] == "set/img/a.png"
    assert images.read(" ./img//a.png ")[0] == "set/img/a.png"
    assert images.read("set/img/a.png") == ("set/img/a.png", PICTURE)
    assert images.read("other/b.png")[0] == "other/b.png"


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        ("../other/b.png", r"leads out of its folder by '\.\.'"),
        ("img/../../../etc/passwd", r"'\.\.'"),
        ("/etc/passwd", "no path inside the zip"),
        ("C:/Windows/a.png", "no path inside the zip"),
        ("img\\a.png", "Write paths with /"),
        ("http://example.org/a.png", "no path inside the zip"),
        ("file:///etc/passwd", "no path inside the zip"),
        ("img/a.png\0.txt", "no path inside the zip"),
        ("IMG/A.PNG", "Did you mean 'set/img/a.png'"),
        ("img/aa.png", "Did you mean 'set/img/a.png'"),
        ("nowhere.jpg", "Put it in, or mend the path"),
        ("table.csv", "holds no image"),
        ("img", "holds no image"),
        ("x" * 5_000, "holds no image"),
    ],
)
def test_a_path_that_names_no_image_inside_is_refused_with_a_remedy(cell, sentence):
    images = images_of({"set/img/a.png": PICTURE, "other/b.png": PICTURE})
    assert not images.holds(cell)
    with pytest.raises(UnfitImage, match=sentence):
        images.read(cell)


def test_composed_and_parted_letters_are_the_same():
    assert images_of({"set/a\u0308.png": PICTURE}).read("ä.png")[0] == "set/ä.png"


def test_what_systems_hide_in_zips_is_no_image():
    images = images_of({"set/a.png": PICTURE, "__MACOSX/set/._a.png": b"x", ".thumbs/a.png": b"x"})
    assert images.paths == ["set/a.png"]


def test_a_link_in_the_zip_is_refused():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("table.csv", "id,picture\n1,link.png\n")
        info = zipfile.ZipInfo("link.png")
        info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    with open_table(buffer, name="x.zip") as table, pytest.raises(UnfitImage, match="is a link"):
        table.images.read("link.png")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_stands_twice_is_refused():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for data in ("one", "two"):
            archive.writestr("a.png", data)
    with open_table(buffer, name="x.zip") as table, pytest.raises(UnfitImage, match="twice"):
        table.images.read("a.png")


def test_a_damaged_or_locked_or_large_member_is_refused(monkeypatch):
    data = bytearray(zip_of_files({"a.png": PICTURE}, compression=zipfile.ZIP_STORED))
    data[60] ^= 255
    with open_table(io.BytesIO(bytes(data)), name="x.zip") as table, pytest.raises(UnfitImage, match="is damaged"):
        table.images.read("a.png")
    locked = bytearray(zip_of_files({"a.png": PICTURE}))
    locked[6] |= 1
    locked[locked.rindex(b"PK\x01\x02") + 8] |= 1
    with open_table(io.BytesIO(bytes(locked)), name="x.zip") as table, pytest.raises(UnfitImage, match="password"):
        table.images.read("a.png")
    monkeypatch.setattr(zip_images, "MOST_BYTES", 10)
    large = io.BytesIO(zip_of_files({"a.png": PICTURE}))
    with open_table(large, name="x.zip") as table, pytest.raises(UnfitImage, match="Make it smaller"):
        table.images.read("a.png")


def test_too_many_images_or_bytes_are_refused_at_once(monkeypatch):
    data = zip_of_files({f"{n}.png": PICTURE for n in range(4)})
    monkeypatch.setattr(zip_images, "MOST_IMAGES", 3)
    with pytest.raises(BadInput, match="Split it"), open_table(io.BytesIO(data), name="x.zip"):
        pass
    monkeypatch.setattr(zip_images, "MOST_IMAGES", 4)
    monkeypatch.setattr(zip_images, "MOST_UNPACKED_BYTES", 10)
    with pytest.raises(BadInput, match="Split it"), open_table(io.BytesIO(data), name="x.zip"):
        pass


def test_the_table_among_the_images_is_found_and_read():
    with open_table(io.BytesIO(zip_of_bars(3)), name="x.zip") as table:
        assert table.columns == ("id", "picture", "label")
        assert [row.values["picture"] for row in table.records] == ["img/0.png", "img/1.png", "img/2.png"]
        assert table.reading.options.member == "set/table.csv"
        assert "The zip holds 3 images." in table.reading.notes
        assert not table.images.is_table


def test_a_read_me_is_no_table():
    files = {"README.md": "about", "license.txt": "free", "data.jsonl": '{"picture": "a.png"}\n', "a.png": PICTURE}
    with open_table(io.BytesIO(zip_of_files(files)), name="x.zip") as table:
        assert table.reading.options.member == "data.jsonl"


def test_several_tables_are_offered_without_the_images():
    data = zip_of_files({"a.csv": "x\n1\n", "b.csv": "x\n1\n", "a.png": PICTURE})
    with pytest.raises(ManyFiles) as raised, open_table(io.BytesIO(data), name="x.zip"):
        pass
    assert raised.value.members == ("a.csv", "b.csv")
    with open_table(io.BytesIO(data), name="x.zip", options=ReadOptions(member="b.csv")) as table:
        assert len(table.images) == 1


def test_without_a_table_each_image_is_a_row_and_its_folder_its_class():
    files = {f"all/{kind}/{n}.png": PICTURE for kind in ("cat", "dog") for n in (10, 2)}
    with open_table(io.BytesIO(zip_of_files(files)), name="x.zip") as table:
        assert table.columns == ("file", "folder", "image")
        rows = [tuple(row.values.values()) for row in table.records]
    assert rows[:2] == [
        ("all/cat/2.png", "cat", "all/cat/2.png"),
        ("all/cat/10.png", "cat", "all/cat/10.png"),
    ]
    assert [row[1] for row in rows] == ["cat", "cat", "dog", "dog"]


def test_images_of_one_folder_have_no_class():
    with open_table(io.BytesIO(zip_of_files({"all/1.png": PICTURE, "all/2.JPG": PICTURE})), name="x.zip") as table:
        assert table.columns == ("file", "image")
        assert [row.number for row in table.records] == [1, 2]


def test_images_of_the_same_folder_in_parts_have_its_class():
    files = {"train/cat/1.png": PICTURE, "test/cat/2.png": PICTURE, "test/dog/3.png": PICTURE}
    with open_table(io.BytesIO(zip_of_files(files)), name="x.zip") as table:
        assert [row.values["folder"] for row in table.records] == ["cat", "dog", "cat"]
