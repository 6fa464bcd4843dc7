"""Imports that were withdrawn as a whole: the fact, what it takes away, and what was learned from them."""

import json
from collections.abc import Callable, Collection
from functools import partial
from typing import Any

from sqlite_utils import Database

from hitl.domain.language import _
from hitl.domain.pacing import Pace
from hitl.store.connection import fetch_all, fetch_one, small_steps, write_transaction
from hitl.store.derived import refresh_scope
from hitl.store.import_spans import ITEMS_OF_IMPORT, read_span
from hitl.store.rebuilding import derive_states
from hitl.store.scopes import of_groups

A_LABEL_OF_IT = """
    (SELECT events.id FROM import_spans AS span
     CROSS JOIN items ON items.id BETWEEN span.first_item_id AND span.last_item_id AND items.import_id = span.import_id
     CROSS JOIN events ON events.group_id = items.group_id AND events.import_id = span.import_id
     WHERE span.import_id = withdrawal.import_id AND items.imported_class_id IS NOT NULL AND events.kind = 'label'
     LIMIT 1)
    """
"""The event of some label that came with the import of a ``withdrawal``: all came in one transaction, any will do."""


def add_withdrawal(db: Database, import_id: int, *, reason: str, request_id: str, actor_id: int, at: str) -> None:
    """Write that an import is withdrawn."""
    db.execute(
        "INSERT INTO import_withdrawals(import_id, reason, request_id, actor_id, at) VALUES (?, ?, ?, ?, ?)",
        (import_id, reason, request_id, actor_id, at),
    )


def find_withdrawal(db: Database, import_id: int) -> dict[str, Any] | None:
    """The withdrawal of an import, or None."""
    return fetch_one(db, "SELECT * FROM import_withdrawals WHERE import_id = ?", (import_id,))


def unfinished_withdrawals(db: Database) -> list[int]:
    """The withdrawn imports of which taking away has not come to its end."""
    rows = fetch_all(
        db,
        """
        SELECT import_id FROM import_withdrawals
        WHERE import_id NOT IN (SELECT import_id FROM withdrawal_ends) ORDER BY import_id
        """,
    )
    return [row["import_id"] for row in rows]


def take_away_next(db: Database, import_id: int, *, count: int, at: str) -> int:
    """Take the next visible items of a withdrawn import away, their groups whole; how many, 0 when none is left.

    What they replaced stands again, by the facts of now: somebody may have decided about it meanwhile.
    Writes: assignments, release_ends, releases, item_state, queue.
    """
    with write_transaction(db):
        items = _next_items(db, import_id, count)
        if items:
            _settle(db, _groups_of(db, items), at=at)
        return len(items)


def withdraw_in_steps(
    db: Database,
    *,
    at: str,
    tick: Callable[[float, str], None] = lambda share, note: None,  # noqa: ARG005
    pace: Pace | None = None,
) -> None:
    """Take away what is left of withdrawn imports, in transactions so small that nobody waits long.

    Items that a later import replaced are no longer seen, yet their labels counted in the groups they were in: those
    are derived anew first. ``tick`` may raise to stop; what is left then is taken away the next time.
    Writes: as ``take_away_next``, and withdrawal_ends.
    """
    pace = pace or Pace()
    for withdrawn in unfinished_withdrawals(db):
        span, gone = read_span(db, withdrawn), 0
        with small_steps(db) as tidy:
            replaced = _Replaced(db, withdrawn, at)
            while pace.take(replaced.derive_next):
                tidy()
            while done := pace.take(partial(_take_away, db, withdrawn, at)):
                gone += done
                share = gone / (span.last_item_id - span.first_item_id + 1)
                tick(share, _("Taking a withdrawn import away, {share}").format(share=f"{share * 100:.0f} %"))
                tidy()
        with write_transaction(db):  # another process may have ended it meanwhile
            db.execute("INSERT OR IGNORE INTO withdrawal_ends(import_id, at) VALUES (?, ?)", (withdrawn, at))


