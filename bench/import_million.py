"""A CSV file of a million short texts imported as a user does it, beside sqlite-utils putting it into a plain table.

Times are CPU seconds of the whole process, start included; both read the same file and run one after the other.
"""

import csv
import itertools
import os
import random
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from bench.figure import Figure, quantile
from hitl.domain.clock import utc_now
from hitl.domain.people import LOCAL_OWNER
from hitl.domain.rows import Row
from hitl.loop.ingest import publish_import, stage_rows
from hitl.loop.promote import promote
from hitl.store.connection import fetch_value, open_project, write_transaction
from hitl.store.search import matching_item_ids
from hitl.store.versions import add_predictions, add_snapshot, add_version

ITEMS = 1_000_000
MORE_ROWS = 100
LABELS = ("refund", "delivery", "account", "other")
REGIONS = ("north", "south", "east", "west", "overseas")
WORD_COUNT = 30_000
PROBE_SECONDS = 0.02
AT = "2026-01-05T09:00:00.000000Z"
CREATE = ("-m", "hitl", "create", "Rows", "--id", "id", "--text", "text", "--label", "label", "--slice", "region")


@dataclass(frozen=True)
class Run:
    """What a process took: CPU seconds of user and system, and its largest resident size in bytes."""

    seconds: float
    resident_bytes: int


def measure(folder: Path, items: int = ITEMS) -> list[Figure]:
    path, tenth = folder / "rows.csv", folder / "tenth.csv"
    words = make_words()
    write_rows(path, words, items)
    write_rows(tenth, words, items // 10)
    floor = run(sqlite_utils_command(), "insert", folder / "floor.db", "rows", path, "--csv")
    small = run(sys.executable, *CREATE, "--file", tenth, data=folder / "small")
    with waits_of_others(folder / "data" / "projects" / "rows" / "project.db") as waits:
        taken = run(sys.executable, *CREATE, "--file", path, data=folder / "data")
    db = open_project(folder / "data", "rows")
    bare = bytes_an_item(db, items)
    text = path.stat().st_size / items
    more = import_more(db)
    searches = {typed: search_ms(db, typed) for typed in (words[0], f"{words[900]} {words[40]}", words[2_000][:3])}
    give_champion(db)
    answered = bytes_an_item(db, items + MORE_ROWS)
    bound = 1.6 * text + 300
    size = f"{items:,} rows of {text:.0f} bytes"
    return [
        Figure(f"import of {size}, CPU", "s", taken.seconds, 3 * floor.seconds, floor.seconds),
        Figure("memory of the importing process", "MB", taken.resident_bytes / 1e6, 500, floor.resident_bytes / 1e6),
        Figure("memory for a tenth of the file", "MB", small.resident_bytes / 1e6, 500),
        Figure("database after the import, an item", "bytes", bare, bound, text),
        Figure("database with a version in use that answers every item, an item", "bytes", answered, bound, text),
        Figure("another writer waits meanwhile, p95", "ms", quantile(waits, 0.95), 300),
        Figure("another writer waits meanwhile, longest: publishing", "ms", max(waits), 10_000),
        Figure(f"{MORE_ROWS} more rows into it", "ms", more, 500),
        *(Figure(f"search for '{typed}', {count:,} found", "ms", ms, 600) for typed, (count, ms) in searches.items()),
    ]


def make_words() -> list[str]:
    """A vocabulary that never changes, the most frequent words first and short."""
    draw = random.Random(0)
    words: dict[str, None] = {}
    while len(words) < WORD_COUNT:
        syllables = 1 + min(int(draw.expovariate(0.9)), 4) + (len(words) > 200)
        word = "".join(draw.choice("bcdfghklmnprstvw") + draw.choice("aeiou") for _ in range(syllables))
        words[word + draw.choice(["", "", "n", "s", "t"])] = None
    return list(words)


def write_rows(path: Path, words: Sequence[str], count: int) -> None:
    """Texts of about 90 characters with Zipf's frequencies; every twentieth row has a label."""
    draw = random.Random(1)
    weights = list(itertools.accumulate(1 / (rank + 2.7) for rank in range(len(words))))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "text", "label", "region"])
        for number in range(count):
            text = " ".join(draw.choices(words, cum_weights=weights, k=draw.randint(9, 23)))
            label = draw.choice(LABELS) if number % 20 == 0 else ""
            writer.writerow([f"ticket-{number + 1}", text, label, draw.choice(REGIONS)])


