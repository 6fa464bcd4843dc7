"""Jobs as a page shows them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hitl.domain.clock import utc_text
from hitl.domain.records import Job
from hitl.loop.jobs import JobKind
from hitl.views.jobs import KIND_NAMES, STAGE_NAMES, find_latest_job, view_job
from hitl.worker import stages
from tests.small_project import START

RUNNING = Job(
    id=1,
    slug="small",
    kind="train",
    args={},
    status="running",
    stage="train",
    progress=0.25,
    note="",
    cancel_requested=False,
    attempts=1,
    result=None,
    error=None,
    actor_id=1,
    created_at=utc_text(START),
    started_at=utc_text(START),
    ended_at=None,
)
LATER = START + timedelta(seconds=30)


def test_time_left_goes_on_at_the_same_pace():
    view = view_job(RUNNING, now=LATER)
    assert (view.elapsed_seconds, view.left_seconds) == (30.0, 90.0)


def test_time_left_is_not_guessed_at_the_very_beginning():
    assert view_job(replace(RUNNING, progress=0.01), now=LATER).left_seconds is None


def test_a_job_that_waits_has_no_times_and_no_step_done():
    view = view_job(replace(RUNNING, status="queued", started_at=None), now=LATER)
    assert (view.elapsed_seconds, view.left_seconds) == (None, None)
    assert {state for _, state in view.stages} == {"later"}


def test_steps_before_the_present_one_are_done():
    assert [state for _, state in view_job(RUNNING, now=LATER).stages] == ["done", "done", "now", *["later"] * 5]


def test_the_latest_job_of_some_kinds_is_the_first_that_fits():
    views = [
        view_job(replace(RUNNING, id=number, kind=kind), now=LATER) for number, kind in ((3, "import"), (2, "train"))
    ]
    assert find_latest_job(views, kinds={"train"}).job.id == 2
    assert find_latest_job(views, kinds={"predict"}) is None


def test_an_import_that_failed_after_it_was_published_does_not_say_that_nothing_was_kept():
    failed = replace(RUNNING, kind="import", status="failed", result={"summary": {"new": 5}})
    assert view_job(failed, now=LATER).what_next.startswith("The items of the file are here")
    assert view_job(replace(failed, result={}), now=LATER).what_next.startswith("Nothing of this file was kept")


def test_a_cancelled_import_says_that_what_it_read_waits():
    cancelled = replace(RUNNING, kind="import", status="cancelled", result={"import_id": 3})
    assert "go on with it, or discard it" in view_job(cancelled, now=LATER).what_next
    assert view_job(replace(cancelled, result=None), now=LATER).what_next.startswith("Nothing of this file was kept")


def test_every_kind_of_job_has_a_name():
    assert set(KIND_NAMES) == {kind.value for kind in JobKind}


@pytest.mark.parametrize(
    ("kind", "chain"),
    [
        ("train", stages._TRAINING),
        ("import", stages._IMPORT),
        ("promote", stages._PROMOTION),
        ("roll_back", stages._ROLL_BACK),
    ],
)
def test_the_steps_shown_are_those_that_the_worker_does(kind, chain):
    assert list(STAGE_NAMES[kind]) == [stage.name for stage in chain]
