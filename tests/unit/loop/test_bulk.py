import pytest

from hitl.domain.bulk import BulkKind
from hitl.domain.errors import BadInput, Conflict, NotFound, NotPermitted
from hitl.domain.records import EventKind
from hitl.loop.bulk import begin_act, go_on, go_on_undoing, undo_act
from hitl.loop.projects import ClassDraft, save_classes
from hitl.loop.review import claim, undo
from hitl.loop.train import take_snapshot
from hitl.store.connection import fetch_all, fetch_value
from hitl.store.derived import item_state_of
from hitl.store.events import find_event, group_events
from hitl.store.rebuilding import check
from hitl.views.item_detail import read_item
from tests.bulk_acts import bulk_act, carry_out, take_back
from tests.small_project import LEAD, OTHER, SmallProject

YES, NO = 1, 2


@pytest.fixture
def small(tmp_path):
    """Twelve items, the first four labelled by the import; the model says yes to odd ids and no to even ones."""
    small = SmallProject(tmp_path)
    small.answer_with({item: (YES if item % 2 else NO, 0.5 + item / 100) for item in range(1, 13)})
    return small


def labels(small):
    rows = fetch_all(small.db, "SELECT item_id, resolved_class_id FROM item_state ORDER BY item_id")
    return {row["item_id"]: row["resolved_class_id"] for row in rows}


def waiting(small):
    return {row["item_id"]: row["route"] for row in fetch_all(small.db, "SELECT item_id, route FROM queue")}


def test_confirming_gives_each_item_the_models_own_answer(small):
    bulk_act(small, BulkKind.CONFIRM, item_ids=[5, 6, 7])
    assert [labels(small)[item] for item in (5, 6, 7, 8)] == [YES, NO, YES, None]
    assert not {5, 6, 7} & set(waiting(small))


def test_what_the_model_had_answered_is_kept_with_each_decision(small):
    act = bulk_act(small, BulkKind.CORRECT, item_ids=[6], class_id=YES, comment=" wrong folder ")
    event = find_event(small.db, f"{act.request_id}:6")
    assert (event.class_id, event.shown_class_id, event.shown_confidence, event.blind) == (YES, NO, 0.56, False)
    assert event.comment == "wrong folder"


def test_one_undo_takes_the_whole_act_back(small):
    before, queue = labels(small), waiting(small)
    act = bulk_act(small, BulkKind.CORRECT, item_ids=range(1, 13), class_id=YES)
    assert set(labels(small).values()) == {YES}
    progress = take_back(small, act.id)
    assert (labels(small), waiting(small)) == (before, queue)
    assert progress.done_count == act.group_count
    assert check(small.db) == []


def test_what_somebody_said_since_stands_after_the_undo(small):
    act = bulk_act(small, BulkKind.CORRECT, item_ids=[5, 6], class_id=YES)
    small.decide(5, NO, actor=OTHER)
    take_back(small, act.id)
    assert (labels(small)[5], labels(small)[6]) == (NO, None)


def test_a_decision_of_the_act_can_be_taken_back_alone(small):
    act = bulk_act(small, BulkKind.CONFIRM, item_ids=[5, 6])
    undo(small.db, actor=small.actor, request_id="u", target_request_id=f"{act.request_id}:5", now=small.now())
    take_back(small, act.id)
    assert labels(small)[6] is None
    assert check(small.db) == []


def test_cannot_tell_settles_without_a_label(small):
    bulk_act(small, BulkKind.CANNOT_TELL, item_ids=[5, 6])
    assert item_state_of(small.db, 5)["cannot_tell"] == 1
    assert 5 not in waiting(small)


def test_an_answer_sent_back_waits_again_and_stands_until_decided_anew(small):
    bulk_act(small, BulkKind.CONFIRM, item_ids=[5])
    bulk_act(small, BulkKind.REVIEW, item_ids=[5])
    assert waiting(small)[5] == "second_look"
    assert labels(small)[5] == YES
    small.decide(5, NO, actor=OTHER)
    assert 5 not in waiting(small)
    assert labels(small)[5] == NO


def test_an_answer_of_the_model_sent_back_stays_given_until_decided(small):
    small.answer_with(dict.fromkeys(range(1, 13), (YES, 0.95)))
    bulk_act(small, BulkKind.REVIEW, item_ids=[7])
    assert item_state_of(small.db, 7)["release_id"] is not None
    assert waiting(small) == {7: "second_look"}


def test_what_was_sent_back_comes_before_what_else_waits(small):
    bulk_act(small, BulkKind.REVIEW, item_ids=[1, 2])
    leases = claim(small.db, actor=OTHER, count=3, now=small.now())
    assert {lease.item_id for lease in leases[:2]} == {1, 2}


def test_sending_back_can_be_undone(small):
    queue = waiting(small)
    act = bulk_act(small, BulkKind.REVIEW, item_ids=[1, 2])
    take_back(small, act.id)
    assert waiting(small) == queue


