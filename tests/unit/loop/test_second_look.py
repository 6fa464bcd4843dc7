"""Labels that a version doubts: which go back to the queue, how many, when none, and what their answers mean."""

import random

import pytest

from hitl.domain.bulk import BulkKind
from hitl.domain.errors import BadInput, Conflict, NotPermitted
from hitl.domain.people import SYSTEM
from hitl.domain.second_look import SecondLookRule, TurnOutcome
from hitl.loop.review import cannot_tell, claim, decide, undo
from hitl.loop.route import draw_items
from hitl.loop.second_look import look_again, set_second_look_rule
from hitl.store.bulk import list_acts
from hitl.store.connection import fetch_value
from hitl.store.rebuilding import check
from hitl.store.second_looks import current_rule, read_found
from tests.bulk_acts import bulk_act, take_back
from tests.doubted_labels import SURELY_WRONG, doubt, version_that_doubts
from tests.small_project import LEAD, OTHER, SmallProject

YES, NO = 1, 2


@pytest.fixture
def small(tmp_path):
    """Two hundred items; 100 came with a label, by turns 'yes' and 'no': odd group ids are 'yes'."""
    return SmallProject(tmp_path, rows=200, labelled=100)


def given(group_id):
    return YES if group_id % 2 else NO


def doubting(*group_ids, share=SURELY_WRONG):
    return {group_id: (given(group_id), share) for group_id in group_ids}


def sent_back(small):
    return [
        row["group_id"] for row in small.db.query("SELECT group_id FROM queue WHERE route = 'second_look' ORDER BY 1")
    ]


def answer(small, item_id, class_id, actor=None):
    return decide(
        small.db,
        actor=actor or small.actor,
        request_id=small.request(),
        item_id=item_id,
        class_id=class_id,
        now=small.now(),
    )


def set_rule(small, **values):
    rule = {"share": 0.1, "at_once": 20, "bar": 0.3, "reason": "why", "actor": small.actor, **values}
    return set_second_look_rule(small.db, now=small.now(), **rule)


def test_the_labels_it_doubts_most_wait_again_and_stand_until_then(small):
    turn = doubt(small, doubting(3, 4, 5))
    assert (turn.outcome, turn.sent_count) == (TurnOutcome.SENT, 3)
    assert sent_back(small) == [3, 4, 5]
    assert fetch_value(small.db, "SELECT resolved_class_id FROM item_state WHERE group_id = 3") == YES


def test_what_was_sent_back_comes_first_in_the_queue(small):
    doubt(small, doubting(7))
    assert claim(small.db, actor=small.actor, now=small.now())[0].group_id == 7


def test_the_same_version_sends_back_once(small):
    version_id = version_that_doubts(small, doubting(3))
    first = look_again(small.db, version_id=version_id, now=small.now())
    answer(small, 3, YES)
    assert look_again(small.db, version_id=version_id, now=small.now()) == first
    assert sent_back(small) == []


def test_labels_that_are_too_likely_right_stay(small):
    turn = doubt(small, doubting(3) | doubting(5, share=0.5))
    assert (turn.judged_count, turn.sent_count) == (2, 1)
    assert sent_back(small) == [3]


def test_a_version_that_can_not_tell_sends_nothing_and_says_what_it_expects(small):
    turn = doubt(small, doubting(*range(1, 11), share=0.4))
    assert (turn.outcome, turn.sent_count, turn.judged_count) == (TurnOutcome.WEAK, 0, 10)
    assert 0 < turn.low < turn.expected_rate < turn.high < 1
    assert sent_back(small) == []


def test_a_tenth_of_the_new_labels_may_come_back(small):
    assert doubt(small, doubting(*range(1, 31))).sent_count == 10


def test_no_more_wait_at_once_than_the_rule_says(small):
    set_rule(small, at_once=4)
    assert doubt(small, doubting(*range(1, 31))).sent_count == 4
    for item_id in range(101, 151):
        answer(small, item_id, YES)
    assert doubt(small, doubting(*range(1, 31))).outcome is TurnOutcome.WAITING


def test_without_new_labels_none_come_back(small):
    doubt(small, doubting(1))
    answer(small, 1, NO)
    assert doubt(small, doubting(2, 3)).outcome is TurnOutcome.FEW_NEWS


def test_new_labels_count_from_the_last_training_that_sent_any_back(small):
    doubt(small, doubting(1))
    answer(small, 1, NO)
    for item_id in range(101, 109):
        answer(small, item_id, YES)
    assert doubt(small, doubting(2)).outcome is TurnOutcome.FEW_NEWS
    answer(small, 109, YES)
    assert doubt(small, doubting(2)).outcome is TurnOutcome.SENT


def test_few_labels_are_not_doubted(tmp_path):
    small = SmallProject(tmp_path, rows=60, labelled=49)
    assert doubt(small, doubting(1)).outcome is TurnOutcome.FEW_LABELS


def test_a_share_of_nothing_turns_it_off(small):
    set_rule(small, share=0.0)
    assert doubt(small, doubting(1)).outcome is TurnOutcome.OFF


@pytest.mark.parametrize("class_id", [YES, NO])
def test_confirming_and_changing_are_both_final(small, class_id):
    doubt(small, doubting(3))
    answer(small, 3, class_id)
    for item_id in range(101, 151):
        answer(small, item_id, YES)
    turn = doubt(small, {3: (class_id, SURELY_WRONG)})
    assert (turn.outcome, sent_back(small)) == (TurnOutcome.NONE, [])


