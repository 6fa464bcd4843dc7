"""Acts that are killed at any of their statements: how each begins, how it goes on, and what must be so at the end."""

import os
import signal
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import hitl.worker.run as life
from hitl.domain.clock import utc_now
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.route import set_policy
from hitl.store import routing
from hitl.store.connection import open_project
from hitl.worker.run import work_until_ended
from tests.faults import forked
from tests.faults.house import ROOT, opened

SCRIPT = Path(__file__).with_name("dying_statement.py")
IMPORTED_ROWS = 1_500
VISIBLE = "SELECT count(*) FROM item_state"
LABELLED = "SELECT count(*) FROM item_state WHERE resolved_class_id IS NOT NULL"
TWICE = "SELECT count(*) - count(DISTINCT request_id) FROM events WHERE request_id IS NOT NULL"


@dataclass(frozen=True)
class Killed:
    """What the process said, and whether it was killed before its end."""

    output: str
    is_dead: bool


def kill_at(nth, house, *arguments, database="project.db"):
    """The act in a process that dies as it begins that statement."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT), **forked.ONE_THREAD}
    done = forked.run(SCRIPT, database, nth, *arguments, environ=environ, cwd=ROOT, timeout=120)
    assert done.returncode in {0, -signal.SIGKILL}, done.stdout + done.stderr
    return Killed(done.stdout + done.stderr, done.returncode != 0)


def command(house, *arguments):
    return ("hitl", "--data", house.folder, *arguments)


def go_on(house, job_id, monkeypatch):
    """The job at its end, done by another worker."""
    monkeypatch.setattr(life, "LEASE_SECONDS", 0.2)
    house.wait_until(lambda: work_until_ended(house.folder, job_id=job_id))
    job = house.job(job_id)
    assert job.status == "done", job.error
    return job


def facts(house, *tables):
    """The rows of these tables, as they stand."""
    return {table: house.rows(f"SELECT * FROM {table}") for table in tables}


@contextmanager
def leave_routing_to_the_job():
    """A policy set in this block routes nothing at once, however few items there are."""
    before, routing.FEW_ITEMS = routing.FEW_ITEMS, 0
    try:
        yield
    finally:
        routing.FEW_ITEMS = before


class Act:
    """An act that a job does: it goes on in another worker, and what it does is done once."""

    def __init__(self, house):
        self.house = house
        self.acknowledged = facts(house, "events", "imports", "items")
        self.job_id = self.begin()

    def begin(self):
        raise NotImplementedError

    def assert_done_once(self):
        raise NotImplementedError

    def run(self, nth, monkeypatch):
        """Killed there, then done by another worker; what stood before stands at every moment."""
        killed = kill_at(nth, self.house, self.house.folder, self.job_id)
        self.assert_nothing_lost()
        go_on(self.house, self.job_id, monkeypatch)
        self.assert_nothing_lost()
        self.assert_done_once()
        return killed

    def assert_nothing_lost(self):
        self.house.assert_sound()
        assert self.house.count(TWICE) == 0
        for table, before in self.acknowledged.items():
            assert self.house.rows(f"SELECT * FROM {table} LIMIT {len(before)}") == before


class Importing(Act):
    def begin(self):
        self.before = self.house.count(VISIBLE)
        return self.house.submit_import(IMPORTED_ROWS)[0]

    def assert_done_once(self):
        assert self.house.count(VISIBLE) == self.before + IMPORTED_ROWS
        assert self.house.count("SELECT count(*) FROM items") == self.before + IMPORTED_ROWS
        assert self.house.count("SELECT count(*) FROM import_ends WHERE outcome = 'published'") == 2


class Training(Act):
    def begin(self):
        return self.house.submit("train")

    def assert_done_once(self):
        for table in ("snapshots", "versions", "promotions", "evaluations"):
            assert self.house.count(f"SELECT count(*) FROM {table}") == 1, table
        assert self.house.count("SELECT count(*) FROM predictions") == self.house.count(VISIBLE)
        assert self.house.count("SELECT count(*) FROM routing") == 0


class Bulk(Act):
    step = "do"

    def begin(self):
        self.before = self.house.count(LABELLED)
        self.act = self.house.begin_bulk_act(is_undone=self.step == "undo")
        return self.house.submit("bulk", act_id=self.act.id, step=self.step)

    def assert_done_once(self):
        count = self.act.group_count
        assert self.house.count("SELECT count(*) FROM bulk_act_events") == count
        assert self.house.count(LABELLED) == self.before + count
        assert self.house.count("SELECT count(*) FROM bulk_act_ends") == 1


class BulkUndone(Bulk):
    step = "undo"

    def assert_done_once(self):
        assert self.house.count("SELECT count(*) FROM events WHERE kind = 'undo'") == self.act.group_count
        assert self.house.count(LABELLED) == self.before


class Routing(Act):
    """All items routed anew, by a policy under which the model answers most of them."""

    def begin(self):
        house = self.house
        job_id = house.submit("train")
        work_until_ended(house.folder, job_id=job_id)
        self.acknowledged = facts(house, "events", "versions", "promotions", "predictions")
        with opened(open_project(house.folder, "small")) as db, leave_routing_to_the_job():
            set_policy(
                db,
                threshold=0.05,
                audit_rate=0.3,
                lease_seconds=60,
                query_strategy="default",
                reason="test",
                actor=LOCAL_OWNER,
                now=utc_now(),
            )
        return house.submit("reroute")

    def assert_done_once(self):
        open_ones = "FROM releases WHERE id NOT IN (SELECT release_id FROM release_ends)"
        accepted = "SELECT count(*) FROM item_state WHERE route = 'auto_accept' AND resolved_class_id IS NULL"
        assert self.house.count(f"SELECT count(*) - count(DISTINCT item_id) {open_ones}") == 0
        assert self.house.count(f"SELECT count(*) {open_ones}") == self.house.count(accepted) > 0
        assert self.house.count("SELECT count(*) - count(DISTINCT group_id) FROM draws") == 0
        assert self.house.count("SELECT count(*) FROM routing") == 0


def dump(folder, slug="small"):
    """The whole project as SQL."""
    with closing(open_project(folder, slug).conn) as conn:
        return list(conn.iterdump())


def dump_beside_packing(folder, slug="small"):
    """The whole project as SQL, without the rows of its log that say that it was packed or came out of a file."""
    row = 'INSERT INTO "audit_log"'
    return [line for line in dump(folder, slug) if not (line.startswith(row) and "pack_project" in line)]
