"""How often each of many may ask: an allowance that fills again by itself, for so many askers and no more."""

import time
from collections import OrderedDict
from collections.abc import Callable

MOST_KEPT = 10_000


class Allowances:
    """Token buckets by key: each holds a minute's worth and fills evenly; who asks rarely is forgotten first.

    For one thread, the event loop's. Memory is bounded: beyond ``most_kept`` keys the one that asked longest ago goes.

    Parameters
    ----------
    clock : callable
        Seconds that never go back.
    most_kept : int
        How many keys are remembered.

    Examples
    --------
    >>> allowances = Allowances(clock=lambda: 0.0)
    >>> [allowances.take("a", 2) for _ in range(3)]
    [0.0, 0.0, 30.0]
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic, most_kept: int = MOST_KEPT) -> None:
        self._clock = clock
        self._most_kept = most_kept
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._left)

    def take(self, key: str, a_minute: int) -> float:
        """0.0 when one more is allowed, which is then taken; else the seconds until it would be."""
        left = self._filled(key, a_minute)
        is_allowed = left >= 1.0
        self._keep(key, left - 1.0 if is_allowed else left)
        return 0.0 if is_allowed else (1.0 - left) * 60.0 / a_minute

    def give_back(self, key: str, a_minute: int) -> None:
        """What was taken did not count after all."""
        self._keep(key, min(self._filled(key, a_minute) + 1.0, float(a_minute)))

    def _filled(self, key: str, a_minute: int) -> float:
        left, at = self._left.get(key, (float(a_minute), 0.0))
        return min(left + (self._clock() - at) * a_minute / 60.0, float(a_minute))

    def _keep(self, key: str, left: float) -> None:
        self._left[key] = (left, self._clock())
        self._left.move_to_end(key)
        while len(self._left) > self._most_kept:
            self._left.popitem(last=False)
