"""The labels that a snapshot stands for: watermark and rules, no copy."""

from typing import Any

from sqlite_utils import Database

from hitl.store.events import resolved_at
from hitl.store.items import items_of_groups
from hitl.store.projects import retired_class_ids
from hitl.store.versions import groups_for_testing


def snapshot_labels(db: Database, watermark: int) -> dict[int, int]:
    """The class of each group to learn from as of a watermark, by group id.

    Groups kept for testing and labels of classes that were retired then are not among them.
    """
    kept, retired = groups_for_testing(db), retired_class_ids(db, watermark)
    labels = resolved_at(db, watermark)
    return {group_id: class_id for group_id, class_id in labels if group_id not in kept and class_id not in retired}


def snapshot_rows(db: Database, watermark: int) -> tuple[list[dict[str, Any]], list[int]]:
    """An item's fields for each of these groups, by group id, and the classes beside them."""
    labels = snapshot_labels(db, watermark)
    rows = items_of_groups(db, sorted(labels))
    return [row["fields"] for row in rows], [labels[row["group_id"]] for row in rows]
