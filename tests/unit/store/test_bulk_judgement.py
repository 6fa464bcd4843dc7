"""What would become of many items, counted from the columns: just what the steps of an act find in the tables."""

import random

import numpy as np
import pytest

from hitl.domain.bulk import BulkKind
from hitl.domain.clock import utc_text
from hitl.domain.explore_filter import ExploreFilter
from hitl.loop.projects import ClassDraft, save_classes
from hitl.loop.review import cannot_tell, claim, decide
from hitl.loop.route import draw_items
from hitl.store.bulk import Asked, add_act, next_planned
from hitl.store.bulk_judgement import REASONS, judge_fitting, judge_items
from hitl.store.connection import write_transaction
from hitl.store.projects import list_classes
from tests.bulk_acts import bulk_act
from tests.query_plans import scans
from tests.small_project import OTHER, SmallProject


@pytest.fixture
def small(tmp_path):
    """Thirty items, one that repeats, one new: labelled, decided, untellable, sent back, drawn, leased, unanswered."""
    small = SmallProject(tmp_path, rows=30, labelled=4, class_names=("yes", "no", "old"))
    small.answer_with({item: (1 + item % 3, 0.5 + item / 100) for item in range(1, 31)})
    small.add_rows([("again", "text number 19", ""), ("more", "not answered yet", "")])
    common = {"actor": small.actor, "now": small.now()}
    decide(small.db, request_id="a", item_id=6, class_id=1, **common)
    decide(small.db, request_id="b", item_id=7, class_id=2, **common)
    cannot_tell(small.db, request_id="c", item_id=8, **common)
    bulk_act(small, BulkKind.REVIEW, item_ids=[1, 6, 8])
    draw_items(small.db, purpose="test", count=4, request_id="d", rng=random.Random(1), **common)
    claim(small.db, actor=OTHER, count=6, now=small.now())
    drafts = [ClassDraft(one.key, one.name, retired=one.name == "old") for one in list_classes(small.db)]
    save_classes(small.db, classes=drafts, **common)
    return small


def asked_by(small, kind):
    return Asked(kind, 1 if kind is BulkKind.CORRECT else None, small.actor.id, utc_text(small.now()))


@pytest.mark.parametrize("kind", list(BulkKind))
def test_each_group_is_judged_as_the_steps_of_the_act_judge_it(small, kind):
    asked = asked_by(small, kind)
    judged = judge_items(small.db, asked, range(1, 33))
    pairs = np.column_stack([judged.items.group_id[judged.places], judged.items.item_id[judged.places]])
    plan = pairs[np.argsort(pairs[:, 0])]
    values = {"selection": "{}", "left_out": "{}", "item_count": 1, "comment": "", "request_id": "all"}
    with write_transaction(small.db):
        act_id = add_act(small.db, asked, plan, **values)
    found = {one.group_id: one.left_out for one in next_planned(small.db, asked, act_id=act_id, after=0, limit=99)}
    reasons = [REASONS[code] for code in judged.left_out.tolist()]
    assert dict(zip(pairs[:, 0].tolist(), reasons, strict=True)) == found
    assert len({*reasons}) >= 3
    assert judged.item_count == sum(judged.present_counts.values()) == sum(judged.wanted_counts.values())


def test_what_fits_is_judged_as_a_list_of_it_and_counts_identical_items(small):
    asked = asked_by(small, BulkKind.CORRECT)
    fitting, listed = judge_fitting(small.db, asked, ExploreFilter()), judge_items(small.db, asked, range(1, 33))
    assert (fitting.group_count, fitting.item_count) == (listed.group_count, listed.item_count)
    assert fitting.left_out_counts == listed.left_out_counts
    assert fitting.item_count > fitting.group_count


def test_what_fits_is_judged_once_until_something_changes(small):
    asked = asked_by(small, BulkKind.CORRECT)
    first = judge_fitting(small.db, asked, ExploreFilter())
    assert not scans(small.db, lambda: judge_fitting(small.db, asked, ExploreFilter()))
    item_id = int(first.items.item_id[first.places[first.changing[-1]]])
    decide(small.db, request_id="new", item_id=item_id, class_id=1, actor=small.actor, now=small.now())
    assert judge_fitting(small.db, asked, ExploreFilter()).group_count == first.group_count - 1


def test_an_item_that_is_not_there_is_nothing_to_act_on(small):
    assert judge_items(small.db, asked_by(small, BulkKind.CORRECT), [9_999]).group_count == 0
