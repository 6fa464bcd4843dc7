"""People claim, decide, skip, undo; every answer is one event."""

from datetime import timedelta

import pytest

from hitl.domain.errors import BadInput, Conflict, FactGuarded, NotFound, NotPermitted
from hitl.domain.people import Actor, MemberRole
from hitl.loop.projects import ClassDraft, save_classes
from hitl.loop.review import Shown, cannot_tell, claim, decide, release, return_skipped, skip, undo
from hitl.loop.route import draw_items
from hitl.store.connection import fetch_all, fetch_one, fetch_value
from tests.small_project import OTHER

VIEWER = Actor(id=9, name="Onlooker", role=MemberRole.VIEWER)


def take(small, *, actor=None, count=1):
    return claim(small.db, actor=actor or small.actor, count=count, now=small.now())


def say(small, lease, class_id=1, *, actor=None, request_id=None, **more):
    return decide(
        small.db,
        actor=actor or small.actor,
        request_id=request_id or small.request(),
        item_id=lease.item_id,
        class_id=class_id,
        assignment_id=lease.id,
        now=small.now(),
        **more,
    )


def label_of(small, item_id):
    return fetch_value(small.db, "SELECT resolved_class_id FROM item_state WHERE item_id = ?", (item_id,))


def event_count(small):
    return fetch_value(small.db, "SELECT count(*) FROM events WHERE source = 'reviewer'")


def test_two_people_never_get_the_same_item(small):
    mine = {lease.group_id for lease in take(small, count=5)}
    theirs = {lease.group_id for lease in take(small, actor=OTHER, count=5)}
    assert not mine & theirs
    assert len(mine | theirs) == 8


def test_claiming_again_gives_the_open_leases_first(small):
    first = take(small, count=3)
    assert [lease.id for lease in take(small, count=3)] == [lease.id for lease in first]


def test_a_request_id_used_for_something_else_is_refused_and_not_called_committed(small):
    first, second = take(small, count=2)
    say(small, first, request_id="r")
    with pytest.raises(Conflict, match="used before"):
        say(small, second, request_id="r")
    with pytest.raises(Conflict, match="used before"):
        undo(small.db, actor=small.actor, request_id="r", target_request_id="r", now=small.now())
    assert event_count(small) == 1


def test_a_prediction_of_no_known_version_is_refused_in_words(small):
    with pytest.raises(FactGuarded, match=r"is not there\. Reload the page\.$"):
        say(small, take(small)[0], shown=Shown(version_id=99, class_id=1, confidence=0.5))
    assert event_count(small) == 0


def test_an_expired_lease_goes_to_somebody_else(small):
    mine = take(small)[0]
    small.clock += timedelta(hours=1)
    assert mine.group_id in {lease.group_id for lease in take(small, actor=OTHER, count=8)}


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(days=365)], ids=["an hour", "a year"])
def test_a_clock_that_goes_back_keeps_no_item_from_others(small, jump):
    [lease] = take(small)
    small.clock -= jump
    assert [again.group_id for again in take(small, actor=OTHER)] == [lease.group_id]


def test_a_clock_that_goes_back_a_little_leaves_a_lease_where_it_is(small):
    [lease] = take(small)
    small.clock -= timedelta(seconds=2)
    assert take(small, actor=OTHER)[0].group_id != lease.group_id
    assert take(small) == [lease]


def test_a_decision_settles_the_item_and_ends_the_lease(small):
    lease = take(small)[0]
    assert say(small, lease, 2).outcome == "committed"
    assert label_of(small, lease.item_id) == 2
    assert fetch_one(small.db, "SELECT outcome FROM assignments WHERE id = ?", (lease.id,)) == {"outcome": "decided"}
    assert lease.group_id not in {row["group_id"] for row in fetch_all(small.db, "SELECT group_id FROM queue")}


def test_a_double_click_is_one_decision(small):
    lease = take(small)[0]
    first = say(small, lease, 1, request_id="click")
    assert say(small, lease, 2, request_id="click") == first
    assert (event_count(small), label_of(small, lease.item_id)) == (1, 1)


def test_a_repeated_request_is_answered_though_its_class_was_retired_since(small):
    lease = take(small)[0]
    first = say(small, lease, 1, request_id="once")
    save_classes(small.db, classes=[ClassDraft("yes", "yes", retired=True)], actor=small.actor, now=small.now())
    assert say(small, lease, 1, request_id="once") == first


def test_a_request_of_somebody_else_is_refused(small):
    lease = take(small)[0]
    say(small, lease, 1, request_id="click")
    with pytest.raises(Conflict, match="somebody else"):
        say(small, lease, 1, request_id="click", actor=OTHER)


def test_an_answer_after_somebody_else_settled_it_is_kept_as_surplus(small):
    mine = take(small)[0]
    small.clock += timedelta(hours=1)
    theirs = next(lease for lease in take(small, actor=OTHER, count=8) if lease.group_id == mine.group_id)
    say(small, theirs, 2, actor=OTHER)
    assert say(small, mine, 1).outcome == "surplus"
    assert label_of(small, mine.item_id) == 2
    assert event_count(small) == 2


