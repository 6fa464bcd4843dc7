"""How SQLite finds rows in what a reviewer waits for: by key or index, however large a project is."""

from datetime import time, timedelta

import pytest

from hitl.domain.rows import Row
from hitl.domain.schedule import Daily
from hitl.loop.ingest import publish_import, stage_rows
from hitl.loop.review import claim, decide, return_skipped, skip, undo
from hitl.loop.triggers import find_due_training, set_triggers
from hitl.store.audit_reads import LogFilter, list_rows
from hitl.store.columns import read_columns, read_events
from hitl.store.connection import open_tandem
from hitl.store.events import count_standing_skips
from hitl.store.test_answers import answers_to_tests, paired_answers
from hitl.views.changed_answers import read_changed_answers
from hitl.views.comparison import pick_versions, read_comparison
from hitl.views.snapshot_changes import read_snapshot_changes
from tests.query_plans import scanned, scans
from tests.small_project import SmallProject


@pytest.fixture
def small(tmp_path):
    """A project with a model, so that a decision touches predictions and releases too."""
    small = SmallProject(tmp_path)
    small.answer_with(dict.fromkeys(range(1, 13), (1, 0.6)))
    return small


def test_a_claim_reads_no_table_to_its_end(small):
    assert not scans(small.db, lambda: claim(small.db, actor=small.actor, count=4, now=small.now()))


def test_what_a_person_skipped_is_counted_by_an_index_of_skips_alone(small):
    skip(small.db, request_id="s", item_id=8, actor=small.actor, now=small.now())
    ran = []
    small.db.conn.set_trace_callback(ran.append)
    assert count_standing_skips(small.db, small.actor.id) == 1
    small.db.conn.set_trace_callback(None)
    sql = next(sql for sql in ran if "skip" in sql)
    plan = [row[3] for row in small.db.execute(f"EXPLAIN QUERY PLAN {sql}")]
    assert plan[0] == "SEARCH events USING INDEX events_skips (actor_id=?)"
    assert not scanned(small.db, sql)


def test_no_answer_reads_a_table_to_its_end(small):
    first, second = claim(small.db, actor=small.actor, count=2, now=small.now())
    common = {"actor": small.actor, "now": small.now()}

    def answer():
        decide(small.db, request_id="a", item_id=first.item_id, class_id=1, assignment_id=first.id, **common)
        undo(small.db, request_id="b", target_request_id="a", **common)
        skip(small.db, request_id="c", item_id=second.item_id, assignment_id=second.id, **common)
        return_skipped(small.db, request_id="d", **common)

    assert not scans(small.db, answer)


def test_a_decision_looks_up_its_own_predictions_to_release(small):
    lease = claim(small.db, actor=small.actor, count=1, now=small.now())[0]
    ran = []
    small.db.conn.set_trace_callback(ran.append)
    decide(
        small.db,
        request_id="a",
        item_id=lease.item_id,
        class_id=1,
        assignment_id=lease.id,
        actor=small.actor,
        now=small.now(),
    )
    small.db.conn.set_trace_callback(None)
    (sql,) = [one for one in ran if "INSERT INTO releases" in one]
    plan = [row[3] for row in small.db.execute(f"EXPLAIN QUERY PLAN {sql}")]
    assert plan[0].startswith("SEARCH state")
    assert "SEARCH prediction USING PRIMARY KEY (version_id=? AND item_id=?)" in plan


def test_publishing_a_few_rows_reads_no_table_to_its_end(small):
    rows = [
        ("t1", "a changed text", "no"),
        ("n1", "text number 2", "yes"),
        ("n2", "brand new", ""),
        ("n3", "new", "no"),
    ]
    values = [Row(n, dict(zip(("id", "text", "label"), row, strict=True))) for n, row in enumerate(rows, start=2)]
    common = {"actor": small.actor, "now": small.now()}
    import_id = stage_rows(small.db, rows=values, file_name="f.csv", file_sha256="1" * 64, request_id="f", **common)
    assert not scans(small.db, lambda: publish_import(small.db, import_id=import_id, **common))


def test_looking_for_a_due_training_reads_no_table_to_its_end(small, tmp_path):
    common = {"promotes": False, "reason": "why", "actor": small.actor, "now": small.now()}
    set_triggers(small.db, label_count=3, daily=Daily(time(3), "UTC"), is_paused=False, **common)
    tandem = open_tandem(tmp_path)
    tomorrow = small.now() + timedelta(days=1)
    read_columns(small.db)
    read_events(small.db)
    assert not scans(small.db, lambda: find_due_training(small.db, tandem, slug="small", now=tomorrow))
    tandem.conn.close()


def test_comparing_two_versions_reads_their_answers_to_the_test_alone(small):
    small.answer_with(dict.fromkeys(range(1, 13), (2, 0.6)), champion=False)
    _, old, new = pick_versions(small.db, old="1", new="2")

    read_columns(small.db)

    def compare():
        read_comparison(small.db, old=old, new=new, source=None)
        paired_answers(small.db, old_id=1, new_id=2, source="import", slice_names=["region"])
        answers_to_tests(small.db, 1, "import")
        read_changed_answers(small.db, old_id=1, new_id=2, after=0)
        read_snapshot_changes(small.db, old.version, new.version)

    assert not scans(small.db, compare)


@pytest.mark.parametrize("before", [None, 3])
def test_the_log_of_one_person_is_read_by_its_index_in_both_databases(small, tmp_path, before):
    for db in (small.db, open_tandem(tmp_path)):
        ran = []
        db.conn.set_trace_callback(ran.append)
        list_rows(db, LogFilter(actor_id=1, until="2027", acts=("decide",)), before=before, count=50)
        db.conn.set_trace_callback(None)
        [plan] = [[row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {sql}")] for sql in ran if "audit_log" in sql]
        assert plan[0] == "SEARCH audit_log USING INDEX audit_log_persons (actor_id=? AND rowid<?)"
        assert not [step for step in plan if "TEMP B-TREE" in step]
