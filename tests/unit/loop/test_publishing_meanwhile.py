"""What a large import brings is counted before it is published: others write meanwhile, and what they wrote counts."""

import sqlite3
from contextlib import closing

import pytest

from hitl.loop import ingest
from hitl.loop.ingest import publish_import, stage_rows
from hitl.loop.review import decide
from hitl.loop.route import finish_routing
from hitl.loop.withdraw import withdraw_import
from hitl.store import routing
from hitl.store.connection import fetch_all, fetch_value
from hitl.store.rebuilding import check
from tests.small_project import rows_of


@pytest.fixture
def counting(small, monkeypatch):
    """Publishes an import of some rows; what is given happens when its items have been counted."""

    def publish(rows, meanwhile):
        import_id = stage_rows(
            small.db,
            rows=rows_of(rows),
            file_name="more.csv",
            file_sha256="1" * 64,
            request_id=small.request(),
            actor=small.actor,
            now=small.now(),
        )
        happenings, choose = [meanwhile], ingest.choose_test_groups

        def choose_late(labelled):
            chosen = choose(labelled)
            if happenings:
                happenings.pop()()
            return chosen

        monkeypatch.setattr(ingest, "choose_test_groups", choose_late)
        summary = publish_import(small.db, import_id=import_id, actor=small.actor, now=small.now())
        assert not happenings
        assert check(small.db) == []
        return summary

    return publish


def test_nobody_waits_while_it_is_counted(small, counting):
    def write():
        with closing(sqlite3.connect(small.folder / "project.db", timeout=0, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            other.execute("ROLLBACK")

    assert counting([("n1", "new", "yes")], write).new == 1


def test_a_withdrawal_meanwhile_is_counted(small, counting):
    wrong = small.add_rows([("n1", "from the wrong file", "")])

    def withdraw():
        asked = {"reason": "wrong", "request_id": "w", "actor": small.actor, "now": small.now()}
        withdraw_import(small.db, import_id=wrong.import_id, **asked)

    summary = counting([("n1", "right", "")], withdraw)
    assert (summary.new, summary.changed) == (1, 0), "known from a withdrawn import alone, it is new"


def test_a_group_decided_meanwhile_is_not_kept_for_testing(small, counting, monkeypatch):
    monkeypatch.setattr(ingest, "LABELS_FOR_A_TEST", 1)
    monkeypatch.setattr(ingest, "TEST_SHARE", 1.0)

    def decide_about_one():
        decide(small.db, actor=small.actor, request_id="d", item_id=10, class_id=2, now=small.now())

    summary = counting([("n1", "text number 9", "yes"), ("n2", "brand new", "no")], decide_about_one)
    kept = fetch_all(
        small.db, "SELECT external_id FROM test_groups JOIN items USING (group_id) WHERE external_id IN ('t9', 'n2')"
    )
    assert kept == [{"external_id": "n2"}]
    assert summary.test_groups == 1


def test_items_of_a_large_import_are_visible_at_once_and_queued_by_its_routing(small, counting, monkeypatch):
    monkeypatch.setattr(routing, "FEW_ITEMS", 0)
    queued = "SELECT count(*) FROM queue"
    before = fetch_value(small.db, queued)
    counting([("n1", "new one", ""), ("n2", "new two", "")], lambda: None)
    assert fetch_value(small.db, "SELECT count(*) FROM item_state") == 14
    assert fetch_value(small.db, queued) == before
    finish_routing(small.db, now=small.now())
    assert fetch_value(small.db, queued) == before + 2
    assert check(small.db) == []
