"""What can be done to many items as one act, and why an act leaves an item out."""

from enum import StrEnum


class BulkKind(StrEnum):
    """What an act does to each of its items."""

    CONFIRM = "confirm"
    CORRECT = "correct"
    CANNOT_TELL = "cannot_tell"
    REVIEW = "review"


class LeftOut(StrEnum):
    """Why an act leaves an item as it is."""

    GONE = "gone"
    BLIND = "blind"
    LEASED = "leased"
    NO_ANSWER = "no_answer"
    TEST = "test"
    SAME = "same"
