"""Redaction in the tables: which rows an item is, what is emptied in one transaction, what is left to do after it."""

import json
import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from hitl.domain.fields import Role
from hitl.domain.images import ImageRef
from hitl.store.audit import forget_comments
from hitl.store.connection import fetch_all, fetch_value
from hitl.store.derived import refresh_scope
from hitl.store.explanations import forget_explanations
from hitl.store.item_changes import note_change
from hitl.store.items import KEPT_OF_CELL
from hitl.store.projects import read_project
from hitl.store.rebuilding import derive_states
from hitl.store.redacted_words import forget_words, words_of_items
from hitl.store.scopes import of_groups
from hitl.store.search import index_texts, unindex_items

_LISTED = "(SELECT value FROM json_each(:ids))"
_LEARNED = """
    SELECT versions.id FROM versions JOIN snapshots ON snapshots.id = versions.snapshot_id
    WHERE versions.kind = 'trained' AND versions.id NOT IN (SELECT version_id FROM retirements) AND EXISTS (
        SELECT 1 FROM events WHERE events.group_id IN (SELECT value FROM json_each(:ids))
            AND events.kind IN ('label', 'adjudicate') AND events.id <= snapshots.watermark
            AND events.group_id NOT IN (SELECT group_id FROM test_groups))
        AND snapshots.at <= :at
    ORDER BY versions.id
    """
"""Versions whose training may have read an item of these groups; groups kept for testing are never learned from."""


@dataclass(frozen=True)
class Content:
    """All that is stored of a record: every revision, whether it can be seen or not.

    Attributes
    ----------
    values : set of str
        Texts that rows which were left out are recognised by.
    """

    item_ids: tuple[int, ...]
    group_ids: tuple[int, ...]
    values: frozenset[str]


def find_content(db: Database, external_ids: Collection[str]) -> Content:
    """The rows of some records that were not redacted."""
    rows = fetch_all(
        db,
        "SELECT id, group_id, external_id, fields FROM items WHERE external_id IN (SELECT value FROM json_each(?))"
        " AND id NOT IN (SELECT item_id FROM redacted_items) ORDER BY id",
        (json.dumps(list(external_ids)),),
    )
    stored = [value for row in rows for value in json.loads(row["fields"]).values() if isinstance(value, str)]
    texts = [image.path if (image := ImageRef.parse(value)) else value for value in stored]
    return Content(
        tuple(row["id"] for row in rows),
        tuple(sorted({row["group_id"] for row in rows})),
        frozenset([*(row["external_id"] for row in rows), *filter(_is_telling, texts)]),
    )


def find_identical(db: Database, external_id: str) -> list[str]:
    """The other records of which some revision says the same to a model as one of this record."""
    rows = fetch_all(
        db,
        """
        SELECT DISTINCT other.external_id FROM items JOIN items AS other ON other.group_id = items.group_id
        WHERE items.external_id = :external_id AND other.external_id <> :external_id
            AND other.id NOT IN (SELECT item_id FROM redacted_items) ORDER BY other.external_id
        """,
        {"external_id": external_id},
    )
    return [row["external_id"] for row in rows]


def count_comments(db: Database, content: Content) -> int:
    """Comments of people on these rows."""
    return len(_comments(db, content))


def count_images(db: Database, content: Content) -> int:
    """Images that these rows show."""
    sql = f"SELECT count(DISTINCT sha256) FROM item_images WHERE item_id IN {_LISTED}"
    return int(fetch_value(db, sql, {"ids": json.dumps(content.item_ids)}))


def matching_rejects(db: Database, content: Content) -> list[int]:
    """Rows left out of imports that hold the record's id or one of its texts, by rowid."""
    rows = fetch_all(db, "SELECT rowid AS id, cells, message FROM import_rejects WHERE cells <> '[]' OR message <> ''")
    cut = {value[:KEPT_OF_CELL] for value in content.values}
    return [row["id"] for row in rows if _holds(row, cut)]


def learned_versions(db: Database, group_ids: Collection[int], *, at: str) -> list[int]:
    """The versions that may have learned from these groups, by snapshots up to a moment, and are not retired yet."""
    rows = fetch_all(db, _LEARNED, {"ids": json.dumps(list(group_ids)), "at": at})
    return [row["id"] for row in rows]


