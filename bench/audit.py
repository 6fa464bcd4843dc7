"""What the audit log costs a decision, how fast it is verified, a page of a million rows; processor time and bytes."""

import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.figure import Figure
from hitl.domain.clock import utc_now, utc_text
from hitl.domain.people import LOCAL_OWNER
from hitl.loop import review
from hitl.store.audit import append_decision
from hitl.store.audit_check import check_log
from hitl.store.audit_reads import LogFilter, list_rows
from hitl.store.connection import fetch_all, fetch_value, open_project, write_transaction
from hitl.views.audit_words import acts_of
from tests.small_project import SmallProject

DECISIONS = 4_000
ROWS = 200_000
LARGE_ROWS = 1_000_000
PAGE_ROWS = 50
PERSONS, RARE = 30, 999
_APPEND = append_decision


def measure(folder: Path) -> list[Figure]:
    SmallProject(folder / "data", rows=DECISIONS, labelled=0).db.conn.close()
    db = open_project(folder / "data", "small")
    with_log, without_log = decide_by_turns(db)
    row_bytes = fetch_value(
        db, "SELECT sum(pgsize) * 1.0 / (SELECT count(*) FROM audit_log) FROM dbstat WHERE name = 'audit_log'"
    )
    seconds, row_count = verify(db)
    db.conn.close()
    of_person, of_any = read_pages(folder / "large")
    return [
        Figure("decide, its row in the log included, median", "ms", with_log, without_log + 0.2, without_log),
        Figure("bytes that a decision adds to the log", "bytes", row_bytes, 230),
        Figure("rows of decisions verified with their seals", "rows/s", row_count / seconds, 50_000),
        Figure("page of a log of 1,000,000 rows: one person's, the slowest", "ms", of_person, 20),
        Figure("page of a log of 1,000,000 rows: by topic, subject or days, the slowest", "ms", of_any, 500),
    ]


def decide_by_turns(db) -> tuple[float, float]:
    """Median processor milliseconds of a decision with its row, and without; by turns, so that both meet the same."""
    taken: dict[bool, list[int]] = {True: [], False: []}
    for item_id in range(1, DECISIONS + 1):
        is_logged = item_id % 2 == 1
        review.append_decision = _APPEND if is_logged else leave_out
        begun = time.process_time_ns()
        review.decide(db, actor=LOCAL_OWNER, request_id=f"bench-{item_id}", item_id=item_id, class_id=1, now=utc_now())
        taken[is_logged].append(time.process_time_ns() - begun)
    review.append_decision = _APPEND
    return statistics.median(taken[True]) / 1e6, statistics.median(taken[False]) / 1e6


def leave_out(*_arguments, **_options) -> int:
    return 0


def verify(db) -> tuple[float, int]:
    """Processor seconds for a log of 200,000 rows, and how many they are."""
    event_ids = [row["id"] for row in fetch_all(db, "SELECT id FROM events WHERE source = 'reviewer'")]
    with write_transaction(db):
        for number in range(ROWS):
            append_decision(db, LOCAL_OWNER, "decide", event_id=event_ids[number % len(event_ids)], now=utc_now())
    begun = time.process_time()
    checked = check_log(db)
    seconds = time.process_time() - begun
    if checked.findings:
        raise SystemExit(checked.findings[0])
    return seconds, checked.row_count


def read_pages(data_dir: Path) -> tuple[float, float]:
    """Processor milliseconds of the slowest page that is chosen by a person, and by anything else."""
    db = SmallProject(data_dir, rows=1, labelled=0).db
    with write_transaction(db):
        db.conn.executemany("INSERT INTO audit_log VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", large_rows(db))
    persons = [LogFilter(actor_id=one) for one in (100, RARE, 12_345)]
    others = [LogFilter(), LogFilter(acts=acts_of("people")), LogFilter(subject="item:0")]
    others += [LogFilter(since="2024-02-01", until="2024-02-02"), LogFilter(since="2025-02-01", until="2025-02-02")]
    slowest = [max(page_ms(db, one) for one in chosen) for chosen in (persons, others)]
    db.conn.close()
    return slowest[0], slowest[1]


def large_rows(db) -> Iterator[tuple[object, ...]]:
    """Rows of a year and a half, chained as far as the table looks; the hashes are none."""
    first, before = db.conn.execute("SELECT id, hash FROM audit_log ORDER BY id DESC LIMIT 1").fetchone()
    begin = datetime(2025, 1, 1, tzinfo=UTC)
    for number in range(first + 1, first + 1 + LARGE_ROWS):
        actor = RARE if number % 50_000 == 0 else 100 + number % PERSONS
        act = "promote" if number % 5_000 == 0 else "decide"
        details = f'{{"event":{number},"seal":"{"x" * 43}"}}'
        at, own = utc_text(begin + timedelta(seconds=45 * number)), number.to_bytes(32, "big")
        yield number, at, actor, "api", act, f"item:{1 + number * 7919 % 300_000}", details, before, own
        before = own


def page_ms(db, chosen: LogFilter) -> float:
    """The least of three."""
    taken = []
    for _unused in range(3):
        begun = time.process_time_ns()
        list_rows(db, chosen, count=PAGE_ROWS)
        taken.append(time.process_time_ns() - begun)
    return min(taken) / 1e6
