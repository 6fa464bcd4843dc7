"""How right a version is within the values of a column, and whether one of them stands out by more than chance."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from hitl.ml.label_needs import labels_needed
from hitl.ml.metrics import Measurement, share_measurement
from hitl.ml.paired import adjust_for_many_looks

MOST_VALUES = 40

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class SliceMeasurement:
    """One value of one column.

    Attributes
    ----------
    field, value : str
    accuracy : Measurement
        Share of right answers; n: test labels of the slice.
    accepted : Measurement
        Share that the model would answer alone under the threshold.
    risk : Measurement
        Share of wrong answers among those; n: accepted test labels.
    chance : float or None
        Fisher's exact test of the slice against all other labels, adjusted for all slices tested (Holm); None where the
        slice has fewer labels than needed, and so was not tested.
    """

    field: str
    value: str
    accuracy: Measurement
    accepted: Measurement
    risk: Measurement
    chance: float | None


def measure_slices(
    columns: Mapping[str, Sequence[str]], is_right: BoolArray, is_accepted: BoolArray
) -> tuple[SliceMeasurement, ...]:
    """Every value of every column that occurs, of a column with many values the most frequent ones.

    Those with the most wrong answers beyond what their size explains come first.

    Parameters
    ----------
    columns : mapping of a column's name to its n_items values
    is_right, is_accepted : ndarray of bool, shape (n_items,)
    """
    if not len(is_right):
        return ()
    masks = [
        (name, value, np.array([one == value for one in values], dtype=np.bool_))
        for name, values in columns.items()
        for value, _count in Counter(values).most_common(MOST_VALUES)
    ]
    needed = labels_needed(float(is_right.mean()))
    chances = adjust_for_many_looks(
        [_chance(is_right, mask) if needed <= mask.sum() < len(mask) else None for _, _, mask in masks]
    )
    found = [
        (_excess_errors(is_right, mask), _measurement(name, value, is_right[mask], is_accepted[mask], chance))
        for (name, value, mask), chance in zip(masks, chances, strict=True)
    ]
    return tuple(one for _, one in sorted(found, key=lambda pair: -pair[0]))


def fisher_exact(first_right: int, first: int, second_right: int, second: int) -> float:
    """How often two groups would differ by at least so much if the same share of both were right, in (0, 1].

    Fisher's exact test, two-sided: all tables with the same margins that are no likelier than this one (Fisher 1935,
    doi:10.2307/2342435).

    >>> round(fisher_exact(8, 10, 1, 6), 4)
    0.035
    """
    right, total = first_right + second_right, first + second
    counts = np.arange(max(0, right - second), min(first, right) + 1)
    log_likelihood = _log_choose(first, counts) + _log_choose(second, right - counts) - _log_choose(total, right)
    likelihood = np.exp(log_likelihood)
    observed = likelihood[first_right - counts[0]]
    return float(min(1.0, likelihood[likelihood <= observed * (1 + 1e-7)].sum()))


def _log_choose(n: int, k: NDArray[np.int64] | int) -> NDArray[np.float64]:
    return np.asarray(gammaln(n + 1) - gammaln(np.add(k, 1)) - gammaln(n - np.asarray(k) + 1), dtype=np.float64)


def _chance(is_right: BoolArray, mask: BoolArray) -> float:
    within, rest = is_right[mask], is_right[~mask]
    return fisher_exact(int(within.sum()), len(within), int(rest.sum()), len(rest))


def _excess_errors(is_right: BoolArray, mask: BoolArray) -> float:
    """Wrong answers in the slice beyond what the overall share would give."""
    return float((~is_right[mask]).sum() - (1 - is_right.mean()) * mask.sum())


def _measurement(
    name: str, value: str, is_right: BoolArray, is_accepted: BoolArray, chance: float | None
) -> SliceMeasurement:
    accepted = int(is_accepted.sum())
    return SliceMeasurement(
        field=name,
        value=value,
        accuracy=share_measurement(int(is_right.sum()), len(is_right)),
        accepted=share_measurement(accepted, len(is_right)),
        risk=share_measurement(int((is_accepted & ~is_right).sum()), accepted),
        chance=chance,
    )
