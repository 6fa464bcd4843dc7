"""The disk fills up at any point of any act: a sentence refuses it, nothing is half done, and with room it works."""

from contextlib import contextmanager

import pytest

import hitl.store.connection as connection
from hitl.domain.bulk import BulkKind
from hitl.domain.clock import utc_now
from hitl.domain.errors import HitlError, StoreUnusable
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.bulk import begin_act, finish_act, finish_undoing, undo_act
from hitl.loop.projects import set_guideline
from hitl.loop.review import claim, decide, undo
from hitl.loop.route import set_policy
from hitl.loop.withdraw import withdraw_import
from hitl.store.connection import fetch_all, open_project, open_tandem
from hitl.store.withdrawals import unfinished_withdrawals
from hitl.worker.run import work_until_ended
from tests.faults.anywhere import facts
from tests.faults.house import opened

ROOM = (0, 1, 3, 8, 20)
PLENTY = 1 << 30
FACTS = ("events", "items", "imports", "versions", "promotions", "releases", "bulk_acts", "import_withdrawals")


@contextmanager
def room_for(pages, monkeypatch, *, name="project.db"):
    """Every connection opened in this block can add so many pages to the database, and no more."""
    real = connection.connect

    def connect(path):
        conn = real(path)
        if path.name == name:
            present = conn.execute("PRAGMA page_count").fetchone()[0]
            conn.execute(f"PRAGMA max_page_count = {present + pages}").fetchone()
        return conn

    with monkeypatch.context() as patched:
        patched.setattr(connection, "connect", connect)
        yield


def everything(db):
    return [row["item_id"] for row in fetch_all(db, "SELECT item_id FROM item_state")]


def who(name):
    return {"actor": LOCAL_OWNER, "now": utc_now(), "request_id": name}


def decide_all(db):
    for item_id in everything(db):
        decide(db, item_id=item_id, class_id=2, comment="x" * 2_000, **who(f"decide-{item_id}"))
    decide(db, item_id=1, class_id=1, **who("last"))
    undo(db, target_request_id="last", **who("undo"))


def change_classes(db):
    for key in ("yes", "no"):
        set_guideline(db, key=key, guideline="x" * 3_000, actor=LOCAL_OWNER, now=utc_now())


def lease_all(db):
    claim(db, actor=LOCAL_OWNER, count=600, now=utc_now())


def act_in_bulk(db):
    asked = {"kind": BulkKind.CORRECT, "class_id": 1, "comment": "x" * 2_000, "selection": {}}
    act = begin_act(db, item_ids=everything(db), **asked, **who("bulk"))
    at = {"act_id": act.id, "actor": LOCAL_OWNER, "now": utc_now()}
    finish_act(db, **at)
    undo_act(db, act_id=act.id, **who("undo"))
    finish_undoing(db, **at)


def withdraw(db):
    withdraw_import(db, import_id=1, reason="x" * 9_000, **who("withdraw"))


def answer_by_policy(db):
    choice = {"audit_rate": 0.3, "lease_seconds": 60, "query_strategy": "default"}
    set_policy(db, threshold=0.05, reason="x" * 9_000, actor=LOCAL_OWNER, now=utc_now(), **choice)


ACTS = {
    "decide": decide_all,
    "lease": lease_all,
    "bulk": act_in_bulk,
    "withdraw": withdraw,
    "policy": answer_by_policy,
    "classes": change_classes,
}
JOBS = ("import", "train", "reroute")
IMPORTED_ROWS = 600


def begins_with(house, before):
    """Whether the facts that were there still are, as they were."""
    return all(house.rows(f"SELECT * FROM {table} LIMIT {len(rows)}") == rows for table, rows in before.items())


def is_help(text):
    return "\n" not in text and "Traceback" not in text and "full" in text and "Make room" in text


@pytest.mark.parametrize("name", ACTS)
def test_an_act_that_ran_out_of_room_is_refused_and_done_when_there_is_some(large_house, monkeypatch, name):
    house = large_house
    before, refused = facts(house, *FACTS), []
    for pages in ROOM:
        with room_for(pages, monkeypatch), opened(open_project(house.folder, "small")) as db:
            try:
                ACTS[name](db)
            except HitlError as error:
                refused.append(str(error))
            is_between_steps = bool(unfinished_withdrawals(db))
        if not is_between_steps:
            house.assert_sound()
        assert begins_with(house, before)
    assert refused
    assert [text for text in refused if not is_help(text)] == []
    with opened(open_project(house.folder, "small")) as db:
        ACTS[name](db)
    house.assert_sound()


def submit(house, kind):
    return house.submit_import(IMPORTED_ROWS)[0] if kind == "import" else house.submit(kind)


def perform(house, kind):
    """A job of that kind at its end, done here."""
    job_id = submit(house, kind)
    work_until_ended(house.folder, job_id=job_id)
    return house.job(job_id)


@pytest.mark.parametrize("kind", JOBS)
def test_a_job_that_ran_out_of_room_fails_in_a_sentence_and_works_when_there_is_some(large_house, monkeypatch, kind):
    house = large_house
    monkeypatch.setattr("hitl.store.routing.FEW_ITEMS", 0)
    if kind == "reroute":
        assert perform(house, "train").status == "done"
        with opened(open_project(house.folder, "small")) as db:
            answer_by_policy(db)
    before, failed = facts(house, *FACTS), []
    for pages in (0, 6):
        with room_for(pages, monkeypatch):
            job = perform(house, kind)
        failed += [job.error] if job.status == "failed" else []
        house.assert_sound()
        assert begins_with(house, {name: rows for name, rows in before.items() if name != "imports"})
    assert failed
    assert [text for text in failed if not is_help(text)] == []
    assert perform(house, kind).status == "done"
    house.assert_sound()


def ask_again_and_again(house):
    for number in range(500):
        house.submit("train", slug=f"small-{number}", reason="x" * 2_000)


def test_a_job_that_nobody_can_write_down_is_refused_in_a_sentence(house, monkeypatch):
    with room_for(0, monkeypatch, name="tandem.db"), pytest.raises(StoreUnusable, match="Make room") as refused:
        ask_again_and_again(house)
    assert is_help(str(refused.value))
    with opened(open_tandem(house.folder)) as db:
        assert fetch_all(db, "PRAGMA integrity_check") == [{"integrity_check": "ok"}]
