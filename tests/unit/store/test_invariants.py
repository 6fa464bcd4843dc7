"""What the database itself refuses, whoever writes to it."""

import sqlite3

import pytest

from hitl.domain.bulk import BulkKind
from hitl.domain.class_looks import ClassLook
from hitl.domain.errors import Conflict, FactGuarded
from hitl.domain.explore_filter import ExploreFilter
from hitl.loop.projects import ClassDraft, save_classes
from hitl.loop.review import claim, undo
from hitl.loop.saved_views import save_view
from hitl.loop.train import take_snapshot
from hitl.loop.withdraw import withdraw_import
from hitl.store.connection import fetch_value, write_transaction
from hitl.store.events import add_event
from hitl.store.migrations import FACT_TABLES
from tests.bulk_acts import bulk_act, undone_bulk_act
from tests.small_project import OTHER, SmallProject

LABEL = {
    "kind": "label",
    "source": "reviewer",
    "actor_id": 1,
    "group_id": 5,
    "item_id": 5,
    "class_id": 1,
    "request_id": "fresh",
    "at": "2026-01-05T09:00:00.000000Z",
}


@pytest.fixture(scope="module")
def made_full(tmp_path_factory):
    """A project with at least one row in every table of facts, closed."""
    small = SmallProject(tmp_path_factory.mktemp("full"), rows=40, labelled=12)
    small.add_rows([("fresh", "a row to keep", ""), ("fresh", "its id again", "")])
    small.answer_with(dict.fromkeys(range(1, 42), (1, 0.95)))
    small.draw(2)
    small.decide(20)
    for kind in (BulkKind.CONFIRM, BulkKind.REVIEW):
        undone_bulk_act(small, kind, item_ids=range(1, 20))
    who = {"actor": small.actor, "now": small.now()}
    save_classes(small.db, classes=[ClassDraft("yes", "yes", look=ClassLook("teal", "y"))], **who)
    save_view(small.db, name="All", chosen=ExploreFilter(), order="novel", request_id="view", **who)
    withdrawn = small.add_rows([("wrong", "a wrong row", "")])
    withdraw_import(
        small.db,
        import_id=withdrawn.import_id,
        reason="wrong",
        request_id="w",
        actor=small.actor,
        now=small.now(),
    )
    with write_transaction(small.db):
        small.db.execute(
            "INSERT INTO evaluations(version_id, source, label_count, body, at)"
            " VALUES (1, 'imported_test', 1, '{}', 'x')"
        )
        small.db.execute(
            "INSERT INTO training_triggers(label_count, zone, paused, promotes, reason, actor_id, at)"
            " VALUES (50, '', 0, 0, 'why', 1, 'x')"
        )
        small.db.execute(
            "INSERT INTO test_answers(version_id, group_id, class_id, confidence, accept_score)"
            " SELECT 1, min(group_id), 1, 0.9, 0.9 FROM test_groups"
        )
        small.db.execute(
            "INSERT INTO version_changes(old_version_id, new_version_id, body, at) VALUES (1, 1, '{}', 'x')"
        )
        small.db.execute(
            "INSERT INTO bulk_act_groups(act_id, group_id, item_id) SELECT min(id), 1, 1 FROM bulk_acts"
        )  # as acts were planned before
        small.db.execute(
            "INSERT INTO redactions(reason, keeps_id, request_id, actor_id, at) VALUES ('w', 1, 'r', 1, 'x')"
        )
        for table in ("redacted_items", "redacted_comments", "retirements"):
            small.db.execute(f"INSERT INTO {table} VALUES (1, 1)")
        small.db.execute("INSERT INTO field_covers(covers, actor_id, at) VALUES ('{}', 1, 'x')")
        small.db.execute("INSERT INTO encoder_rules(is_on, actor_id, at) VALUES (0, 1, 'x')")
        small.db.execute("INSERT INTO redacted_words VALUES ('view', 1, 1)")
        small.db.execute("INSERT INTO redaction_ends VALUES (1, 'x')")
        small.db.execute("INSERT INTO name_rules(show_names, actor_id, at) VALUES ('leads', 1, 'x')")
        small.db.execute("INSERT INTO label_doubts VALUES (1, 1, 1, 0.1)")
        small.db.execute(
            "INSERT INTO second_look_rules(share, at_once, bar, reason, actor_id, at) VALUES (0, 1, 0, 'w', 1, 'x')"
        )
        small.db.execute(
            "INSERT INTO second_look_turns(version_id, outcome, label_count, judged_count, sent_count, at)"
            " VALUES (1, 'none', 1, 0, 0, 'x')"
        )
        small.db.execute("INSERT INTO learning_curves(version_id, body, at) VALUES (1, '{}', 'x')")
    small.db.conn.close()
    return small


@pytest.fixture
def full(made_full, tmp_path):
    """A copy of that project, open."""
    return made_full.copied(tmp_path)


def refused(db, sql, parameters=()):
    with pytest.raises((sqlite3.IntegrityError, FactGuarded)) as caught, write_transaction(db):
        db.execute(sql, parameters)
    return str(caught.value)


@pytest.mark.parametrize("table", [*FACT_TABLES, "items", "import_rejects"])
def test_a_fact_is_never_changed(full, table):
    assert fetch_value(full.db, f"SELECT count(*) FROM {table}") > 0
    column = full.db.table(table).columns[-1].name
    assert "facts" in refused(full.db, f"UPDATE {table} SET {column} = {column}")


