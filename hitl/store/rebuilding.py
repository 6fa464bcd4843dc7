"""The derived tables compared with the facts, and made anew from them while people decide.

    rebuild         all of item_state and queue in one transaction: where nobody else is at work
    check           what differs; the same statements fill temporary tables of the same names, from one moment's read
    mend            small steps, each of some groups that differ
    derive_states   item_state of some groups anew, by the facts of now: a step of mending, or of a withdrawal

A temporary table hides one of the same name: what fills it needs no write lock, and need not know the difference.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager

from sqlite_utils import Database

from hitl.domain.language import _
from hitl.domain.pacing import Pace
from hitl.domain.resolution import Resolution
from hitl.store.connection import fetch_all, fetch_value, small_steps, write_transaction
from hitl.store.derived import (
    OPEN_RELEASE,
    VISIBLE_ITEMS,
    refresh_imported,
    refresh_queue,
    write_resolutions,
    write_routes,
)
from hitl.store.events import resolve_groups, reviewed_among, reviewed_resolutions
from hitl.store.scopes import ALL, Scope, of_groups

_NO_END = 1 << 62
_COMPARED = {
    "item_state": """
        SELECT item_id, group_id, CASE WHEN item_id <= :routed_to THEN route END AS route, resolved_class_id,
            cannot_tell, review_count, release_id FROM {place}.item_state
        """,
    "queue": """
        SELECT * FROM {place}.queue AS queue WHERE NOT EXISTS (
            SELECT 1 FROM {place}.item_state AS state WHERE state.group_id = queue.group_id
                AND state.item_id > :routed_to)
        """,
}
_SHOWN = 3
_HIDDEN = "('item_state', 'queue', 'routing', 'item_changes')"
_STANDING = """
    SELECT import_id FROM import_ends WHERE outcome = 'published'
        AND import_id NOT IN (SELECT import_id FROM import_withdrawals)
    """
_VISIBLE_OF_GROUPS = f"""
    SELECT items.id AS item_id FROM items
    WHERE items.group_id IN (SELECT value FROM json_each(:group_ids)) AND items.import_id IN ({_STANDING})
        AND items.id NOT IN (SELECT item_id FROM redacted_items)
        AND NOT EXISTS (
            SELECT 1 FROM items AS newer WHERE newer.external_id = items.external_id
                AND newer.revision > items.revision AND newer.import_id IN ({_STANDING}))
    """


def rebuild(db: Database) -> None:
    """Derive item_state and queue anew from the facts; no fact is written.

    An unfinished routing begins again: it gives the releases that the new routes ask for.
    Writes: item_state, queue, routing.
    """
    with write_transaction(db):
        db.execute("UPDATE routing SET routed_to = 0")
        _fill_states(db, ALL, VISIBLE_ITEMS, reviewed_resolutions(db))
        refresh_queue(db)


def check(db: Database) -> list[str]:
    """What differs between the derived tables and the facts; empty when they agree. Changes nothing, nobody waits.

    Where a routing is under way, routes and queue of the items that it has not come to are not looked at: they are
    those of before, or of now where somebody decided meanwhile.
    """
    with _derived_beside(db) as values:
        return [finding for table in _COMPARED for finding in _differences(db, table, values)]


def differing_groups(db: Database) -> list[int]:
    """The groups of which ``check`` finds something, by id. Changes nothing, nobody waits."""
    parts = [
        f"SELECT group_id FROM ({_rows(table, one)} EXCEPT {_rows(table, other)})"
        for table in _COMPARED
        for one, other in (("main", "temp"), ("temp", "main"))
    ]
    with _derived_beside(db) as values:
        return [row["group_id"] for row in fetch_all(db, f"{' UNION '.join(parts)} ORDER BY group_id", values)]


def mend(db: Database, *, pace: Pace | None = None) -> None:
    """Derive anew what differs from the facts, by those of each moment and in small steps; no fact is written.

    An unfinished routing begins again: it gives the releases that the new routes ask for.
    Writes: item_state, queue, routing.
    """
    pace = pace or Pace()
    with write_transaction(db):
        db.execute("UPDATE routing SET routed_to = 0")
    todo = differing_groups(db)

    def mend_next(count: int) -> int:
        chunk = todo[:count]
        del todo[:count]
        with write_transaction(db):
            derive_states(db, chunk)
            refresh_queue(db, of_groups(chunk))
        return len(chunk)

    with small_steps(db) as tidy:
        while todo:
            pace.take(mend_next)
            tidy()


def derive_states(db: Database, group_ids: Collection[int]) -> None:
    """The rows of some groups in item_state, anew from the facts; no fact is written.

    Writes: item_state.
    """
    scope = of_groups(group_ids)
    _fill_states(db, scope, _VISIBLE_OF_GROUPS, resolve_groups(db, reviewed_among(db, group_ids)))


def _fill_states(db: Database, scope: Scope, visible: str, reviewed: Mapping[int, Resolution]) -> None:
    scope.note(db)
    db.execute(f"DELETE FROM item_state WHERE {scope.groups}", scope.values)
    db.execute(
        f"""
        INSERT INTO item_state(item_id, group_id, route)
        SELECT items.id, items.group_id, 'cold_start' FROM items WHERE items.id IN ({visible}) ORDER BY items.id
        """,
        scope.values,
    )
    refresh_imported(db, scope)
    write_resolutions(db, reviewed)
    write_routes(db, scope)
    db.execute(
        f"""
        UPDATE item_state SET release_id = releases.id FROM releases
        WHERE {scope.groups} AND releases.item_id = item_state.item_id AND {OPEN_RELEASE}
        """,
        scope.values,
    )


@contextmanager
def _derived_beside(db: Database) -> Iterator[dict[str, int]]:
    """One moment's read, in which temporary tables hide the derived ones and are filled from the facts.

    Gives the parameter of the queries that compare: the last item whose route is looked at.
    """
    made = fetch_all(
        db,
        "SELECT sql FROM main.sqlite_schema"
        f" WHERE tbl_name IN {_HIDDEN} AND type IN ('table', 'index') AND sql IS NOT NULL ORDER BY type DESC",
    )
    db.conn.execute("BEGIN")
    try:
        for row in made:
            sql = row["sql"].replace("CREATE TABLE ", "CREATE TEMP TABLE ", 1)
            db.conn.execute(sql.replace("CREATE INDEX ", "CREATE INDEX temp.", 1))
        db.conn.execute("INSERT INTO temp.item_changes DEFAULT VALUES")
        rebuild(db)
        routed_to = fetch_value(db, "SELECT routed_to FROM main.routing")
        yield {"routed_to": _NO_END if routed_to is None else routed_to}
    finally:
        db.conn.execute("ROLLBACK")


def _rows(table: str, place: str) -> str:
    return _COMPARED[table].format(place=place)


def _differences(db: Database, table: str, values: Mapping[str, int]) -> list[str]:
    found, wanted = _rows(table, "main"), _rows(table, "temp")
    surplus = fetch_all(db, f"{found} EXCEPT {wanted} LIMIT {_SHOWN}", values)
    missing = fetch_all(db, f"{wanted} EXCEPT {found} LIMIT {_SHOWN}", values)
    return [_("{table}: found {row}, which the facts do not give").format(table=table, row=row) for row in surplus] + [
        _("{table}: the facts give {row}, which is not there").format(table=table, row=row) for row in missing
    ]
