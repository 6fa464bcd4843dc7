"""The plan of an act in parts of many groups."""

import numpy as np
import pytest

from hitl.domain.bulk import BulkKind
from hitl.store import bulk_plans
from hitl.store.bulk import Asked, add_act
from hitl.store.bulk_plans import planned_pairs
from hitl.store.connection import write_transaction
from tests.small_project import SmallProject


@pytest.fixture
def small(tmp_path):
    return SmallProject(tmp_path)


def begin(small, pairs):
    asked = Asked(BulkKind.CANNOT_TELL, None, 1, "2026-01-05T10:00:00.000000Z")
    values = {"selection": "{}", "left_out": "{}", "item_count": 1, "comment": "", "request_id": "plan"}
    with write_transaction(small.db):
        return add_act(small.db, asked, np.asarray(pairs, dtype=np.int32), **values)


def test_a_plan_is_read_on_across_its_parts(small, monkeypatch):
    monkeypatch.setattr(bulk_plans, "PART_GROUPS", 3)
    pairs = [[group, 1_000_000 - group] for group in (2, 3, 5, 7, 11, 13, 17)]
    act_id = begin(small, pairs)
    assert planned_pairs(small.db, act_id, after=0, limit=3) == pairs[:3]
    assert planned_pairs(small.db, act_id, after=3, limit=3) == pairs[2:5]
    assert planned_pairs(small.db, act_id, after=13, limit=3) == pairs[6:]
    assert planned_pairs(small.db, act_id, after=17, limit=3) == []


def test_an_act_that_was_planned_with_a_row_for_each_group_goes_on(small):
    act_id = begin(small, [[1, 1]])
    older = act_id + 1
    with write_transaction(small.db):
        small.db.execute(
            "INSERT INTO bulk_acts(id, kind, class_id, selection, item_count, group_count, left_out, comment,"
            " request_id, actor_id, at) SELECT ?, kind, class_id, selection, item_count, 2, left_out, comment, 'older',"
            " actor_id, at FROM bulk_acts",
            (older,),
        )
        small.db.conn.executemany("INSERT INTO bulk_act_groups VALUES (?, ?, ?)", [(older, 4, 4), (older, 9, 9)])
    assert planned_pairs(small.db, older, after=4, limit=5) == [[9, 9]]
