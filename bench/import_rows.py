"""How fast a CSV file becomes items: 100,000 rows staged and published, against SQLite taking the same cells."""

import csv
import json
import random
import sqlite3
import time
from pathlib import Path

from bench.figure import Figure
from hitl.adapters.readers import open_table
from hitl.domain.clock import utc_now
from hitl.domain.fields import Field, Role
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.ingest import publish_import, stage_rows
from hitl.loop.projects import create_project
from hitl.store.connection import open_project

ROWS = 100_000
LEAST_ROWS_PER_SECOND = 3_000
WORDS = [f"{first}{second}" for first in ("re", "pay", "ship", "gar", "lo", "ta") for second in ("fund", "ment", "den")]
FIELDS = (Field("id", Role.ID), Field("text", Role.TEXT), Field("label", Role.LABEL))


def measure(folder: Path) -> list[Figure]:
    path = folder / "rows.csv"
    write_rows(path)
    seconds = import_by_tandem(path, folder)
    floor = insert_by_sqlite(path, folder)
    return [Figure("import a CSV file", "rows/s", ROWS / seconds, LEAST_ROWS_PER_SECOND, ROWS / floor)]


def write_rows(path: Path) -> None:
    draw = random.Random(0)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "text", "label"])
        for number in range(ROWS):
            text = " ".join(draw.choices(WORDS, k=12))
            writer.writerow([f"row-{number}", f"{text} {number}", draw.choice(["yes", "no", ""])])


def import_by_tandem(path: Path, folder: Path) -> float:
    now = utc_now()
    create_project(
        folder, slug="rows", name="Rows", fields=FIELDS, class_names=["yes", "no"], actor=LOCAL_OWNER, now=now
    )
    db = open_project(folder, "rows")
    begun = time.perf_counter()
    with open_table(path) as file:
        import_id = stage_rows(
            db,
            rows=file.records,
            file_name=path.name,
            file_sha256="0" * 64,
            request_id="rows",
            actor=LOCAL_OWNER,
            now=now,
        )
    summary = publish_import(db, import_id=import_id, actor=LOCAL_OWNER, now=now)
    seconds = time.perf_counter() - begun
    db.conn.close()
    if summary.new != ROWS:
        raise SystemExit(f"{summary.new:,} of {ROWS:,} rows arrived.")
    return seconds


def insert_by_sqlite(path: Path, folder: Path) -> float:
    conn = sqlite3.connect(folder / "floor.db", isolation_level=None)
    conn.execute("PRAGMA journal_mode=WAL")
    conn.execute("CREATE TABLE items(id INTEGER PRIMARY KEY, external_id TEXT UNIQUE, fields TEXT) STRICT")
    begun = time.perf_counter()
    with path.open(encoding="utf-8", newline="") as file:
        conn.execute("BEGIN IMMEDIATE")
        conn.executemany(
            "INSERT INTO items(external_id, fields) VALUES (?, ?)",
            ((row["id"], json.dumps({"text": row["text"]})) for row in csv.DictReader(file)),
        )
        conn.execute("COMMIT")
    seconds = time.perf_counter() - begun
    conn.close()
    return seconds
