"""The records that travel between the rooms, frozen."""

from dataclasses import dataclass
from enum import StrEnum

from hitl.domain.fields import Field


class Route(StrEnum):
    """What the routing policy did with an item."""

    AUTO_ACCEPT = "auto_accept"
    LOW_CONFIDENCE = "low_confidence"
    NOVEL = "novel"
    AUDIT = "audit"
    COLD_START = "cold_start"
    SECOND_LOOK = "second_look"


class EventKind(StrEnum):
    """What an event in the label sequence says."""

    LABEL = "label"
    SKIP = "skip"
    CANNOT_TELL = "cannot_tell"
    ADJUDICATE = "adjudicate"
    UNDO = "undo"
    CLASS = "class"


class Source(StrEnum):
    """Where an event came from."""

    REVIEWER = "reviewer"
    IMPORT = "import"
    ADJUDICATION = "adjudication"
    RULE = "rule"


@dataclass(frozen=True)
class Project:
    """The settings of a project as of their latest revision."""

    name: str
    guide: str
    metric: str
    group_rule: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class LabelClass:
    """A label class as of its latest revision; colour and shortcut are None where none was chosen."""

    id: int
    key: str
    name: str
    guideline: str
    position: int
    retired: bool
    colour: str | None = None
    shortcut: str | None = None


@dataclass(frozen=True)
class Policy:
    """A routing policy: when the model answers, and how people are asked."""

    id: int
    threshold: float
    audit_rate: float
    reviews_required: int
    lease_seconds: int
    query_strategy: str
    reason: str
    actor_id: int
    at: str


@dataclass(frozen=True)
class Version:
    """An immutable model version; a retired one has no model file any more, because content was redacted."""

    id: int
    kind: str
    name: str
    snapshot_id: int | None
    estimator: str
    parameters: dict[str, object]
    seed: int
    libraries: dict[str, str]
    artifact_sha256: str | None
    probe_sha256: str | None
    actor_id: int
    at: str
    is_retired: bool = False


@dataclass(frozen=True)
class Snapshot:
    """The labels as of a watermark in the event sequence."""

    id: int
    watermark: int
    rules: dict[str, object]
    label_count: int
    class_counts: dict[int, int]
    hash: str
    at: str


@dataclass(frozen=True)
class Event:
    """One fact in the label sequence; ``record`` names whose label was imported, for the others it is None."""

    id: int
    kind: EventKind
    source: Source
    actor_id: int
    group_id: int
    item_id: int | None
    class_id: int | None
    request_id: str | None
    target_id: int | None
    shown_version_id: int | None
    shown_class_id: int | None
    shown_confidence: float | None
    blind: bool
    surplus: bool
    comment: str
    at: str
    record: str | None = None


COMMITTED_TO_END = "is_committed_to_end"
ROUTING_JOB = "reroute"
ENCODING_JOB = "encode"


@dataclass(frozen=True)
class Job:
    """A request for background work."""

    id: int
    slug: str
    kind: str
    args: dict[str, object]
    status: str
    stage: str
    progress: float
    note: str
    cancel_requested: bool
    attempts: int
    result: dict[str, object] | None
    error: str | None
    actor_id: int
    created_at: str
    started_at: str | None
    ended_at: str | None
    language: str = "en"
    as_local_owner: bool = False

    @property
    def can_be_cancelled(self) -> bool:
        """Whether asking it to stop would stop it: not once others see what it made, nor what would be asked again."""
        return not (self.kind == ROUTING_JOB or (self.result or {}).get(COMMITTED_TO_END))
