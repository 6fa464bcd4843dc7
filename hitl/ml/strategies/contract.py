"""What every query strategy is."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

# (proba (n_items, n_classes), novelty (n_items,), rng) -> priority (n_items,), [0, 1]: the lower, the sooner.
# All share one range because blind audits are scattered over it.
Strategy = Callable[[FloatArray, FloatArray, np.random.Generator], FloatArray]
