import sqlite3

import pytest

from hitl.domain.errors import FactGuarded
from hitl.domain.people import LOCAL_OWNER
from hitl.store.audit import SEALED_COLUMNS, append, append_decision, forget_comments, read_chain, read_head, row_hash
from hitl.store.connection import fetch_all, fetch_one, fetch_value, open_project, open_tandem, write_transaction
from hitl.store.events import add_event
from tests.older_database import LABELS, make_older_desk
from tests.small_project import START, SmallProject


@pytest.fixture
def small(tmp_path):
    return SmallProject(tmp_path, rows=4, labelled=0)


def rows_of(db):
    return db.conn.execute("SELECT * FROM audit_log ORDER BY id").fetchall()


def add(db, act="promote", **values):
    with write_transaction(db):
        return append(db, LOCAL_OWNER, act, now=START, **values)


def add_two_of_which_one_is_refused(db):
    with write_transaction(db):
        append(db, LOCAL_OWNER, "promote", now=START)
        append(db, LOCAL_OWNER, "promote", details={"reason": "because"}, now=START)


def add_label(small, comment=""):
    with write_transaction(small.db):
        event_id = add_event(
            small.db,
            kind="label",
            source="reviewer",
            actor_id=1,
            group_id=1,
            item_id=1,
            class_id=1,
            request_id=small.request(),
            comment=comment,
            at="2026-01-05T09:00:00.000000Z",
        )
        append_decision(small.db, LOCAL_OWNER, "decide", event_id=event_id, now=START)
    return event_id


def test_each_row_carries_the_hash_of_the_row_before_and_its_own(small):
    add(small.db, subject="version:3")
    add(small.db, subject="version:4", details={"promotion": 2})
    rows = rows_of(small.db)
    assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
    assert [row[7] for row in rows] == [bytes(32), *(row[8] for row in rows[:-1])]
    assert [row[8] for row in rows] == [row_hash(row[:8]) for row in rows]
    assert rows[-1][4:7] == ("promote", "version:4", '{"promotion":2}')


def test_a_row_outside_of_a_transaction_is_a_mistake(small):
    with pytest.raises(RuntimeError, match="transaction"):
        append(small.db, LOCAL_OWNER, "promote", now=START)


def test_what_is_rolled_back_leaves_no_row(small):
    before = rows_of(small.db)
    with pytest.raises(ValueError, match="no number"):
        add_two_of_which_one_is_refused(small.db)
    assert rows_of(small.db) == before


@pytest.mark.parametrize("desk", ["project", "tandem"])
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_log SET actor_id = 9",
        "DELETE FROM audit_log",
        "INSERT OR REPLACE INTO audit_log SELECT * FROM audit_log WHERE id = 1",
        "INSERT INTO audit_log SELECT id + 2, at, actor_id, via, act, subject, details, hash, hash FROM audit_log",
        "INSERT INTO audit_log SELECT 9, at, actor_id, via, act, subject, details, zeroblob(32), hash FROM audit_log",
    ],
)
def test_the_database_refuses_what_is_no_new_row_after_the_newest(small, desk, sql):
    db = small.db if desk == "project" else open_tandem(small.data_dir)
    before = rows_of(db)
    with pytest.raises((sqlite3.IntegrityError, FactGuarded), match="audit_log"), write_transaction(db):
        db.execute(sql)
    assert rows_of(db) == before


def test_the_same_event_has_the_same_seal_and_a_changed_one_another(small):
    event_id = add_label(small)
    sealed = fetch_value(small.db, "SELECT details ->> 'seal' FROM audit_log ORDER BY id DESC LIMIT 1")
    assert len(sealed) == 43
    small.db.execute("DROP TRIGGER events_no_update")
    small.db.execute("UPDATE events SET class_id = 2 WHERE id = ?", (event_id,))
    with write_transaction(small.db):
        append_decision(small.db, LOCAL_OWNER, "decide", event_id=event_id, now=START)
    assert fetch_value(small.db, "SELECT details ->> 'seal' FROM audit_log ORDER BY id DESC LIMIT 1") != sealed


def test_a_comment_is_sealed_by_a_salt_that_can_be_taken_away_and_by_nothing_else(small):
    add_label(small)
    assert fetch_all(small.db, "SELECT * FROM comment_seals") == []
    event_id = add_label(small, comment="no doubt")
    before = fetch_one(small.db, "SELECT * FROM comment_seals")
    assert before["event_id"] == event_id
    for change in ("digest = zeroblob(32)", "salt = zeroblob(16)", "event_id = 1"):
        with pytest.raises(sqlite3.IntegrityError, match="comment_seals holds facts"):
            small.db.execute(f"UPDATE comment_seals SET {change}")
    with pytest.raises(sqlite3.IntegrityError, match="comment_seals holds facts"):
        small.db.execute("DELETE FROM comment_seals")
    with write_transaction(small.db):
        forget_comments(small.db, [event_id])
    assert fetch_one(small.db, "SELECT * FROM comment_seals") == {**before, "salt": None}


def test_a_decision_without_a_comment_adds_about_two_hundred_bytes(small):
    add_label(small)
    sql = "SELECT length(at) + length(via) + length(act) + length(subject) + length(details) + 64 + 12 AS bytes"
    assert fetch_value(small.db, f"{sql} FROM audit_log ORDER BY id DESC LIMIT 1") <= 220


def test_the_head_is_the_newest_row_of_the_named_chain(small):
    add(small.db)
    head = read_head(small.db)
    rows = rows_of(small.db)
    assert (head.row_id, head.hash) == (rows[-1][0], rows[-1][8])
    assert head.chain == read_chain(small.db)
    add(small.db, act="unpack_project", details={"chain": "f" * 16})
    assert read_head(small.db).chain == "f" * 16


def test_two_projects_have_two_chains(tmp_path, small):
    other = SmallProject(tmp_path / "other", rows=0)
    assert read_chain(small.db) != read_chain(other.db)


def test_the_log_of_an_older_project_says_up_to_which_event_the_facts_are_older(tmp_path):
    make_older_desk(tmp_path)
    db = open_project(tmp_path, "old")
    begin, newest = rows_of(db)[0], fetch_value(db, "SELECT max(id) FROM events")
    assert (begin[0], begin[2], begin[4]) == (1, 0, "begin")
    assert fetch_value(db, "SELECT details ->> 'event' FROM audit_log WHERE id = 1") == newest == LABELS + 2
    assert begin[8] == row_hash(begin[:8])


def test_the_log_of_an_older_desk_begins(tmp_path):
    make_older_desk(tmp_path)
    tandem = open_tandem(tmp_path)
    assert [row[4] for row in rows_of(tandem)] == ["begin"]
    assert read_head(tandem).row_id == 1


def test_the_seal_covers_every_column_that_an_event_has(small):
    """A column that comes later and is left out could be changed unseen."""
    columns = {row["name"] for row in fetch_all(small.db, "SELECT name FROM pragma_table_info('events')")}
    assert columns == {*SEALED_COLUMNS, "comment"}
