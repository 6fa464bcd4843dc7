"""The default: typical items while classes are still being found, then doubtful ones that differ, and a few new ones.

In each batch a place goes to the item least like all that the model learned from: a class that nobody has met yet is
not doubtful to a model that does not know it.
"""

from itertools import islice

import numpy as np
from numpy.typing import NDArray

from hitl.ml.strategies.contract import BATCH, Waiting
from hitl.ml.strategies.diverse_margin import diverse_head
from hitl.ml.strategies.typical import typical_head


def adaptive_head(waiting: Waiting, count: int, seed: int) -> NDArray[np.int64]:
    """Rows by `typical_head` or `diverse_head`, as the labels so far ask for; of the latter each batch ends new.

    Parameters
    ----------
    waiting : Waiting
    count : int
    seed : int
    """
    if waiting.is_cold:
        return typical_head(waiting, count, seed)
    strangest = iter(np.argsort(-waiting.novelty, kind="stable").tolist())
    rows: list[int] = []
    for row in diverse_head(waiting, count, seed).tolist():
        if len(rows) % BATCH == BATCH - 1:
            rows += list(islice((one for one in strangest if one not in rows), 1))  # none is left where all are asked
        if row not in rows:
            rows.append(row)
    return np.array(rows[:count], dtype=np.int64)
