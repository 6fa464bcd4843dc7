"""What to do next, step by step."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hitl.loop.review import decide
from hitl.views.labels import Staleness
from hitl.views.overview import Progress, read_overview, suggest_steps
from hitl.views.training import KeptLabels
from tests.small_project import SmallProject

NOTHING = Progress(
    item_count=10,
    waiting_count=0,
    drawn_count=0,
    tests=KeptLabels(imported_count=1, drawn_count=0, drawn_labelled_count=0),
    unmeasured_count=0,
    disagreement_count=0,
    missing=None,
    staleness=Staleness("Version 1", 0, 0),
    champion=None,
    challenger=None,
)


def first_page(**changes):
    return suggest_steps(replace(NOTHING, **changes))[0].page


def test_without_items_the_first_step_is_an_import():
    assert first_page(item_count=0) == "import"


def test_with_too_few_labels_the_first_step_is_review():
    assert first_page(waiting_count=5, missing="A first model needs 10 labels; there are 2.") == "review"


def test_with_labels_enough_and_no_model_the_first_step_is_training():
    assert first_page(waiting_count=5, staleness=Staleness(None, 40, 2)) == "train"


def test_a_changed_class_asks_for_training():
    assert first_page(waiting_count=5, staleness=Staleness("Version 1", 0, 1)) == "train"


def test_disagreements_are_offered_once_nothing_waits():
    assert first_page(disagreement_count=3) == "explore"
    assert first_page(disagreement_count=3, waiting_count=1) == "review"


def test_a_finished_blind_test_is_measured_first():
    decided = KeptLabels(imported_count=0, drawn_count=20, drawn_labelled_count=20)
    assert first_page(waiting_count=5, tests=decided, unmeasured_count=20) == "train"
    half = replace(decided, drawn_labelled_count=10)
    assert first_page(waiting_count=5, tests=half, unmeasured_count=10) == "review"


def test_there_is_always_a_next_step():
    assert first_page() == "settings"


@pytest.mark.parametrize("name", ["imported", "Threshold set to 90 %"])
def test_activity_tells_what_happened(tmp_path, name):
    project = SmallProject(tmp_path)
    view = read_overview(project.db, names={1: "Local owner"}, now=project.now())
    assert any(name in activity.text for activity in view.activity)
    assert {activity.actor_name for activity in view.activity} == {"Local owner"}


def test_a_promotion_is_told_with_its_reason(tmp_path):
    project = SmallProject(tmp_path)
    project.answer_with(dict.fromkeys(range(1, 13), (1, 0.95)))
    view = read_overview(project.db, names={}, now=project.now())
    assert view.activity[0].text == "Version promoted: given"


def test_a_decision_that_a_wrong_clock_dated_in_the_future_is_on_no_day(tmp_path):
    small = SmallProject(tmp_path)
    for item_id, days in ((5, 0), (6, 400), (7, -1)):
        now = small.now() + timedelta(days=days)
        decide(small.db, actor=small.actor, request_id=f"d{item_id}", item_id=item_id, class_id=1, now=now)
    assert read_overview(small.db, names={}, now=small.now()).daily_counts[-2:] == (1, 1)