def count_effects(db: Database, import_id: int) -> dict[str, int]:
    """Of an import: visible ``items``, ``back`` earlier revisions, ``labels`` and ``decisions`` on them."""
    row = fetch_one(
        db,
        f"""
        WITH gone AS (
            SELECT items.id, items.external_id, items.revision, items.group_id
            FROM items JOIN item_state ON item_state.item_id = items.id WHERE {ITEMS_OF_IMPORT})
        SELECT count(*) AS items,
            coalesce(sum(EXISTS (
                SELECT 1 FROM items AS older JOIN import_ends USING (import_id)
                WHERE older.external_id = gone.external_id AND older.revision < gone.revision
                  AND import_ends.outcome = 'published'
                  AND older.import_id NOT IN (SELECT import_id FROM import_withdrawals))), 0) AS back,
            (SELECT count(*) FROM events WHERE import_id = :import_id AND kind = 'label') AS labels,
            (SELECT count(*) FROM events WHERE source <> 'import' AND kind IN ('label', 'adjudicate', 'cannot_tell')
                AND group_id IN (SELECT group_id FROM gone)) AS decisions
        FROM gone
        """,
        {"import_id": import_id},
    )
    return {name: int(value) for name, value in (row or {}).items()}


def sample_items(db: Database, import_id: int, *, limit: int) -> list[dict[str, Any]]:
    """Some visible items of an import: ``external_id`` and ``fields`` as JSON."""
    return fetch_all(
        db,
        f"SELECT items.external_id, items.fields FROM items JOIN item_state ON item_state.item_id = items.id"
        f" WHERE {ITEMS_OF_IMPORT} ORDER BY items.id LIMIT :limit",
        {"import_id": import_id, "limit": limit},
    )


def list_published(db: Database, *, limit: int) -> list[dict[str, Any]]:
    """The newest published imports: ``id, file_name, at, actor_id, summary``; where withdrawn ``withdrawn_at, why``."""
    return fetch_all(
        db,
        """
        SELECT imports.id, imports.file_name, import_ends.at, imports.actor_id, import_ends.summary,
            import_withdrawals.at AS withdrawn_at, import_withdrawals.reason AS why
        FROM imports JOIN import_ends ON import_ends.import_id = imports.id AND import_ends.outcome = 'published'
        LEFT JOIN import_withdrawals ON import_withdrawals.import_id = imports.id
        ORDER BY imports.id DESC LIMIT ?
        """,
        (limit,),
    )


def groups_gone(db: Database, withdrawn: Collection[int]) -> set[int]:
    """The groups that have no published item but those of the given imports."""
    rows = fetch_all(
        db,
        """
        SELECT DISTINCT items.group_id FROM items
        WHERE items.import_id IN (SELECT value FROM json_each(:withdrawn)) AND NOT EXISTS (
            SELECT 1 FROM items AS other JOIN import_ends USING (import_id)
            WHERE other.group_id = items.group_id AND import_ends.outcome = 'published'
              AND other.import_id NOT IN (SELECT value FROM json_each(:withdrawn)))
        """,
        {"withdrawn": json.dumps(sorted(withdrawn))},
    )
    return {row["group_id"] for row in rows}


def groups_with_items_of(db: Database, group_ids: Collection[int], imports: Collection[int]) -> list[int]:
    """Those of some groups that items of the given imports belong to."""
    rows = fetch_all(
        db,
        "SELECT DISTINCT items.group_id FROM json_each(:groups) AS wanted CROSS JOIN items"
        " ON items.group_id = wanted.value AND items.import_id IN (SELECT value FROM json_each(:imports))",
        {"groups": json.dumps(list(group_ids)), "imports": json.dumps(sorted(imports))},
    )
    return [row["group_id"] for row in rows]


def withdrawn_files(db: Database, version_id: int) -> list[str]:
    """The files of withdrawn imports that a version's answers came with."""
    rows = fetch_all(
        db,
        "SELECT file_name FROM imports JOIN import_withdrawals ON import_id = imports.id WHERE version_id = ?",
        (version_id,),
    )
    return [row["file_name"] for row in rows]


