"""Answers that came with a file without a confidence: not known stays not known, and nothing accepts it."""

import csv

import numpy as np
import pytest

from hitl.charts import draw_histogram, pick_palette
from hitl.domain.explore_filter import ExploreFilter
from hitl.domain.fields import Field, Role
from hitl.domain.people import LOCAL_OWNER
from hitl.domain.rows import Row
from hitl.loop.evaluate import evaluate_version
from hitl.loop.export import ExportKind, export_table
from hitl.loop.ingest import publish_import, stage_rows
from hitl.loop.projects import create_project
from hitl.loop.promote import promote
from hitl.loop.review import Shown, claim, decide
from hitl.loop.route import set_policy
from hitl.loop.withdraw import withdraw_import
from hitl.store.columns import read_columns
from hitl.store.connection import fetch_all, fetch_value, open_project
from hitl.store.item_selection import select_item_ids
from hitl.store.rebuilding import check
from hitl.store.versions import latest_evaluations
from hitl.views.histogram import read_histogram, unknown_text
from hitl.views.import_list import withdrawn_labels_text
from hitl.views.item_detail import read_item
from hitl.views.settings_policy import read_preview
from tests.small_project import START

FIELDS = (
    Field("id", Role.ID),
    Field("text", Role.TEXT),
    Field("label", Role.LABEL),
    Field("guess", Role.PREDICTION),
)
WHO = {"actor": LOCAL_OWNER, "now": START}
COUNT = 250


@pytest.fixture
def project(tmp_path):
    """250 labelled texts and 4 without a label; a model that names no confidence answers all, and is in use."""
    create_project(tmp_path, slug="guessed", name="Guessed", fields=FIELDS, class_names=("yes", "no"), **WHO)
    db = open_project(tmp_path, "guessed")
    names = ("yes", "no")
    values = [
        {"id": f"g{n}", "text": f"text {n}", "label": names[n % 2] if n < COUNT else "", "guess": names[n % 3 == 0]}
        for n in range(COUNT + 4)
    ]
    rows = [Row(number, value) for number, value in enumerate(values, 2)]
    import_id = stage_rows(db, rows=rows, file_name="g.csv", file_sha256="0" * 64, request_id="i", **WHO)
    publish_import(db, import_id=import_id, **WHO)
    promote(db, version_id=1, reason="given", request_id="p", **WHO)
    yield db
    db.conn.close()


def open_ids(db):
    return [row["item_id"] for row in fetch_all(db, "SELECT item_id FROM item_state WHERE resolved_class_id IS NULL")]


def test_nothing_is_stored_in_place_of_it(project):
    (row,) = fetch_all(project, "SELECT DISTINCT confidence, accept_score, priority FROM predictions")
    assert set(row.values()) == {None}


@pytest.mark.parametrize("threshold", [0.0, 0.5, 1.0])
def test_no_threshold_accepts_it(project, threshold):
    set_policy(
        project,
        threshold=threshold,
        audit_rate=0.5,
        lease_seconds=60,
        query_strategy="default",
        reason="test",
        **WHO,
    )
    assert fetch_value(project, "SELECT count(*) FROM releases") == 0
    assert {row["route"] for row in fetch_all(project, "SELECT route FROM item_state")} == {"low_confidence"}
    assert fetch_value(project, "SELECT count(*) FROM queue") == 4
    preview = read_preview(project, threshold)
    assert (preview.item_count, preview.accepted_count, preview.points[0].accepted_count) == (4, 0, 0)
    assert check(project) == []


def test_the_histogram_counts_it_apart(project):
    histogram = read_histogram(project, split="class")
    assert (histogram.item_count, histogram.unknown_count) == (0, COUNT + 4)
    assert unknown_text(histogram).startswith("254 more items have an answer")
    assert draw_histogram(histogram, pick_palette("light")).data.empty


def test_no_range_of_confidence_holds_it_and_orders_put_it_last(project):
    assert select_item_ids(project, ExploreFilter(low=0.0)) == []
    assert select_item_ids(project, ExploreFilter(high=1.0)) == []
    answers = read_columns(project, [1]).answers_of(1)
    assert np.isnan(answers.confidence).all()
    assert answers.is_given.all()


def test_an_item_says_that_it_is_not_known(project):
    item = read_item(project, f"g{COUNT}", people={})
    assert item.prediction.confidence is None
    assert item.route_reason == "How sure the model is is not known, so a person decides."


def test_a_decision_keeps_that_it_was_not_known(project):
    item_id = open_ids(project)[0]
    decide(project, item_id=item_id, class_id=1, request_id="d", shown=Shown(1, 1, None), **WHO)
    assert claim(project, **WHO)
    row = fetch_all(project, "SELECT shown_class_id, shown_confidence FROM events WHERE request_id = 'd'")[0]
    assert row == {"shown_class_id": 1, "shown_confidence": None}


def test_its_share_right_is_measured_and_its_honesty_is_not(project):
    evaluate_version(project, version_id=1, **WHO)
    body = latest_evaluations(project, 1)["imported_test"]["body"]
    assert body["accuracy"]["n"] == 50
    assert (body["calibration_error"], body["reliability"]) == (None, [])


def test_a_version_that_came_with_a_withdrawn_file_says_so(project):
    assert withdrawn_labels_text(project, 1) == ""
    withdraw_import(project, import_id=1, reason="wrong", request_id="w", **WHO)
    assert withdrawn_labels_text(project, 1) == "It came with g.csv, which was withdrawn since."


def test_exports_leave_it_empty(project, tmp_path):
    for kind in (ExportKind.PREDICTIONS, ExportKind.ITEMS):
        path = tmp_path / f"{kind.value}.csv"
        export_table(project, kind=kind, path=path, names={}, actor=LOCAL_OWNER, now=START)
        with path.open(newline="", encoding="utf-8-sig") as file:
            assert {row["confidence"] for row in csv.DictReader(file)} == {""}
