"""Two versions on the same labels: the difference of their accuracies, and whether it can be chance."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import comb, copysign, inf, sqrt

from hitl.domain.language import _
from hitl.ml.intervals import normal_quantile

_STEPS = 60


@dataclass(frozen=True)
class Difference:
    """How much more often the second version is right, in [-1, 1], with its 95 % interval.

    ``fixed`` labels only the second has right, ``newly_wrong`` only the first; ``n`` labels in all.
    """

    value: float
    low: float
    high: float
    fixed: int
    newly_wrong: int
    n: int

    @property
    def chance(self) -> float | None:
        """The exact sign test's p-value; None where both are right and wrong on the same labels."""
        return sign_test(self.fixed, self.newly_wrong)


def paired_difference(fixed: int, newly_wrong: int, n: int, confidence: float = 0.95) -> Difference | None:
    """The difference of two paired shares with Tango's score interval (1998).

    Tango 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<891::AID-SIM780>3.0.CO;2-B: all differences that the score
    test does not reject, with the nuisance probability at its likeliest value under each. It depends on the labels
    that only one version has right, and on n.

    Parameters
    ----------
    fixed, newly_wrong : int, 0 …
        Labels that only the second, only the first version has right; together at most ``n``.
    n : int
        Labels that both answered.
    confidence : float, (0, 1)

    Returns
    -------
    Difference with -1 ≤ low ≤ value ≤ high ≤ 1, or None where n is 0: nothing is known.

    Examples
    --------
    >>> found = paired_difference(9, 1, 100)
    >>> round(found.value, 3), round(found.low, 3), round(found.high, 3)
    (0.08, 0.023, 0.154)
    >>> paired_difference(0, 0, 0) is None
    True
    """
    if fixed < 0 or newly_wrong < 0 or fixed + newly_wrong > n:
        raise ValueError(
            _("fixed and newly wrong labels must be 0 … {n} together, got {fixed} and {newly_wrong}").format(
                n=n, fixed=fixed, newly_wrong=newly_wrong
            )
        )
    if n == 0:
        return None
    value = (fixed - newly_wrong) / n
    z = normal_quantile(confidence)

    def score(difference: float) -> float:
        return _score(fixed, newly_wrong, n, difference)

    low = -1.0 if value == -1.0 else _where_it_falls_to(score, z, -1.0, value)
    high = 1.0 if value == 1.0 else _where_it_falls_to(score, -z, value, 1.0)
    return Difference(value, low, high, fixed, newly_wrong, n)


def sign_test(fixed: int, newly_wrong: int) -> float | None:
    """How often a difference as lopsided as this would come about if neither version were better, in (0, 1].

    The exact two-sided sign test on the labels where one is right and the other wrong (McNemar 1947,
    doi:10.1007/BF02295996, exact binomial form); None where there are no such labels.

    >>> sign_test(5, 0)
    0.0625
    """
    differing = fixed + newly_wrong
    if not differing:
        return None
    fewer = min(fixed, newly_wrong)
    return min(1.0, 2 * sum(comb(differing, count) for count in range(fewer + 1)) / (1 << differing))


def adjust_for_many_looks(chances: Sequence[float | None]) -> list[float | None]:
    """P-values that hold for all of them together (Holm 1979, https://www.jstor.org/stable/4615733); None stays None.

    >>> adjust_for_many_looks([0.01, None, 0.04, 0.03])
    [0.03, None, 0.06, 0.06]
    """
    known = sorted((chance, place) for place, chance in enumerate(chances) if chance is not None)
    adjusted: list[float | None] = [None] * len(chances)
    highest = 0.0
    for rank, (chance, place) in enumerate(known):
        highest = max(highest, min(1.0, (len(known) - rank) * chance))
        adjusted[place] = highest
    return adjusted


def _score(fixed: int, newly_wrong: int, n: int, difference: float) -> float:
    """Tango's statistic: about standard normal if that were the true difference."""
    linear = -fixed - newly_wrong + (2 * n - fixed + newly_wrong) * difference
    constant = -newly_wrong * difference * (1 - difference)
    likeliest = (sqrt(max(linear**2 - 8 * n * constant, 0.0)) - linear) / (4 * n)
    variance = n * (2 * likeliest + difference * (1 - difference))
    distance = fixed - newly_wrong - n * difference
    if variance <= 0:
        return copysign(inf, distance) if distance else 0.0
    return distance / sqrt(variance)


def _where_it_falls_to(score: Callable[[float], float], level: float, low: float, high: float) -> float:
    """Where a falling function reaches a level, by halving."""
    for _unused in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if score(middle) > level else (low, middle)
    return (low + high) / 2
