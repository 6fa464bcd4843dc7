"""The gate that a version trained by itself must pass to be promoted without a person."""

from dataclasses import dataclass

from sqlite_utils import Database

from hitl.domain.language import _
from hitl.domain.people import SYSTEM
from hitl.ml.paired import Difference, paired_difference
from hitl.store.test_answers import count_paired, paired_answers
from hitl.store.versions import champion_id, list_promotions

MARGIN = 0.02


@dataclass(frozen=True)
class GateVerdict:
    """Whether a version may be promoted without a person, and why, in a sentence."""

    holds: bool
    reason: str


def judge_gate(db: Database, version_id: int) -> GateVerdict:
    """Whether the version is not worse than the one in use, nor than the last one that a person promoted.

    Not worse: the lower end of the 95 % interval of the paired difference lies no lower than 2 points under zero, on
    the test labels of the source with most of them. The second comparison keeps many small losses from adding up. The
    version and those it is compared with must have answered the test items. Changes nothing.
    """
    verdicts = [_judge(db, old_id, version_id) for old_id in _rivals(db)]
    if not verdicts:
        return GateVerdict(holds=False, reason=_("There is no version in use to compare with."))
    return next((verdict for verdict in verdicts if not verdict.holds), verdicts[0])


def _rivals(db: Database) -> list[int]:
    """The version in use, and the last one that a person brought into use."""
    chosen = [row["version_id"] for row in list_promotions(db) if row["actor_id"] != SYSTEM.id][:1]
    return list(dict.fromkeys(one for one in (champion_id(db), *chosen) if one is not None))


def _judge(db: Database, old_id: int, new_id: int) -> GateVerdict:
    counts = count_paired(db, old_id=old_id, new_id=new_id)
    if not counts:
        return GateVerdict(holds=False, reason=_("There are no test labels that both versions have answered."))
    source = max(counts, key=lambda name: counts[name])
    rows = paired_answers(db, old_id=old_id, new_id=new_id, source=source, slice_names=[])
    old_right = [row["old_class_id"] == row["true_class_id"] for row in rows]
    new_right = [row["new_class_id"] == row["true_class_id"] for row in rows]
    pairs = list(zip(old_right, new_right, strict=True))
    found = paired_difference(pairs.count((False, True)), pairs.count((True, False)), len(pairs))
    if found is None:
        return GateVerdict(holds=False, reason=_("There are no test labels that both versions have answered."))
    return GateVerdict(holds=found.low >= -MARGIN, reason=_describe(found))


def _describe(found: Difference) -> str:
    return _(
        "{value} points on {count} test labels, 95 % range {low} to {high}; at most 2 points worse are let pass."
    ).format(
        value=f"{found.value * 100:+.1f}",
        count=f"{found.n:,}",
        low=f"{found.low * 100:+.1f}",
        high=f"{found.high * 100:+.1f}",
    )
