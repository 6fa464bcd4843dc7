"""create, ingest, status."""

import gzip
import json

import pytest
from typer.testing import CliRunner

from hitl.cli import app
from tests.generated_texts import write_messages

HEADER = ("id", "text", "label")


@pytest.fixture
def file(terminal):
    rows = [(f"m{n}", text, topic) for n, (text, topic) in enumerate(write_messages(40))]
    return terminal.write("messages.csv", HEADER, rows)


def test_create_proposes_roles_and_imports_the_file(terminal, file):
    made = terminal.json("create", "My Messages", "--file", file)
    assert made["slug"] == "my-messages"
    assert [(one["name"], one["role"]) for one in made["columns"]] == [
        ("id", "id"),
        ("text", "text"),
        ("label", "label"),
    ]
    assert (made["import"]["new"], made["import"]["labelled"]) == (40, 40)
    assert not list((terminal.data / "projects" / "my-messages" / "uploads").iterdir())


def test_create_says_what_it_made_of_each_column(terminal, file):
    text = terminal.done("create", "Messages", "--file", file, "--shown", "id").stdout
    assert "id: shown. You said so." in text
    assert "40 new items" in text


def test_a_role_that_is_given_takes_the_place_of_the_proposed_one(terminal):
    rows = [(text, topic, "ab"[n % 2]) for n, (text, topic) in enumerate(write_messages(30))]
    file = terminal.write("two.csv", ("text", "label", "kind"), rows)
    made = terminal.json("create", "Two", "--file", file, "--label", "kind", "--no-import")
    assert {one["name"]: one["role"] for one in made["columns"]} == {"text": "text", "label": "ignore", "kind": "label"}
    assert made["import"] is None


def test_classes_may_be_named_where_there_is_no_label_column(terminal):
    file = terminal.write("bare.csv", ("text",), [(text,) for text, _ in write_messages(30)])
    assert "name at least two classes" in terminal.refused("create", "Bare", "--file", file)
    made = terminal.json("create", "Bare", "--file", file, "--class", "good", "--class", "bad")
    assert made["import"]["unlabelled"] == 30
    assert terminal.json("status", "bare")["labels"] == {"good": 0, "bad": 0}


def test_an_existing_models_answers_are_reviewed_without_training(terminal):
    rows = [(text, topic, 0.5 + n / 100) for n, (text, topic) in enumerate(write_messages(40))]
    file = terminal.write("answered.csv", ("text", "guess", "sure"), rows)
    terminal.done("create", "Answered", "--file", file, "--prediction", "guess", "--confidence", "sure")
    state = terminal.json("status", "answered")
    assert state["champion"].startswith("Imported with")
    assert state["waiting"] == 40


def test_create_refuses_a_column_that_is_not_there(terminal, file):
    sentence = terminal.refused("create", "Messages", "--file", file, "--text", "body")
    assert sentence == "The file has no column 'body'. Its columns are: id, text, label."
    assert not (terminal.data / "projects" / "messages").exists()


def test_create_refuses_two_roles_for_a_column(terminal, file):
    assert "two roles" in terminal.refused("create", "Messages", "--file", file, "--text", "text", "--shown", "text")


def test_create_refuses_a_missing_file_and_a_taken_name(terminal, file):
    assert "There is no file" in terminal.refused("create", "Messages", "--file", terminal.folder / "no.csv")
    terminal.done("create", "Messages", "--file", file, "--no-import")
    assert "exists already" in terminal.refused("create", "Messages", "--file", file)


def test_create_refuses_an_unknown_metric(terminal, file):
    assert "is no metric" in terminal.refused("create", "Messages", "--file", file, "--metric", "luck")


def test_a_project_whose_first_import_fails_says_how_to_go_on(terminal):
    rows = [("", text, topic) for text, topic in write_messages(30)]
    file = terminal.write("idless.csv", HEADER, rows)
    sentence = terminal.refused("create", "Idless", "--file", file, "--id", "id")
    assert "The id is empty" in sentence
    assert "python -m hitl ingest idless idless.csv" in sentence


def test_ingest_adds_new_rows_and_revises_changed_ones(terminal, file):
    terminal.done("create", "Messages", "--file", file)
    more = terminal.write("more.csv", HEADER, [("m0", "changed text", ""), ("new", "one more parcel", "delivery")])
    summary = terminal.json("ingest", "messages", more)
    assert (summary["new"], summary["changed"], summary["rejected_count"]) == (1, 1, 0)


