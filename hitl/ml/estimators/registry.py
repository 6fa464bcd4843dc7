"""The estimators training chooses from. A new one is a file beside this and a line here."""

from collections.abc import Sequence

from hitl.domain.errors import NotFound
from hitl.domain.fields import Field
from hitl.domain.language import _
from hitl.ml.estimators.contract import Estimator
from hitl.ml.estimators.image_linear import IMAGE_LINEAR
from hitl.ml.estimators.tabular_boosting import TABULAR_BOOSTING
from hitl.ml.estimators.tabular_linear import TABULAR_LINEAR
from hitl.ml.estimators.text_embedded import TEXT_EMBEDDED
from hitl.ml.estimators.text_joined import TEXT_JOINED
from hitl.ml.estimators.text_linear import TEXT_LINEAR

ESTIMATORS = (  # the better at few labels, then the simpler, first: it wins a tie
    TEXT_EMBEDDED,
    TEXT_LINEAR,
    TEXT_JOINED,
    TABULAR_LINEAR,
    TABULAR_BOOSTING,
    IMAGE_LINEAR,
)


def suitable_estimators(fields: Sequence[Field]) -> tuple[Estimator, ...]:
    """The estimators that can learn from items with these learned fields, the simpler first."""
    return tuple(estimator for estimator in ESTIMATORS if estimator.suits(fields))


def find_estimator(name: str) -> Estimator:
    """The estimator of that name.

    Raises
    ------
    NotFound
        No estimator has the name; the message lists those there are.
    """
    for estimator in ESTIMATORS:
        if estimator.name == name:
            return estimator
    raise NotFound(
        _("There is no estimator '{name}'. Known: {estimators}.").format(
            name=name, estimators=", ".join(known.name for known in ESTIMATORS)
        )
    )
