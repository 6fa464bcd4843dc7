"""How a measured rate reads at the command line: the number, its interval, what it rests on."""

from typing import Any

from hitl.domain.language import later
from hitl.views.measures import Rate

UNKNOWN = later("not known yet")


def rate_text(rate: Rate | None, source: str) -> str:
    """The rate in a sentence.

    >>> rate_text(Rate(0.9, 0.8, 0.95, 50), "test labels"), rate_text(None, "")
    ('90.0 % (80.0–95.0 %, n = 50, test labels)', 'not known yet')
    """
    if rate is None:
        return UNKNOWN
    if rate.low is None or rate.high is None:
        return f"{rate.value:.1%} (n = {rate.count}, {source})".replace("%", " %")
    return f"{100 * rate.value:.1f} % ({100 * rate.low:.1f}–{100 * rate.high:.1f} %, n = {rate.count}, {source})"


def rate_json(rate: Rate | None, source: str) -> dict[str, Any] | None:
    """The rate for a program; None where it is not known."""
    if rate is None:
        return None
    return {"value": rate.value, "low": rate.low, "high": rate.high, "n": rate.count, "source": source}
