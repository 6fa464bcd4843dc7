"""How far the texts of a project are encoded, whether its people want that, and by what. The vectors are in files."""

import json
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from hitl.store.connection import fetch_all, fetch_one, fetch_value


@dataclass(frozen=True)
class EncodingProgress:
    """How far one encoder has come.

    Attributes
    ----------
    encoded_to, last_item_id : int
        The texts of all visible items up to that id are encoded; the last visible item's id.
    kept_count : int
        How many vectors were in the files then: fewer are there when the files were removed since.
    texts_per_second : float or None
        The rate at which the last texts were encoded; None where none were.
    """

    encoded_to: int
    last_item_id: int
    kept_count: int
    texts_per_second: float | None

    def is_done(self, kept_count: int) -> bool:
        """Whether all visible items are encoded, given how many vectors there are now."""
        return self.encoded_to >= self.last_item_id and kept_count >= self.kept_count

    def start(self, kept_count: int) -> int:
        """The item id after which encoding goes on; from the first item where vectors were removed."""
        return self.encoded_to if kept_count >= self.kept_count else 0


def read_encoding(db: Database, recipe: str) -> EncodingProgress:
    """How far an encoder has come; at the beginning where it was never asked."""
    row = fetch_one(db, "SELECT encoded_to, kept_count, texts_per_second FROM encoding WHERE recipe = ?", (recipe,))
    last = int(fetch_value(db, "SELECT coalesce(max(item_id), 0) FROM item_state"))
    if row is None:
        return EncodingProgress(0, last, 0, None)
    return EncodingProgress(row["encoded_to"], last, row["kept_count"], row["texts_per_second"])


def note_encoded(
    db: Database, recipe: str, *, encoded_to: int, kept_count: int, texts_per_second: float | None, at: str
) -> None:
    """Note how far an encoder has come; a rate of None leaves the one that is known. Writes: encoding."""
    db.execute(
        """
        INSERT INTO encoding(recipe, encoded_to, kept_count, texts_per_second, at)
        VALUES (:recipe, :encoded_to, :kept_count, :rate, :at)
        ON CONFLICT(recipe) DO UPDATE SET encoded_to = excluded.encoded_to, kept_count = excluded.kept_count,
            texts_per_second = coalesce(excluded.texts_per_second, texts_per_second), at = excluded.at
        """,
        {"recipe": recipe, "encoded_to": encoded_to, "kept_count": kept_count, "rate": texts_per_second, "at": at},
    )


def encode_again(db: Database, *, after: int) -> None:
    """Items above that id may be new to every encoder. Writes: encoding."""
    db.execute("UPDATE encoding SET encoded_to = min(encoded_to, ?)", (after,))


def items_to_encode(db: Database, *, after: int, limit: int) -> list[dict[str, Any]]:
    """Visible items after an item id, by id: id, fields (decoded)."""
    rows = fetch_all(
        db,
        "SELECT items.id, items.fields FROM item_state JOIN items ON items.id = item_state.item_id"
        " WHERE item_state.item_id > ? ORDER BY item_state.item_id LIMIT ?",
        (after, limit),
    )
    return [{**row, "fields": json.loads(row["fields"])} for row in rows]


def waiting_count(db: Database, *, after: int) -> int:
    """How many visible items there are after an item id."""
    return int(fetch_value(db, "SELECT count(*) FROM item_state WHERE item_id > ?", (after,)))


def stored_fields_of(db: Database, *, after: int, limit: int) -> list[dict[str, Any]]:
    """All stored items after an item id, visible or not: id, fields (decoded)."""
    rows = fetch_all(db, "SELECT id, fields FROM items WHERE id > ? ORDER BY id LIMIT ?", (after, limit))
    return [{**row, "fields": json.loads(row["fields"])} for row in rows]


@dataclass(frozen=True)
class EncoderRule:
    """What people want of the encoder.

    Attributes
    ----------
    id : int
        0 where nobody ever said anything.
    is_on : bool
        Whether texts are encoded in the project.
    encoder : str or None
        The name of the one that reads them; None is the usual one.
    """

    id: int
    is_on: bool
    encoder: str | None


def encoder_rule(db: Database) -> EncoderRule:
    """The newest word on it; texts are encoded by the usual one, where nobody ever said."""
    row = fetch_one(db, "SELECT id, is_on, encoder FROM encoder_rules ORDER BY id DESC LIMIT 1")
    return EncoderRule(0, True, None) if row is None else EncoderRule(row["id"], bool(row["is_on"]), row["encoder"])


def add_encoder_rule(db: Database, *, is_on: bool, encoder: str | None, actor_id: int, at: str) -> int:
    """The id of a new word on it. Writes: encoder_rules."""
    return int(
        fetch_value(
            db,
            "INSERT INTO encoder_rules(is_on, encoder, actor_id, at) VALUES (?, ?, ?, ?) RETURNING id",
            (int(is_on), encoder, actor_id, at),
        )
    )
