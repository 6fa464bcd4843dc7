"""What a file's rows have in common, counted in a temporary database: memory does not grow with the file."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from hitl.store.connection import fetch_all, fetch_value

_CACHE_KILOBYTES = 32_000


@dataclass(frozen=True)
class TalliedRow:
    """A row that would become an item; ``label`` is empty where it has none."""

    number: int
    external_id: str
    input_hash: int
    label: str
    example: str


class FileTallies:
    """Ids, inputs and labels of the rows seen so far; the database is a file that vanishes with it."""

    def __init__(self) -> None:
        self._db = Database(sqlite3.connect("", isolation_level=None))
        self._db.execute(f"PRAGMA cache_size = -{_CACHE_KILOBYTES}")
        self._db.executescript("""
            PRAGMA journal_mode = OFF;
            CREATE TABLE ids(external_id TEXT PRIMARY KEY, row_number INTEGER) WITHOUT ROWID;
            CREATE TABLE inputs(
                input_hash INTEGER PRIMARY KEY, size INTEGER, first_row INTEGER, is_known INTEGER, example TEXT);
            CREATE TABLE labels(
                input_hash INTEGER, label TEXT, size INTEGER, first_row INTEGER, PRIMARY KEY(input_hash, label)
            ) WITHOUT ROWID;
            BEGIN;
            """)

    def close(self) -> None:
        """Let the temporary database go."""
        self._db.conn.close()

    def first_rows(self, external_ids: Sequence[str]) -> dict[str, int]:
        """External id → the row it stood in first, for those of the given ids that were seen."""
        rows = fetch_all(
            self._db,
            "SELECT external_id, row_number FROM ids WHERE external_id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(external_ids)),),
        )
        return {row["external_id"]: row["row_number"] for row in rows}

    def add_ids(self, ids: Iterable[tuple[str, int]]) -> None:
        """Note external ids with the rows they stand in."""
        self._write("INSERT INTO ids(external_id, row_number) VALUES (?, ?)", ids)

    def add_known(self, known: Iterable[tuple[int, str]]) -> None:
        """Note inputs that the project holds already, (input hash, label or ""), before rows that have them too."""
        listed = list(known)
        self._write(
            "INSERT INTO inputs(input_hash, size, first_row, is_known, example) VALUES (?, 0, 0, 1, '')"
            " ON CONFLICT(input_hash) DO UPDATE SET is_known = 1",
            [(input_hash,) for input_hash, _ in listed],
        )
        self._write(
            "INSERT INTO labels(input_hash, label, size, first_row) VALUES (?, ?, 0, 0) ON CONFLICT DO NOTHING",
            [pair for pair in listed if pair[1]],
        )

    def add_rows(self, rows: Iterable[TalliedRow]) -> None:
        """Count rows by their inputs and labels."""
        listed = list(rows)
        self._write(
            "INSERT INTO inputs(input_hash, size, first_row, is_known, example) VALUES (?, 1, ?, 0, ?)"
            " ON CONFLICT(input_hash) DO UPDATE SET size = size + 1,"
            " first_row = CASE first_row WHEN 0 THEN excluded.first_row ELSE first_row END, example = excluded.example",
            [(row.input_hash, row.number, row.example) for row in listed],
        )
        self._write(
            "INSERT INTO labels(input_hash, label, size, first_row) VALUES (?, ?, 1, ?)"
            " ON CONFLICT DO UPDATE SET size = size + 1,"
            " first_row = CASE first_row WHEN 0 THEN excluded.first_row ELSE first_row END",
            [(row.input_hash, row.label, row.number) for row in listed if row.label],
        )

    def seen_inputs(self, input_hashes: Sequence[int]) -> set[int]:
        """Those of the given inputs that rows have had."""
        rows = fetch_all(
            self._db,
            "SELECT input_hash FROM inputs WHERE size > 0 AND input_hash IN (SELECT value FROM json_each(?))",
            (json.dumps(list(input_hashes)),),
        )
        return {row["input_hash"] for row in rows}

    def identical_groups(self, *, limit: int) -> list[dict[str, Any]]:
        """The largest groups of rows with the same inputs: ``size, first_row, is_known, example``."""
        return fetch_all(
            self._db,
            "SELECT size, first_row, is_known, example FROM inputs WHERE size + is_known > 1 AND size > 0"
            " ORDER BY size DESC, first_row LIMIT ?",
            (limit,),
        )

    def conflict_count(self) -> int:
        """How many groups of rows with the same inputs have labels that differ."""
        differing = "SELECT 1 FROM labels GROUP BY input_hash HAVING count(*) > 1 AND sum(size) > 0"
        return int(fetch_value(self._db, f"SELECT count(*) FROM ({differing})"))

    def conflicts(self, *, limit: int) -> list[dict[str, Any]]:
        """Groups whose labels differ: ``example`` and ``labels``, each with ``label, size, first_row`` (0: known)."""
        rows = fetch_all(
            self._db,
            """
            SELECT example, json_group_array(json_object('label', label, 'size', labels.size, 'first_row',
                labels.first_row)) AS labels
            FROM labels JOIN inputs USING (input_hash)
            GROUP BY input_hash HAVING count(*) > 1 AND sum(labels.size) > 0
            ORDER BY min(inputs.first_row) LIMIT ?
            """,
            (limit,),
        )
        return [{"example": row["example"], "labels": json.loads(row["labels"])} for row in rows]

    def _write(self, statement: str, values: Iterable[tuple[Any, ...]]) -> None:
        self._db.conn.executemany(statement, values)
