"""Evaluate: a version is measured on labels it did not learn from, source by source."""

import pytest

from hitl.domain.fields import Field, Role
from hitl.domain.people import LOCAL_OWNER
from hitl.domain.rows import Row
from hitl.loop.evaluate import evaluate_version
from hitl.loop.ingest import publish_import, stage_rows
from hitl.loop.projects import create_project
from hitl.loop.review import decide
from hitl.store import versions as store
from hitl.store.connection import fetch_all, fetch_value, open_project, write_transaction
from hitl.store.test_answers import count_unanswered_tests
from tests.small_project import FIELDS, START, SmallProject


@pytest.fixture
def tested(tmp_path):
    """Two hundred labelled texts, forty of them kept for testing."""
    return SmallProject(tmp_path, rows=200, labelled=200)


def truth_of(small):
    rows = fetch_all(small.db, "SELECT item_id, resolved_class_id AS class_id FROM item_state")
    return {row["item_id"]: row["class_id"] for row in rows}


def kept_items_of(small):
    rows = fetch_all(small.db, "SELECT item_id FROM item_state JOIN test_groups USING (group_id) ORDER BY item_id")
    return [row["item_id"] for row in rows]


def measured(small, version_id):
    evaluate_version(small.db, version_id=version_id, actor=small.actor, now=small.now())
    return store.latest_evaluations(small.db, version_id)


def test_accuracy_is_the_share_of_test_labels_the_version_had_right(tested):
    truth, kept = truth_of(tested), kept_items_of(tested)
    wrong = set(kept[:10])
    answers = {item: (3 - truth[item] if item in wrong else truth[item], 0.8) for item in truth}
    found = measured(tested, tested.answer_with(answers))["imported_test"]
    assert found["label_count"] == found["body"]["n"] == 40
    assert found["body"]["accuracy"]["value"] == 0.75


def test_answers_to_training_items_do_not_count(tested):
    truth, kept = truth_of(tested), set(kept_items_of(tested))
    answers = {item: (truth[item] if item in kept else 3 - truth[item], 0.8) for item in truth}
    assert measured(tested, tested.answer_with(answers))["imported_test"]["body"]["accuracy"]["value"] == 1.0


def test_measuring_again_without_news_writes_nothing(tested):
    version_id = tested.answer_with(dict.fromkeys(truth_of(tested), (1, 0.8)))
    measured(tested, version_id)
    measured(tested, version_id)
    assert fetch_value(tested.db, "SELECT count(*) FROM evaluations") == 1


def test_without_test_labels_nothing_is_measured(tmp_path):
    small = SmallProject(tmp_path, rows=12, labelled=12)
    assert measured(small, small.answer_with(dict.fromkeys(range(1, 13), (1, 0.9)))) == {}


def test_a_corrected_test_label_changes_the_next_measurement(tested):
    truth = truth_of(tested)
    version_id = tested.answer_with({item: (truth[item], 0.8) for item in truth})
    assert measured(tested, version_id)["imported_test"]["body"]["accuracy"]["value"] == 1.0
    first = kept_items_of(tested)[0]
    decide(
        tested.db,
        actor=tested.actor,
        request_id=tested.request(),
        item_id=first,
        class_id=3 - truth[first],
        now=tested.now(),
    )
    assert measured(tested, version_id)["imported_test"]["body"]["accuracy"]["value"] == 39 / 40
    assert fetch_value(tested.db, "SELECT count(*) FROM evaluations") == 2


def test_a_class_that_never_occurs_is_shown_as_not_known(tmp_path):
    small = SmallProject(tmp_path, rows=1, labelled=0)
    small.add_rows([(f"yes{n}", f"yes number {n}", "yes") for n in range(200)])
    found = measured(small, small.answer_with(dict.fromkeys(range(1, 202), (1, 0.9))))["imported_test"]["body"]
    never = found["per_class"][1]
    assert (never["recall"]["value"], never["precision"]["value"], never["f1"]) == (None, None, None)


def sliced(tmp_path):
    """Two hundred labelled texts of two regions; the answers are wrong in the south alone."""
    fields = (*FIELDS, Field("region", Role.SLICE))
    create_project(
        tmp_path, slug="sliced", name="Sliced", fields=fields, class_names=("yes", "no"), actor=LOCAL_OWNER, now=START
    )
    small = SmallProject.__new__(SmallProject)
    small.data_dir, small.slug, small.actor, small.clock, small.requests = tmp_path, "sliced", LOCAL_OWNER, START, 0
    small.db = open_project(tmp_path, "sliced")
    rows = [
        Row(n, {"id": f"t{n}", "text": f"text {n}", "label": "yes" if n % 2 else "no", "region": REGIONS[n % 5 == 0]})
        for n in range(2, 402)
    ]
    import_id = stage_rows(
        small.db,
        rows=rows,
        file_name="sliced.csv",
        file_sha256="0" * 64,
        request_id="sliced",
        actor=LOCAL_OWNER,
        now=small.now(),
    )
    publish_import(small.db, import_id=import_id, actor=LOCAL_OWNER, now=small.now())
    return small


REGIONS = ("north", "south")


def test_it_is_measured_within_each_value_of_a_slice_column(tmp_path):
    small = sliced(tmp_path)
    truth = truth_of(small)
    south = {
        row["id"]
        for row in fetch_all(small.db, "SELECT id FROM items WHERE json_extract(fields, '$.region') = 'south'")
    }
    answers = {item: (3 - truth[item] if item in south else truth[item], 0.95) for item in truth}
    body = measured(small, small.answer_with(answers))["imported_test"]["body"]
    worst, best = body["slices"]
    assert (worst["field"], worst["value"], worst["accuracy"]["value"]) == ("region", "south", 0.0)
    assert (best["value"], best["accuracy"]["value"], best["accepted"]["value"]) == ("north", 1.0, 1.0)
    assert worst["risk"]["value"] == 1.0
    assert body["threshold"] == 0.9
    assert worst["accuracy"]["n"] + best["accuracy"]["n"] == 80


def test_each_of_several_imports_is_a_slice(tested):
    tested.add_rows([(f"more{n}", f"another text {n}", ("yes", "no")[n % 2]) for n in range(200)])
    body = measured(tested, tested.answer_with(dict.fromkeys(truth_of(tested), (1, 0.95))))["imported_test"]["body"]
    found = {one["value"]: one["accuracy"]["n"] for one in body["slices"]}
    assert found == {"small.csv (import 1)": 40, "small.csv (import 2)": 40}


def test_what_it_answered_on_test_items_outlives_its_predictions(tested):
    version_id = tested.answer_with({item: (class_id, 0.8) for item, class_id in truth_of(tested).items()})
    measured(tested, version_id)
    with write_transaction(tested.db):
        while store.prune_predictions(tested.db, []):
            pass
    assert measured(tested, version_id)["imported_test"]["body"]["accuracy"]["value"] == 1.0
    assert count_unanswered_tests(tested.db, version_id) == 0


def test_answers_are_kept_for_test_items_alone(tested):
    version_id = tested.answer_with(dict.fromkeys(truth_of(tested), (1, 0.8)))
    measured(tested, version_id)
    assert fetch_value(tested.db, "SELECT count(*) FROM test_answers") == 40
