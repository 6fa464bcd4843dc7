"""The policy sends what the model is sure of out, and the rest to people."""

import pytest

from hitl.domain.errors import BadInput, NotPermitted
from hitl.loop.review import claim, decide, skip
from hitl.loop.route import draw_items, set_policy
from hitl.store.connection import fetch_all, fetch_value
from tests.small_project import OTHER, SmallProject


def put(small, threshold, **more):
    values = {"audit_rate": 0.0, "lease_seconds": 60, "query_strategy": "default", "reason": "test", **more}
    return set_policy(small.db, threshold=threshold, actor=small.actor, now=small.now(), **values)


def routes(small):
    rows = fetch_all(small.db, "SELECT item_id, route FROM item_state ORDER BY item_id")
    return {row["item_id"]: row["route"] for row in rows}


def open_releases(small):
    rows = fetch_all(
        small.db, "SELECT item_id FROM releases WHERE id NOT IN (SELECT release_id FROM release_ends) ORDER BY item_id"
    )
    return [row["item_id"] for row in rows]


def draw(small, rng, *, count=3, purpose="test"):
    return draw_items(
        small.db,
        purpose=purpose,
        count=count,
        request_id=small.request(),
        actor=small.actor,
        now=small.now(),
        rng=rng,
    )


@pytest.fixture
def answered(small):
    small.answer_with({item: (1, item / 13) for item in range(1, 13)})
    return small


def test_items_at_the_threshold_are_accepted_and_others_flagged(answered):
    put(answered, 10 / 13)
    assert [item for item, route in routes(answered).items() if route == "auto_accept"] == [10, 11, 12]
    assert open_releases(answered) == [10, 11, 12]


def test_a_labelled_item_is_never_released(answered):
    put(answered, 0.0)
    assert open_releases(answered) == list(range(5, 13))


def test_a_stricter_policy_takes_back_what_no_longer_holds(answered):
    put(answered, 0.0)
    put(answered, 12 / 13)
    assert open_releases(answered) == [12]
    reasons = fetch_all(answered.db, "SELECT DISTINCT reason FROM release_ends")
    assert reasons == [{"reason": "rerouted"}]


def test_a_decision_ends_the_release(answered):
    put(answered, 0.0)
    decide(answered.db, actor=answered.actor, request_id="c", item_id=12, class_id=2, now=answered.now())
    assert 12 not in open_releases(answered)
    assert fetch_value(answered.db, "SELECT reason FROM release_ends") == "decided"


def test_every_policy_stays_in_the_history(answered):
    before = fetch_value(answered.db, "SELECT count(*) FROM policies")
    put(answered, 0.5, reason="too many wrong")
    assert fetch_value(answered.db, "SELECT count(*) FROM policies") == before + 1
    assert fetch_value(answered.db, "SELECT reason FROM policies ORDER BY id DESC LIMIT 1") == "too many wrong"


def test_the_least_sure_come_first(answered):
    put(answered, 1.0)
    leases = claim(answered.db, actor=answered.actor, count=3, now=answered.now())
    assert {lease.item_id for lease in leases[:2]} == {6, 7}
    assert leases[2].item_id in {5, 8}


def test_without_a_model_every_unlabelled_item_waits(small):
    assert set(routes(small).values()) == {"cold_start"}
    assert fetch_value(small.db, "SELECT count(*) FROM queue") == 8


def test_audits_are_drawn_from_what_a_promotion_releases(tmp_path):
    small = SmallProject(tmp_path, rows=300, labelled=0, audit_rate=0.2)
    small.answer_with(dict.fromkeys(range(1, 301), (1, 0.99)))
    drawn = fetch_value(small.db, "SELECT count(*) FROM draws WHERE purpose = 'audit'")
    assert 35 <= drawn <= 90
    assert fetch_value(small.db, "SELECT DISTINCT inclusion_probability FROM draws") == 0.2
    assert fetch_value(small.db, "SELECT count(*) FROM queue WHERE route = 'audit'") == drawn
    assert fetch_value(small.db, "SELECT population FROM frames") == 300


