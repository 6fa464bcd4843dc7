"""How long a back-up takes beside copying the file, and how long a decision takes meanwhile, at a million items."""

import json
import os
import shutil
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.big_project import answer_all, build_big_project
from bench.figure import Figure, quantile
from hitl.domain.clock import utc_now
from hitl.domain.people import LOCAL_OWNER, Actor, MemberRole
from hitl.loop.backups import Check, back_up
from hitl.loop.review import claim, decide
from hitl.store.connection import open_project
from hitl.store.copies import copy_database

ITEMS = 1_000_000
ROUNDS = 5
REVIEWER = Actor(id=100, name="100", role=MemberRole.REVIEWER)


def measure(folder: Path, items: int = ITEMS) -> list[Figure]:
    project = build_big_project(folder / "data", items=items, labelled=0)
    answer_all(project, items)
    project.db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    project.db.conn.close()
    database = project.folder / "project.db"
    floor, copied, quick = medians(
        [
            lambda target: copy_plainly(database, target),
            lambda target: copy_database(database, target),
            lambda target: save(folder / "data", target, Check.QUICK),
        ],
        folder,
    )
    thorough = timed(lambda target: save(folder / "data", target, Check.THOROUGH), folder)
    idle = decide_while(folder / "data", lambda: time.sleep(2))
    busy = decide_while(folder / "data", lambda: save_again_and_again(folder))
    size = f"{items:,} items, {database.stat().st_size / 1e6:.0f} MB"
    return [
        Figure(f"back-up, every byte read back, {size}", "s", quick, 2 * floor, floor),
        Figure("back-up, --thorough: every page and index too", "s", thorough, 60.0, floor),
        Figure("SQLite's own copy of the database, not synced, in no file", "s", copied, 60.0, floor),
        Figure("claim and decide during back-ups, p95", "ms", quantile(busy, 0.95), 300, quantile(idle, 0.95)),
        Figure("claim and decide during back-ups, slowest", "ms", max(busy), 1_000, max(idle)),
    ]


def medians(works: Sequence[Callable[[Path], None]], folder: Path) -> list[float]:
    """Seconds of the middle one of some rounds of each work; they take turns, so that all meet the same neighbours."""
    rounds = [[timed(work, folder) for work in works] for _ in range(ROUNDS)]
    return [quantile(taken, 0.5) for taken in zip(*rounds, strict=True)]


def timed(work: Callable[[Path], None], folder: Path) -> float:
    """Seconds of one run to a fresh target."""
    target = folder / f"target-{uuid.uuid4().hex}"
    begun = time.perf_counter()
    work(target)
    seconds = time.perf_counter() - begun
    shutil.rmtree(target) if target.is_dir() else target.unlink()
    return seconds


def copy_plainly(source: Path, target: Path) -> None:
    """What ``cp`` and ``sync`` do."""
    shutil.copyfile(source, target)
    descriptor = os.open(target, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def save(data_dir: Path, target: Path, check: Check) -> None:
    back_up(data_dir, to=target, check=check, actor=LOCAL_OWNER, now=utc_now())


def save_again_and_again(folder: Path) -> None:
    for check in (*[Check.QUICK] * ROUNDS, Check.THOROUGH):
        timed(lambda target, check=check: save(folder / "data", target, check), folder)


def decide_while(data_dir: Path, work) -> list[float]:
    """Milliseconds of each decision that one reviewer, who never pauses, makes while the work goes on."""
    done, taken = threading.Event(), []

    def review() -> None:
        db = open_project(data_dir, "small")
        while not done.is_set():
            begun = time.perf_counter()
            lease = claim(db, actor=REVIEWER, count=1, now=utc_now())[0]
            answer = decide(
                db,
                actor=REVIEWER,
                request_id=str(uuid.uuid4()),
                item_id=lease.item_id,
                class_id=1,
                assignment_id=lease.id,
                now=utc_now(),
            )
            taken.append((time.perf_counter() - begun) * 1_000)
            if answer.outcome != "committed":
                raise SystemExit(json.dumps(answer.message))
        db.conn.close()

    thread = threading.Thread(target=review)
    thread.start()
    try:
        work()
    finally:
        done.set()
        thread.join()
    return taken
