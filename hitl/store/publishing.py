"""Publishing: an import's items become visible, their labels events, and what follows is derived for them alone.

Most items are in groups that were made for this import: nothing else is known of those, so they are derived in one
pass. Groups that were there before are derived like after a decision.
"""

import json
from collections.abc import Collection
from dataclasses import replace

from sqlite_utils import Database

from hitl.store.connection import fetch_all, fetch_one
from hitl.store.derived import (
    IMPORTED_LABEL,
    refresh_groups,
    refresh_imported,
    refresh_queue,
    settle_scope,
)
from hitl.store.encoding import encode_again
from hitl.store.events import reviewed_among
from hitl.store.import_spans import ITEMS_OF_IMPORT, ImportSpan, read_span
from hitl.store.item_changes import note_items
from hitl.store.routing import begin_routing, route_at_once
from hitl.store.scopes import of_groups

_REPLACED = f"""
    SELECT older.id, older.group_id FROM items JOIN items AS older
        ON older.external_id = items.external_id AND older.revision < items.revision
    WHERE {ITEMS_OF_IMPORT} AND items.revision > 1
    """


_IS_NEW = """
    (items.revision = 1 OR NOT EXISTS (
        SELECT 1 FROM items AS older WHERE older.external_id = items.external_id AND older.revision < items.revision
            AND older.import_id NOT IN (SELECT import_id FROM import_withdrawals)))
    """
"""A record that is known from withdrawn imports alone is as new as one that never was here."""


def import_counts(db: Database, span: ImportSpan) -> dict[str, int]:
    """New, changed, labelled, unlabelled items of an import, and those with the inputs of an earlier other record."""
    row = fetch_one(
        db,
        f"""
        SELECT sum({_IS_NEW}) AS new, sum(NOT {_IS_NEW}) AS changed,
            sum(imported_class_id IS NOT NULL) AS labelled, sum(imported_class_id IS NULL) AS unlabelled,
            (SELECT count(*) - count(DISTINCT group_id) FROM items WHERE group_id >= :own)
            + (SELECT count(*) FROM items WHERE {ITEMS_OF_IMPORT} AND group_id < :own AND EXISTS (
                SELECT 1 FROM items AS earlier WHERE earlier.group_id = items.group_id
                    AND earlier.id < items.id AND earlier.external_id <> items.external_id)) AS identical
        FROM items WHERE {ITEMS_OF_IMPORT}
        """,
        span.values,
    )
    return {name: int(value or 0) for name, value in (row or {}).items()}


def imported_class_ids(db: Database, import_id: int) -> list[int]:
    """The classes that an import's labels and predictions name, in order of frequency."""
    rows = fetch_all(
        db,
        f"""
        SELECT class_id, count(*) AS uses FROM (
            SELECT imported_class_id AS class_id FROM items WHERE {ITEMS_OF_IMPORT}
            UNION ALL
            SELECT class_id FROM predictions WHERE version_id = (SELECT version_id FROM imports WHERE id = :import_id))
        WHERE class_id IS NOT NULL GROUP BY class_id ORDER BY uses DESC, class_id
        """,
        {"import_id": import_id},
    )
    return [row["class_id"] for row in rows]


def show_items(db: Database, import_id: int, *, at: str) -> None:
    """Make the items of an import visible, in place of the earlier revisions they replace.

    Writes: release_ends, item_state, encoding.
    """
    span = read_span(db, import_id)
    values = {**span.values, "at": at}
    replaced = f"SELECT id FROM ({_REPLACED})"
    db.execute(
        f"INSERT INTO release_ends(release_id, reason, at) SELECT release_id, 'revised', :at FROM item_state"
        f" WHERE release_id IS NOT NULL AND item_id IN ({replaced})",
        values,
    )
    db.execute(f"DELETE FROM item_state WHERE item_id IN ({replaced})", values)
    db.execute(
        "INSERT INTO item_state(item_id, group_id, route)"
        f" SELECT id, group_id, 'cold_start' FROM items WHERE {ITEMS_OF_IMPORT}"
        " AND id NOT IN (SELECT item_id FROM redacted_items) ORDER BY id",
        values,
    )
    note_items(db, span.first_item_id, span.last_item_id)
    encode_again(db, after=span.first_item_id - 1)


def add_imported_labels(db: Database, import_id: int, *, actor_id: int, at: str) -> None:
    """Write the label events of an import's labelled items."""
    db.execute(
        f"""
        INSERT INTO events(kind, source, actor_id, group_id, item_id, class_id, import_id, at)
        SELECT 'label', 'import', :actor_id, group_id, id, imported_class_id, import_id, :at
        FROM items WHERE {ITEMS_OF_IMPORT} AND imported_class_id IS NOT NULL ORDER BY id
        """,
        {"import_id": import_id, "actor_id": actor_id, "at": at},
    )


def fresh_labelled_groups(db: Database, import_id: int) -> list[tuple[int, int]]:
    """(group_id, input_hash) of groups whose first labels will come with this import, unpublished yet, and agree."""
    rows = db.conn.execute(
        f"""
        SELECT items.group_id, groups.input_hash FROM items JOIN groups ON groups.id = items.group_id
        WHERE {ITEMS_OF_IMPORT} AND imported_class_id IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM events WHERE events.group_id = items.group_id)
        GROUP BY items.group_id HAVING min(imported_class_id) = max(imported_class_id)
        """,
        {"import_id": import_id},
    )
    return rows.fetchall()


def unlabelled_among(db: Database, group_ids: Collection[int]) -> list[int]:
    """Those of the groups of which nobody has said anything yet, in their order."""
    rows = fetch_all(
        db,
        "SELECT value FROM json_each(?) WHERE NOT EXISTS (SELECT 1 FROM events WHERE events.group_id = value)",
        (json.dumps(list(group_ids)),),
    )
    return [row["value"] for row in rows]


def derive_published(db: Database, import_id: int, *, at: str) -> None:
    """Bring item_state, releases and queue in line with an import whose items have just become visible.

    Its own items are left to the routing, which audits what it releases and queues the rest: at once, or by a job where
    many are. Writes: item_state, release_ends, releases, queue, routing; and what a routing writes.
    """
    span = read_span(db, import_id)
    known = _known_groups(db, span)
    if known:
        scope = of_groups(known)
        refresh_imported(db, scope)
        refresh_groups(db, reviewed_among(db, known), at=at)
        settle_scope(db, replace(scope, states=f"{scope.states} AND state.route <> 'cold_start'"), at=at)
        refresh_queue(db, scope)
    _derive_own(db, span)
    begin_routing(db, at=at, after=span.first_item_id - 1)
    route_at_once(db, at=at)


def _derive_own(db: Database, span: ImportSpan) -> None:
    """The state of groups that hold items of this import alone: its labels are all that is known of them."""
    note_items(db, span.first_item_id, span.last_item_id)
    db.execute(
        f"""
        UPDATE item_state SET resolved_class_id = {IMPORTED_LABEL}
        WHERE group_id IN (SELECT group_id FROM events WHERE group_id >= :own)
        """,
        span.values,
    )


def _known_groups(db: Database, span: ImportSpan) -> list[int]:
    """The groups of an import that were there before it, and those of the earlier revisions that it replaces."""
    rows = db.conn.execute(
        f"SELECT group_id FROM items WHERE {ITEMS_OF_IMPORT} AND group_id < :own"
        f" UNION SELECT group_id FROM ({_REPLACED}) ORDER BY group_id",
        span.values,
    )
    return [group_id for (group_id,) in rows.fetchall()]
