"""Importing images: kept before their rows, one group an image, refused by row and field."""

import io
import json

import pytest
from PIL import Image

from hitl.adapters.image_folder import find_kept, list_kept, read_image
from hitl.adapters.readers.settling import open_rows, settle_reading
from hitl.domain.errors import FactGuarded
from hitl.domain.images import ImageRef
from hitl.domain.import_choices import ImportChoices
from hitl.domain.rows import Row
from hitl.loop.dry_run import check_rows, ground_of
from hitl.loop.ingest import discard_import, publish_import, stage_rows
from hitl.loop.predict import predict_version
from hitl.loop.train import take_snapshot, train_version
from hitl.store import staging
from hitl.store.connection import fetch_all, write_transaction
from hitl.store.items import unpredicted_items
from tests.image_zip import ImageProject, bars, encoded, zip_of_bars, zip_of_files


@pytest.fixture
def project(tmp_path):
    return ImageProject(tmp_path, count=0)


def table(*rows):
    return "id,picture,label\n" + "".join(f"{','.join(row)}\n" for row in rows)


def items(project):
    return fetch_all(
        project.db, "SELECT items.*, item_state.item_id AS shown FROM items LEFT JOIN item_state ON item_id = id"
    )


def image_of(item):
    return ImageRef.parse(json.loads(item["fields"])["picture"])


def test_an_item_names_its_image_by_content_and_the_file_is_kept(project):
    summary = project.add_zip(zip_of_bars(4))
    assert (summary.new, summary.labelled) == (4, 4)
    first = image_of(items(project)[0])
    assert first.path == "set/img/0.png"
    assert Image.open(io.BytesIO(read_image(project.folder, first.sha256, first.kind))).size == (40, 40)
    assert len(list(list_kept(project.folder))) == 4


def test_the_same_image_under_two_names_is_one_group(project):
    data = bars(1, upright=True)
    rows = table(("a", "one.png", ""), ("b", "two.png", ""), ("c", "other.png", ""))
    project.add_zip(zip_of_files({"t.csv": rows, "one.png": data, "two.png": data, "other.png": bars(2, upright=True)}))
    groups = [item["group_id"] for item in items(project)]
    assert groups[0] == groups[1] != groups[2]
    assert len(list(list_kept(project.folder))) == 2


def test_a_later_import_may_change_the_image(project):
    project.add_zip(zip_of_files({"t.csv": table(("a", "a.png", "lying")), "a.png": bars(1, upright=True)}))
    again = zip_of_files({"t.csv": table(("a", "a.png", "")), "a.png": bars(2, upright=True)})
    assert project.add_zip(again).changed == 1
    before, after = items(project)
    assert (before["shown"], after["revision"]) == (None, 2)
    assert image_of(before).sha256 != image_of(after).sha256
    assert project.add_zip(again).unchanged == 1


@pytest.mark.parametrize(
    ("files", "cell", "sentence"),
    [
        ({"a.png": b"not an image"}, "a.png", "a.png: This is no image that can be read"),
        ({"a.png": b"<svg onload='alert(1)'/>"}, "a.png", "SVG"),
        ({"a.png": bars(1, upright=True)[:60]}, "a.png", "damaged"),
        ({"a.png": bars(1, upright=True)}, "../a.png", "leads out"),
        ({"a.png": bars(1, upright=True)}, "b.png", "holds no image 'b.png'"),
    ],
)
def test_an_image_that_cannot_be_kept_refuses_its_row_alone(project, files, cell, sentence):
    rows = table(("bad", cell, "lying"), ("good", "good.png", "lying"))
    summary = project.add_zip(zip_of_files({"t.csv": rows, "good.png": bars(9, upright=True), **files}))
    (reject,) = summary.rejected
    assert (reject.row, reject.field) == (2, "picture")
    assert sentence in reject.message
    assert [item["external_id"] for item in items(project)] == ["good"]


def test_a_row_without_an_image_needs_another_value(project):
    rows = table(("none", "", "lying"), ("good", "good.png", ""))
    summary = project.add_zip(zip_of_files({"t.csv": rows, "good.png": bars(9, upright=True)}))
    assert [(one.row, one.message) for one in summary.rejected] == [(2, "The row is empty.")]


def stage(project, rows, **more):
    return stage_rows(
        project.db,
        rows=rows,
        file_name="a.csv",
        file_sha256="1" * 64,
        request_id=project.request(),
        actor=project.actor,
        now=project.now(),
        **more,
    )


def test_a_table_without_images_is_refused_by_row(project):
    project.add_zip(zip_of_bars(2))
    rows = [
        Row(2, {"id": "x", "picture": "img/0.png", "label": ""}),
        Row(3, {"id": "b0", "picture": "", "label": "lying"}),
    ]
    import_id = stage(project, rows)
    messages = [
        row["message"]
        for row in fetch_all(project.db, "SELECT message FROM import_rejects WHERE import_id = ?", (import_id,))
    ]
    assert "Pack the table and its images as one zip" in messages[0]


