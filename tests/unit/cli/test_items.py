"""decide, export."""

import csv
import json

import pyarrow.parquet
import pytest

from hitl.cli.items import find_class
from hitl.loop.projects import ClassDraft, save_classes
from tests.small_project import SmallProject


def test_decide_labels_an_item_by_its_own_id(trained):
    answer = trained.json("decide", "messages", "m0", "BILLING", "--comment", "asked twice", "--request-id", "r0")
    assert answer == {"item": "m0", "class": "billing", "outcome": "committed", "request_id": "r0"}
    trained.done("export", "messages", "labels", "--out", trained.folder / "labels.jsonl")
    rows = [json.loads(line) for line in (trained.folder / "labels.jsonl").read_text().splitlines()]
    [row] = [row for row in rows if row["id"] == "m0"]
    assert (row["label"], row["source"], row["decided_by"], row["comment"]) == (
        "billing",
        "reviewer",
        "Local owner",
        "asked twice",
    )


def test_the_same_request_decides_once(trained):
    for _ in range(2):
        trained.done("decide", "messages", "m2", "account", "--request-id", "r2")
    trained.done("export", "messages", "decisions", "--out", trained.folder / "d.jsonl")
    rows = [json.loads(line) for line in (trained.folder / "d.jsonl").read_text().splitlines()]
    assert sum(row["id"] == "m2" for row in rows) == 1


def test_decide_refuses_an_unknown_item_and_an_unknown_class(trained):
    assert trained.refused("decide", "messages", "m999", "billing").startswith("There is no item 'm999'")
    sentence = trained.refused("decide", "messages", "m0", "biling")
    assert sentence == "Label 'biling' is not a class of this project. Did you mean 'billing'?"


def test_an_argument_that_is_not_utf8_is_refused_in_one_sentence(trained):
    sentence = trained.refused("decide", "messages", "m0", "billing", "--comment", "caf\udce9")
    assert sentence == "'caf\ufffd' is not UTF-8 text. Set the terminal to UTF-8 and type it again."


def test_a_class_is_found_by_its_present_name_before_an_old_one(tmp_path):
    small = SmallProject(tmp_path)
    drafts = [ClassDraft("yes", "sure"), ClassDraft("no", "no"), ClassDraft(None, "yes")]
    save_classes(small.db, classes=drafts, actor=small.actor, now=small.now())
    assert (find_class(small.db, "yes").id, find_class(small.db, "sure").id) == (3, 1)


@pytest.mark.parametrize("kind", ["predictions", "items"])
def test_every_item_is_exported_and_the_rows_are_counted(trained, kind):
    out = trained.folder / f"{kind}.csv"
    assert trained.json("export", "messages", kind, "--out", out) == {"file": str(out), "rows": 160}
    with out.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == [f"m{n}" for n in range(160)]
    assert {row["model_version"] for row in rows} == {"Version 1"}


def test_parquet_keeps_numbers_as_numbers(trained):
    out = trained.folder / "p.parquet"
    trained.done("export", "messages", "predictions", "--out", out)
    table = pyarrow.parquet.read_table(out)
    assert table.num_rows == 160
    assert str(table.schema.field("confidence").type) == "double"


def test_export_refuses_a_suffix_that_is_no_format(trained):
    assert "must end in .csv, .jsonl or .parquet" in trained.refused(
        "export", "messages", "labels", "--out", trained.folder / "labels.xls"
    )


def test_export_refuses_a_folder_that_is_not_there_and_leaves_nothing(trained):
    assert "can't be written" in trained.refused(
        "export", "messages", "labels", "--out", trained.folder / "nowhere" / "labels.csv"
    )


def test_an_unknown_kind_of_export_is_wrong_use(trained):
    assert trained.run("export", "messages", "dreams", "--out", "d.csv").exit_code == 2


def test_predictions_are_refused_while_no_version_predicts(terminal):
    file = terminal.write("m.csv", ("text", "label"), [("a parcel", "x"), ("an invoice", "y")])
    terminal.done("create", "Small", "--file", file)
    out = terminal.folder / "p.csv"
    assert "No version predicts yet" in terminal.refused("export", "small", "predictions", "--out", out)
    assert not out.exists()
