"""Encode: what texts mean, computed once for each text, so that models learn from it.

Vectors are kept in the project's ``arrays``; the table ``encoding`` notes how far they reach. Cut off anywhere, the
next one goes on; removed, they are computed anew. Until all items are encoded, models learn from words alone.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from hitl.access import require
from hitl.adapters.encoders.contract import Encoder
from hitl.adapters.encoders.registry import default_encoder, named_encoder
from hitl.adapters.text_embeddings import TextEmbeddings, as_text, count_kept
from hitl.domain.clock import utc_text
from hitl.domain.errors import NotFound
from hitl.domain.language import _
from hitl.domain.people import Actor, Permission
from hitl.encoding import encoder_of, encoding_ready, text_names
from hitl.store import encoding as store
from hitl.store.audit import append
from hitl.store.connection import write_transaction

CHUNK_ITEMS = 2_000
MOST_UNASKED_TEXTS = 200_000
"""More texts than these are encoded when somebody asks for it: they take minutes to hours."""

Tick = Callable[[float, str], None]


def encode_items(
    db: Database,
    folder: Path,
    *,
    now: datetime,
    tick: Tick = lambda share, note: None,  # noqa: ARG005
) -> int:
    """Encode the texts of visible items that are not encoded yet, by item id; returns how many items it went through.

    Goes on where an interrupted run stopped. System only: a step of jobs whose asker was checked. Writes: encoding;
    files in the project folder's ``arrays``.

    Raises
    ------
    NotFound
        The encoder is not installed.
    StoreUnusable
        The folder can't be written or the disk is full.
    """
    names = text_names(db)
    return _Run(db, folder, encoder_of(db), names, utc_text(now), tick).run() if names else 0


def waiting_texts(db: Database, folder: Path) -> int:
    """How many texts of visible items are not encoded yet, equal ones and empty ones too. Changes nothing."""
    encoder = encoder_of(db)
    after = store.read_encoding(db, encoder.recipe).start(count_kept(folder, encoder))
    return store.waiting_count(db, after=after) * len(text_names(db))


def find_due_encoding(db: Database, folder: Path) -> str | None:
    """What names the encoding that is due by itself, for the job that does it; None where there is none.

    None too where more than ``MOST_UNASKED_TEXTS`` wait: a person asks for those. Changes nothing.
    """
    rule = store.encoder_rule(db)
    if not rule.is_on or not text_names(db) or encoding_ready(db, folder):
        return None
    if waiting_texts(db, folder) > MOST_UNASKED_TEXTS:
        return None
    encoder = encoder_of(db)
    progress = store.read_encoding(db, encoder.recipe)
    anew = "" if count_kept(folder, encoder) >= progress.kept_count else f"-anew-{progress.kept_count}"
    return f"encode-{encoder.recipe}-{rule.id}-{progress.last_item_id}{anew}"


def set_encoder(db: Database, *, is_on: bool, actor: Actor, now: datetime) -> None:
    """Whether texts are encoded in the project from now on; models that read embeddings stay as they are.

    Writes: encoder_rules, audit_log.
    """
    require(actor, Permission.SET_POLICY)
    with write_transaction(db):
        rule = store.encoder_rule(db)
        if is_on is not rule.is_on:
            rule_id = store.add_encoder_rule(db, is_on=is_on, encoder=rule.encoder, actor_id=actor.id, at=utc_text(now))
            append(db, actor, "set_encoder", details={"rule": rule_id, "kind": "on" if is_on else "off"}, now=now)


def choose_encoder(db: Database, *, name: str, actor: Actor, now: datetime) -> None:
    """Texts are encoded by another encoder from now on; models stay as they are, and what they read is kept.

    Until all texts are encoded by it, new models learn from words alone. Writes: encoder_rules, audit_log.

    Raises
    ------
    NotFound
        There is no such encoder, or it is not installed; the message says how it is.
    """
    require(actor, Permission.SET_POLICY)
    lacks = named_encoder(name).lacking()
    if lacks:
        raise NotFound(lacks)
    with write_transaction(db):
        rule = store.encoder_rule(db)
        if name != (rule.encoder or default_encoder().name):
            rule_id = store.add_encoder_rule(db, is_on=rule.is_on, encoder=name, actor_id=actor.id, at=utc_text(now))
            append(db, actor, "choose_encoder", details={"rule": rule_id, "kind": name}, now=now)


class _Run:
    """One pass over the items that wait."""

    def __init__(self, db: Database, folder: Path, encoder: Encoder, names: Sequence[str], at: str, tick: Tick) -> None:
        self._db, self._names, self._at, self._tick = db, names, at, tick
        self._encoder = encoder
        self._kept = TextEmbeddings(folder, encoder)
        self._progress = store.read_encoding(db, encoder.recipe)
        self._after = self._progress.start(self._kept.kept_count)
        self._total = max(store.waiting_count(db, after=0), 1)
        self._done = self._total - store.waiting_count(db, after=self._after)
        self._encoded_count, self._encoded_seconds = 0, 0.0
        self._is_loaded = False  # the first batch waits for the encoder, which says nothing of the rate

    def run(self) -> int:
        """All that wait, in chunks; after each it is noted how far they reach."""
        before = self._done
        while rows := store.items_to_encode(self._db, after=self._after, limit=CHUNK_ITEMS):
            self._encode([row["fields"] for row in rows])
            self._done, self._after = self._done + len(rows), rows[-1]["id"]
            with write_transaction(self._db):
                self._note()
        return self._done - before

    def _encode(self, rows: Sequence[Mapping[str, Any]]) -> None:
        texts = [as_text(row.get(name)) for row in rows for name in self._names]
        before = 0
        begun = time.perf_counter() if self._is_loaded else None

        def tick(done: int, total: int) -> None:
            nonlocal before, begun
            now = time.perf_counter()
            if begun is not None:
                self._encoded_seconds += now - begun
                self._encoded_count += done - before
            before, begun, self._is_loaded = done, now, True
            self._tell(self._done + len(rows) * done / total)

        self._kept.keep(texts, tick=tick)
        self._tell(self._done + len(rows))

    def _tell(self, done: float) -> None:
        left = self._seconds_for(self._total - done)
        items = {"done": f"{done:,.0f}", "total": f"{self._total:,}"}
        note = _("Reading the texts ({done} of {total} items)").format(**items)
        if left is not None:
            sentence = _("Reading the texts ({done} of {total} items, about {minutes} minutes left)")
            note = sentence.format(**items, minutes=f"{max(left / 60, 1):,.0f}") if left >= 60 else note
        self._tick(done / self._total, note)

    def _seconds_for(self, items: float) -> float | None:
        rate = self._rate
        return None if rate is None else items * len(self._names) / rate

    @property
    def _rate(self) -> float | None:
        return self._encoded_count / self._encoded_seconds if self._encoded_seconds else None

    def _note(self) -> None:
        store.note_encoded(
            self._db,
            self._encoder.recipe,
            encoded_to=self._after,
            kept_count=self._kept.kept_count,
            texts_per_second=self._rate,
            at=self._at,
        )
