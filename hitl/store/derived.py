"""Derived tables: item_state and queue, written with the events and rebuilt from the facts.

visible items + resolutions + routes + open releases → item_state
flagged or drawn groups without an answer, and those that were sent back → queue
"""

from collections.abc import Collection, Mapping

from sqlite_utils import Database

from hitl.domain.resolution import Resolution
from hitl.store.connection import fetch_one, fetch_value
from hitl.store.events import resolve_groups
from hitl.store.item_changes import note_change
from hitl.store.scopes import ALL, Scope, of_groups

_STATE_COLUMNS = "item_id, group_id, route, resolved_class_id, cannot_tell, review_count, release_id"

VISIBLE_ITEMS = """
    SELECT max(items.id) AS item_id FROM items JOIN import_ends USING (import_id)
    WHERE import_ends.outcome = 'published' AND items.import_id NOT IN (SELECT import_id FROM import_withdrawals)
        AND items.id NOT IN (SELECT item_id FROM redacted_items)
    GROUP BY items.external_id
    """

RETIRED_CLASSES = """
    (SELECT class_id FROM class_revisions AS revision WHERE retired = 1 AND event_id = (
        SELECT max(event_id) FROM class_revisions WHERE class_id = revision.class_id))
    """
"""No answer is accepted in a class that is out of use."""

ROUTE_OF_PREDICTION = f"""
    CASE WHEN prediction.class_id IN {RETIRED_CLASSES} THEN 'low_confidence'
         WHEN prediction.accept_score >= policy.threshold THEN 'auto_accept'
         WHEN prediction.confidence >= policy.threshold THEN 'novel'
         ELSE 'low_confidence' END
    """

CHAMPION = "(SELECT version_id FROM promotions ORDER BY id DESC LIMIT 1)"
POLICY = "(SELECT max(id) FROM policies)"
OPEN_RELEASE = "NOT EXISTS (SELECT 1 FROM release_ends WHERE release_id = releases.id)"
UNANSWERED = "state.resolved_class_id IS NULL AND state.cannot_tell = 0"

ANSWERED_ANEW = """
    EXISTS (
        SELECT 1 FROM events AS answer
        WHERE answer.group_id = look.group_id AND answer.id > look.after_event_id AND answer.surplus = 0
          AND answer.kind IN ('label', 'cannot_tell', 'adjudicate') AND answer.source <> 'import'
          AND NOT EXISTS (SELECT 1 FROM events AS undo WHERE undo.target_id = answer.id))
    """
TAKEN_BACK = "EXISTS (SELECT 1 FROM second_look_ends WHERE look_id = look.id)"
OPEN_SECOND_LOOK = f"""(EXISTS (
    SELECT 1 FROM second_looks AS look WHERE look.group_id = state.group_id
      AND NOT {TAKEN_BACK} AND NOT {ANSWERED_ANEW}))
    """
"""Sent back to the queue, and no person has answered since."""

IMPORTED_LABEL = """
    (SELECT CASE WHEN min(class_id) = max(class_id) THEN min(class_id) ELSE (
        SELECT CASE WHEN min(class_id) = max(class_id) THEN min(class_id) END FROM (
            SELECT later.class_id, max(later.id) FROM events AS later JOIN items ON items.id = later.item_id
            WHERE later.group_id = item_state.group_id AND later.source = 'import'
                AND later.import_id NOT IN (SELECT import_id FROM import_withdrawals)
            GROUP BY items.external_id)) END
     FROM events WHERE events.group_id = item_state.group_id AND events.source = 'import'
        AND events.import_id NOT IN (SELECT import_id FROM import_withdrawals))
    """
"""The class that the imported labels of a group name, of each record the latest; NULL where they differ.

Labels of withdrawn imports count no more. Only where labels differ is it asked which record they are about.
"""

DRAWN = "(state.review_count = 0 AND EXISTS (SELECT 1 FROM draws WHERE draws.group_id = state.group_id))"
_TESTED = f"({DRAWN} AND EXISTS (SELECT 1 FROM test_groups WHERE test_groups.group_id = state.group_id))"
SCATTER = "(state.group_id * 2654435761 % 4294967296) / 4294967296.0"


