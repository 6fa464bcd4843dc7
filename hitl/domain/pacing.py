"""How much bulk work does at a time, so that people who decide meanwhile hardly wait."""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter, sleep

STEP_SECONDS = 0.02
FIRST_COUNT, FEWEST, MOST = 1_000, 200, 10_000


def next_count(count: int, seconds: float, *, fewest: int = FEWEST) -> int:
    """Items of the next step after one of ``count`` took ``seconds``: towards ``STEP_SECONDS``, at most twice as many.

    >>> next_count(1_000, 0.01), next_count(1_000, 0.001), next_count(1_000, 0.2), next_count(200, 9.0)
    (2000, 2000, 250, 200)
    """
    factor = min(max(STEP_SECONDS / max(seconds, 1e-6), 0.25), 2.0)
    return min(max(round(count * factor), fewest), MOST)


@dataclass
class Pace:
    """The size of the next step of some bulk work, by how long the last one held the database.

    What the work comes to does not depend on it. ``clock`` and ``rest`` come from outside in tests.
    """

    clock: Callable[[], float] = perf_counter
    rest: Callable[[float], None] = sleep
    count: int = field(default_factory=lambda: FIRST_COUNT)
    fewest: int = FEWEST

    def take(self, step: Callable[[int], int]) -> int:
        """Do a step of ``count`` items; how many it did.

        Afterwards rest as long as it took: SQLite does not queue writers, and one who waits has to find the lock free.
        """
        begun = self.clock()
        done = step(self.count)
        seconds = self.clock() - begun
        if done >= self.count:
            self.count = next_count(self.count, seconds, fewest=self.fewest)
        self.rest(min(seconds, STEP_SECONDS * 5))
        return done
