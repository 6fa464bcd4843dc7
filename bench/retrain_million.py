"""What a retraining on 10,000 labels costs with a million items to answer, beside bare scikit-learn doing the same.

Tandem's part, the bare part and a reviewer who decides meanwhile are processes of their own; costs are seconds of
processor time, for other work may share the machine.
"""

import json
import os
import resource
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.big_project import answer_all, build_big_project
from bench.figure import Figure, quantile
from hitl.domain.clock import utc_now
from hitl.domain.people import LOCAL_OWNER, SYSTEM, Actor, MemberRole
from hitl.store import connection
from hitl.store.connection import open_project

ITEMS = 1_000_000
LABELS = 10_000
CHUNK = 5_000
SEARCHED = 3_000
PAUSE_SECONDS = 0.2
MOST_MEMORY_MB = 1_500
REVIEWER = Actor(id=100, name="100", role=MemberRole.REVIEWER)


def measure(folder: Path, items: int = ITEMS) -> list[Figure]:
    project = build_big_project(folder / "data", items=items, labelled=LABELS)
    answer_all(project, items)
    project.db.conn.close()
    bare = run("bare", folder / "data", folder / "bare.db")
    idle = decide_while(folder / "data", lambda: time.sleep(5))
    made: dict[str, Any] = {}
    busy = decide_while(folder / "data", lambda: made.update(run("tandem", folder / "data")))
    size = f"10,000 labels, {items:,} items"
    return [
        Figure(f"retrain and answer all: {size}", "s CPU", made["cpu"], 1.5 * bare["cpu"], bare["cpu"]),
        Figure("  of that training", "s CPU", made["train_cpu"], 600, bare["train_cpu"]),
        Figure("write lock held, retraining, p95", "ms", quantile(made["locks"], 0.95), 50),
        Figure("write lock held, retraining, longest", "ms", max(made["locks"]), 250),
        Figure("promote: all items routed by it, wall time", "s", made["route_seconds"], 300),
        Figure("write lock held, promotion, p95", "ms", quantile(made["route_locks"], 0.95), 50),
        Figure("write lock held, promotion, longest", "ms", max(made["route_locks"]), 250),
        Figure("largest write-ahead log", "MB", made["log_mb"], 200),
        Figure("memory of the process that retrains", "MB", made["memory_mb"], MOST_MEMORY_MB, bare["memory_mb"]),
        Figure("claim and decide meanwhile, p95", "ms", quantile(busy, 0.95), 250, quantile(idle, 0.95)),
        Figure("claim and decide meanwhile, slowest", "ms", max(busy), 2_000, max(idle)),
    ]


