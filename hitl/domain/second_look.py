"""Second looks: by what rule labels go back to the queue after a training, and what became of them."""

from dataclasses import dataclass
from enum import StrEnum

FEWEST_LABELS = 50
"""Under so many labels no label is doubted: each is too large a part of what a model knows."""
FEWEST_OF_CLASS = 5
"""A label of a class with fewer is not doubted: the models that judged it hardly knew the class."""
MOST_AT_ONCE = 200


@dataclass(frozen=True)
class SecondLookRule:
    """How many labels may go back to the queue, and how likely wrong they have to be.

    Attributes
    ----------
    share : float, [0, 1]
        Of the labels given since labels were sent back last; 0 turns second looks off.
    at_once : int, at least 1
        The most that wait at the same time.
    bar : float, [0, 1]
        A label goes back where the estimated chance that it is wrong is at least this.
    """

    share: float = 0.1
    at_once: int = 20
    bar: float = 0.3


class TurnOutcome(StrEnum):
    """What came of the second look after a training."""

    SENT = "sent"
    OFF = "off"
    FEW_LABELS = "few_labels"
    FEW_NEWS = "few_news"
    WAITING = "waiting"
    WEAK = "weak"
    NONE = "none"


@dataclass(frozen=True)
class SecondLookTurn:
    """What a training made of the labels it doubts.

    Attributes
    ----------
    judged_count : int
        Labels that the estimate is about: as many of the most doubtful ones as there was a budget for.
    sent_count : int
        Of these, how many went back to the queue.
    expected_rate, low, high : float or None, [0, 1]
        Share of them that is expected to be wrong, with its 95 % interval; of those sent where any were sent. None
        where none were judged.
    act_id : int or None
        The act that sent them.
    """

    version_id: int
    outcome: TurnOutcome
    label_count: int
    judged_count: int = 0
    sent_count: int = 0
    expected_rate: float | None = None
    low: float | None = None
    high: float | None = None
    act_id: int | None = None


@dataclass(frozen=True)
class SecondLooksFound:
    """What people said of the labels that were sent back: how many they looked at, how many of these they changed.

    ``expected`` is how many of those looked at were expected to be wrong, by the models alone.
    """

    looked_count: int
    changed_count: int
    expected: float