def find_redaction(db: Database, request_id: str) -> int | None:
    """The redaction that a request made, or None."""
    found = fetch_value(db, "SELECT id FROM redactions WHERE request_id = ?", (request_id,))
    return None if found is None else int(found)


def add_redaction(
    db: Database,
    content: Content,
    *,
    reason: str,
    keeps_id: bool,
    with_comments: bool,
    request_id: str,
    actor_id: int,
    at: str,
) -> int:
    """Write the fact and empty what it names, all but files; the redaction's id.

    Writes: redactions, redacted_items, redacted_comments, retirements, redaction_files, items, items_fts, item_images,
    import_rejects, groups, evaluations, events, comment_seals, predictions, explanations, explanation_wishes,
    assignments, release_ends, releases, item_state, queue, item_changes, redacted_words, saved_view_revisions,
    bulk_acts.
    """
    redaction_id = int(
        fetch_value(
            db,
            "INSERT INTO redactions(reason, keeps_id, request_id, actor_id, at) VALUES (?, ?, ?, ?, ?) RETURNING id",
            (reason, int(keeps_id), request_id, actor_id, at),
        )
    )
    db.conn.executemany(
        "INSERT INTO redacted_items(item_id, redaction_id) VALUES (?, ?)",
        [(item_id, redaction_id) for item_id in content.item_ids],
    )
    retire_learned(db, redaction_id, content.group_ids, at=at)
    _hide(db, content, at=at)
    _empty_rejects(db, matching_rejects(db, content))
    if with_comments:
        _empty_comments(db, redaction_id, content)
    _empty_items(db, redaction_id, content, keeps_id=keeps_id)
    return redaction_id


def retire_learned(db: Database, redaction_id: int, group_ids: Collection[int], *, at: str) -> None:
    """Retire the versions that may have learned from these groups. Writes: retirements."""
    db.conn.executemany(
        "INSERT INTO retirements(version_id, redaction_id) VALUES (?, ?)",
        [(version_id, redaction_id) for version_id in learned_versions(db, group_ids, at=at)],
    )


def open_redactions(db: Database) -> list[dict[str, Any]]:
    """``id, at`` of the redactions that are not at their end, oldest first."""
    return fetch_all(
        db, "SELECT id, at FROM redactions WHERE id NOT IN (SELECT redaction_id FROM redaction_ends) ORDER BY id"
    )


def redacted_groups(db: Database, redaction_id: int) -> list[int]:
    """The groups of the items that a redaction emptied."""
    rows = fetch_all(
        db,
        "SELECT DISTINCT group_id FROM items JOIN redacted_items ON item_id = items.id WHERE redaction_id = ?",
        (redaction_id,),
    )
    return [row["group_id"] for row in rows]


def emptied_groups(db: Database) -> set[int]:
    """The groups of which every item is redacted: there is nothing left to learn from."""
    rows = fetch_all(
        db,
        """
        SELECT DISTINCT items.group_id FROM redacted_items JOIN items ON items.id = item_id
        WHERE NOT EXISTS (
            SELECT 1 FROM items AS other WHERE other.group_id = items.group_id
                AND other.id NOT IN (SELECT item_id FROM redacted_items))
        """,
    )
    return {row["group_id"] for row in rows}


def images_to_remove(db: Database, redaction_id: int) -> list[tuple[str, str]]:
    """(sha256, kind) of the images of a redaction that no item shows any more."""
    rows = fetch_all(
        db,
        "SELECT sha256, kind FROM redaction_files AS file WHERE redaction_id = ?"
        " AND NOT EXISTS (SELECT 1 FROM item_images WHERE item_images.sha256 = file.sha256)",
        (redaction_id,),
    )
    return [(row["sha256"], row["kind"]) for row in rows]


def retired_artifacts(db: Database) -> list[str]:
    """The hashes of model files that retired versions alone name."""
    rows = fetch_all(
        db,
        "SELECT DISTINCT artifact_sha256 AS sha256 FROM versions JOIN retirements ON version_id = versions.id"
        " WHERE artifact_sha256 NOT IN (SELECT artifact_sha256 FROM versions WHERE artifact_sha256 IS NOT NULL"
        " AND id NOT IN (SELECT version_id FROM retirements))",
    )
    return [row["sha256"] for row in rows]


