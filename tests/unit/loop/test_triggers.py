"""When a project trains by itself: after labels, at a time, never for nothing and never twice."""

from datetime import UTC, datetime, time, timedelta

import pytest

from hitl.domain.errors import BadInput, NotPermitted
from hitl.domain.people import Actor, MemberRole
from hitl.domain.schedule import Daily
from hitl.loop.triggers import find_due_training, set_triggers
from hitl.loop.withdraw import withdraw_import
from hitl.store.connection import open_tandem
from hitl.store.jobs import add_job
from hitl.views.labels import read_staleness
from tests.small_project import START, SmallProject

NIGHT = Daily(time(3), "UTC")
NEXT_NIGHT = datetime(2026, 1, 6, 3, 0, tzinfo=UTC)


class Desk:
    """A project of 20 labelled and 20 open items with the jobs beside it."""

    def __init__(self, folder):
        self.project = SmallProject(folder, rows=40, labelled=20)
        self.tandem = open_tandem(folder)
        self.decided = 20

    def set(self, *, label_count=None, daily=None, paused=False, **over):
        values = {"promotes": False, "reason": "why", "actor": self.project.actor, "now": self.project.now(), **over}
        return set_triggers(self.project.db, label_count=label_count, daily=daily, is_paused=paused, **values)

    def train(self):
        """A version that knows everything said so far."""
        self.project.add_version_of_labels()

    def label(self, count, *, now=None):
        for _ in range(count):
            self.decided += 1
            self.project.decide(self.decided, now=now or self.project.now())

    def due(self, *, now=None):
        return find_due_training(self.project.db, self.tandem, slug="small", now=now or self.project.now())

    def begin(self, found):
        """The job of a due training, however it ends."""
        args = {"trigger": found.trigger, "event_id": found.event_id, "withdrawn": list(found.withdrawn)}
        if found.day:
            args["day"] = found.day.isoformat()
        add_job(self.tandem, slug="small", kind="train", args=args, request_id=found.request_id, actor_id=0, at="x")
        self.tandem.execute("UPDATE jobs SET status = 'failed'")


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    yield desk
    desk.tandem.conn.close()


def test_nothing_trains_by_itself_until_somebody_says_so(desk):
    assert desk.due() is None


def test_it_is_due_at_the_label_that_reaches_the_count(desk):
    desk.train()
    desk.set(label_count=3)
    desk.label(2)
    assert desk.due() is None
    desk.label(1)
    found = desk.due()
    assert (found.trigger, found.label_count, found.day) == ("labels", 3, None)


def test_a_corrected_label_counts(desk):
    desk.train()
    desk.set(label_count=1)
    desk.project.decide(1, 2)
    assert desk.due().trigger == "labels"


def test_after_a_failed_training_as_many_labels_are_needed_again(desk):
    desk.train()
    desk.set(label_count=2)
    desk.label(2)
    desk.begin(desk.due())
    assert desk.due() is None
    desk.label(1)
    assert desk.due() is None
    desk.label(1)
    assert desk.due() is not None


def test_a_training_that_somebody_asked_for_counts_the_labels_off(desk):
    desk.train()
    desk.set(label_count=2)
    desk.label(1)
    desk.train()
    desk.label(1)
    assert desk.due() is None


def test_paused_triggers_do_nothing(desk):
    desk.train()
    desk.set(label_count=1, daily=NIGHT, paused=True)
    desk.label(1)
    assert desk.due(now=NEXT_NIGHT) is None


def test_the_newest_triggers_are_in_force(desk):
    desk.train()
    desk.set(label_count=1)
    desk.set()
    desk.label(1)
    assert desk.due() is None


def test_every_night_it_trains_when_something_was_said(desk):
    desk.train()
    desk.set(daily=NIGHT)
    desk.label(1)
    assert desk.due(now=NEXT_NIGHT - timedelta(seconds=1)) is None
    found = desk.due(now=NEXT_NIGHT)
    assert (found.trigger, found.day.isoformat(), found.at) == ("daily", "2026-01-06", "03:00")


def test_a_night_without_news_is_passed_over(desk):
    desk.train()
    desk.set(daily=NIGHT)
    assert desk.due(now=NEXT_NIGHT) is None


def test_what_is_said_after_the_hour_waits_for_the_next_night(desk):
    desk.train()
    desk.set(daily=NIGHT)
    desk.label(1, now=NEXT_NIGHT + timedelta(hours=7))
    assert desk.due(now=NEXT_NIGHT + timedelta(hours=8)) is None
    assert desk.due(now=NEXT_NIGHT + timedelta(days=1)).day.isoformat() == "2026-01-07"


def test_a_night_is_trained_once_and_a_failure_not_again_without_news(desk):
    desk.train()
    desk.set(daily=NIGHT)
    desk.label(1)
    desk.begin(desk.due(now=NEXT_NIGHT))
    for hours in (0, 1, -2, 24, 48):
        assert desk.due(now=NEXT_NIGHT + timedelta(hours=hours)) is None
    desk.label(1)
    assert desk.due(now=NEXT_NIGHT + timedelta(hours=1)) is None
    assert desk.due(now=NEXT_NIGHT + timedelta(hours=24)) is not None


