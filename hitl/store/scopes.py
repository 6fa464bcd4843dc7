"""Which items a statement on derived tables is about: all, some groups, a range of ids."""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlite_utils import Database

from hitl.store.item_changes import note_change, note_items


@dataclass(frozen=True)
class Scope:
    """A part of the items.

    Attributes
    ----------
    states : str
        A condition on ``item_state AS state``.
    groups : str
        A condition on a column ``group_id``: every group that has an item in the part.
    note : callable
        Notes in the log of changes that the items in the part changed.
    values : dict of str to value
        The parameters of both conditions.
    """

    states: str
    groups: str
    note: Callable[[Database], None]
    values: dict[str, Any] = field(default_factory=dict)


ALL = Scope("1", "1", note_change)


def of_groups(group_ids: Collection[int]) -> Scope:
    """The items of some groups."""
    listed = "(SELECT value FROM json_each(:group_ids))"
    return Scope(
        f"state.group_id IN {listed}",
        f"group_id IN {listed}",
        partial(note_change, group_ids=list(group_ids)),
        {"group_ids": json.dumps(list(group_ids))},
    )


def of_items(after: int, last: int) -> Scope:
    """Items with ids above ``after``, up to ``last``; and as groups all that have one of them."""
    return Scope(
        "state.item_id > :after AND state.item_id <= :last",
        "group_id IN (SELECT group_id FROM item_state WHERE item_id > :after AND item_id <= :last)",
        partial(note_items, first_item_id=after + 1, last_item_id=last),
        {"after": after, "last": last},
    )