def test_undoing_the_new_answer_lets_the_item_wait_again(small):
    bulk_act(small, BulkKind.REVIEW, item_ids=[1])
    small.decide(1, NO, actor=OTHER, request_id="anew")
    undo(small.db, actor=OTHER, request_id="u", target_request_id="anew", now=small.now())
    assert waiting(small)[1] == "second_look"


def test_a_late_answer_to_what_was_sent_back_settles_it(small):
    """The lease ran out, nobody else has decided since: the earlier decision makes it no second opinion."""
    bulk_act(small, BulkKind.CONFIRM, item_ids=[5])
    bulk_act(small, BulkKind.REVIEW, item_ids=[5])
    lease = claim(small.db, actor=OTHER, count=1, now=small.now())[0]
    small.db.execute("UPDATE assignments SET ended_at = 'x', outcome = 'expired'")
    small.decide(5, NO, actor=OTHER, assignment_id=lease.id)
    assert labels(small)[5] == NO
    assert 5 not in waiting(small)


def test_items_to_be_decided_blind_are_left_out(small):
    small.draw(8, purpose="audit")
    act = bulk_act(small, BulkKind.CORRECT, item_ids=range(1, 13), class_id=YES)
    assert act.left_out == {"blind": 8, "same": 2}
    assert labels(small)[5] is None


def test_an_item_that_somebody_is_deciding_is_left_out(small):
    lease = claim(small.db, actor=OTHER, count=1, now=small.now())[0]
    act = bulk_act(small, BulkKind.CONFIRM, item_ids=range(5, 13))
    assert act.left_out == {"leased": 1}
    assert labels(small)[lease.item_id] is None


def test_ones_own_lease_is_decided_with_the_rest(small):
    lease = claim(small.db, actor=small.actor, count=1, now=small.now())[0]
    bulk_act(small, BulkKind.CONFIRM, item_ids=[lease.item_id])
    assert labels(small)[lease.item_id] is not None
    assert claim(small.db, actor=small.actor, count=1, now=small.now())[0].item_id != lease.item_id


def test_what_stands_already_is_left_out(small):
    act = bulk_act(small, BulkKind.CORRECT, item_ids=[1, 2, 5], class_id=YES)
    assert (act.group_count, act.left_out) == (2, {"same": 1})


def test_confirming_an_answer_that_was_sent_back_settles_it(small):
    bulk_act(small, BulkKind.CONFIRM, item_ids=[5])
    bulk_act(small, BulkKind.REVIEW, item_ids=[5])
    bulk_act(small, BulkKind.CONFIRM, item_ids=[5])
    assert 5 not in waiting(small)


def test_what_waits_already_is_not_sent_back(small):
    with pytest.raises(BadInput, match="None of these items would change"):
        bulk_act(small, BulkKind.REVIEW, item_ids=[5, 6])


def test_confirming_leaves_test_items_out_for_they_measure_the_model(tmp_path):
    small = SmallProject(tmp_path, rows=250, labelled=250)
    small.answer_with(dict.fromkeys(range(1, 251), (YES, 0.6)))
    test_count = fetch_value(small.db, "SELECT count(*) FROM test_groups")
    act = bulk_act(small, BulkKind.CONFIRM, item_ids=range(1, 251))
    assert act.left_out["test"] == test_count == 50


def test_an_item_without_an_answer_can_not_be_confirmed(tmp_path):
    small = SmallProject(tmp_path)
    with pytest.raises(BadInput, match="None of these items would change"):
        bulk_act(small, BulkKind.CONFIRM, item_ids=[5, 6])


def test_identical_items_are_decided_together(tmp_path):
    small = SmallProject(tmp_path, rows=4, labelled=0)
    small.add_rows([("same", "text number 1", ""), ("again", "text number 1", "")])
    act = bulk_act(small, BulkKind.CORRECT, item_ids=[2, 5], class_id=NO)
    assert (act.group_count, act.item_count) == (1, 3)


def test_the_same_request_is_one_act(small):
    first = bulk_act(small, BulkKind.CONFIRM, item_ids=[5], request_id="double")
    second = bulk_act(small, BulkKind.CONFIRM, item_ids=[5, 6, 7], request_id="double")
    assert second.id == first.id
    assert labels(small)[6] is None
    assert len(group_events(small.db, 5)) == 1


def test_the_same_undo_is_one_undo(small):
    act = bulk_act(small, BulkKind.CONFIRM, item_ids=[5])
    take_back(small, act.id, request_id="double")
    take_back(small, act.id, request_id="double")
    assert len(group_events(small.db, 5)) == 2
    with pytest.raises(Conflict, match="undone already"):
        take_back(small, act.id, request_id="another")


def test_somebody_elses_request_id_is_refused(small):
    bulk_act(small, BulkKind.CONFIRM, item_ids=[5], request_id="mine")
    with pytest.raises(Conflict, match="somebody else"):
        bulk_act(small, BulkKind.CONFIRM, item_ids=[6], request_id="mine", actor=LEAD)


