"""The labels that differ since a training: as many as two snapshots laid side by side name."""

import random

import pytest

from hitl.loop.review import cannot_tell, decide, skip, undo
from hitl.loop.withdraw import withdraw_import
from hitl.store.columns import read_columns, read_events
from hitl.store.events import latest_event_id, withdrawn_import_ids
from hitl.store.label_news import count_changed_labels
from hitl.store.snapshot_rows import snapshot_labels
from tests.query_plans import scans
from tests.small_project import OTHER, SmallProject


def say_something(small, rng, said):
    """One random act of one of two people."""
    who = {"actor": rng.choice([small.actor, OTHER]), "now": small.now()}
    request_id, item_id = small.request(), rng.randint(1, 6)
    match rng.choice(["label", "label", "label", "cannot_tell", "skip", "undo", "import"]):
        case "label":
            decide(small.db, item_id=item_id, class_id=rng.randint(1, 2), request_id=request_id, **who)
            said.append((request_id, who["actor"]))
        case "cannot_tell":
            cannot_tell(small.db, item_id=item_id, request_id=request_id, **who)
            said.append((request_id, who["actor"]))
        case "skip":
            skip(small.db, item_id=item_id, request_id=request_id, **who)
        case "undo" if said:
            target, actor = said.pop(rng.randrange(len(said)))
            undo(small.db, target_request_id=target, request_id=request_id, actor=actor, now=who["now"])
        case "import":
            text, label = f"text number {rng.randint(0, 8)}", rng.choice(["yes", "no", ""])
            small.add_rows([(request_id, text, label)])


def differing(small, watermark, withdrawn):
    """How many groups differ between a snapshot of then and one of now."""
    then = snapshot_labels(small.db, watermark, withdrawn=withdrawn)
    now = snapshot_labels(small.db, latest_event_id(small.db), withdrawn=withdrawn_import_ids(small.db))
    return len([group for group in {*then, *now} if then.get(group) != now.get(group)])


@pytest.mark.parametrize("seed", range(12))
def test_it_counts_the_groups_that_differ_between_two_snapshots(tmp_path, seed):
    rng, said = random.Random(seed), []
    small = SmallProject(tmp_path, rows=6, labelled=3)
    marks = []
    for _number in range(30):
        marks.append((latest_event_id(small.db), withdrawn_import_ids(small.db)))
        say_something(small, rng, said)
    withdraw_import(small.db, import_id=1, reason="wrong", request_id="w", actor=small.actor, now=small.now())
    marks.append((latest_event_id(small.db), withdrawn_import_ids(small.db)))
    found = [count_changed_labels(small.db, mark, withdrawn=gone) for mark, gone in marks]
    assert found == [differing(small, mark, gone) for mark, gone in marks]
    assert found[-1] == 0 < max(found)


def test_it_reads_no_table_to_its_end(tmp_path):
    small = SmallProject(tmp_path, rows=6, labelled=3)
    for class_id in (1, 2):
        request_id = small.request()
        decide(small.db, item_id=1, class_id=class_id, request_id=request_id, actor=small.actor, now=small.now())
    read_columns(small.db)
    read_events(small.db)
    mark = latest_event_id(small.db) - 1
    assert not scans(small.db, lambda: count_changed_labels(small.db, mark, withdrawn=()))
    assert count_changed_labels(small.db, mark, withdrawn=()) == 1
