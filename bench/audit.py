"""What the audit log costs a decision, and how fast a log is verified; in processor time and bytes."""

import statistics
import time
from pathlib import Path

from bench.figure import Figure
from hitl.domain.clock import utc_now
from hitl.domain.people import LOCAL_OWNER
from hitl.loop import review
from hitl.store.audit import append_decision
from hitl.store.audit_check import check_log
from hitl.store.connection import fetch_all, fetch_value, open_project, write_transaction
from tests.small_project import SmallProject

DECISIONS = 4_000
ROWS = 200_000
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
    return [
        Figure("decide, its row in the log included, median", "ms", with_log, without_log + 0.2, without_log),
        Figure("bytes that a decision adds to the log", "bytes", row_bytes, 230),
        Figure("rows of decisions verified with their seals", "rows/s", row_count / seconds, 50_000),
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