def learned_labels(db: Database, version_id: int) -> list[dict[str, Any]]:
    """``file_name, count`` of imported labels that a version learned from and that were withdrawn since."""
    return fetch_all(
        db,
        """
        SELECT imports.file_name, count(*) AS count
        FROM versions JOIN snapshots ON snapshots.id = versions.snapshot_id
        JOIN import_withdrawals AS withdrawal ON withdrawal.import_id NOT IN (
            SELECT value FROM json_each(snapshots.rules, '$.withdrawn_imports'))
        JOIN imports ON imports.id = withdrawal.import_id
        JOIN events ON events.import_id = imports.id AND events.kind = 'label' AND events.id <= snapshots.watermark
        WHERE versions.id = ?
        GROUP BY imports.id ORDER BY imports.id
        """,
        (version_id,),
    )


def _take_away(db: Database, import_id: int, at: str, count: int) -> int:
    return take_away_next(db, import_id, count=count, at=at)


class _Replaced:
    """The labelled items of a withdrawn import that a later one replaced, walked once in the order of their ids."""

    def __init__(self, db: Database, import_id: int, at: str) -> None:
        self._db = db
        self._import_id = import_id
        self._at = at
        self._after = 0

    def derive_next(self, count: int) -> int:
        """Derive the groups of the next ones anew; how many there were. They are looked for while others may write."""
        rows = fetch_all(
            self._db,
            f"""
            SELECT items.id, items.group_id FROM items
            WHERE {ITEMS_OF_IMPORT} AND items.id > :after AND items.imported_class_id IS NOT NULL
              AND NOT EXISTS (SELECT 1 FROM item_state WHERE item_state.item_id = items.id)
            ORDER BY items.id LIMIT :count
            """,
            {"import_id": self._import_id, "after": self._after, "count": count},
        )
        if rows:
            self._after = rows[-1]["id"]
            with write_transaction(self._db):
                _settle(self._db, sorted({row["group_id"] for row in rows}), at=self._at)
        return len(rows)


def _settle(db: Database, group_ids: list[int], *, at: str) -> None:
    """Groups by the facts of now, what was open on withdrawn items of theirs ended."""
    _end_what_is_open(db, group_ids, at=at)
    derive_states(db, group_ids)
    refresh_scope(db, of_groups(group_ids), at=at)


def _next_items(db: Database, import_id: int, count: int) -> list[int]:
    span = read_span(db, import_id)
    rows = fetch_all(
        db,
        """
        SELECT state.item_id FROM item_state AS state CROSS JOIN items ON items.id = state.item_id
        WHERE state.item_id BETWEEN :first AND :last AND items.import_id = :import_id
        ORDER BY state.item_id LIMIT :count
        """,
        {"first": span.first_item_id, "last": span.last_item_id, "import_id": import_id, "count": count},
    )
    return [row["item_id"] for row in rows]


def _groups_of(db: Database, item_ids: list[int]) -> list[int]:
    """The groups of some items, and those of the earlier revisions that they replaced."""
    rows = fetch_all(
        db,
        """
        SELECT items.group_id FROM json_each(:item_ids) AS gone CROSS JOIN items ON items.id = gone.value
        UNION SELECT older.group_id FROM json_each(:item_ids) AS gone CROSS JOIN items ON items.id = gone.value
            CROSS JOIN items AS older ON older.external_id = items.external_id AND older.revision < items.revision
        """,
        {"item_ids": json.dumps(item_ids)},
    )
    return [row["group_id"] for row in rows]


def _end_what_is_open(db: Database, group_ids: list[int], *, at: str) -> None:
    """Leases and answers given for the items of these groups that are withdrawn."""
    gone = """
        SELECT state.item_id FROM item_state AS state CROSS JOIN items ON items.id = state.item_id
        WHERE state.group_id IN (SELECT value FROM json_each(:group_ids))
          AND items.import_id IN (SELECT import_id FROM import_withdrawals)
        """
    values = {"group_ids": json.dumps(group_ids), "at": at}
    db.execute(
        f"UPDATE assignments SET ended_at = :at, outcome = 'released' WHERE ended_at IS NULL AND item_id IN ({gone})",
        values,
    )
    db.execute(
        "INSERT INTO release_ends(release_id, reason, at) SELECT release_id, 'withdrawn', :at FROM item_state"
        f" WHERE release_id IS NOT NULL AND item_id IN ({gone})",
        values,
    )
