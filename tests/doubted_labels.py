"""A project whose newest version doubts given labels, as a training leaves it."""

from hitl.loop.second_look import look_again
from hitl.loop.train import take_snapshot
from hitl.store.connection import write_transaction
from hitl.store.second_looks import add_doubts
from hitl.store.versions import add_version

SURELY_WRONG = 0.001


def version_that_doubts(small, doubted):
    """A version of all labels so far that gives each of some groups' labels, group id → (class id, probability)."""
    snapshot = take_snapshot(small.db, request_id=small.request(), actor=small.actor, now=small.now())
    with write_transaction(small.db):
        version_id = add_version(
            small.db,
            kind="trained",
            name="Version that doubts",
            snapshot_id=snapshot.id,
            estimator="given",
            parameters={},
            seed=0,
            libraries={},
            artifact_sha256="-",
            request_id=small.request(),
            actor_id=1,
            at="x",
        )
        add_doubts(small.db, version_id, [(group, class_id, share) for group, (class_id, share) in doubted.items()])
    return version_id


def doubt(small, doubted):
    """The turn of such a version."""
    return look_again(small.db, version_id=version_that_doubts(small, doubted), now=small.now())
