"""Intervals for shares."""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

from hitl.domain.language import _


@dataclass(frozen=True)
class Interval:
    """A closed interval [low, high]."""

    low: float
    high: float


def wilson_interval(successes: int, n: int, confidence: float = 0.95) -> Interval | None:
    """Wilson's score interval for a share (Wilson 1927, doi:10.1080/01621459.1927.10502953), no continuity correction.

    Parameters
    ----------
    successes : int, 0 … n
    n : int
    confidence : float, (0, 1)

    Returns
    -------
    Interval within [0, 1], or None where n is 0: nothing is known.

    Examples
    --------
    >>> interval = wilson_interval(8, 10)
    >>> round(interval.low, 3), round(interval.high, 3)
    (0.49, 0.943)
    >>> wilson_interval(0, 0) is None
    True
    """
    if not 0 <= successes <= n:
        raise ValueError(_("successes must lie in 0 … {n}, got {successes}").format(n=n, successes=successes))
    if n == 0:
        return None
    z = normal_quantile(confidence)
    share = successes / n
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half_width = z / (1 + z**2 / n) * sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    # At the ends the bound is exactly 0 or 1; rounding would leave it a hair inside the share itself.
    low = 0.0 if successes == 0 else max(0.0, centre - half_width)
    high = 1.0 if successes == n else min(1.0, centre + half_width)
    return Interval(low, high)


def normal_quantile(confidence: float) -> float:
    """How many standard deviations on both sides hold that share of a normal distribution.

    >>> round(normal_quantile(0.95), 6)
    1.959964
    """
    return NormalDist().inv_cdf(0.5 + confidence / 2.0)
