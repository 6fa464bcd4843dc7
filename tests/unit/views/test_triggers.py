"""The sentence that says when a project trains by itself next."""

from datetime import UTC, datetime, time

import pytest

from hitl.domain.schedule import Daily
from hitl.loop.review import decide
from hitl.loop.triggers import set_triggers
from hitl.store.connection import open_tandem
from hitl.store.events import latest_event_id
from hitl.store.jobs import add_job
from hitl.views.triggers import read_triggers
from tests.small_project import SmallProject


@pytest.fixture
def project(tmp_path):
    return SmallProject(tmp_path, rows=40, labelled=20)


def read(project, *, now=None):
    tandem = open_tandem(project.data_dir)
    try:
        return read_triggers(project.db, tandem, slug="small", now=now or project.now())
    finally:
        tandem.conn.close()


def put(project, *, label_count=None, daily=None, paused=False):
    set_triggers(
        project.db,
        label_count=label_count,
        daily=daily,
        is_paused=paused,
        promotes=False,
        reason="why",
        actor=project.actor,
        now=project.now(),
    )


def test_without_triggers_it_says_that_somebody_has_to_ask(project):
    assert read(project).sentence == "It trains only when somebody asks for it."


def test_turned_off_is_as_if_never_set(project):
    put(project, label_count=5)
    put(project)
    assert read(project).sentence == "It trains only when somebody asks for it."
    assert not read(project).is_on


def test_it_names_the_time_in_its_own_zone_and_the_labels_left(project):
    put(project, label_count=34, daily=Daily(time(3), "Europe/Berlin"))
    view = read(project)
    assert view.sentence == "Next: at 03:00 (Europe/Berlin) or after 12 more labels."  # 20 labels, 2 classes so far
    assert view.next_at.astimezone(UTC) == datetime(2026, 1, 6, 2, tzinfo=UTC)


def test_a_time_without_news_is_said_to_be_passed_over(project):
    put(project, daily=Daily(time(3), "UTC"))
    assert read(project).sentence == "Next: at 03:00 (UTC)."
    tandem = open_tandem(project.data_dir)
    args = {"trigger": "labels", "event_id": latest_event_id(project.db)}
    add_job(tandem, slug="small", kind="train", args=args, request_id="r", actor_id=0, at="x")
    tandem.conn.close()
    assert read(project).sentence.endswith("At that time only if something new was said before it.")


def test_a_decision_brings_the_next_training_nearer(project):
    put(project, label_count=34)
    decide(project.db, actor=project.actor, request_id="d", item_id=25, class_id=1, now=project.now())
    assert read(project).labels_left == 11


def test_paused_is_said(project):
    put(project, label_count=5, paused=True)
    assert read(project).sentence.startswith("Paused")