def run(part: str, *arguments: Path) -> dict[str, Any]:
    """A part in a process of its own, with what it costs."""
    command = [sys.executable, "-m", "bench.retrain_million", part, *map(str, arguments)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def decide_while(data_dir: Path, work: Callable[[], object]) -> list[float]:
    """Milliseconds of each decision of one reviewer, another process, while the work goes on."""
    command = [sys.executable, "-m", "bench.retrain_million", "review", str(data_dir)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reviewer:
        work()
        told, _ = reviewer.communicate("enough\n")
    return list(json.loads(told))


def review(data_dir: Path) -> list[float]:
    """Claim and decide with short pauses until somebody says that it is enough."""
    from select import select  # noqa: PLC0415

    from hitl.loop.review import claim, decide  # noqa: PLC0415

    db, taken = open_project(data_dir, "small"), []
    while not select([sys.stdin], [], [], PAUSE_SECONDS)[0]:
        begun = time.perf_counter()
        lease = claim(db, actor=REVIEWER, count=1, now=utc_now())[0]
        values = {"request_id": str(uuid.uuid4()), "item_id": lease.item_id, "class_id": 1, "assignment_id": lease.id}
        decide(db, actor=REVIEWER, now=utc_now(), **values)
        taken.append((time.perf_counter() - begun) * 1_000)
    return taken


def tandem(data_dir: Path) -> dict[str, Any]:
    """A job's stages one after the other: snapshot, train, answer all, measure; then the promotion."""
    from hitl.loop.evaluate import evaluate_version  # noqa: PLC0415
    from hitl.loop.predict import predict_version  # noqa: PLC0415
    from hitl.loop.promote import promote  # noqa: PLC0415
    from hitl.loop.train import take_snapshot, train_version  # noqa: PLC0415

    db, folder = open_project(data_dir, "small"), data_dir / "projects" / "small"
    log, largest = folder / "project.db-wal", [0]
    locks = watch_locks(lambda: largest.append(log.stat().st_size))
    begun = time.process_time()
    common = {"actor": LOCAL_OWNER, "now": utc_now()}
    snapshot = take_snapshot(db, request_id="s", **common)
    version_id = train_version(db, folder, snapshot_id=snapshot.id, seed=0, request_id="t", **common)
    trained = time.process_time()
    predict_version(db, folder, version_id=version_id, now=utc_now())
    evaluate_version(db, version_id=version_id, actor=SYSTEM, now=utc_now())
    answered, held = time.process_time(), list(locks)
    locks.clear()
    moment = time.perf_counter()
    promote(db, version_id=version_id, reason="measured", request_id="p", **common)
    return {
        "cpu": answered - begun,
        "train_cpu": trained - begun,
        "locks": held,
        "route_seconds": time.perf_counter() - moment,
        "route_locks": list(locks),
        "log_mb": max(largest) / 1e6,
        "memory_mb": memory_mb(),
    }


def watch_locks(after: Callable[[], object]) -> list[float]:
    """Milliseconds for which each transaction from now on holds the write lock, commit included."""
    real, held = connection.write_transaction, []

    @contextmanager
    def watched(db: Any) -> Iterator[Any]:
        if db.conn.in_transaction:
            yield db
            return
        with real(db):
            begun = time.perf_counter()
            yield db
        held.append((time.perf_counter() - begun) * 1_000)
        after()

    for name, module in list(sys.modules.items()):
        if name.startswith("hitl.") and getattr(module, "write_transaction", None) is real:
            module.write_transaction = watched  # type: ignore[attr-defined]
    return held


def bare(data_dir: Path, target: Path) -> dict[str, Any]:
    """The same candidates, folds, last fit and answers with scikit-learn alone, and their plain insertion."""
    import numpy as np  # noqa: PLC0415
    from sklearn.model_selection import GridSearchCV, KFold, cross_val_predict  # noqa: PLC0415

    from hitl.domain.fields import Field, Role  # noqa: PLC0415
    from hitl.ml.estimators.text_linear import build, candidates  # noqa: PLC0415

    source = sqlite3.connect(data_dir / "projects" / "small" / "project.db")
    labelled = "SELECT json_extract(fields, '$.text'), imported_class_id FROM items WHERE imported_class_id IS NOT NULL"
    texts, labels = zip(*source.execute(labelled), strict=True)
    rows, y = frame(texts), np.array(labels)
    begun = time.process_time()
    fields, tried = (Field("text", Role.TEXT),), candidates(len(y), 2)
    folds = KFold(5, shuffle=True, random_state=0)
    grid = {f"classifier__{name}": sorted({one[name] for one in tried}, key=str) for name in ("C", "class_weight")}
    search = GridSearchCV(build(fields, tried[0], 0), grid, cv=folds, refit=False)
    search.fit(rows[:SEARCHED], y[:SEARCHED])
    model = build(fields, tried[0], 0).set_params(**search.best_params_)
    cross_val_predict(model, rows, y, cv=folds, method="decision_function")
    model.fit(rows, y)
    trained = time.process_time()
    answer_plainly(source, target, model)
    return {"cpu": time.process_time() - begun, "train_cpu": trained - begun, "memory_mb": memory_mb()}


def answer_plainly(source: sqlite3.Connection, target: Path, model: Any) -> None:
    answers = sqlite3.connect(target)
    answers.execute("CREATE TABLE answers(item_id INTEGER PRIMARY KEY, class_id INTEGER, score REAL) STRICT")
    items = source.execute("SELECT id, json_extract(fields, '$.text') FROM items ORDER BY id")
    while chunk := items.fetchmany(CHUNK):
        scores = model.decision_function(frame([text for _, text in chunk]))
        classes = model.classes_[(scores > 0).astype(int)]
        ids = [item_id for item_id, _ in chunk]
        answers.executemany(
            "INSERT INTO answers VALUES (?, ?, ?)", zip(ids, classes.tolist(), scores.tolist(), strict=True)
        )
        answers.commit()


def frame(texts: Any) -> Any:
    import pandas as pd  # noqa: PLC0415

    return pd.DataFrame({"text": list(texts)})


def memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024


if __name__ == "__main__":
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
    part = {"bare": bare, "tandem": tandem, "review": review}[sys.argv[1]]
    print(json.dumps(part(*map(Path, sys.argv[2:]))))
