"""The query strategies by name. A new one is a file beside this and a line here."""

from hitl.domain.errors import NotFound
from hitl.domain.language import _
from hitl.ml.strategies.adaptive import adaptive_head
from hitl.ml.strategies.contract import Strategy, still_finds_classes
from hitl.ml.strategies.diverse_margin import diverse_head
from hitl.ml.strategies.entropy import entropy_priority
from hitl.ml.strategies.least_confident import least_confident_priority
from hitl.ml.strategies.margin import margin_priority
from hitl.ml.strategies.novel import novel_priority
from hitl.ml.strategies.random_order import random_priority
from hitl.ml.strategies.typical import typical_head

STRATEGIES: dict[str, Strategy] = {
    one.name: one
    for one in (
        Strategy("default", margin_priority, adaptive_head, still_finds_classes),
        Strategy("diverse_margin", margin_priority, diverse_head),
        Strategy("typical", margin_priority, typical_head, lambda _class_ids: True),
        Strategy("margin", margin_priority),
        Strategy("entropy", entropy_priority),
        Strategy("least_confident", least_confident_priority),
        Strategy("novel", novel_priority),
        Strategy("random", random_priority),
    )
}


def strategy(name: str) -> Strategy:
    """The query strategy of that name.

    Raises
    ------
    NotFound
        No strategy has the name; the message lists those there are.

    Examples
    --------
    >>> strategy("margin").name
    'margin'
    """
    if name not in STRATEGIES:
        raise NotFound(
            _("There is no query strategy '{name}'. Known: {strategies}.").format(
                name=name, strategies=", ".join(STRATEGIES)
            )
        )
    return STRATEGIES[name]