def test_ingest_names_the_rows_it_leaves_out(terminal, file):
    terminal.done("create", "Messages", "--file", file)
    more = terminal.write("more.csv", HEADER, [("a", "a parcel", "delivry"), ("b", "an invoice", "billing")])
    text = terminal.done("ingest", "messages", more).stdout
    assert "1 row left out" in text
    assert "row 2: label 'delivry' is not a class of this project. Did you mean 'delivery'?" in text


def test_ingest_refuses_a_file_without_the_projects_columns(terminal, file):
    terminal.done("create", "Messages", "--file", file)
    other = terminal.write("other.csv", ("id", "body"), [("a", "a parcel")])
    assert "no column 'text'" in terminal.refused("ingest", "messages", other)
    assert terminal.json("status", "messages")["items"] == 40


def test_create_says_how_it_read_the_file_and_may_be_told(terminal):
    rows = "".join(f"m{n};{text};{n},5;{topic}\n" for n, (text, topic) in enumerate(write_messages(30), start=10))
    file = terminal.folder / "western.csv"
    file.write_bytes(("id;grüße;price;label\n" + rows).encode("cp1252"))
    made = terminal.json("create", "Western", "--file", file)
    assert made["reading"]["options"]["encoding"] == "cp1252"
    assert made["reading"]["numbers"] == {"price": "comma"}
    assert made["import"]["new"] == 30
    told = terminal.done("create", "Told", "--file", file, "--encoding", "latin-1", "--delimiter", ";", "--no-import")
    assert "Read as CSV: Latin-1 (ISO 8859-1), semicolon" in told.stdout
    bare = terminal.json("create", "Bare", "--file", file, "--no-header", "--class", "a", "--class", "b", "--no-import")
    assert bare["columns"][0]["name"] == "column 1"


def test_a_number_late_in_the_file_settles_how_its_column_is_written(terminal):
    cells = ["1,234"] * 600 + ["2,345.5"] * 3
    rows = [(f"m{n}", "a parcel is late", cell, "ab"[n % 2]) for n, cell in enumerate(cells)]
    file = terminal.write("late.csv", ("id", "text", "price", "label"), rows)
    made = terminal.json("create", "Late", "--file", file, "--number", "price")
    assert (made["import"]["new"], made["import"]["rejected_count"]) == (603, 0)


def test_an_unknown_column_of_numbers_is_refused(terminal, file):
    assert "no column 'cost'" in terminal.refused("create", "M", "--file", file, "--decimal-comma", "cost")


def test_stdin_and_packed_files_are_read(terminal, file, monkeypatch):
    terminal.done("create", "Messages", "--file", file, "--no-import")
    packed = terminal.folder / "more.jsonl.gz"
    packed.write_bytes(gzip.compress(b'{"id": "z1", "text": "one more", "label": ""}\n'))
    assert terminal.json("ingest", "messages", packed)["new"] == 1
    arguments = ["--data", str(terminal.data), "ingest", "messages", "-", "--json"]
    result = CliRunner().invoke(app, arguments, input=file.read_bytes())
    assert json.loads(result.stdout)["new"] == 40
    assert not list(terminal.data.glob(".stdin-*"))


def test_ingest_refuses_a_folder_and_a_foreign_file(terminal, file):
    terminal.done("create", "Messages", "--file", file, "--no-import")
    assert "can't be read" in terminal.refused("ingest", "messages", terminal.folder)
    picture = terminal.folder / "picture.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n")
    assert "is an image" in terminal.refused("ingest", "messages", picture)


def test_ingest_refuses_an_unknown_project(terminal, file):
    assert "There is no project 'nope'" in terminal.refused("ingest", "nope", file)


def test_status_lists_projects(terminal, file):
    assert "There are no projects yet" in terminal.done("status").stderr
    terminal.done("create", "Messages", "--file", file, "--no-import")
    assert terminal.json("status") == {"projects": [{"slug": "messages", "name": "Messages", "problem": None}]}


def test_status_tells_how_a_project_stands(trained):
    state = trained.json("status", "messages")
    assert (state["items"], state["labelled_by_imports"], state["champion"]) == (160, 80, "Version 1")
    assert state["accuracy"]["source"] == "rough estimate"
    assert state["waiting"] + state["auto_accepted"] + state["labelled_by_imports"] >= 160
    text = trained.done("status", "messages").stdout
    assert "Version 1 predicts" in text
    assert "Next: " in text


def test_status_does_not_know_the_accuracy_before_the_first_training(terminal, file):
    terminal.done("create", "Messages", "--file", file, "--no-import")
    assert terminal.json("status", "messages")["accuracy"] is None
    assert "No version predicts yet." in terminal.done("status", "messages").stdout
