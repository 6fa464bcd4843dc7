"""Model versions: what they are, what was measured of them, and which of them predicts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from hitl.domain.records import Snapshot, Version
from hitl.store.projects import list_classes
from hitl.store.reads_versions import count_changed_predictions
from hitl.store.versions import (
    champion_before,
    champion_id,
    latest_evaluations,
    list_promotions,
    list_versions,
    read_snapshot,
)
from hitl.views.measures import Evaluation, Rate, decode_evaluation, pick_evaluation
from hitl.views.wording import SOURCE_NAMES


@dataclass(frozen=True)
class VersionSummary:
    """A version in one line; ``accuracy`` rests on ``source`` and is None where nothing could be measured."""

    version: Version
    label_count: int | None
    evaluation: Evaluation | None
    is_champion: bool
    promotion_count: int

    @property
    def title(self) -> str:
        """The version's name as it begins a sentence."""
        name = self.version.name
        return name[:1].upper() + name[1:]

    @property
    def accuracy(self) -> Rate | None:
        """The accuracy with its interval and n."""
        return self.evaluation.accuracy if self.evaluation else None

    @property
    def source_name(self) -> str:
        """What the accuracy was measured on."""
        return SOURCE_NAMES[self.evaluation.source] if self.evaluation else "not measured"


@dataclass(frozen=True)
class VersionPoint:
    """One accuracy of one version, for the chart of progress."""

    name: str
    accuracy: Rate
    source_name: str
    is_champion: bool


@dataclass(frozen=True)
class PromotionLine:
    """Who put which version in charge, when and why."""

    version_name: str
    kind: str
    reason: str
    actor_name: str
    at: str


@dataclass(frozen=True)
class VersionDetail:
    """One version with every measurement of it and the recipe that makes it again."""

    summary: VersionSummary
    evaluations: tuple[Evaluation, ...]
    snapshot: Snapshot | None
    actor_name: str
    promotions: tuple[PromotionLine, ...]


@dataclass(frozen=True)
class Receipt:
    """What a challenger changes: both measured on the same labels where that is possible.

    ``champion`` and ``challenger`` are None where no source measured both.
    """

    version: VersionSummary
    champion_name: str
    source_name: str
    challenger_accuracy: Rate | None
    champion_accuracy: Rate | None
    item_count: int
    changed_count: int


def list_version_summaries(db: Database) -> tuple[VersionSummary, ...]:
    """All versions, newest first."""
    champion = champion_id(db)
    names = _class_names(db)
    promotions = list_promotions(db)
    return tuple(
        VersionSummary(
            version=version,
            label_count=_label_count(db, version),
            evaluation=pick_evaluation(_evaluations(db, version.id, names)),
            is_champion=version.id == champion,
            promotion_count=sum(row["version_id"] == version.id for row in promotions),
        )
        for version in list_versions(db)
    )


def find_challenger(versions: Sequence[VersionSummary]) -> VersionSummary | None:
    """The newest version, when it is newer than the champion and was never promoted."""
    newest = versions[0] if versions else None
    has_champion = any(version.is_champion for version in versions)
    if newest is None or not has_champion or newest.is_champion or newest.promotion_count:
        return None
    return newest


def read_version_detail(db: Database, version_id: int, *, people: Mapping[int, str]) -> VersionDetail | None:
    """One version with its measurements and recipe; None when there is no such version."""
    found = [summary for summary in list_version_summaries(db) if summary.version.id == version_id]
    if not found:
        return None
    version = found[0].version
    return VersionDetail(
        summary=found[0],
        evaluations=_evaluations(db, version_id, _class_names(db)),
        snapshot=None if version.snapshot_id is None else read_snapshot(db, version.snapshot_id),
        actor_name=people.get(version.actor_id, "?"),
        promotions=tuple(line for line in read_promotions(db, people=people) if line.version_name == version.name),
    )


def read_promotions(db: Database, *, people: Mapping[int, str]) -> tuple[PromotionLine, ...]:
    """All promotions and roll-backs, newest first."""
    names = {version.id: version.name for version in list_versions(db)}
    return tuple(
        PromotionLine(
            version_name=names.get(row["version_id"], "?"),
            kind=row["kind"],
            reason=row["reason"],
            actor_name=people.get(row["actor_id"], "?"),
            at=row["at"],
        )
        for row in list_promotions(db)
    )


def read_version_before(db: Database) -> VersionSummary | None:
    """The version that a roll-back would return to, or None."""
    before = champion_before(db)
    return next((summary for summary in list_version_summaries(db) if summary.version.id == before), None)


def read_points(db: Database) -> tuple[VersionPoint, ...]:
    """Every measured accuracy of every version, oldest version first."""
    champion = champion_id(db)
    names = _class_names(db)
    return tuple(
        VersionPoint(version.name, evaluation.accuracy, SOURCE_NAMES[evaluation.source], version.id == champion)
        for version in reversed(list_versions(db))
        for evaluation in _evaluations(db, version.id, names)
        if evaluation.accuracy
    )


def read_receipt(db: Database) -> Receipt | None:
    """What the newest version would change, when it waits for a decision; else None."""
    versions = list_version_summaries(db)
    challenger = find_challenger(versions)
    champion = next((version for version in versions if version.is_champion), None)
    if challenger is None or champion is None:
        return None
    names = _class_names(db)
    ours = {one.source: one for one in _evaluations(db, challenger.version.id, names)}
    theirs = {one.source: one for one in _evaluations(db, champion.version.id, names)}
    shared = pick_evaluation([one for source, one in ours.items() if _same_labels(one, theirs.get(source))])
    counts = count_changed_predictions(db, old_id=champion.version.id, new_id=challenger.version.id)
    return Receipt(
        version=challenger,
        champion_name=champion.version.name,
        source_name=SOURCE_NAMES[shared.source] if shared else "",
        challenger_accuracy=shared.accuracy if shared else None,
        champion_accuracy=theirs[shared.source].accuracy if shared else None,
        item_count=counts["items"],
        changed_count=counts["changed"],
    )


def _same_labels(ours: Evaluation, theirs: Evaluation | None) -> bool:
    if theirs is None or theirs.accuracy is None or ours.source == "cross_validation":
        return False
    return ours.label_count == theirs.label_count


def _label_count(db: Database, version: Version) -> int | None:
    return None if version.snapshot_id is None else read_snapshot(db, version.snapshot_id).label_count


def _evaluations(db: Database, version_id: int, names: Mapping[int, str]) -> tuple[Evaluation, ...]:
    found = latest_evaluations(db, version_id)
    return tuple(
        decode_evaluation(found[source], source=source, class_names=names) for source in SOURCE_NAMES if source in found
    )


def _class_names(db: Database) -> dict[int, str]:
    return {label_class.id: label_class.name for label_class in list_classes(db)}
