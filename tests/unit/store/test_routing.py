"""Routing in small steps comes to what one step comes to, wherever it is cut, and audits each release once."""

import pytest

from hitl.domain.pacing import Pace
from hitl.loop.review import decide
from hitl.loop.route import set_policy
from hitl.store import routing
from hitl.store.connection import fetch_all, fetch_value
from hitl.store.rebuilding import check, rebuild
from hitl.store.routing import begin_routing, find_routing, route_in_steps, route_next
from hitl.store.versions import prune_predictions
from tests.query_plans import scans
from tests.small_project import SmallProject

AT = "2026-01-05T10:00:00.000000Z"
ITEMS = 300
SURE = dict.fromkeys(range(1, ITEMS + 1), (1, 0.95))


def put(small, threshold, rate=0.0):
    values = {"audit_rate": rate, "lease_seconds": 60, "query_strategy": "default", "reason": "test"}
    set_policy(small.db, threshold=threshold, actor=small.actor, now=small.now(), **values)


def large(tmp_path, monkeypatch, name="large"):
    """A project whose promotion is a fact and whose items are not routed by it yet."""
    monkeypatch.setattr(routing, "FEW_ITEMS", 2_000)
    small = SmallProject(tmp_path / name, rows=ITEMS, labelled=4)
    small.answer_with(SURE)
    put(small, 1.0)
    monkeypatch.setattr(routing, "FEW_ITEMS", 10)
    put(small, 0.9, rate=0.3)
    return small


@pytest.fixture
def unrouted(tmp_path, monkeypatch):
    return large(tmp_path, monkeypatch)


def everything(small):
    tables = {"item_state": "item_id", "queue": "group_id", "releases": "id", "release_ends": "release_id"}
    found = {table: fetch_all(small.db, f"SELECT * FROM {table} ORDER BY {key}") for table, key in tables.items()}
    drawn = fetch_all(small.db, "SELECT group_id, purpose, inclusion_probability FROM draws ORDER BY group_id")
    return {**found, "draws": drawn}


@pytest.mark.parametrize("count", [1, 7, 299])
def test_any_size_of_steps_comes_to_the_same(tmp_path, monkeypatch, count):
    at_once, in_steps = large(tmp_path, monkeypatch, "one"), large(tmp_path, monkeypatch, "many")
    assert route_next(at_once.db, count=10**6, at=AT) == ITEMS
    while route_next(in_steps.db, count=count, at=AT):
        assert check(in_steps.db) == []
    assert everything(in_steps) == everything(at_once)
    assert fetch_value(in_steps.db, "SELECT sum(population) FROM frames") == ITEMS - 4
    assert 50 < fetch_value(in_steps.db, "SELECT count(*) FROM draws") < 130


def test_a_large_project_is_left_to_a_job_and_says_how_far_it_is(unrouted):
    assert fetch_value(unrouted.db, "SELECT count(*) FROM releases WHERE policy_id = 3") == 0
    assert find_routing(unrouted.db).share == 0.0
    route_next(unrouted.db, count=150, at=AT)
    assert find_routing(unrouted.db).share == 0.5
    told = []
    route_in_steps(unrouted.db, at=AT, tick=lambda share, note: told.append((share, note)), pace=quick())
    assert told[-1] == (1.0, "Routing all items, 100 %")
    assert find_routing(unrouted.db) is None


def quick():
    return Pace(clock=lambda: 0.0, rest=lambda seconds: None)


def test_a_new_policy_begins_anew_from_the_first_item(unrouted):
    route_next(unrouted.db, count=150, at=AT)
    put(unrouted, 1.0)
    assert find_routing(unrouted.db).routed_to == 0
    route_in_steps(unrouted.db, at=AT, tick=lambda share, note: None, pace=quick())
    assert fetch_value(unrouted.db, "SELECT count(*) FROM item_state WHERE release_id IS NOT NULL") == 0
    assert check(unrouted.db) == []