def test_nobody_undoes_somebody_elses_act(small):
    act = bulk_act(small, BulkKind.CONFIRM, item_ids=[5])
    with pytest.raises(Conflict, match="one's own"):
        undo_act(small.db, act_id=act.id, request_id="u", actor=LEAD, now=small.now())


def test_a_reviewer_may_not_act_on_many(small):
    with pytest.raises(NotPermitted):
        bulk_act(small, BulkKind.CONFIRM, item_ids=[5], actor=OTHER)


def test_an_act_goes_on_where_it_stopped(tmp_path):
    small = SmallProject(tmp_path, rows=350, labelled=2)
    act = _begin(small, item_ids=range(1, 351))
    first = go_on(small.db, act_id=act.id, actor=small.actor, now=small.now())
    assert (first.done_count, first.ended) == (50, False)
    last = carry_out(go_on, small, act.id, small.actor)
    assert (last.done_count, last.group_count) == (349, 349)
    assert fetch_value(small.db, "SELECT count(*) FROM events WHERE kind = 'label' AND source = 'reviewer'") == 349
    assert check(small.db) == []


def test_an_act_that_is_undone_midway_goes_no_further(tmp_path):
    small = SmallProject(tmp_path, rows=350, labelled=0)
    act = _begin(small, item_ids=range(1, 351))
    go_on(small.db, act_id=act.id, actor=small.actor, now=small.now())
    undo_act(small.db, act_id=act.id, request_id="u", actor=small.actor, now=small.now())
    assert go_on(small.db, act_id=act.id, actor=small.actor, now=small.now()).ended
    go_on_undoing(small.db, act_id=act.id, actor=small.actor, now=small.now())
    last = carry_out(go_on_undoing, small, act.id, small.actor)
    assert last.done_count == 50
    assert set(labels(small).values()) == {None}


def test_an_item_decided_by_its_lease_holder_meanwhile_is_left_as_they_said(tmp_path):
    small = SmallProject(tmp_path, rows=20, labelled=0)
    act = _begin(small, item_ids=range(1, 21))
    lease = claim(small.db, actor=OTHER, count=1, now=small.now())[0]
    carry_out(go_on, small, act.id, small.actor)
    assert labels(small)[lease.item_id] is None


def test_a_class_retired_meanwhile_takes_no_label(tmp_path):
    small = SmallProject(tmp_path, rows=20, labelled=0)
    act = _begin(small, item_ids=range(1, 21))
    drafts = [ClassDraft("yes", "yes"), ClassDraft("no", "no", retired=True)]
    save_classes(small.db, classes=drafts, actor=small.actor, now=small.now())
    assert carry_out(go_on, small, act.id, small.actor).done_count == 0


def test_the_model_learns_from_what_was_decided_in_bulk(small):
    bulk_act(small, BulkKind.CONFIRM, item_ids=range(5, 13))
    snapshot = take_snapshot(small.db, request_id="s", actor=small.actor, now=small.now())
    assert snapshot.class_counts == {YES: 6, NO: 6}


@pytest.mark.parametrize(
    ("kind", "class_id", "comment", "message"),
    [
        (BulkKind.CORRECT, None, "", "which class"),
        (BulkKind.CONFIRM, YES, "", "which class"),
        (BulkKind.CORRECT, 99, "", "not in use"),
        (BulkKind.CONFIRM, None, "x" * 2001, "2,001 characters"),
    ],
)
def test_a_wrong_request_says_what_to_do(small, kind, class_id, comment, message):
    with pytest.raises(BadInput, match=message):
        bulk_act(small, kind, item_ids=[5], class_id=class_id, comment=comment)


def test_an_unknown_act_is_not_there(small):
    with pytest.raises(NotFound, match="no bulk act 9"):
        go_on(small.db, act_id=9, actor=small.actor, now=small.now())


def test_an_act_that_nobody_undid_is_not_taken_back(small):
    act = bulk_act(small, BulkKind.CONFIRM, item_ids=[5])
    with pytest.raises(Conflict, match="Nobody asked"):
        go_on_undoing(small.db, act_id=act.id, actor=small.actor, now=small.now())


def test_the_items_history_says_what_the_act_did(small):
    act = bulk_act(small, BulkKind.CORRECT, item_ids=[5], class_id=NO, comment="by folder")
    take_back(small, act.id)
    texts = [event.text for event in read_item(small.db, "t4", people={1: "Owner"}).events]
    assert texts == ["took back a decision", "decided: no"]
    assert [event.kind for event in group_events(small.db, 5)] == [EventKind.LABEL, EventKind.UNDO]


def _begin(small, *, item_ids):
    return begin_act(
        small.db,
        kind=BulkKind.CORRECT,
        class_id=NO,
        item_ids=item_ids,
        selection={},
        request_id=small.request(),
        actor=small.actor,
        now=small.now(),
    )
