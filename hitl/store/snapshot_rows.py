"""The labels that a snapshot stands for: watermark and rules, no copy."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlite_utils import Database

from hitl.domain.records import LabelClass, Snapshot
from hitl.store.connection import fetch_all, fetch_value
from hitl.store.events import resolved_at
from hitl.store.items import items_of_groups
from hitl.store.projects import classes_then, retired_class_ids
from hitl.store.redactions import emptied_groups
from hitl.store.versions import groups_for_testing
from hitl.store.withdrawals import groups_gone

WITHDRAWN_RULE = "withdrawn_imports"
POOL_RULE = "pool_until_group"
ENCODED_RULE = "texts_encoded"
WORDS_RULE = "class_words"


@dataclass(frozen=True)
class LearnedGroups:
    """Groups to learn from, ascending, with an item's fields of each and its class."""

    group_ids: list[int]
    rows: list[dict[str, Any]]
    class_ids: list[int]


def snapshot_labels(db: Database, watermark: int, *, withdrawn: Collection[int]) -> dict[int, int]:
    """The class of each group to learn from as of a watermark, by group id.

    Groups kept for testing, labels of classes that were retired then, what came with the ``withdrawn`` imports
    alone, and groups whose items are all redacted, are not among them.
    """
    gone = groups_gone(db, withdrawn) if withdrawn else set()
    kept, retired = groups_for_testing(db), retired_class_ids(db, watermark)
    labels = resolved_at(db, watermark, withdrawn=withdrawn)
    left_out = kept | gone | emptied_groups(db)
    return {group: class_id for group, class_id in labels if group not in left_out and class_id not in retired}


def withdrawn_then(snapshot: Snapshot) -> list[int]:
    """The imports that were withdrawn when a snapshot was taken."""
    stored = snapshot.rules.get(WITHDRAWN_RULE, [])
    return [int(one) for one in stored] if isinstance(stored, list) else []


def learned_groups(db: Database, snapshot: Snapshot) -> LearnedGroups:
    """What a version of the snapshot learns from."""
    withdrawn = withdrawn_then(snapshot)
    labels = snapshot_labels(db, snapshot.watermark, withdrawn=withdrawn)
    rows = items_of_groups(db, sorted(labels), withdrawn=withdrawn)
    group_ids = [row["group_id"] for row in rows]
    fields, class_ids = [row["fields"] for row in rows], [labels[group_id] for group_id in group_ids]
    return LearnedGroups(group_ids, fields, class_ids)


def worded_classes(db: Database, snapshot: Snapshot) -> list[LabelClass]:
    """The classes in use then, by whose words a version may learn; of a snapshot from before it could, none."""
    return classes_then(db, snapshot.watermark) if snapshot.rules.get(WORDS_RULE) else []


def last_group_id(db: Database) -> int:
    """The newest group's id; 0 where there is none."""
    return int(fetch_value(db, "SELECT coalesce(max(id), 0) FROM groups"))


def pool_rows(db: Database, snapshot: Snapshot, *, labelled: Collection[int], limit: int) -> list[dict[str, Any]]:
    """An item's fields for each of some groups without a label then, spread over all of them; the same ones each time.

    ``labelled`` names the groups that had one. Groups kept for testing then are not among them. Of a snapshot from
    before there was a pool none.
    """
    last = snapshot.rules.get(POOL_RULE)
    if not isinstance(last, int) or not last:
        return []
    withdrawn = withdrawn_then(snapshot)
    known = set(labelled)
    asked = [group for group in spread_ids(last, limit) if group not in known]
    rows = fetch_all(
        db,
        """
        SELECT items.group_id, min(items.id) AS item_id, items.fields FROM items JOIN import_ends USING (import_id)
        WHERE items.group_id IN (SELECT value FROM json_each(:asked)) AND import_ends.outcome = 'published'
          AND import_ends.at <= :at AND items.import_id NOT IN (SELECT value FROM json_each(:withdrawn))
          AND items.id NOT IN (SELECT item_id FROM redacted_items)
          AND NOT EXISTS (SELECT 1 FROM test_groups WHERE test_groups.group_id = items.group_id AND at <= :at)
        GROUP BY items.group_id ORDER BY items.group_id
        """,
        {"asked": json.dumps(asked), "at": snapshot.at, "withdrawn": json.dumps(sorted(withdrawn))},
    )
    return [json.loads(row["fields"]) for row in rows]


def pool_versions(db: Database, group_ids: Collection[int]) -> list[int]:
    """The versions that learned from a pool in which one of these groups may have been, and are not retired.

    Those of which every group came after their snapshot are not among them.
    """
    rows = fetch_all(
        db,
        """
        SELECT versions.id FROM versions JOIN snapshots ON snapshots.id = versions.snapshot_id
        WHERE versions.kind = 'trained' AND versions.id NOT IN (SELECT version_id FROM retirements)
          AND json_extract(versions.parameters, '$.unlabelled_weight') > 0
          AND json_extract(snapshots.rules, '$.' || :rule) >= :first
        ORDER BY versions.id
        """,
        {"rule": POOL_RULE, "first": min(group_ids)},
    )
    return [row["id"] for row in rows]


def spread_ids(last: int, count: int) -> list[int]:
    """One id from each of so many equal parts of 1 … last, the same each time; all where they are few."""
    if last <= count:
        return list(range(1, last + 1))
    places = (np.arange(count) + np.random.default_rng(0).random(count)) * last / count
    return [int(one) for one in np.unique(places.astype(np.int64) + 1)]
