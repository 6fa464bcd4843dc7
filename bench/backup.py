"""How long a back-up takes beside copying the file, and how long a decision takes meanwhile, at 100,000 items."""

import json
import os
import shutil
import threading
import time
import uuid
from pathlib import Path

from bench.figure import Figure, quantile
from hitl.adapters.archives import write_archive
from hitl.domain.clock import utc_now
from hitl.domain.people import LOCAL_OWNER, Actor, MemberRole
from hitl.loop.backups import back_up
from hitl.loop.review import claim, decide
from hitl.store.connection import open_project
from hitl.store.copies import copy_database
from tests.small_project import SmallProject

ITEMS = 100_000
ROUNDS = 5
WORDS = (
    "parcel",
    "late",
    "nobody",
    "answered",
    "letter",
    "broken",
    "garden",
    "chair",
    "box",
    "refund",
    "invoice",
    "weight",
)
REVIEWER = Actor(id=100, name="100", role=MemberRole.REVIEWER)


def measure(folder: Path) -> list[Figure]:
    build(folder / "data")
    database = folder / "data" / "projects" / "small" / "project.db"
    floor = median(lambda target: copy_plainly(database, target), folder)
    copied = median(lambda target: copy_database(database, target), folder)
    filed = median(lambda target: write_file(database, target), folder)
    whole = median(lambda target: save(folder / "data", target), folder)
    idle = decide_while(folder / "data", lambda: time.sleep(2))
    busy = decide_while(folder / "data", lambda: save(folder / "data", folder / "busy"))
    size = f"{database.stat().st_size / 1e6:.0f} MB"
    return [
        Figure(f"back-up: database copied while in use, {size}", "s", copied, 1.0, floor),
        Figure("back-up: written to its one file, hashed, synced", "s", filed, 2.0, floor),
        Figure("back-up: whole, read back and every page checked", "s", whole, 6.0, floor),
        Figure("claim and decide during a back-up, p95", "ms", quantile(busy, 0.95), 300, quantile(idle, 0.95)),
    ]


def build(data_dir: Path) -> None:
    project = SmallProject(data_dir, rows=0)
    texts = (f"{' '.join(WORDS[(n * step) % len(WORDS)] for step in range(1, 15))} {n}" for n in range(ITEMS))
    project.add_rows([(f"t{n}", text, "") for n, text in enumerate(texts)])
    project.answer_with({item: (1 + item % 2, 0.5 + item % 50 / 100) for item in range(1, ITEMS + 1)})
    project.db.conn.close()


def median(work, folder: Path) -> float:
    """Seconds of the middle one of some rounds, each to a fresh target."""
    taken = []
    for _ in range(ROUNDS):
        target = folder / f"target-{uuid.uuid4().hex}"
        begun = time.perf_counter()
        work(target)
        taken.append(time.perf_counter() - begun)
        shutil.rmtree(target) if target.is_dir() else target.unlink()
    return quantile(taken, 0.5)


def copy_plainly(source: Path, target: Path) -> None:
    """What ``cp`` and ``sync`` do."""
    shutil.copyfile(source, target)
    descriptor = os.open(target, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def write_file(database: Path, target: Path) -> None:
    """The database copied and in its file, before that is read back."""
    target.mkdir()
    copy_database(database, target / "copy")
    write_archive(target / "file", {"project.db": target / "copy"}, kind="bench", made_at="", about={})


def save(data_dir: Path, target: Path) -> None:
    back_up(data_dir, to=target, actor=LOCAL_OWNER, now=utc_now())


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
