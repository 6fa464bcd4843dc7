"""The routing policy: what a threshold would mean, and the policies so far."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlite_utils import Database

from hitl.domain.records import Policy
from hitl.store.item_counts import count_accepted
from hitl.store.policies import current_policy, list_policies

_STEPS = 100


@dataclass(frozen=True)
class ThresholdPoint:
    """What one threshold means: items that the model would answer, and their share in [0, 1]."""

    threshold: float
    accepted_count: int
    coverage: float


@dataclass(frozen=True)
class ThresholdPreview:
    """What a threshold means for the items that nobody has answered, and what the one in force does."""

    threshold: float
    item_count: int
    accepted_count: int
    points: tuple[ThresholdPoint, ...]
    threshold_now: float
    accepted_now: int

    @property
    def review_count(self) -> int:
        """Items that would go to people."""
        return self.item_count - self.accepted_count

    @property
    def coverage(self) -> float | None:
        """Share of the items that the model would answer; None without items."""
        return self.accepted_count / self.item_count if self.item_count else None


@dataclass(frozen=True)
class PolicyLine:
    """A policy with who set it."""

    policy: Policy
    actor_name: str


def read_preview(db: Database, threshold: float) -> ThresholdPreview:
    """Exact counts at a threshold and at the one in force, and the curve in hundredths around them."""
    now = current_policy(db).threshold
    counts, counts_now = (count_accepted(db, threshold=one) for one in (threshold, now))
    total = counts.items
    points = []
    accepted = sum(counts.by_step)
    for step in range(_STEPS + 1):
        points.append(ThresholdPoint(step / _STEPS, accepted, accepted / total if total else 0.0))
        accepted -= counts.by_step[step]
    return ThresholdPreview(threshold, total, counts.accepted, tuple(points) if total else (), now, counts_now.accepted)


def read_policy(db: Database) -> Policy:
    """The policy in force."""
    return current_policy(db)


def read_policies(db: Database, *, people: Mapping[int, str]) -> tuple[PolicyLine, ...]:
    """All policies, newest first; the first is in force."""
    return tuple(PolicyLine(policy, people.get(policy.actor_id, "?")) for policy in list_policies(db))
