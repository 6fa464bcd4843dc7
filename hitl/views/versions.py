"""Model versions: what they are, what was measured of them, and which of them predicts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from hitl.adapters.artifacts import read_artifact
from hitl.domain.errors import HitlError
from hitl.domain.language import _
from hitl.domain.records import Snapshot, Version
from hitl.domain.redaction import retired_sentence
from hitl.store.field_covers import current_covers
from hitl.store.item_counts import count_unpredicted
from hitl.store.projects import list_classes
from hitl.store.versions import (
    champion_before,
    champion_id,
    latest_evaluations,
    list_promotions,
    list_versions,
    read_snapshot,
    read_version,
)
from hitl.views.import_list import withdrawn_labels_text
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
    def is_relative(self) -> bool:
        """Whether the accuracy rests on labels that people chose, not on test labels."""
        return self.evaluation is not None and self.evaluation.source == "cross_validation"

    @property
    def source_name(self) -> str:
        """What the accuracy was measured on."""
        return SOURCE_NAMES[self.evaluation.source] if self.evaluation else _("not measured")


@dataclass(frozen=True)
class VersionPoint:
    """One accuracy of one version, for the chart of progress."""

    name: str
    accuracy: Rate
    source_name: str
    is_champion: bool


@dataclass(frozen=True)
class PromotionLine:
    """Who brought which version into use, when and why."""

    version_name: str
    kind: str
    reason: str
    actor_name: str
    at: str


@dataclass(frozen=True)
class VersionDetail:
    """One version with every measurement of it and the recipe that makes it again.

    Attributes
    ----------
    unpredicted_count : int
        Items that it has not answered; it answers them before it can be promoted.
    file_problem : str or None
        Why its model file can't be trusted.
    withdrawn_labels : str
        That it learned from labels that were withdrawn since; empty where it did not.
    """

    summary: VersionSummary
    evaluations: tuple[Evaluation, ...]
    snapshot: Snapshot | None
    actor_name: str
    promotions: tuple[PromotionLine, ...]
    unpredicted_count: int
    file_problem: str | None
    withdrawn_labels: str = ""


def list_version_summaries(db: Database) -> tuple[VersionSummary, ...]:
    """All versions, newest first."""
    champion = champion_id(db)
    names = _class_names(db)
    promotions = list_promotions(db)
    return tuple(
        VersionSummary(
            version=version,
            label_count=_label_count(db, version),
            evaluation=pick_evaluation(read_evaluations(db, version.id, names)),
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


def read_version_detail(
    db: Database, folder: Path, version_id: int, *, people: Mapping[int, str]
) -> VersionDetail | None:
    """One version with its measurements and recipe, its file in the project's folder checked; None without it."""
    found = [summary for summary in list_version_summaries(db) if summary.version.id == version_id]
    if not found:
        return None
    version = found[0].version
    return VersionDetail(
        summary=found[0],
        evaluations=read_evaluations(db, version_id, _class_names(db)),
        snapshot=None if version.snapshot_id is None else read_snapshot(db, version.snapshot_id),
        actor_name=people.get(version.actor_id, "?"),
        promotions=tuple(line for line in read_promotions(db, people=people) if line.version_name == version.name),
        unpredicted_count=count_unanswered(db, version_id),
        file_problem=_find_file_problem(folder, version),
        withdrawn_labels=withdrawn_labels_text(db, version_id),
    )


def has_champion(db: Database) -> bool:
    """Whether a version predicts now."""
    return champion_id(db) is not None


def count_unanswered(db: Database, version_id: int) -> int:
    """Items that a version has not answered and could; 0 for one that came with an import and has no model."""
    return count_unpredicted(db, version_id) if read_version(db, version_id).kind == "trained" else 0


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
        for evaluation in read_evaluations(db, version.id, names)
        if evaluation.accuracy
    )


def read_evaluations(db: Database, version_id: int, names: Mapping[int, str]) -> tuple[Evaluation, ...]:
    """The latest measurement of a version on each source, no slices of hidden fields; ``names``: the classes'."""
    found, covers = latest_evaluations(db, version_id), current_covers(db)
    return tuple(
        decode_evaluation(found[source], source=source, class_names=names, left_out=covers)
        for source in SOURCE_NAMES
        if source in found
    )


def _label_count(db: Database, version: Version) -> int | None:
    return None if version.snapshot_id is None else read_snapshot(db, version.snapshot_id).label_count


def _class_names(db: Database) -> dict[int, str]:
    return {label_class.id: label_class.name for label_class in list_classes(db)}


def _find_file_problem(folder: Path, version: Version) -> str | None:
    if version.is_retired:
        return retired_sentence(version.name)
    if version.artifact_sha256 is None:
        return None
    try:
        read_artifact(folder / "artifacts", version.artifact_sha256)
    except HitlError as error:
        return str(error)
    return None
