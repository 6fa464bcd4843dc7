"""The narrowest margin first, with a tenth of the places given to random items.

Margin alone keeps asking near the borders it knows; the random items let it see regions it is wrongly sure about.
"""

import numpy as np

from hitl.ml.strategies.contract import FloatArray
from hitl.ml.strategies.margin import margin_priority

RANDOM_EVERY = 10


def mixed_priority(proba: FloatArray, novelty: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Margin of each item, shape (n_items,), [0, 1]; a random tenth gets margins spread over those of all.

    So a tenth of any first part of the queue is random. Priorities stay margins, not places: items are predicted in
    chunks, and the places of a small chunk would push its surest items before the doubtful ones of a large one.

    Examples
    --------
    >>> proba = np.column_stack([np.linspace(0.5, 1.0, 20), np.linspace(0.5, 0.0, 20)])
    >>> priority = mixed_priority(proba, np.zeros(20), np.random.default_rng(0))
    >>> int((priority != margin_priority(proba, np.zeros(20), np.random.default_rng(0))).sum())
    2
    """
    priority = margin_priority(proba, novelty, rng)
    count = len(priority) // RANDOM_EVERY
    if count:
        random_items = rng.choice(len(priority), size=count, replace=False)
        priority[random_items] = np.quantile(priority, (np.arange(count) + 0.5) / count)
    return priority
