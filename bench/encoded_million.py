"""What the worker needs for a million items whose texts are encoded: memory, and seconds of processor time.

A training on a thousand labels that answers all items and is brought into use, then why the model answers so, and the
head of the queue after twenty decisions, in a process of its own as the worker does them. Memory is the process's own
and what it maps of files, which the system takes back when it needs it. Embeddings are made up: two directions with
noise.
"""

import json
import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from bench.big_project import AT, KINDS, build_big_project
from bench.figure import Figure
from bench.retrain_million import REVIEWER
from hitl.adapters.encoders.registry import default_encoder
from hitl.adapters.text_embeddings import TextEmbeddings
from hitl.domain.clock import utc_now
from hitl.domain.people import LOCAL_OWNER
from hitl.store.connection import open_project, open_tandem_there, write_transaction
from hitl.store.encoding import items_to_encode, note_encoded

ITEMS = 1_000_000
LABELS = 1_000
AT_ONCE = 20_000
NOISES = 4_096
LOOK_SECONDS = 0.02
MOST_MEMORY_MB = 2_500
MOST_LOOKUP_SECONDS = 2.0
MOST_SECONDS = {"the head after them": 2.0}
DECIDED = 20


def measure(folder: Path, items: int = ITEMS) -> list[Figure]:
    data_dir = folder / "data"
    project = build_big_project(data_dir, items=items, labelled=LABELS)
    keep_made_up(project)
    project.db.conn.close()
    worker, lookup = run("worker", data_dir), run("lookup", data_dir)
    size = f"{items:,} encoded items"
    return [
        Figure(f"memory of the worker, {size}", "MB", worker["peak_mb"], MOST_MEMORY_MB),
        Figure("  of that its own, without mapped files", "MB", worker["own_mb"], MOST_MEMORY_MB),
        *(
            Figure(f"  {name}: {told(stage)}", "s CPU", stage["cpu"], MOST_SECONDS.get(name, 600.0))
            for name, stage in worker["stages"].items()
        ),
        Figure(f"places of {items:,} contents among as many", "s CPU", lookup["cpu"], MOST_LOOKUP_SECONDS),
        Figure("  memory for that", "MB", lookup["own_mb"], MOST_MEMORY_MB),
    ]


def told(stage: dict[str, float]) -> str:
    return f"{stage['own_mb']:,.0f} MB its own, {stage['mapped_mb']:,.0f} mapped"


def keep_made_up(project: Any) -> None:
    """All texts have an embedding of their own that tells what kind they are of."""
    rng = np.random.default_rng(0)
    size = default_encoder().dimension
    centres, noises = rng.standard_normal((2, size)), rng.standard_normal((NOISES, size))

    def made_up(texts: list[str]) -> np.ndarray:
        counts = [[sum(word in kind for word in text.split()) for kind in KINDS] for text in texts]
        vectors = centres[np.argmax(counts, axis=1)] + sum(noises[rng.integers(NOISES, size=(2, len(texts)))])
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)

    kept, last = TextEmbeddings(project.folder, replace(default_encoder(), encode=made_up)), 0
    while rows := items_to_encode(project.db, after=last, limit=AT_ONCE):
        kept.keep([row["fields"]["text"] for row in rows])
        last = rows[-1]["id"]
    how = {"encoded_to": last, "kept_count": kept.kept_count, "texts_per_second": None, "at": AT}
    with write_transaction(project.db):
        note_encoded(project.db, default_encoder().recipe, **how)


