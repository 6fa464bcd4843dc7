"""A scheduled back-up is due once a local day; a failed one is tried again; what came of it is told."""

from contextlib import closing
from datetime import UTC, datetime, time, timedelta

import pytest

from hitl.domain.backup_plan import BACKUP_SLUG, BackupPlan
from hitl.domain.clock import utc_text
from hitl.domain.people import SYSTEM
from hitl.domain.schedule import Daily
from hitl.loop.backup_turns import examine_backups, find_due_backup, read_backup_state
from hitl.loop.jobs import submit_job
from hitl.store.connection import Database, open_tandem
from hitl.store.jobs import claim_next_job, end_job

NIGHT = datetime(2026, 3, 10, 3, 0, tzinfo=UTC)


@pytest.fixture
def tandem(tmp_path):
    with closing(open_tandem(tmp_path).conn) as conn:
        yield Database(conn)


@pytest.fixture
def plan(tmp_path):
    return BackupPlan(tmp_path / "copies", Daily(time(3), "UTC"), keep=3)


def ask(tandem, turn, now):
    submit_job(
        tandem,
        slug=BACKUP_SLUG,
        kind="backup",
        args={"day": turn.day.isoformat()},
        request_id=turn.request_id,
        actor=SYSTEM,
        now=now,
    )


def end(tandem, status, now, error=None):
    job = claim_next_job(tandem, token="t", at=utc_text(now), lost_before="")
    end_job(tandem, job_id=job.id, token="t", status=status, note="", error=error, at=utc_text(now))


def take_turn(tandem, plan, now, status, error=None):
    turn = find_due_backup(tandem, plan, now=now)
    ask(tandem, turn, now)
    end(tandem, status, now, error)
    return turn


def test_a_back_up_is_due_once_a_day(tandem, plan):
    take_turn(tandem, plan, NIGHT, "done")
    assert find_due_backup(tandem, plan, now=NIGHT + timedelta(hours=23, minutes=59)) is None
    assert find_due_backup(tandem, plan, now=NIGHT + timedelta(days=1)).day.isoformat() == "2026-03-11"


def test_none_is_asked_for_while_one_waits(tandem, plan):
    ask(tandem, find_due_backup(tandem, plan, now=NIGHT), NIGHT)
    assert find_due_backup(tandem, plan, now=NIGHT + timedelta(days=2)) is None


def test_one_that_failed_is_tried_again_after_an_hour_a_few_times(tandem, plan):
    requests = set()
    for hour in range(6):
        now = NIGHT + timedelta(hours=hour)
        requests.add(take_turn(tandem, plan, now, "failed", "The disk is full.").request_id)
        assert find_due_backup(tandem, plan, now=now + timedelta(minutes=59)) is None
    assert len(requests) == 6
    assert find_due_backup(tandem, plan, now=NIGHT + timedelta(hours=8)) is None
    assert find_due_backup(tandem, plan, now=NIGHT + timedelta(days=1)).number == 1


def test_a_clock_that_went_back_makes_no_second_one_and_waits_no_longer(tandem, plan):
    take_turn(tandem, plan, NIGHT, "done")
    assert find_due_backup(tandem, plan, now=NIGHT - timedelta(hours=3)) is None
    take_turn(tandem, plan, NIGHT + timedelta(days=1), "failed", "x")
    assert find_due_backup(tandem, plan, now=NIGHT + timedelta(days=1, seconds=-1)) is None


def test_what_they_came_to_is_told(tandem, plan):
    assert read_backup_state(tandem).done_at is None
    take_turn(tandem, plan, NIGHT, "done")
    assert examine_backups(tandem, plan, now=NIGHT + timedelta(hours=30)) == []
    later = NIGHT + timedelta(days=3)
    take_turn(tandem, plan, later, "failed", "The disk is full. Make room.")
    state = read_backup_state(tandem)
    assert (state.done_at, state.failed_at, state.error) == (
        utc_text(NIGHT),
        utc_text(later),
        "The disk is full. Make room.",
    )
    found = examine_backups(tandem, plan, now=later)
    assert found[0] == "The last back-up failed: The disk is full. Make room."
    assert found[1].startswith("The newest back-up is 3 days old.")


def test_a_plan_that_never_brought_one_is_named_and_no_plan_is_none(tandem, plan):
    assert "No back-up was made yet" in examine_backups(tandem, plan, now=NIGHT)[0]
    assert examine_backups(tandem, None, now=NIGHT) == []
