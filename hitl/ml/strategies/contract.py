"""What every query strategy is."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

# (proba (n_items, n_classes), novelty (n_items,), rng) -> priority (n_items,): the lower, the sooner.
Strategy = Callable[[FloatArray, FloatArray, np.random.Generator], FloatArray]