def test_a_group_met_in_two_steps_is_counted_and_drawn_once(tmp_path, monkeypatch):
    small = SmallProject(tmp_path, rows=0)
    small.add_rows([(f"t{n}", f"text {n % 5}", "") for n in range(20)])
    monkeypatch.setattr(routing, "FEW_ITEMS", 0)
    put(small, 0.9, rate=1.0)
    small.answer_with(dict.fromkeys(range(1, 21), (1, 0.95)), champion=False)
    small.db.execute(
        "INSERT INTO promotions(version_id, kind, reason, request_id, actor_id, at)"
        " VALUES (1, 'promote', 'r', 'r', 1, ?)",
        (AT,),
    )
    begin_routing(small.db, at=AT)
    while route_next(small.db, count=3, at=AT):
        pass
    assert fetch_value(small.db, "SELECT sum(population) FROM frames") == 5
    assert fetch_value(small.db, "SELECT count(*) FROM draws") == 5


def test_a_decision_meanwhile_routes_its_group_by_the_present_policy(unrouted):
    decide(unrouted.db, actor=unrouted.actor, request_id="d", item_id=200, class_id=2, now=unrouted.now())
    route = "SELECT route FROM item_state WHERE item_id = ?"
    assert fetch_value(unrouted.db, route, (200,)) == "auto_accept"
    assert fetch_value(unrouted.db, route, (201,)) == "low_confidence"
    assert fetch_value(unrouted.db, "SELECT release_id FROM item_state WHERE item_id = 200") is None
    assert check(unrouted.db) == []


def test_an_import_routes_its_own_items_alone(unrouted, monkeypatch):
    route_in_steps(unrouted.db, at=AT, tick=lambda share, note: None, pace=quick())
    unrouted.add_rows([("new", "a new text", "")])
    assert find_routing(unrouted.db).routed_to == ITEMS
    assert check(unrouted.db) == []
    route_in_steps(unrouted.db, at=AT, tick=lambda share, note: None, pace=quick())
    assert fetch_value(unrouted.db, "SELECT count(*) FROM queue WHERE item_id = ?", (ITEMS + 1,)) == 1


def test_what_the_routing_has_come_to_is_checked_and_what_lies_beyond_is_not(unrouted):
    route_next(unrouted.db, count=150, at=AT)
    unrouted.db.execute("UPDATE item_state SET route = 'novel' WHERE item_id IN (100, 200)")
    assert [finding for finding in check(unrouted.db) if "'item_id': 100" in finding]
    assert not [finding for finding in check(unrouted.db) if "'item_id': 200" in finding]


def test_rebuilding_in_the_middle_lets_the_routing_begin_again(unrouted):
    route_next(unrouted.db, count=150, at=AT)
    rebuild(unrouted.db)
    assert find_routing(unrouted.db).routed_to == 0
    route_in_steps(unrouted.db, at=AT, tick=lambda share, note: None, pace=quick())
    accepted = "SELECT count(*) FROM item_state WHERE (route = 'auto_accept' AND resolved_class_id IS NULL)"
    assert fetch_value(unrouted.db, f"{accepted} <> (release_id IS NOT NULL)") == 0
    assert check(unrouted.db) == []


def test_a_clock_that_goes_back_meanwhile_changes_nothing(tmp_path, monkeypatch):
    steady, turned = large(tmp_path, monkeypatch, "one"), large(tmp_path, monkeypatch, "two")
    for small, times in ((steady, [AT] * 99), (turned, ["2025-01-01T00:00:00.000000Z", AT] * 50)):
        for at in times:
            if not route_next(small.db, count=20, at=at):
                break
    state = "SELECT item_id, route, release_id FROM item_state ORDER BY item_id"
    assert fetch_all(turned.db, state) == fetch_all(steady.db, state)
    assert check(turned.db) == []


def test_a_step_reads_no_table_to_its_end(unrouted):
    put(unrouted, 0.8, rate=0.5)
    assert not scans(unrouted.db, lambda: route_next(unrouted.db, count=4, at=AT))
    assert not scans(unrouted.db, lambda: prune_predictions(unrouted.db, [], count=4))