def test_what_people_sent_back_and_confirmed_is_not_doubted_again(small):
    bulk_act(small, BulkKind.REVIEW, item_ids=[3])
    answer(small, 3, YES)
    assert doubt(small, doubting(3)).outcome is TurnOutcome.NONE


def test_a_label_that_changed_since_may_be_looked_at_again(tmp_path):
    small = SmallProject(tmp_path, rows=200, labelled=100, class_names=("yes", "no", "other"))
    doubt(
        small, {4: (int(fetch_value(small.db, "SELECT resolved_class_id FROM item_state WHERE group_id = 4")), 0.001)}
    )
    answer(small, 4, YES)
    for item_id in range(101, 151):
        answer(small, item_id, YES)
    answer(small, 4, 3)
    assert doubt(small, {4: (3, SURELY_WRONG)}).sent_count == 1


def test_a_label_that_changed_since_the_snapshot_stays(small):
    version_id = version_that_doubts(small, doubting(3))
    answer(small, 3, NO)
    assert look_again(small.db, version_id=version_id, now=small.now()).outcome is TurnOutcome.NONE


def test_what_is_kept_for_testing_never_comes_back(tmp_path):
    small = SmallProject(tmp_path, rows=200, labelled=100)
    who = {"actor": small.actor, "now": small.now()}
    draw_items(small.db, purpose="test", count=3, request_id="d", rng=random.Random(1), **who)
    tested = [row["group_id"] for row in small.db.query("SELECT group_id FROM test_groups")]
    for group_id in tested:
        answer(small, group_id, YES)
    assert doubt(small, dict.fromkeys(tested, (YES, SURELY_WRONG))).outcome is TurnOutcome.NONE


def test_what_was_found_corrects_the_estimate(small):
    first = doubt(small, doubting(*range(1, 11)))
    for item_id in range(1, 11):
        answer(small, item_id, given(item_id))
    assert (read_found(small.db).looked_count, read_found(small.db).changed_count) == (10, 0)
    for item_id in range(101, 151):
        answer(small, item_id, YES)
    later = doubt(small, doubting(*range(11, 16)))
    assert later.outcome is TurnOutcome.WEAK
    assert later.expected_rate < first.expected_rate / 3


def test_can_not_tell_counts_as_changed_and_an_undone_answer_as_none(small):
    doubt(small, doubting(3, 5))
    said = answer(small, 3, NO)
    cannot_tell(small.db, actor=small.actor, request_id="c", item_id=5, now=small.now())
    assert (read_found(small.db).looked_count, read_found(small.db).changed_count) == (2, 2)
    undo(small.db, actor=small.actor, request_id="u", target_request_id=said.request_id, now=small.now())
    assert (read_found(small.db).looked_count, sent_back(small)) == (1, [3])


def test_a_second_look_is_decided_without_the_models_answer(small):
    doubt(small, doubting(3))
    (lease,) = claim(small.db, actor=small.actor, now=small.now())
    assert lease.blind
    said = decide(
        small.db,
        actor=small.actor,
        request_id="x",
        item_id=3,
        class_id=NO,
        assignment_id=lease.id,
        now=small.now(),
    )
    assert fetch_value(small.db, "SELECT blind FROM events WHERE id = ?", (said.event_id,)) == 1


def test_what_a_person_sent_back_is_decided_with_it(small):
    bulk_act(small, BulkKind.REVIEW, item_ids=[3])
    (lease,) = claim(small.db, actor=small.actor, now=small.now())
    assert (lease.group_id, lease.blind) == (3, False)


def test_it_is_an_act_of_the_version_that_any_lead_takes_back(small):
    turn = doubt(small, doubting(3, 4))
    act = list_acts(small.db, count=1)[0]
    assert (act.id, act.actor_id, act.version_id, act.done_count) == (turn.act_id, SYSTEM.id, turn.version_id, 2)
    take_back(small, act.id, actor=LEAD)
    assert sent_back(small) == []
    with pytest.raises(Conflict):
        take_back(small, act.id)
    assert doubt(small, doubting(3, 4)).sent_count == 0


def test_a_reviewer_can_not_take_it_back(small):
    turn = doubt(small, doubting(3))
    with pytest.raises(NotPermitted):
        take_back(small, turn.act_id, actor=OTHER)


def test_the_derived_tables_follow(small):
    doubt(small, doubting(3, 4))
    answer(small, 3, NO)
    assert check(small.db) == []


def test_the_log_names_the_act_and_the_version(small):
    turn = doubt(small, doubting(3))
    row = next(iter(small.db.query("SELECT * FROM audit_log WHERE act = 'second_look'")))
    assert (row["actor_id"], row["subject"]) == (SYSTEM.id, f"bulk:{turn.act_id}")
    assert f'"version":{turn.version_id}' in row["details"]


def test_a_rule_holds_until_the_next_one(small):
    assert current_rule(small.db) == SecondLookRule()
    set_rule(small, share=0.2, at_once=3, bar=0.5)
    assert current_rule(small.db) == SecondLookRule(0.2, 3, 0.5)


@pytest.mark.parametrize(
    "values", [{"share": 1.1}, {"share": -0.1}, {"at_once": 0}, {"at_once": 999}, {"bar": 2}, {"reason": " "}]
)
def test_a_rule_out_of_range_is_refused(small, values):
    with pytest.raises(BadInput):
        set_rule(small, **values)
    assert current_rule(small.db) == SecondLookRule()