def retired_by(db: Database, redaction_id: int) -> list[int]:
    """The versions that a redaction retired."""
    rows = fetch_all(db, "SELECT version_id FROM retirements WHERE redaction_id = ?", (redaction_id,))
    return [row["version_id"] for row in rows]


def forget_files(db: Database, redaction_id: int) -> None:
    """The files of a redaction are gone, and so is the note of which they were. Writes: redaction_files."""
    db.execute("DELETE FROM redaction_files WHERE redaction_id = ?", (redaction_id,))


def end_redaction(db: Database, redaction_id: int, *, at: str) -> None:
    """Write that nothing is left to do of a redaction. Writes: redaction_ends."""
    db.execute("INSERT INTO redaction_ends(redaction_id, at) VALUES (?, ?) ON CONFLICT DO NOTHING", (redaction_id, at))


def find_redacted(db: Database, external_id: str) -> dict[str, Any] | None:
    """``reason, at, actor_id, ended_at`` of the redaction of a record whose id was kept, or None."""
    rows = fetch_all(
        db,
        """
        SELECT redactions.reason, redactions.at, redactions.actor_id, redaction_ends.at AS ended_at
        FROM items JOIN redacted_items ON item_id = items.id JOIN redactions ON redactions.id = redaction_id
        LEFT JOIN redaction_ends USING (redaction_id) WHERE items.external_id = ? ORDER BY redactions.id DESC LIMIT 1
        """,
        (external_id,),
    )
    return rows[0] if rows else None


def redacted_among(db: Database, external_ids: Collection[str]) -> set[str]:
    """Those of the ids whose content was taken away: it is not taken in again."""
    rows = fetch_all(
        db,
        "SELECT DISTINCT external_id FROM items JOIN redacted_items ON item_id = items.id"
        " WHERE external_id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(external_ids)),),
    )
    return {row["external_id"] for row in rows}


def _hide(db: Database, content: Content, *, at: str) -> None:
    """Out of lists, queue and hands; what other items of the groups are is derived anew."""
    values = {"ids": json.dumps(content.item_ids), "at": at}
    db.execute(
        f"UPDATE assignments SET ended_at = :at, outcome = 'released' WHERE ended_at IS NULL AND item_id IN {_LISTED}",
        values,
    )
    db.execute(
        "INSERT INTO release_ends(release_id, reason, at) SELECT release_id, 'redacted', :at FROM item_state"
        f" WHERE release_id IS NOT NULL AND item_id IN {_LISTED}",
        values,
    )
    db.execute(f"DELETE FROM predictions WHERE item_id IN {_LISTED}", {"ids": values["ids"]})
    forget_explanations(db, content.item_ids)
    derive_states(db, content.group_ids)
    refresh_scope(db, of_groups(content.group_ids), at=at)
    note_change(db)  # every reader drops what it holds of the item's values


def _empty_items(db: Database, redaction_id: int, content: Content, *, keeps_id: bool) -> None:
    listed, slices = {"ids": json.dumps(content.item_ids)}, _slice_values(db, content)
    words = words_of_items(db, content.item_ids)
    unindex_items(db, listed["ids"])
    db.execute(
        "INSERT INTO redaction_files(redaction_id, sha256, kind) SELECT DISTINCT :redaction, sha256, kind"
        f" FROM item_images WHERE item_id IN {_LISTED}",
        {**listed, "redaction": redaction_id},
    )
    db.execute(f"DELETE FROM item_images WHERE item_id IN {_LISTED}", listed)
    if keeps_id:
        db.execute(f"UPDATE items SET fields = '{{}}' WHERE id IN {_LISTED}", listed)
    else:
        _replace_ids(db, content.item_ids)
    emptied = fetch_all(db, f"SELECT id, external_id FROM items WHERE id IN {_LISTED}", listed)
    index_texts(db, _texts(db, [row["id"] for row in emptied]))
    for group_id in content.group_ids:
        db.execute(
            "UPDATE groups SET input_hash = ? WHERE id = ? AND NOT EXISTS (SELECT 1 FROM items"
            " WHERE group_id = groups.id AND id NOT IN (SELECT item_id FROM redacted_items))",
            (secrets.randbits(62), group_id),
        )
    _empty_evaluations(db, slices)
    forget_words(db, redaction_id, words)