def test_a_late_answer_that_nobody_has_settled_stands(small):
    mine = take(small)[0]
    small.clock += timedelta(hours=1)
    take(small, actor=OTHER, count=8)
    assert say(small, mine, 1).outcome == "committed"
    assert label_of(small, mine.item_id) == 1


def test_a_correction_needs_no_lease(small):
    decide(small.db, actor=small.actor, request_id="c", item_id=1, class_id=2, now=small.now())
    assert label_of(small, 1) == 2


def test_undo_restores_the_earlier_decision_and_gives_the_item_back(small):
    lease = take(small)[0]
    say(small, lease, 1, request_id="first")
    undo(small.db, actor=small.actor, request_id="u", target_request_id="first", now=small.now())
    assert label_of(small, lease.item_id) is None
    assert take(small)[0].group_id == lease.group_id


def test_undo_of_a_correction_restores_the_imported_label(small):
    before = label_of(small, 1)
    decide(small.db, actor=small.actor, request_id="c", item_id=1, class_id=3 - before, now=small.now())
    undo(small.db, actor=small.actor, request_id="u", target_request_id="c", now=small.now())
    assert label_of(small, 1) == before


@pytest.mark.parametrize(("actor", "target", "error"), [(OTHER, "first", Conflict), (None, "nothing", NotFound)])
def test_undo_of_what_is_not_ones_own_is_refused(small, actor, target, error):
    say(small, take(small)[0], 1, request_id="first")
    with pytest.raises(error):
        undo(small.db, actor=actor or small.actor, request_id="u", target_request_id=target, now=small.now())


def test_undo_twice_is_refused(small):
    say(small, take(small)[0], 1, request_id="first")
    undo(small.db, actor=small.actor, request_id="u", target_request_id="first", now=small.now())
    with pytest.raises(Conflict, match="undone already"):
        undo(small.db, actor=small.actor, request_id="u2", target_request_id="first", now=small.now())


def test_a_skipped_item_goes_to_others_and_comes_back_when_asked_for(small):
    lease = take(small)[0]
    skip(
        small.db,
        actor=small.actor,
        request_id="s",
        item_id=lease.item_id,
        assignment_id=lease.id,
        now=small.now(),
    )
    assert lease.group_id not in {one.group_id for one in take(small, count=8)}
    release(small.db, actor=small.actor, assignment_ids=[one.id for one in take(small, count=8)], now=small.now())
    assert lease.group_id in {one.group_id for one in take(small, actor=OTHER, count=8)}
    small.clock += timedelta(hours=1)
    assert return_skipped(small.db, actor=small.actor, request_id="r", now=small.now()) == 1
    assert lease.group_id in {one.group_id for one in take(small, count=8)}


def test_cannot_tell_takes_the_item_out_of_the_queue_without_a_label(small):
    lease = take(small)[0]
    cannot_tell(
        small.db, actor=small.actor, request_id="x", item_id=lease.item_id, assignment_id=lease.id, now=small.now()
    )
    assert label_of(small, lease.item_id) is None
    assert len(take(small, count=8)) == 7


def test_what_was_shown_is_kept_with_the_decision(small):
    version_id = small.answer_with(dict.fromkeys(range(1, 13), (1, 0.6)))
    lease = take(small)[0]
    say(small, lease, 2, shown=Shown(version_id, 1, 0.6), comment="  no doubt ")
    event = fetch_one(small.db, "SELECT * FROM events WHERE source = 'reviewer'")
    assert (event["shown_version_id"], event["shown_class_id"], event["shown_confidence"]) == (version_id, 1, 0.6)
    assert (event["blind"], event["comment"]) == (0, "no doubt")


def test_an_answer_to_a_drawn_item_is_marked_blind(small, rng):
    draw_items(small.db, purpose="test", count=1, request_id="d", actor=small.actor, now=small.now(), rng=rng)
    lease = take(small)[0]
    say(small, lease, 1)
    assert fetch_value(small.db, "SELECT blind FROM events WHERE source = 'reviewer'") == 1


def test_a_class_that_is_not_in_use_is_refused_and_nothing_is_written(small):
    with pytest.raises(BadInput, match="not in use"):
        say(small, take(small)[0], 99)
    assert event_count(small) == 0


def test_an_item_that_is_not_there_is_refused(small):
    with pytest.raises(NotFound, match="Reload"):
        decide(small.db, actor=small.actor, request_id="r", item_id=999, class_id=1, now=small.now())


def test_a_comment_that_is_too_long_says_how_long(small):
    with pytest.raises(BadInput, match="2,001 characters"):
        say(small, take(small)[0], 1, comment="x" * 2_001)


def test_an_onlooker_may_not_review(small):
    with pytest.raises(NotPermitted, match="Ask a lead"):
        take(small, actor=VIEWER)
