"""What leaves the project: the right rows, the right names, nothing a spreadsheet would run."""

import csv
import json
from datetime import timedelta

import pyarrow.parquet
import pytest

from hitl.adapters.tables import is_own_head
from hitl.domain.errors import BadInput, NoModel, NotPermitted
from hitl.domain.import_choices import USUAL_CHOICES
from hitl.domain.people import LOCAL_OWNER, SIMULATED_REVIEWER, Actor, MemberRole
from hitl.loop.export import ExportKind, export_table
from hitl.loop.review import Shown, cannot_tell, claim, decide, skip, undo
from hitl.store.connection import fetch_value, open_project
from hitl.views.file_check import check_for_project
from tests.image_zip import ImageProject
from tests.small_project import START

NAMES = {1: "Local owner", 2: "Simulated reviewer"}
VIEWER = Actor(id=9, name="Viewer", role=MemberRole.VIEWER)


@pytest.fixture
def export(small, tmp_path):
    """Rows of an export, read back from the file."""

    def read(kind, suffix="jsonl", actor=LOCAL_OWNER):
        path = tmp_path / f"out.{suffix}"
        count = export_table(small.db, kind=ExportKind(kind), path=path, names=NAMES, actor=actor, now=START)
        rows = READERS[suffix](path)
        assert len(rows) == count
        return rows

    return read