def test_the_same_turn_has_the_same_request(desk):
    desk.train()
    desk.set(daily=NIGHT, label_count=5)
    desk.label(1)
    assert desk.due(now=NEXT_NIGHT).request_id == desk.due(now=NEXT_NIGHT + timedelta(hours=3)).request_id


def test_a_job_of_an_earlier_project_of_that_name_does_not_count(desk):
    desk.train()
    desk.set(label_count=1)
    args = {"trigger": "labels", "event_id": 10_000}
    add_job(desk.tandem, slug="small", kind="train", args=args, request_id="old", actor_id=0, at="x")
    desk.tandem.execute("UPDATE jobs SET status = 'done'")
    desk.label(1)
    assert desk.due() is not None


def test_before_the_first_version_all_labels_count(desk):
    desk.set(label_count=20)
    assert desk.due().base_id == 0


@pytest.mark.parametrize("count", [0, -1, 1_000_001])
def test_a_count_out_of_range_is_refused(desk, count):
    with pytest.raises(BadInput, match="choose from 1"):
        desk.set(label_count=count)


def test_a_reason_is_needed(desk):
    with pytest.raises(BadInput, match="Say why"):
        desk.set(label_count=5, reason=" ")


def test_a_reviewer_may_not_set_them(desk):
    reviewer = Actor(id=7, name="R", role=MemberRole.REVIEWER)
    with pytest.raises(NotPermitted):
        desk.set(label_count=5, actor=reviewer)


def test_they_are_kept_with_their_reason_and_actor(desk):
    found = desk.set(label_count=5, daily=NIGHT)
    assert (found.reason, found.actor_id, found.daily.zone) == ("why", 1, "UTC")
    assert found.at > START.isoformat()


def withdraw(desk, import_id=1, *, now=None):
    who = {"actor": desk.project.actor, "now": now or desk.project.now(), "request_id": desk.project.request()}
    withdraw_import(desk.project.db, import_id=import_id, reason="the wrong file", **who)


def two_labelled(desk):
    return desk.project.add_rows([("n1", "a new text", "yes"), ("n2", "one more text", "no")])


def test_labels_that_were_withdrawn_count_like_new_ones(desk):
    desk.train()
    desk.set(label_count=20)
    assert desk.due() is None
    withdraw(desk)
    found = desk.due()
    assert (found.trigger, found.withdrawn) == ("labels", (1,))
    desk.begin(found)
    assert desk.due() is None


def test_new_and_withdrawn_labels_count_together(desk):
    added = two_labelled(desk)
    desk.train()
    desk.set(label_count=4)
    desk.label(1)
    withdraw(desk, added.import_id)
    assert desk.due() is None
    desk.label(1)
    assert desk.due() is not None


def test_a_training_that_somebody_asked_for_knows_what_was_withdrawn(desk):
    added = two_labelled(desk)
    desk.train()
    desk.set(label_count=1)
    withdraw(desk, added.import_id)
    desk.train()
    assert desk.due() is None


def test_a_withdrawn_file_without_labels_changes_nothing_to_learn(desk):
    added = desk.project.add_rows([("n1", "a new text", "")])
    desk.train()
    desk.set(label_count=1, daily=NIGHT)
    withdraw(desk, added.import_id)
    assert desk.due(now=NEXT_NIGHT) is None


def test_labels_that_came_after_the_training_are_not_taken_back_from_it(desk):
    desk.train()
    desk.set(label_count=3)
    added = two_labelled(desk)
    withdraw(desk, added.import_id)
    assert desk.due() is None


def test_every_night_it_trains_when_labels_were_withdrawn_before(desk):
    desk.train()
    desk.set(daily=NIGHT)
    withdraw(desk, now=NEXT_NIGHT + timedelta(hours=7))
    assert desk.due(now=NEXT_NIGHT + timedelta(hours=8)) is None
    found = desk.due(now=NEXT_NIGHT + timedelta(days=1))
    assert found.day.isoformat() == "2026-01-07"
    desk.begin(found)
    assert desk.due(now=NEXT_NIGHT + timedelta(days=2)) is None


def test_triggers_set_by_a_clock_that_was_years_ahead_do_not_wait_for_years(desk):
    desk.train()
    desk.set(daily=NIGHT, now=NEXT_NIGHT + timedelta(days=900))
    desk.label(1)
    assert desk.due(now=NEXT_NIGHT).trigger == "daily"


def test_a_label_dated_in_the_future_does_not_keep_the_others_waiting(desk):
    desk.train()
    desk.set(daily=NIGHT)
    desk.label(1, now=NEXT_NIGHT + timedelta(days=900))
    desk.label(1)
    assert desk.due(now=NEXT_NIGHT).trigger == "daily"


def test_labels_withdrawn_count_though_the_clock_went_back_since_they_came(desk):
    desk.project.clock += timedelta(days=900)
    added = two_labelled(desk)
    desk.project.clock -= timedelta(days=900)
    desk.train()
    desk.set(label_count=2)
    withdraw(desk, added.import_id)
    assert desk.due().trigger == "labels"
    assert read_staleness(desk.project.db).label_count == 2
