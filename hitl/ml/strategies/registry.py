"""The query strategies by name. A new one is a file beside this and a line here."""

from hitl.domain.errors import NotFound
from hitl.domain.language import _
from hitl.ml.strategies.contract import Strategy
from hitl.ml.strategies.entropy import entropy_priority
from hitl.ml.strategies.least_confident import least_confident_priority
from hitl.ml.strategies.margin import margin_priority
from hitl.ml.strategies.mixed import mixed_priority
from hitl.ml.strategies.novel import novel_priority
from hitl.ml.strategies.random_order import random_priority

STRATEGIES: dict[str, Strategy] = {
    "default": mixed_priority,
    "margin": margin_priority,
    "entropy": entropy_priority,
    "least_confident": least_confident_priority,
    "novel": novel_priority,
    "random": random_priority,
}


def strategy(name: str) -> Strategy:
    """The query strategy of that name.

    Raises
    ------
    NotFound
        No strategy has the name; the message lists those there are.

    Examples
    --------
    >>> strategy("margin").__name__
    'margin_priority'
    """
    if name not in STRATEGIES:
        raise NotFound(
            _("There is no query strategy '{name}'. Known: {strategies}.").format(
                name=name, strategies=", ".join(STRATEGIES)
            )
        )
    return STRATEGIES[name]
