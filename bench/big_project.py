"""A text project of any size, written in bulk: its items, labels and derived tables are as an import leaves them."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

from hitl.store import rebuilding
from hitl.store.connection import write_transaction
from tests.small_project import SmallProject

AT = "2026-01-05T09:00:00.000000Z"
KINDS = (
    ("refund", "money", "back", "invoice", "charge", "bank", "paid", "card", "account", "price"),
    ("broken", "garden", "chair", "leg", "missing", "screw", "box", "parcel", "late", "crushed"),
)
REST = ("hello", "please", "the", "order", "my", "when", "nobody", "answered", "letter", "weight", "since", "today")
SCATTER = 0x9E3779B97F4A7C15


def build_big_project(data_dir: Path, *, items: int, labelled: int) -> SmallProject:
    """Short texts of two kinds that a model can mostly tell apart; the first ones carry labels from the import."""
    project = SmallProject(data_dir, rows=0)
    with write_transaction(project.db) as db:
        db.execute(
            "INSERT INTO imports(id, file_name, file_sha256, request_id, actor_id, at)"
            " VALUES (1, 'big', '', 'big', 1, ?)",
            (AT,),
        )
        numbers = range(1, items + 1)
        db.conn.executemany("INSERT INTO groups(id, input_hash) VALUES (?, ?)", _hashes(numbers))
        db.conn.executemany(
            "INSERT INTO items(id, import_id, row_number, external_id, group_id, imported_class_id, fields)"
            " VALUES (?, 1, ?, ?, ?, ?, ?)",
            _rows(numbers, labelled),
        )
        db.execute("INSERT INTO import_ends(import_id, outcome, summary, at) VALUES (1, 'published', '{}', ?)", (AT,))
        db.execute(
            "INSERT INTO events(kind, source, actor_id, group_id, item_id, class_id, import_id, at)"
            " SELECT 'label', 'import', 1, group_id, id, imported_class_id, 1, ? FROM items"
            " WHERE imported_class_id IS NOT NULL ORDER BY id",
            (AT,),
        )
    rebuilding.rebuild(project.db)
    project.db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return project


def answer_all(project: SmallProject, items: int) -> int:
    """A champion that answers every item, as sure as its number makes it."""
    return project.answer_with({item: (1 + item % 2, 0.5 + item % 50 / 100) for item in range(1, items + 1)})


def _hashes(numbers: range) -> Iterator[tuple[int, int]]:
    return ((number, number * SCATTER % (1 << 63)) for number in numbers)


def _rows(numbers: range, labelled: int) -> Iterator[tuple[object, ...]]:
    draw = random.Random(0)
    for number in numbers:
        kind = draw.randrange(2)
        words = [*draw.choices(KINDS[kind], k=3), *draw.choices(REST, k=8), draw.choice(KINDS[1 - kind])]
        draw.shuffle(words)
        fields = json.dumps({"text": " ".join([*words, str(number)])})
        yield number, number, f"row-{number}", number, kind + 1 if number <= labelled else None, fields
