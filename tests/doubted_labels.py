"""A project whose newest version doubts given labels, as a training leaves it."""

from hitl.loop.second_look import look_again
from hitl.store.connection import write_transaction
from hitl.store.second_looks import add_doubts

SURELY_WRONG = 0.001


def version_that_doubts(small, doubted):
    """A version of all labels so far that gives each of some groups' labels, group id → (class id, probability)."""
    version_id = small.add_version_of_labels("Version that doubts")
    with write_transaction(small.db):
        add_doubts(small.db, version_id, [(group, class_id, share) for group, (class_id, share) in doubted.items()])
    return version_id


def doubt(small, doubted):
    """The turn of such a version."""
    return look_again(small.db, version_id=version_that_doubts(small, doubted), now=small.now())