_CHOSEN_PLACE = f"""
    (SELECT priority FROM asked_first WHERE asked_first.group_id = state.group_id AND version_id IS {CHAMPION})
    """
"""The place in the queue that was chosen for a group while the present champion was in use; NULL where none was."""


def refresh_group(db: Database, group_id: int, *, at: str) -> Resolution:
    """Bring item_state, releases and queue of one group in line with its events.

    Writes: item_state, release_ends, releases, queue.
    """
    return refresh_groups(db, [group_id], at=at)[group_id]


def refresh_groups(db: Database, group_ids: Collection[int], *, at: str) -> dict[int, Resolution]:
    """Bring item_state, releases and queue of some groups in line with their events.

    Writes: item_state, release_ends, releases, queue.
    """
    resolutions = resolve_groups(db, group_ids)
    write_resolutions(db, resolutions)
    refresh_scope(db, of_groups(group_ids), at=at)
    return resolutions


def refresh_scope(db: Database, scope: Scope, *, at: str) -> None:
    """Routes, releases and queue of a part of the items under the champion and the policy in force.

    Writes: item_state, release_ends, releases, queue.
    """
    settle_scope(db, scope, at=at)
    refresh_queue(db, scope)


def settle_scope(db: Database, scope: Scope, *, at: str) -> None:
    """Route items; end the releases that no longer hold and give those that now do, the facts beside item_state.

    CROSS JOIN keeps SQLite from walking through all predictions of the champion to release a few items.
    Writes: item_state, release_ends, releases.
    """
    scope.note(db)
    write_routes(db, scope)
    _end_releases(db, scope, at=at)
    last = fetch_value(db, "SELECT coalesce(max(id), 0) FROM releases")
    db.execute(
        f"""
        INSERT INTO releases(item_id, version_id, policy_id, class_id, accept_score, at)
        SELECT state.item_id, prediction.version_id, {POLICY}, prediction.class_id, prediction.accept_score, :at
        FROM item_state AS state CROSS JOIN predictions AS prediction
            ON prediction.item_id = state.item_id AND prediction.version_id = {CHAMPION}
        WHERE state.route = 'auto_accept' AND state.release_id IS NULL AND {UNANSWERED} AND {scope.states}
        ORDER BY state.item_id
        """,
        {**scope.values, "at": at},
    )
    db.execute(
        "UPDATE item_state SET release_id = given.id FROM releases AS given"
        " WHERE given.id > ? AND item_state.item_id = given.item_id",
        (last,),
    )


def refresh_queue(db: Database, scope: Scope = ALL) -> None:
    """Fill the queue with the flagged or drawn groups that have no answer, and those that were sent back.

    Groups of a blind test come first, because somebody waits for it, then what was sent back; audits are scattered
    among the flagged ones, which come by their priority or at the place chosen for them. Written is what differs.
    """
    scope.note(db)
    db.execute("CREATE TEMP TABLE IF NOT EXISTS waiting(group_id INTEGER PRIMARY KEY, item_id, route, priority)")
    db.execute("DELETE FROM temp.waiting")
    db.execute(f"INSERT INTO temp.waiting {_waiting_groups(scope)}", scope.values)
    db.execute(
        f"DELETE FROM queue WHERE {scope.groups} AND group_id NOT IN (SELECT group_id FROM temp.waiting)", scope.values
    )
    db.execute(
        """
        INSERT INTO queue(group_id, item_id, route, priority)
        SELECT group_id, item_id, route, priority FROM temp.waiting WHERE true
        ON CONFLICT(group_id) DO UPDATE
            SET item_id = excluded.item_id, route = excluded.route, priority = excluded.priority
            WHERE item_id <> excluded.item_id OR route <> excluded.route OR priority <> excluded.priority
        """
    )


def refresh_imported(db: Database, scope: Scope = ALL) -> None:
    """Resolve the groups that no person has looked at by their imported labels."""
    scope.note(db)
    db.execute(
        f"""
        UPDATE item_state SET resolved_class_id = {IMPORTED_LABEL}
        WHERE {scope.groups} AND NOT EXISTS (
            SELECT 1 FROM events WHERE events.group_id = item_state.group_id AND events.source <> 'import')
        """,
        scope.values,
    )