def test_audits_are_scattered_among_the_flagged(tmp_path):
    small = SmallProject(tmp_path, rows=400, labelled=0, audit_rate=0.2)
    small.answer_with({item: (1, 0.99 if item % 2 else 0.5 + item / 1_000) for item in range(1, 401)})
    queue = fetch_all(small.db, "SELECT route FROM queue ORDER BY priority")
    audits = [place / len(queue) for place, row in enumerate(queue) if row["route"] == "audit"]
    assert len(audits) > 20
    assert 0.3 < sum(audits) / len(audits) < 0.95
    assert sum(place < 0.5 for place in audits) > 2


def test_what_was_released_before_is_not_audited_again(tmp_path):
    small = SmallProject(tmp_path, rows=300, labelled=0, audit_rate=0.2)
    small.answer_with(dict.fromkeys(range(1, 301), (1, 0.99)))
    drawn = fetch_value(small.db, "SELECT count(*) FROM draws")
    put(small, 0.8, audit_rate=0.2)
    assert fetch_value(small.db, "SELECT count(*) FROM draws") == drawn
    put(small, 1.0)
    put(small, 0.8, audit_rate=1.0)
    assert fetch_value(small.db, "SELECT count(*) FROM draws") == 300
    assert fetch_value(small.db, "SELECT count(DISTINCT group_id) FROM draws") == 300


def test_an_item_is_drawn_once_and_none_that_somebody_has_looked_at(answered, rng):
    draw(answered, rng, count=2, purpose="audit")
    drawn = {row["group_id"] for row in fetch_all(answered.db, "SELECT group_id FROM draws")}
    skipped = min({5, 6, 7} - drawn)
    skip(answered.db, actor=answered.actor, request_id="s", item_id=skipped, now=answered.now())
    assert draw(answered, rng, count=50, purpose="audit") == 8 - len(drawn) - 1
    assert fetch_value(answered.db, "SELECT count(*) FROM draws WHERE group_id = ?", (skipped,)) == 0


def test_no_audit_where_the_rate_is_nought(answered):
    put(answered, 0.0)
    assert fetch_value(answered.db, "SELECT count(*) FROM draws") == 0


def test_drawn_items_come_first_and_are_kept_for_testing(answered, rng):
    assert draw(answered, rng) == 3
    leases = claim(answered.db, actor=answered.actor, count=3, now=answered.now())
    kept = {row["group_id"] for row in fetch_all(answered.db, "SELECT group_id FROM test_groups")}
    assert {lease.group_id for lease in leases} == kept
    assert fetch_value(answered.db, "SELECT DISTINCT inclusion_probability FROM draws") == 3 / 8


def test_drawing_more_than_there_are_takes_all(answered, rng):
    assert draw(answered, rng, count=50) == 8
    with pytest.raises(BadInput, match="nothing left"):
        draw(answered, rng)


def test_the_same_request_draws_once(answered, rng):
    common = {"purpose": "audit", "count": 2, "request_id": "d", "actor": answered.actor, "rng": rng}
    assert draw_items(answered.db, now=answered.now(), **common) == 2
    assert draw_items(answered.db, now=answered.now(), **common) == 0


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"threshold": 1.1}, "from 0 to 1"),
        ({"threshold": 0.5, "audit_rate": -0.1}, "audit rate"),
        ({"threshold": 0.5, "lease_seconds": 1}, "10 seconds"),
        ({"threshold": 0.5, "query_strategy": "luck"}, "Choose one of default"),
        ({"threshold": 0.5, "reason": " "}, "why"),
    ],
)
def test_a_policy_out_of_range_is_refused(small, wrong, message):
    threshold = wrong.pop("threshold")
    with pytest.raises(BadInput, match=message):
        put(small, threshold, **wrong)


def test_a_reviewer_may_not_change_the_policy(small):
    small.actor = OTHER
    with pytest.raises(NotPermitted):
        put(small, 0.5)
