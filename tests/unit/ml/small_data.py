"""Small labelled sets with a pattern to learn: texts, numbers, categories."""

import numpy as np
import pandas as pd

from hitl.domain.fields import Field, Role
from hitl.ml.inputs import prepare_inputs
from hitl.ml.training import TrainingResult, train_model

TOPICS = {
    1: ("card", "lost stolen blocked chip contactless pin"),
    2: ("transfer", "pending iban recipient arrived bank delayed"),
    3: ("refund", "merchant returned shop money back order"),
}
FILLERS = ["please", "help", "my", "the", "a", "is", "still", "today", "again", "why", "has", "not"]
TEXT = (Field("text", Role.TEXT),)
TABLE = (Field("size", Role.NUMBER), Field("weight", Role.NUMBER), Field("shop", Role.CATEGORY))
MIXED = (*TEXT, *TABLE)


def messages(n_items: int, *, n_classes: int = 3, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    """Short messages whose words give the topic away, most of the time."""
    rng = np.random.default_rng(seed)
    class_ids = np.arange(n_items, dtype=np.int64) % n_classes + 1
    return prepare_inputs(pd.DataFrame({"text": [_message(one, rng) for one in class_ids]}), TEXT), class_ids


def measurements(n_items: int, *, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    """Two numbers and a category, with gaps; class 2 is larger and comes from shop B more often."""
    rng = np.random.default_rng(seed)
    class_ids = np.arange(n_items, dtype=np.int64) % 2 + 1
    is_second = class_ids == 2
    sizes = rng.normal(np.where(is_second, 2.0, 0.0), 1.0)
    sizes[rng.random(n_items) < 0.1] = np.nan
    shops = np.where(rng.random(n_items) < np.where(is_second, 0.8, 0.3), "B", "A")
    rows = pd.DataFrame({"size": sizes, "weight": rng.normal(size=n_items), "shop": shops})
    return prepare_inputs(rows, TABLE), class_ids


def mixed(n_items: int, *, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    """A message beside numbers and a category."""
    texts, class_ids = messages(n_items, n_classes=2, seed=seed)
    table, _ = measurements(n_items, seed=seed)
    return pd.concat([texts, table], axis=1), class_ids


def train(inputs: pd.DataFrame, class_ids: np.ndarray, fields=TEXT, *, seed: int = 0, **options) -> TrainingResult:
    """A training without anybody watching its progress."""
    return train_model(inputs, class_ids, fields=fields, seed=seed, tick=lambda share, what: None, **options)


def _message(class_id: int, rng: np.random.Generator) -> str:
    topic, words = TOPICS[int(class_id)]
    chosen = [topic, *rng.choice(words.split(), 2)] if rng.random() < 0.9 else ["something"]
    return " ".join(rng.permutation([*chosen, *rng.choice(FILLERS, 5)]))
