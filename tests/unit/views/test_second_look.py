"""What the Train page says of second looks: why none, how many, and what came of them."""

import pytest

from hitl.domain.bulk import BulkKind
from hitl.loop.review import decide
from hitl.loop.second_look import set_second_look_rule
from hitl.views.bulk import read_acts
from hitl.views.second_look import count_sent_back, describe_found, describe_turn, read_second_look
from tests.bulk_acts import bulk_act
from tests.doubted_labels import SURELY_WRONG, doubt
from tests.small_project import SmallProject

YES, NO = 1, 2


@pytest.fixture
def small(tmp_path):
    return SmallProject(tmp_path, rows=150, labelled=100)


def doubting(count, share=SURELY_WRONG):
    return {group_id: (YES if group_id % 2 else NO, share) for group_id in range(1, count + 1)}


def answer(small, item_id, class_id):
    who = {"actor": small.actor, "now": small.now()}
    decide(small.db, request_id=small.request(), item_id=item_id, class_id=class_id, **who)


def said(small):
    return describe_turn(read_second_look(small.db))


def test_before_any_training_it_says_what_will_be(small):
    assert said(small).startswith("After the next training")


def test_a_weak_model_is_said_to_be_so_with_what_is_expected(small):
    doubt(small, doubting(10, share=0.2))
    assert said(small) == (
        "The model can't tell wrong labels well enough yet. Of the 10 it doubts most about 2 may be wrong (0 to 5)."
    )


def test_where_nothing_can_be_doubted_it_says_why(small):
    bulk_act(small, BulkKind.REVIEW, item_ids=[3])
    answer(small, 3, YES)
    doubt(small, {3: (YES, SURELY_WRONG)})
    nothing = (
        "There is no label to look at again: classes with fewer than 5 labels can't be judged yet, and every other "
    )
    assert said(small) == nothing + "label was looked at before or has changed since."


def test_what_was_sent_back_is_counted(small):
    turn = doubt(small, doubting(4))
    assert said(small).startswith("4 labels were sent back for a second look. Of the 4 it doubts most about 4 may be")
    assert count_sent_back(small.db, turn.version_id) == 4


def test_what_was_found_has_its_interval(small):
    assert describe_found(read_second_look(small.db)) == ""
    doubt(small, doubting(4))
    answer(small, 1, NO)
    answer(small, 2, NO)
    assert describe_found(read_second_look(small.db)) == (
        "Of the last 2 labels looked at again 1 changed: 50 % (95 % range 9.5 – 90.5 %)."
    )


def test_turned_off_is_said(small):
    who = {"reason": "enough", "actor": small.actor, "now": small.now()}
    set_second_look_rule(small.db, share=0.0, at_once=1, bar=0.3, **who)
    assert "turned off" in said(small)


def test_few_labels_are_said_with_their_number(tmp_path):
    small = SmallProject(tmp_path, rows=40, labelled=30)
    doubt(small, doubting(1))
    assert said(small) == "Second looks begin at 50 labels; the last training had 30."


def test_the_act_of_a_version_stands_in_the_list_with_its_reason(small):
    bulk_act(small, BulkKind.REVIEW, item_ids=[20])
    doubt(small, doubting(2))
    act, earlier = read_acts(small.db, people={0: "Tandem", 1: "Local owner"})
    assert (act.text, act.actor_name, act.is_of_version) == ("2 items sent back to review", "Tandem", True)
    assert act.chosen == "labels that Version that doubts finds unlike others of their class"
    assert not earlier.is_of_version
