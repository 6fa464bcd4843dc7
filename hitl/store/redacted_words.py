"""Words that somebody looked for items by, in saved views and acts on many: those that a redacted item alone had go."""

import json
import re
from collections.abc import Collection, Iterable
from typing import Any

from sqlite_utils import Database

from hitl.domain.search_text import searchable
from hitl.store.connection import fetch_all
from hitl.store.search import stored_ids_with

_WORD = re.compile(r"[^\W_]+")
_LEAST_LETTERS, _LEAST_DIGITS = 3, 4
"""A shorter word or number tells of nobody."""


def words_of(texts: Iterable[str]) -> frozenset[str]:
    """The words of some texts as a search knows them, without those that are too short to tell of anybody.

    >>> sorted(words_of(["Late again, no 4711 of 12"]))
    ['4711', 'again', 'late']
    """
    found = {word for text in texts for word in _WORD.findall(searchable(text).casefold())}
    return frozenset(word for word in found if len(word) >= (_LEAST_DIGITS if word.isdigit() else _LEAST_LETTERS))


def forget_words(db: Database, redaction_id: int, words: Collection[str]) -> None:
    """Take words that no item holds any more, and that a redacted one held, out of what people kept.

    Once the item is emptied. A text or value of a filter goes as a whole, a view of a telling name is called by its
    number. Writes: redacted_words, saved_view_revisions, bulk_acts.
    """
    gone = _Gone(db, words)
    _forget_in_views(db, redaction_id, gone)
    _forget_in_acts(db, redaction_id, gone)


class _Gone:
    """Which texts hold a word, or the beginning of one, that only what was redacted had; each is looked up once."""

    def __init__(self, db: Database, words: Collection[str]) -> None:
        self._db, self._words = db, words
        self._known: dict[str, bool] = {}

    def holds(self, text: str) -> bool:
        """Whether the text tells of what was redacted."""
        return any(self._is_gone(word) for word in words_of([text]))

    def _is_gone(self, word: str) -> bool:
        if word not in self._known:
            self._known[word] = self._looks_gone(word)
        return self._known[word]

    def _looks_gone(self, word: str) -> bool:
        if word in self._words:
            return not stored_ids_with(self._db, f'"{word}"').size
        is_beginning = any(one.startswith(word) for one in self._words)
        return is_beginning and not stored_ids_with(self._db, word).size


def _forget_in_views(db: Database, redaction_id: int, gone: _Gone) -> None:
    for row in fetch_all(db, "SELECT id, view_id, name, filter FROM saved_view_revisions ORDER BY id"):
        kept = _emptied(json.loads(row["filter"]), gone)
        name = f"redacted-{row['view_id']}" if gone.holds(row["name"]) else row["name"]
        if name != row["name"] or kept is not None:
            _note(db, redaction_id, "view", row["view_id"])
            body = row["filter"] if kept is None else json.dumps(kept)
            db.execute("UPDATE saved_view_revisions SET name = ?, filter = ? WHERE id = ?", (name, body, row["id"]))


def _forget_in_acts(db: Database, redaction_id: int, gone: _Gone) -> None:
    for row in fetch_all(db, "SELECT id, selection FROM bulk_acts WHERE selection ->> 'filter' IS NOT NULL"):
        selection = json.loads(row["selection"])
        kept = _emptied(selection["filter"], gone)
        if kept is not None:
            _note(db, redaction_id, "bulk", row["id"])
            body = json.dumps({**selection, "filter": kept})
            db.execute("UPDATE bulk_acts SET selection = ? WHERE id = ?", (body, row["id"]))


def _emptied(chosen: dict[str, Any], gone: _Gone) -> dict[str, Any] | None:
    """The filter without what tells of the item; None where nothing does."""
    told = {"text"} if gone.holds(chosen.get("text") or "") else set()
    told |= {"slices"} if any(gone.holds(str(value)) for _field, value in chosen.get("slices") or ()) else set()
    return {name: value for name, value in chosen.items() if name not in told} if told else None


def _note(db: Database, redaction_id: int, kind: str, subject_id: int) -> None:
    db.execute("INSERT INTO redacted_words VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (kind, subject_id, redaction_id))


def words_of_items(db: Database, item_ids: Collection[int]) -> frozenset[str]:
    """All words of some items, hidden fields and ids included."""
    rows = fetch_all(
        db,
        "SELECT external_id, fields FROM items WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(item_ids)),),
    )
    values = [value for row in rows for value in json.loads(row["fields"]).values() if isinstance(value, str)]
    return words_of([*values, *(row["external_id"] for row in rows)])