def run(part: str, data_dir: Path) -> dict[str, Any]:
    """A part in a process of its own, with what it needs."""
    command = [sys.executable, "-m", "bench.encoded_million", part, str(data_dir)]
    one_thread = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True, env=one_thread)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def worker(data_dir: Path) -> dict[str, Any]:
    """The training job, which promotes the first version, and what the worker does between jobs."""
    from hitl.loop.jobs import JobKind, submit_job  # noqa: PLC0415
    from hitl.loop.order import order_queue  # noqa: PLC0415
    from hitl.worker.explaining import Explaining  # noqa: PLC0415
    from hitl.worker.progress import JobRun  # noqa: PLC0415
    from hitl.worker.run import work_until_ended  # noqa: PLC0415

    tandem = open_tandem_there(data_dir)
    with looking() as enter:
        enters = JobRun.enter

        def noted(run: JobRun, stage: str, **how: Any) -> None:
            enter(stage)
            enters(run, stage, **how)

        JobRun.enter = noted  # type: ignore[method-assign]
        asked = {"slug": "small", "kind": JobKind.TRAIN, "args": {}, "request_id": str(uuid.uuid4())}
        job = submit_job(tandem, **asked, actor=LOCAL_OWNER, now=utc_now())
        work_until_ended(data_dir, job_id=job.id)
        enter("explain")
        Explaining()(data_dir, tandem, utc_now())
        enter("twenty decisions")
        db = open_project(data_dir, "small")
        decide_some(db)
        enter("the head after them")
        order_queue(db, data_dir / "projects" / "small")
        return enter("")


def decide_some(db: Any) -> None:
    from hitl.loop.review import claim, decide  # noqa: PLC0415

    for lease in claim(db, actor=REVIEWER, count=DECIDED, now=utc_now()):
        said = {"item_id": lease.item_id, "class_id": 1 + lease.item_id % 2, "assignment_id": lease.id}
        decide(db, actor=REVIEWER, request_id=str(uuid.uuid4()), now=utc_now(), **said)


def lookup(data_dir: Path) -> dict[str, Any]:
    """All contents looked up at once, and the texts' hashes beforehand."""
    from hitl.adapters.kept_vectors import KeptVectors  # noqa: PLC0415
    from hitl.adapters.text_embeddings import KIND  # noqa: PLC0415

    encoder, folder = default_encoder(), data_dir / "projects" / "small"
    keys = np.fromfile(folder / "arrays" / f"{KIND}-{encoder.recipe}.keys", dtype=np.uint64).reshape(-1, 4)
    keys = keys[np.random.default_rng(0).permutation(len(keys))]
    with looking() as enter:
        enter("lookup")
        before = memory_mb()[0]
        places = KeptVectors(folder, KIND, encoder.recipe, size=encoder.dimension).places(keys)
        assert (places >= 0).all()
        found = enter("")
    return {"cpu": found["stages"]["lookup"]["cpu"], "own_mb": found["own_mb"] - before}


@contextmanager
def looking() -> Iterator[Callable[[str], dict[str, Any]]]:
    """Memory and processor seconds of this process by stage; entering one gives what was found until then."""
    stages: dict[str, dict[str, float]] = {}
    now, ended = [""], threading.Event()

    def look() -> None:
        while not ended.wait(LOOK_SECONDS):
            note()

    def note() -> None:
        own, mapped = memory_mb()
        stage = stages.setdefault(now[0], {"begun": time.process_time(), "own_mb": 0.0, "mapped_mb": 0.0})
        stage["own_mb"], stage["mapped_mb"] = max(stage["own_mb"], own), max(stage["mapped_mb"], mapped)

    def enter(name: str) -> dict[str, Any]:
        note()
        stages[now[0]]["cpu"] = time.process_time() - stages[now[0]]["begun"]
        now[0] = name
        own = max(stage["own_mb"] for stage in stages.values())
        named = {one: stage for one, stage in stages.items() if one}
        return {"stages": named, "own_mb": own, "peak_mb": status_mb()["VmHWM"]}

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield enter
    finally:
        ended.set()
        thread.join()


def memory_mb() -> tuple[float, float]:
    """What is the process's own, and what it maps of files, as of now."""
    status = status_mb()
    return status["RssAnon"], status["RssFile"]


def status_mb() -> dict[str, float]:
    lines = Path("/proc/self/status").read_text().splitlines()
    sizes = (line.split() for line in lines if line.endswith(" kB"))
    return {name.rstrip(":"): int(size) / 1_024 for name, size, _unit in sizes}


if __name__ == "__main__":
    part = {"worker": worker, "lookup": lookup}[sys.argv[1]]
    print(json.dumps(part(Path(sys.argv[2]))))