def write_routes(db: Database, scope: Scope) -> None:
    """Route by the champion's prediction and the policy in force; written is what differs.

    Writes: item_state.
    """
    scope.note(db)
    db.execute(
        f"""
        UPDATE item_state SET route = found.route
        FROM (
            SELECT state.item_id, CASE WHEN prediction.item_id IS NULL THEN 'cold_start'
                ELSE {ROUTE_OF_PREDICTION} END AS route
            FROM item_state AS state CROSS JOIN policies AS policy ON policy.id = {POLICY}
            LEFT JOIN predictions AS prediction
                ON prediction.item_id = state.item_id AND prediction.version_id = {CHAMPION}
            WHERE {scope.states}) AS found
        WHERE item_state.item_id = found.item_id AND item_state.route <> found.route
        """,
        scope.values,
    )


def write_resolutions(db: Database, resolutions: Mapping[int, Resolution]) -> None:
    """Write what the events of some groups come to.

    Writes: item_state.
    """
    note_change(db, resolutions)
    db.conn.executemany(
        "UPDATE item_state SET resolved_class_id = ?, cannot_tell = ?, review_count = ? WHERE group_id = ?",
        [
            (found.class_id, int(found.cannot_tell), found.review_count, group_id)
            for group_id, found in resolutions.items()
        ],
    )


def is_sent_back(db: Database, group_id: int) -> bool:
    """Whether a group waits for a new answer because it was sent back."""
    row = fetch_one(db, f"SELECT 1 FROM (SELECT ? AS group_id) AS state WHERE {OPEN_SECOND_LOOK}", (group_id,))
    return row is not None


def group_label(db: Database, group_id: int) -> tuple[int | None, bool]:
    """The label that stands for a group, or None; and whether it is settled as one that can't be told."""
    row = fetch_one(db, "SELECT resolved_class_id, cannot_tell FROM item_state WHERE group_id = ? LIMIT 1", (group_id,))
    return (row["resolved_class_id"], bool(row["cannot_tell"])) if row else (None, False)


def item_state_of(db: Database, item_id: int) -> dict[str, object] | None:
    """The state row of a visible item, or None."""
    return fetch_one(db, f"SELECT {_STATE_COLUMNS} FROM item_state WHERE item_id = ?", (item_id,))


def _end_releases(db: Database, scope: Scope, *, at: str) -> None:
    scope.note(db)
    db.execute(
        f"""
        INSERT INTO release_ends(release_id, reason, at)
        SELECT state.release_id, CASE WHEN {UNANSWERED} THEN 'rerouted' ELSE 'decided' END, :at
        FROM item_state AS state JOIN releases ON releases.id = state.release_id
        LEFT JOIN predictions AS prediction
            ON prediction.item_id = state.item_id AND prediction.version_id = {CHAMPION}
        WHERE NOT ({UNANSWERED} AND state.route = 'auto_accept' AND prediction.class_id IS releases.class_id)
          AND {scope.states}
        """,
        {**scope.values, "at": at},
    )
    db.execute(
        f"""
        UPDATE item_state AS state SET release_id = NULL
        WHERE EXISTS (SELECT 1 FROM release_ends WHERE release_id = state.release_id) AND {scope.states}
        """,
        scope.values,
    )


def _waiting_groups(scope: Scope) -> str:
    return f"""
        SELECT state.group_id, min(state.item_id),
            CASE WHEN {DRAWN} THEN 'audit' WHEN {OPEN_SECOND_LOOK} THEN 'second_look' ELSE state.route END,
            CASE WHEN {_TESTED} THEN {SCATTER} - 2 WHEN {DRAWN} THEN {SCATTER}
                WHEN {OPEN_SECOND_LOOK} THEN {SCATTER} - 1
                ELSE coalesce({_CHOSEN_PLACE}, prediction.priority, {SCATTER}) END
        FROM item_state AS state
        LEFT JOIN predictions AS prediction
            ON prediction.item_id = state.item_id AND prediction.version_id = {CHAMPION}
        WHERE (({UNANSWERED} AND (state.route <> 'auto_accept' OR {DRAWN})) OR {OPEN_SECOND_LOOK})
            AND {scope.groups}
        GROUP BY state.group_id
        """