def test_images_are_safe_before_their_rows_are_written(project, monkeypatch):
    """Whatever ends the process, no row names an image that is not there."""
    seen = []

    def add_item_images(db, images):
        seen.extend(find_kept(project.folder, image.sha256) for image in images)

    monkeypatch.setattr(staging, "add_item_images", add_item_images)
    project.add_zip(zip_of_bars(5))
    assert seen == ["png"] * 5


def test_a_discarded_import_lets_its_images_go(project):
    def keep(rows):
        return [Row(row.number, {**row.values, "picture": ImageRef("c" * 64, "png", "x").text}) for row in rows]

    import_id = stage(project, [Row(2, {"id": "x", "picture": "x", "label": ""})], keep_images=keep)
    assert len(fetch_all(project.db, "SELECT * FROM item_images")) == 1
    discard_import(project.db, import_id=import_id, actor=project.actor, now=project.now())
    assert fetch_all(project.db, "SELECT * FROM item_images") == []


@pytest.mark.parametrize("sql", ["DELETE FROM item_images", "UPDATE item_images SET sha256 = '" + "d" * 64 + "'"])
def test_what_a_published_item_shows_is_a_fact(project, sql):
    project.add_zip(zip_of_bars(2))
    with pytest.raises(FactGuarded), write_transaction(project.db):
        project.db.execute(sql)


def test_a_published_import_takes_no_more_images(project):
    project.add_zip(zip_of_bars(2))
    with pytest.raises(FactGuarded), write_transaction(project.db):
        project.db.execute("INSERT INTO item_images VALUES (1, 'another', ?, 'png')", ("e" * 64,))


def test_a_model_learns_from_images_and_answers_them(tmp_path):
    project = ImageProject(tmp_path, count=60, labelled=40)
    snapshot = take_snapshot(project.db, request_id="s", actor=project.actor, now=project.now())
    version_id = train_version(
        project.db,
        project.folder,
        snapshot_id=snapshot.id,
        seed=0,
        request_id="t",
        actor=project.actor,
        now=project.now(),
    )
    assert predict_version(project.db, project.folder, version_id=version_id, now=project.now()) == 60
    answers = fetch_all(
        project.db,
        "SELECT classes.key, external_id FROM predictions JOIN items ON items.id = item_id"
        " JOIN classes ON classes.id = class_id WHERE external_id IN ('b50', 'b51', 'b52', 'b53') ORDER BY external_id",
    )
    assert [row["key"] for row in answers] == ["upright", "lying", "upright", "lying"]
    assert not unpredicted_items(project.db, version_id, after=0, limit=5)


def test_a_large_picture_is_kept_with_a_thumbnail(project):
    large = encoded(Image.new("RGB", (1_000, 500), (9, 90, 200)), "JPEG")
    project.add_zip(zip_of_files({"t.csv": table(("a", "a.jpg", "")), "a.jpg": large}))
    image = image_of(items(project)[0])
    small = read_image(project.folder, image.sha256, "jpg", small=True)
    assert Image.open(io.BytesIO(small)).size == (256, 128)


def test_publishing_shows_what_was_staged(project):
    project.add_zip(zip_of_bars(3))
    assert all(item["shown"] for item in items(project))
    assert publish_import(project.db, import_id=1, actor=project.actor, now=project.now()).new == 3


def test_a_dry_run_looks_at_images_and_keeps_none(project):
    project.add_zip(zip_of_bars(4))
    files = {"here.png": bars(0, upright=True), "bad.png": b"no image", "fresh.png": bars(30, upright=True)}
    rows = table(
        ("again", "here.png", ""), ("broken", "bad.png", ""), ("one", "fresh.png", ""), ("two", "fresh.png", "")
    )
    data = io.BytesIO(zip_of_files({"t.csv": rows, **files}))
    settled = settle_reading(data, file_name="x.zip", args={}, fields=project.fields)
    with open_rows(data, file_name="x.zip", settled=settled) as opened:
        choices = ImportChoices()
        found = check_rows(ground_of(project.db, choices), opened, choices=choices, actor=project.actor)
    assert (found.new.count, found.broken.rows, found.identical) == (3, (3,), 2)
    assert "bad.png" in found.rejects[0].message
    assert len(list(list_kept(project.folder))) == 4


def test_the_same_zip_again_is_unchanged_in_a_dry_run(project):
    data = zip_of_bars(4)
    project.add_zip(data)
    settled = settle_reading(io.BytesIO(data), file_name="x.zip", args={}, fields=project.fields)
    with open_rows(io.BytesIO(data), file_name="x.zip", settled=settled) as opened:
        choices = ImportChoices()
        found = check_rows(ground_of(project.db, choices), opened, choices=choices, actor=project.actor)
    assert (found.unchanged.count, found.changed.count) == (4, 0)