def _replace_ids(db: Database, item_ids: Sequence[int]) -> None:
    """A random id in place of a record's own, the same for all of its revisions."""
    rows = fetch_all(db, f"SELECT id, external_id FROM items WHERE id IN {_LISTED}", {"ids": json.dumps(item_ids)})
    names = {row["external_id"]: f"redacted-{secrets.token_hex(6)}" for row in rows}
    db.conn.executemany(
        "UPDATE items SET fields = '{}', external_id = ? WHERE id = ?",
        [(names[row["external_id"]], row["id"]) for row in rows],
    )


def _texts(db: Database, item_ids: Sequence[int]) -> Iterable[tuple[int, str]]:
    rows = fetch_all(
        db,
        f"SELECT id, text FROM items_text WHERE id IN {_LISTED} AND NOT EXISTS ("
        " SELECT 1 FROM indexing WHERE items_text.id > indexed_to AND items_text.id <= last_item_id)",
        {"ids": json.dumps(item_ids)},
    )
    return [(row["id"], row["text"]) for row in rows]


def _empty_rejects(db: Database, row_ids: Collection[int]) -> None:
    db.conn.executemany(
        "UPDATE import_rejects SET cells = '[]', message = '' WHERE rowid = ?", [(one,) for one in row_ids]
    )


def _empty_comments(db: Database, redaction_id: int, content: Content) -> None:
    event_ids = _comments(db, content)
    db.conn.executemany(
        "INSERT INTO redacted_comments(event_id, redaction_id) VALUES (?, ?)",
        [(one, redaction_id) for one in event_ids],
    )
    db.conn.executemany("UPDATE events SET comment = '' WHERE id = ?", [(one,) for one in event_ids])
    forget_comments(db, event_ids)


def _comments(db: Database, content: Content) -> list[int]:
    rows = fetch_all(
        db,
        f"SELECT id FROM events WHERE comment <> '' AND item_id IN {_LISTED} ORDER BY id",
        {"ids": json.dumps(content.item_ids)},
    )
    return [row["id"] for row in rows]


def _slice_values(db: Database, content: Content) -> set[tuple[str, str]]:
    names = [field.name for field in read_project(db).fields if field.role is Role.SLICE]
    rows = fetch_all(db, f"SELECT fields FROM items WHERE id IN {_LISTED}", {"ids": json.dumps(content.item_ids)})
    fields = [json.loads(row["fields"]) for row in rows]
    return {(name, str(one[name])) for one in fields for name in names if one.get(name)}


def _empty_evaluations(db: Database, values: set[tuple[str, str]]) -> None:
    """Measurements of slices whose value no other record has: they name it."""
    gone = {
        pair
        for pair in values
        if not fetch_value(
            db,
            "SELECT EXISTS (SELECT 1 FROM items, json_each(items.fields) AS field"
            " WHERE field.key = ? AND field.value = ?)",
            pair,
        )
    }
    for row in fetch_all(db, "SELECT id, body FROM evaluations") if gone else ():
        body = json.loads(row["body"])
        slices = body.get("slices", [])
        kept = [one for one in slices if not gone & {(str(one.get("field")), str(one.get("value")))}]
        if len(kept) < len(slices):
            body["slices"] = kept
            db.execute("UPDATE evaluations SET body = ? WHERE id = ?", (json.dumps(body), row["id"]))


def _holds(row: dict[str, Any], values: Collection[str]) -> bool:
    cells = json.loads(row["cells"])
    return any(str(cell).strip() in values for cell in cells) or any(f"'{value}'" in row["message"] for value in values)


def _is_telling(text: str) -> bool:
    """Whether a text is long enough to recognise a record by, and no number."""
    return len(text.strip()) > 3 and not text.strip().replace(".", "").isdigit()
