"""How many labels a share needs before it is worth showing."""

from math import sqrt

from hitl.ml.intervals import normal_quantile

HALF_WIDTH = 0.10
MIDDLE, FAR = 0.5, 0.95
_MOST = 10_000_000


def labels_needed(share: float | None, *, half_width: float = HALF_WIDTH, confidence: float = 0.95) -> int:
    """The fewest labels for which Wilson's interval is no wider than ± ``half_width`` around about that share.

    Wilson 1927, doi:10.1080/01621459.1927.10502953; its half width z/(1 + z²/n) · √(p(1 − p)/n + z²/4n²) is solved for
    n by halving. Shares are taken as at least .5 and at most .95, so that a lucky beginning does not promise too much.

    Parameters
    ----------
    share : float or None, [0, 1]
        What the share is about; None, not known, is taken as .5, which needs the most.
    half_width : float, (0, 0.5)
    confidence : float, (0, 1)

    Examples
    --------
    >>> labels_needed(None), labels_needed(0.85)
    (93, 49)
    """
    likely = MIDDLE if share is None else min(max(share, MIDDLE), FAR)
    z = normal_quantile(confidence)
    low, high = 1, _MOST
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _half_width(likely, middle, z) <= half_width else (middle + 1, high)
    return low


def _half_width(share: float, n: int, z: float) -> float:
    return z / (1 + z**2 / n) * sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
