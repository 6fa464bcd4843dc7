"""What one version has right that another had wrong, counted on test labels."""

import random

from hitl.loop.review import decide
from hitl.loop.route import draw_items
from hitl.store.item_counts import count_changed_predictions, count_flips
from tests.small_project import SmallProject

YES, NO = 1, 2


def test_flips_are_counted_on_test_labels_for_better_and_for_worse(tmp_path):
    small = SmallProject(tmp_path, labelled=0)
    draw_items(
        small.db, purpose="test", count=6, request_id="d", actor=small.actor, now=small.now(), rng=random.Random(1)
    )
    tested = [row["group_id"] for row in small.db.query("SELECT group_id FROM test_groups ORDER BY group_id")]
    for item in tested:
        decide(small.db, actor=small.actor, request_id=f"r{item}", item_id=item, class_id=YES, now=small.now())
    fixed, lost = tested[:3], tested[3:5]
    old = small.answer_with({item: (NO if item in fixed else YES, 0.8) for item in range(1, 13)})
    new = small.answer_with({item: (NO if item in lost else YES, 0.8) for item in range(1, 13)}, champion=False)
    assert count_flips(small.db, old_id=old, new_id=new) == {"labels": 6, "fixed": 3, "newly_wrong": 2}
    assert count_changed_predictions(small.db, old_id=old, new_id=new) == {"items": 12, "changed": 5}
