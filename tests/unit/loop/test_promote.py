"""Which version predicts now, and the way back."""

import pytest

from hitl.domain.errors import BadInput, Conflict, NoModel, NotPermitted
from hitl.loop.promote import promote, roll_back
from hitl.store.connection import fetch_all, fetch_value
from hitl.store.versions import champion_before, champion_id
from tests.small_project import OTHER


def answers(class_id, sure=0.95):
    return dict.fromkeys(range(1, 13), (class_id, sure))


def lift(small, version_id, *, reason="better", request_id=None, actor=None):
    promote(
        small.db,
        version_id=version_id,
        reason=reason,
        request_id=request_id or small.request(),
        actor=actor or small.actor,
        now=small.now(),
    )


def back(small, request_id=None):
    return roll_back(small.db, reason="", request_id=request_id or small.request(), actor=small.actor, now=small.now())


def released_classes(small):
    rows = fetch_all(
        small.db,
        "SELECT DISTINCT class_id FROM releases WHERE id NOT IN (SELECT release_id FROM release_ends)",
    )
    return [row["class_id"] for row in rows]


def test_a_promotion_routes_every_item_by_the_new_version(small):
    small.answer_with(answers(1))
    lift(small, small.answer_with(answers(2), champion=False))
    assert released_classes(small) == [2]


def test_rolling_back_restores_the_version_before_and_its_answers(small):
    first = small.answer_with(answers(1))
    small.answer_with(answers(2))
    assert back(small) == first
    assert champion_id(small.db) == first
    assert released_classes(small) == [1]


def test_rolling_back_twice_by_one_request_is_done_once(small):
    first = small.answer_with(answers(1))
    small.answer_with(answers(2))
    assert back(small, "b") == back(small, "b") == first


def test_rolling_back_again_goes_one_version_further_back(small):
    first, second = small.answer_with(answers(1)), small.answer_with(answers(2))
    lift(small, small.answer_with(answers(1, 0.94), champion=False))
    assert back(small) == second
    assert champion_before(small.db) == first


def test_a_release_stays_when_the_new_version_answers_the_same(small):
    small.answer_with(answers(1))
    before = fetch_value(small.db, "SELECT max(id) FROM releases")
    small.answer_with(answers(1, 0.93))
    assert fetch_value(small.db, "SELECT max(id) FROM releases") == before
    assert fetch_value(small.db, "SELECT count(*) FROM release_ends") == 0


def test_every_promotion_stays_in_the_history_with_its_reason(small):
    lift(small, small.answer_with(answers(1), champion=False), reason="the first")
    assert fetch_all(small.db, "SELECT kind, reason FROM promotions") == [{"kind": "promote", "reason": "the first"}]


def test_a_version_that_has_not_answered_everything_is_not_promoted(small):
    version_id = small.answer_with({1: (1, 0.9)}, champion=False)
    with pytest.raises(Conflict, match="11 items"):
        lift(small, version_id)


def test_the_champion_is_not_promoted_again(small):
    version_id = small.answer_with(answers(1))
    with pytest.raises(Conflict, match="champion already"):
        lift(small, version_id)


def test_a_promotion_needs_a_reason(small):
    with pytest.raises(BadInput, match="why"):
        lift(small, small.answer_with(answers(1), champion=False), reason=" ")


def test_without_an_earlier_champion_there_is_no_way_back(small):
    small.answer_with(answers(1))
    with pytest.raises(NoModel, match="no earlier champion"):
        back(small)


def test_predictions_of_older_versions_are_dropped_and_the_way_back_is_kept(small):
    versions = [small.answer_with(answers(1, 0.91 + number / 100)) for number in range(3)]
    kept = {row["version_id"] for row in fetch_all(small.db, "SELECT DISTINCT version_id FROM predictions")}
    assert kept == set(versions[1:])


def test_a_reviewer_may_not_promote(small):
    version_id = small.answer_with(answers(1), champion=False)
    with pytest.raises(NotPermitted):
        lift(small, version_id, actor=OTHER)