@pytest.mark.parametrize("table", [*FACT_TABLES, "items", "import_rejects"])
def test_a_fact_is_never_deleted(full, table):
    full.db.execute("PRAGMA foreign_keys=OFF")
    assert "facts" in refused(full.db, f"DELETE FROM {table}")


def test_an_import_that_has_ended_refuses_no_more_rows(full):
    sql = "INSERT INTO import_rejects(import_id, row_number, field, message) VALUES (1, 9, '', 'late')"
    assert "has ended" in refused(full.db, sql)


@pytest.mark.parametrize("table", ["events", "releases", "policies"])
def test_replace_does_not_walk_round_the_guard(full, table):
    full.db.execute("PRAGMA foreign_keys=OFF")
    refused(full.db, f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} LIMIT 1")


def test_one_request_is_one_decision(small):
    add_event(small.db, **LABEL)
    with pytest.raises(sqlite3.IntegrityError):
        add_event(small.db, **{**LABEL, "group_id": 6, "item_id": 6})


def test_nobody_undoes_somebody_elses_decision(small):
    event_id = add_event(small.db, **LABEL)
    with pytest.raises(sqlite3.IntegrityError, match="own decision"):
        add_event(small.db, **{**LABEL, **_undo_of(event_id), "actor_id": 7})


def test_nobody_undoes_somebody_elses_bulk_act(small):
    act = bulk_act(small, BulkKind.CORRECT, item_ids=[5], class_id=1)
    message = refused(small.db, "INSERT INTO bulk_undos VALUES (?, 'u', 7, 'x')", (act.id,))
    assert "own act" in message


def test_an_undo_is_never_undone(small):
    first = add_event(small.db, **LABEL)
    undone = add_event(small.db, **{**LABEL, **_undo_of(first)})
    with pytest.raises(sqlite3.IntegrityError, match="can't be undone"):
        add_event(small.db, **{**LABEL, **_undo_of(undone), "request_id": "again"})


def test_a_decision_is_undone_once(small):
    first = add_event(small.db, **LABEL)
    add_event(small.db, **{**LABEL, **_undo_of(first)})
    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        add_event(small.db, **{**LABEL, **_undo_of(first), "request_id": "again"})


def test_an_undo_needs_a_decision_of_the_same_group(small):
    first = add_event(small.db, **LABEL)
    with pytest.raises(sqlite3.IntegrityError, match="not a decision on this group"):
        add_event(small.db, **{**LABEL, **_undo_of(first), "group_id": 6})


def test_a_retired_class_takes_no_label(small):
    event_id = add_event(
        small.db, kind="class", source="rule", actor_id=1, class_id=1, at="2026-01-05T09:00:00.000000Z"
    )
    small.db.execute(
        "INSERT INTO class_revisions(event_id, class_id, name, guideline, position, retired)"
        " VALUES (?, 1, 'yes', '', 0, 1)",
        (event_id,),
    )
    with pytest.raises(sqlite3.IntegrityError, match="not in use"):
        add_event(small.db, **LABEL)


def test_a_class_without_a_revision_takes_no_label(small):
    small.db.execute("INSERT INTO classes(id, key) VALUES (9, 'unborn')")
    with pytest.raises(sqlite3.IntegrityError, match="not in use"):
        add_event(small.db, **{**LABEL, "class_id": 9})


def test_a_slot_has_one_open_lease(small):
    claim(small.db, actor=small.actor, count=1, now=small.now())
    lease = (
        "INSERT INTO assignments(group_id, item_id, slot, actor_id, leased_at, expires_at) SELECT group_id, item_id, {}"
    )
    assert "UNIQUE" in refused(small.db, lease.format("1, 7, leased_at, expires_at FROM assignments"))


def test_a_reviewer_fills_one_slot_of_a_group(small):
    claim(small.db, actor=small.actor, count=1, now=small.now())
    lease = (
        "INSERT INTO assignments(group_id, item_id, slot, actor_id, leased_at, expires_at) SELECT group_id, item_id, {}"
    )
    assert "UNIQUE" in refused(small.db, lease.format("2, actor_id, leased_at, expires_at FROM assignments"))


def test_a_trained_group_is_never_kept_for_testing(tmp_path):
    small = SmallProject(tmp_path, rows=20, labelled=12)
    take_snapshot(small.db, request_id="s", actor=small.actor, now=small.now())
    message = refused(small.db, "INSERT INTO test_groups(group_id, source, at) VALUES (1, 'import', 'x')")
    assert "training snapshot" in message


def test_an_item_has_one_open_release(full):
    message = refused(
        full.db,
        "INSERT INTO releases(item_id, version_id, policy_id, class_id, accept_score, at)"
        " SELECT item_id, version_id, policy_id, class_id, accept_score, at FROM releases"
        " WHERE id IN (SELECT release_id FROM item_state) LIMIT 1",
    )
    assert "open release" in message


def test_a_published_import_takes_no_more_items(small):
    message = refused(
        small.db,
        "INSERT INTO items(import_id, row_number, external_id, group_id, fields) VALUES (1, 99, 'late', 1, '{}')",
    )
    assert "ended" in message


def test_a_blind_review_has_no_prediction_shown(small):
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        add_event(small.db, **{**LABEL, "blind": 1, "shown_class_id": 1})


def test_undo_by_another_person_is_refused_with_a_sentence(small):
    small.decide(8, request_id="d")
    with pytest.raises(Conflict, match="own decisions"):
        undo(small.db, actor=OTHER, request_id="u", target_request_id="d", now=small.now())


def _undo_of(event_id):
    return {"kind": "undo", "class_id": None, "target_id": event_id, "request_id": f"undo-{event_id}"}