def read_csv(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


READERS = {
    "csv": read_csv,
    "jsonl": lambda path: [json.loads(line) for line in path.read_text("utf-8").splitlines()],
    "parquet": lambda path: pyarrow.parquet.read_table(path).to_pylist(),
}


def say(small, verb, item_id, actor=LOCAL_OWNER, **values):
    request_id = small.request()
    verb(small.db, actor=actor, request_id=request_id, item_id=item_id, now=small.now(), **values)
    return request_id


def test_labels_name_who_gave_them_and_leave_out_open_items(small, export):
    say(small, decide, 5, class_id=2, comment="clear")
    say(small, cannot_tell, 6)
    rows = {row["id"]: row for row in export("labels")}
    assert set(rows) == {"t0", "t1", "t2", "t3", "t4", "t5"}
    assert (rows["t0"]["source"], rows["t0"]["label"]) == ("import", "yes")
    assert (rows["t4"]["source"], rows["t4"]["label"], rows["t4"]["comment"]) == ("reviewer", "no", "clear")
    assert (rows["t4"]["decided_by"], rows["t4"]["review_count"]) == ("Local owner", 1)
    assert (rows["t5"]["label"], rows["t5"]["cannot_tell"]) == (None, 1)


def test_a_label_that_a_person_confirmed_before_an_import_did_is_the_persons(small, export):
    say(small, decide, 5, class_id=1)
    small.add_rows([("t4", "text number 4", "yes")])
    [row] = [row for row in export("labels") if row["id"] == "t4"]
    assert (row["source"], row["decided_by"], row["label"]) == ("reviewer", "Local owner", "yes")


def test_a_label_is_whose_decision_settled_it_and_not_a_later_second_opinions(small, export):
    [lease] = claim(small.db, actor=LOCAL_OWNER, now=small.now())
    small.clock += timedelta(days=1)
    claim(small.db, actor=SIMULATED_REVIEWER, now=small.now())
    say(small, decide, lease.item_id, actor=SIMULATED_REVIEWER, class_id=1)
    say(small, decide, lease.item_id, class_id=1, assignment_id=lease.id)
    assert [row["surplus"] for row in export("decisions")] == [0, 1]
    [row] = [row for row in export("labels") if row["source"] == "reviewer"]
    assert (row["decided_by"], row["review_count"]) == ("Simulated reviewer", 2)


def test_an_undone_decision_leaves_the_labels_and_stays_among_the_decisions(small, export):
    request_id = say(small, decide, 5, class_id=2)
    undo(small.db, actor=LOCAL_OWNER, request_id=small.request(), target_request_id=request_id, now=small.now())
    assert "t4" not in {row["id"] for row in export("labels")}
    first, second = export("decisions")
    assert (first["kind"], second["kind"], second["undoes_decision"]) == ("label", "undo", first["decision"])


def test_decisions_tell_what_the_reviewer_saw_and_what_stood_blind(small, export):
    version_id = small.answer_with(dict.fromkeys(range(1, 13), (1, 0.6)))
    say(small, decide, 5, actor=SIMULATED_REVIEWER, class_id=2, shown=Shown(version_id, 1, 0.6))
    say(small, skip, 6)
    shown, skipped = export("decisions")
    assert (shown["shown_model_version"], shown["shown_label"], shown["shown_confidence"]) == ("Version", "yes", 0.6)
    assert (shown["decided_by"], shown["label"], shown["blind"]) == ("Simulated reviewer", "no", 0)
    assert (skipped["kind"], skipped["label"], skipped["shown_label"]) == ("skip", None, None)


def test_predictions_name_their_version_route_and_what_was_accepted(small, export):
    small.answer_with({item: (1, 0.95 if item > 8 else 0.6) for item in range(1, 13)})
    rows = {row["id"]: row for row in export("predictions")}
    assert len(rows) == 12
    assert {row["model_version"] for row in rows.values()} == {"Version"}
    assert (rows["t11"]["route"], rows["t11"]["auto_accepted_by"]) == ("auto_accept", "Version")
    assert (rows["t4"]["route"], rows["t4"]["auto_accepted_at"]) == ("low_confidence", None)


def test_predictions_without_a_model_are_refused(export, tmp_path):
    with pytest.raises(NoModel):
        export("predictions")
    assert not (tmp_path / "out.jsonl").exists()


def test_items_come_with_their_fields_label_and_file(small, export):
    rows = export("items")
    assert [row["text"] for row in rows] == [f"text number {n}" for n in range(12)]
    assert rows[0] == {
        "id": "t0",
        "revision": 1,
        "label": "yes",
        "route": "cold_start",
        "predicted_label": None,
        "confidence": None,
        "model_version": None,
        "file": "small.csv",
        "row": 2,
        "text": "text number 0",
    }


def test_formulas_in_items_and_comments_are_neutralised_in_csv_alone(small, export):
    small.add_rows([("evil", '=HYPERLINK("http://x";"y")', "")])
    say(small, decide, 5, class_id=1, comment="@SUM(A1:A9)")
    by_id = {row["id"]: row for row in export("items", "csv")}
    assert by_id["evil"]["text"].startswith("'=HYPERLINK")
    assert {row["comment"] for row in export("labels", "csv")} == {"", "'@SUM(A1:A9)"}
    assert {row["id"]: row for row in export("items")}["evil"]["text"].startswith("=HYPERLINK")


@pytest.mark.parametrize("suffix", sorted(READERS))
@pytest.mark.parametrize("kind", ["labels", "decisions", "items"])
def test_every_kind_is_written_in_every_format(small, export, kind, suffix):
    say(small, decide, 5, class_id=2)
    assert export(kind, suffix)


def test_an_empty_export_still_names_its_columns(small, export, tmp_path):
    assert export("decisions", "csv") == []
    assert (tmp_path / "out.csv").read_text().startswith("decision,id,kind,label,decided_by")


def test_pages_meet_without_a_gap_or_a_double(small, export, monkeypatch):
    monkeypatch.setattr("hitl.store.reads_export.PAGE_ROWS", 5)
    assert [row["id"] for row in export("items")] == [f"t{n}" for n in range(12)]


def test_an_export_shows_one_state_whatever_is_decided_meanwhile(small, tmp_path, monkeypatch):
    monkeypatch.setattr("hitl.store.reads_export.PAGE_ROWS", 2)
    other = open_project(small.data_dir, small.slug)

    class Interrupting(dict):
        """Asked for the first name, it lets somebody else decide an item that comes later."""

        def get(self, key, default=None):
            if not self:
                self["done"] = True
                decide(other, actor=SIMULATED_REVIEWER, request_id="meanwhile", item_id=9, class_id=1, now=small.now())
            return default

    path = tmp_path / "labels.jsonl"
    count = export_table(
        small.db, kind=ExportKind.LABELS, path=path, names=Interrupting(), actor=LOCAL_OWNER, now=START
    )
    other.conn.close()
    assert count == 4
    assert '"t8"' not in path.read_text()


def test_who_may_not_export_is_refused(export):
    with pytest.raises(NotPermitted):
        export("labels", actor=VIEWER)


def test_an_unknown_suffix_is_refused_before_anything_is_read(small, tmp_path):
    with pytest.raises(BadInput, match=r"\.csv, \.jsonl or \.parquet"):
        export_table(
            small.db, kind=ExportKind.PREDICTIONS, path=tmp_path / "out.xlsx", names=NAMES, actor=LOCAL_OWNER, now=START
        )


def test_items_name_their_images_by_path_and_by_file(tmp_path):
    project = ImageProject(tmp_path, count=2)
    path = tmp_path / "out.csv"
    export_table(project.db, kind=ExportKind.ITEMS, path=path, names=NAMES, actor=LOCAL_OWNER, now=START)
    first = read_csv(path)[0]
    sha256 = fetch_value(project.db, "SELECT sha256 FROM item_images WHERE item_id = 1")
    assert first["picture"] == "set/img/0.png"
    assert first["picture: file"] == f"images/{sha256[:2]}/{sha256}.png"
    assert (project.folder / first["picture: file"]).exists()


@pytest.mark.parametrize("kind", ["items", "labels", "predictions", "decisions"])
def test_an_export_begins_as_an_import_knows_it(small, export, tmp_path, kind):
    small.answer_with(dict.fromkeys(range(1, 13), (1, 0.9)))
    export(kind, "csv")
    assert is_own_head((tmp_path / "out.csv").read_text("utf-8").splitlines()[0])


def test_items_that_are_exported_and_imported_again_are_as_before(small, export, tmp_path):
    texts = ["=1+1", "'=1+1", "-x", "'tis", "-1", " + b", "@me\nthere", "''"]
    small.add_rows([(f"f{n}", text, "") for n, text in enumerate(texts)])
    export("items", "csv")
    how = {"name": "out.csv", "how": {}, "choices": USUAL_CHOICES, "actor": LOCAL_OWNER}
    found = check_for_project(small.db, tmp_path / "out.csv", **how).check
    assert (found.unchanged.count, found.row_count) == (20, 20)
