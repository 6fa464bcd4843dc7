"""The narrowest margin first, with every tenth place given to a random item.

Margin alone keeps asking near the borders it knows; the random places let it see regions it is wrongly sure about.
"""

import numpy as np

from hitl.ml.strategies.contract import FloatArray
from hitl.ml.strategies.margin import margin_priority

RANDOM_EVERY = 10


def mixed_priority(proba: FloatArray, novelty: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Place of each item, shape (n_items,), a permutation of 0 … n_items − 1.

    Examples
    --------
    >>> proba = np.column_stack([np.linspace(0.5, 1.0, 20), np.linspace(0.5, 0.0, 20)])
    >>> places = mixed_priority(proba, np.zeros(20), np.random.default_rng(0))
    >>> sorted(places.tolist()) == list(range(20)), int(places[0])
    (True, 0)
    """
    n_items = len(proba)
    random_places = np.arange(RANDOM_EVERY - 1, n_items, RANDOM_EVERY)
    random_items = rng.choice(n_items, size=len(random_places), replace=False)
    by_margin = np.argsort(margin_priority(proba, novelty, rng), kind="stable")
    order = np.empty(n_items, dtype=np.int64)
    order[random_places] = random_items
    order[np.setdiff1d(np.arange(n_items), random_places)] = by_margin[~np.isin(by_margin, random_items)]
    places = np.empty(n_items)
    places[order] = np.arange(n_items)
    return places
