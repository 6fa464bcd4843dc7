"""How long a decision takes until it is safe on disk: one reviewer and 30 at once, by the verbs and over HTTP."""

import http.client
import os
import sqlite3
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.figure import Figure, quantile
from hitl.domain.clock import utc_now
from hitl.domain.people import Actor, MemberRole
from hitl.loop.review import claim, decide
from hitl.store.connection import open_project
from tests.faults.test_many_reviewers import DESK, label, post, wait_until_listening
from tests.server import ROOT, free_port
from tests.small_project import SmallProject

ITEMS = 10_000
REVIEWERS = 30
DECISIONS = 600
HELD = 3
NAMES = {"verbs": "claim and decide", "http": "review route"}
WORST_MS = {
    "verbs": {1: (10, 40), REVIEWERS: (300, 800)},
    "http": {1: (40, 100), REVIEWERS: (700, 1_500)},
}


def measure(folder: Path) -> list[Figure]:
    floor = [seconds * 1_000 for seconds in commit_rows(folder)]
    floors = (quantile(floor, 0.5), quantile(floor, 0.95))
    SmallProject(folder / "data", rows=ITEMS, labelled=0).db.conn.close()
    figures = []
    for crowd in (1, REVIEWERS):
        figures += describe("verbs", by_verbs(folder / "data", crowd), crowd, floors)
        figures += describe("http", over_http(folder / "data", crowd), crowd, floors)
    return figures


def describe(way: str, seconds: list[float], crowd: int, floors: tuple[float, float]) -> list[Figure]:
    who = "1 reviewer" if crowd == 1 else f"{crowd} reviewers at once"
    return [
        Figure(f"{NAMES[way]}, {who}, p{share * 100:.0f}", "ms", quantile(seconds, share) * 1_000, bound, floor)
        for share, bound, floor in zip((0.5, 0.95), WORST_MS[way][crowd], floors, strict=True)
    ]


def commit_rows(folder: Path) -> list[float]:
    """One row a transaction in plain SQLite, synced as facts are."""
    conn = sqlite3.connect(folder / "floor.db", isolation_level=None)
    conn.execute("PRAGMA journal_mode=WAL")
    conn.execute("PRAGMA synchronous=FULL")
    conn.execute("CREATE TABLE decisions(id INTEGER PRIMARY KEY, class_id INTEGER) STRICT")
    taken = []
    for _ in range(DECISIONS):
        begun = time.perf_counter()
        conn.execute("INSERT INTO decisions(class_id) VALUES (1)")
        taken.append(time.perf_counter() - begun)
    conn.close()
    return taken


def share_out(crowd: int, work: Callable[[int, int], list[float]]) -> list[float]:
    """Each reviewer's part of the decisions, all begun together."""
    start = threading.Barrier(crowd)

    def begin(number: int) -> list[float]:
        start.wait()
        return work(number, DECISIONS // crowd)

    with ThreadPoolExecutor(crowd) as pool:
        return [seconds for part in pool.map(begin, range(100, 100 + crowd)) for seconds in part]


def by_verbs(data_dir: Path, crowd: int) -> list[float]:
    def work(number: int, count: int) -> list[float]:
        actor = Actor(id=number, name=str(number), role=MemberRole.REVIEWER)
        db = open_project(data_dir, "small")
        taken = []
        for _ in range(count):
            begun = time.perf_counter()
            lease = claim(db, actor=actor, count=HELD, now=utc_now())[0]
            request_id = str(uuid.uuid4())
            answer = decide(
                db,
                actor=actor,
                request_id=request_id,
                item_id=lease.item_id,
                class_id=1,
                assignment_id=lease.id,
                now=utc_now(),
            )
            taken.append(time.perf_counter() - begun)
            if answer.outcome != "committed":
                raise SystemExit(answer.message)
        db.conn.close()
        return taken

    return share_out(crowd, work)


def over_http(data_dir: Path, crowd: int) -> list[float]:
    port = free_port()
    environ = {**os.environ, "TANDEM_DATA": str(data_dir), "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen([sys.executable, str(DESK), str(port)], env=environ)

    def work(number: int, count: int) -> list[float]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        held = post(connection, number, {"want": HELD})["deck"]
        taken = []
        for _ in range(count):
            body = {"ops": [label(held.pop(0))], "want": HELD, "holding": [card["assignment_id"] for card in held]}
            begun = time.perf_counter()
            reply = post(connection, number, body)
            taken.append(time.perf_counter() - begun)
            held += reply["deck"]
        connection.close()
        return taken

    try:
        wait_until_listening(port, process)
        return share_out(crowd, work)
    finally:
        process.kill()
        process.wait()