def sqlite_utils_command() -> str:
    return str(Path(sys.executable).with_name("sqlite-utils"))


def run(*command: object, data: Path | None = None) -> Run:
    """A command to its end, which must be a good one."""
    env = {**os.environ, **({"TANDEM_DATA": str(data), "TANDEM_SAMPLES": "no"} if data else {})}
    process = subprocess.Popen([str(part) for part in command], env=env, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command} ended with {process.returncode}.")
    return Run(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


@contextmanager
def waits_of_others(database: Path) -> Iterator[list[float]]:
    """How long, in ms, somebody else waits for the turn to write, again and again while the block runs."""
    waits: list[float] = []
    ended = threading.Event()

    def probe() -> None:
        while not database.exists():
            if ended.wait(PROBE_SECONDS):
                return
        with closing(sqlite3.connect(database, timeout=60, isolation_level=None)) as conn:
            while not ended.wait(PROBE_SECONDS):
                begun = time.perf_counter()
                conn.execute("BEGIN IMMEDIATE")
                waits.append(1_000 * (time.perf_counter() - begun))
                conn.execute("ROLLBACK")

    thread = threading.Thread(target=probe)
    thread.start()
    try:
        yield waits
    finally:
        ended.set()
        thread.join()


def bytes_an_item(db: Database, items: int) -> float:
    """Of the database file, when its log is written into it."""
    db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return float(fetch_value(db, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")) / items


def import_more(db: Database) -> float:
    """Milliseconds to stage and publish a few more rows."""
    values = [
        Row(number, {"id": f"more-{number}", "text": f"one more {number}", "label": "refund", "region": "north"})
        for number in range(2, MORE_ROWS + 2)
    ]
    common = {"actor": LOCAL_OWNER, "now": utc_now()}
    begun = time.perf_counter()
    import_id = stage_rows(db, rows=values, file_name="m.csv", file_sha256="0" * 64, request_id="more", **common)
    publish_import(db, import_id=import_id, **common)
    return 1_000 * (time.perf_counter() - begun)


def search_ms(db: Database, typed: str) -> tuple[int, float]:
    """How many items a search finds, and the milliseconds that it takes."""
    begun = time.perf_counter()
    found = matching_item_ids(db, typed)
    return len(found), 1_000 * (time.perf_counter() - begun)


def give_champion(db: Database) -> None:
    """A version in use that answers every item, as sure as chance makes it: some accepted, the rest queued."""
    draw = random.Random(2)
    last_id = int(fetch_value(db, "SELECT max(item_id) FROM item_state"))
    with write_transaction(db):
        snapshot_id = add_snapshot(db, watermark=0, rules={}, class_counts={1: 1}, digest="0", actor_id=1, at=AT)
        version_id = add_version(
            db,
            kind="trained",
            name="Given",
            snapshot_id=snapshot_id,
            estimator="given",
            parameters={},
            seed=0,
            libraries={},
            artifact_sha256="0" * 64,
            request_id="given",
            actor_id=LOCAL_OWNER.id,
            at=AT,
        )
        add_predictions(db, version_id, given_answers(draw, last_id))
    promote(db, version_id=version_id, reason="bench", request_id="bench", actor=LOCAL_OWNER, now=utc_now())


def given_answers(draw: random.Random, last_id: int) -> Iterator[tuple[object, ...]]:
    for item_id in range(1, last_id + 1):
        sure = draw.random()
        yield (
            item_id,
            1 + item_id % 4,
            sure,
            1 + (item_id + 1) % 4,
            (1 - sure) * draw.random(),
            draw.random(),
            sure,
            sure,
        )
