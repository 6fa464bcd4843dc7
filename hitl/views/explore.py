"""All items by confidence, a page of those that fit, and one item with its history."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from sqlite_utils import Database

from hitl.domain.fields import Field, Role, learned_fields
from hitl.domain.records import Event, EventKind, LabelClass, Source
from hitl.store.events import group_events
from hitl.store.policies import current_policy
from hitl.store.projects import list_classes, read_project
from hitl.store.reads_explore import count_confidences, count_items, find_item, list_items, list_releases
from hitl.views.wording import route_reason

BIN_COUNT = 40
PAGE_SIZE = 50
_EXCERPT_LENGTH = 160
_EXCERPT_FIELDS = 4

ORDERS = {
    "least_sure": "least sure first",
    "most_sure": "most sure first",
    "novel": "most unusual first",
    "oldest": "in order of import",
    "newest": "latest import first",
}


@dataclass(frozen=True)
class HistogramBin:
    """Items whose confidence is in [low, high), by route or ``resolved``."""

    low: float
    high: float
    counts: dict[str, int]


@dataclass(frozen=True)
class Histogram:
    """All items with a prediction by confidence; ``threshold`` is the policy's."""

    bins: tuple[HistogramBin, ...]
    item_count: int
    threshold: float | None


@dataclass(frozen=True)
class ExploreFilter:
    """What the list is narrowed to; None leaves a condition out. Confidence in [low, high], both included."""

    low: float | None = None
    high: float | None = None
    class_id: int | None = None
    route: str | None = None
    reviewed: bool | None = None
    disagrees: bool | None = None
    text: str | None = None


@dataclass(frozen=True)
class ItemRow:
    """One line of the list."""

    item_id: int
    external_id: str
    excerpt: str
    prediction: str | None
    confidence: float | None
    label: str | None
    answered_by: str
    route: str


@dataclass(frozen=True)
class ItemPage:
    """A page of the items that fit, and how many fit in all."""

    rows: tuple[ItemRow, ...]
    total_count: int

    @property
    def page_count(self) -> int:
        """Pages of ``PAGE_SIZE``; at least one."""
        return max(1, -(-self.total_count // PAGE_SIZE))


@dataclass(frozen=True)
class ShownField:
    """A field of an item as it reads."""

    name: str
    role: str
    value: str


@dataclass(frozen=True)
class ShownPrediction:
    """The champion's answer for an item; the version is always named."""

    version_id: int
    version_name: str
    class_id: int
    class_name: str
    confidence: float
    runner_up_name: str | None
    runner_up_confidence: float | None
    novelty: float | None


@dataclass(frozen=True)
class ShownRelease:
    """An answer that the model gave, and what ended it."""

    class_name: str
    version_name: str
    accept_score: float
    threshold: float
    at: str
    end_reason: str | None
    ended_at: str | None


@dataclass(frozen=True)
class ShownEvent:
    """One thing that was said about an item."""

    text: str
    actor_name: str
    comment: str
    is_undone: bool
    at: str
    request_id: str | None
    actor_id: int
    can_be_undone: bool


@dataclass(frozen=True)
class ItemDetail:
    """One item with everything known about it."""

    item_id: int
    external_id: str
    fields: tuple[ShownField, ...]
    label_id: int | None
    label_name: str | None
    cannot_tell: bool
    answered_by: str
    route: str
    route_reason: str
    prediction: ShownPrediction | None
    identical_count: int
    is_blind: bool
    source_file: str
    row_number: int
    releases: tuple[ShownRelease, ...]
    events: tuple[ShownEvent, ...]


def read_histogram(db: Database) -> Histogram:
    """All items with a prediction of the champion, in ``BIN_COUNT`` bins of confidence."""
    counts: dict[int, dict[str, int]] = {}
    for row in count_confidences(db, bin_count=BIN_COUNT):
        counts.setdefault(row["bin"], {})[row["series"]] = row["count"]
    bins = tuple(
        HistogramBin(position / BIN_COUNT, (position + 1) / BIN_COUNT, counts.get(position, {}))
        for position in range(BIN_COUNT)
    )
    total = sum(sum(column.counts.values()) for column in bins)
    return Histogram(bins, total, current_policy(db).threshold)


def read_items(db: Database, chosen: ExploreFilter, *, order: str, page: int) -> ItemPage:
    """Page ``page`` (from 1) of the items that fit, in one of ``ORDERS``."""
    filters = _conditions(chosen)
    names = _class_names(db)
    shown = learned_fields(read_project(db).fields)
    rows = list_items(db, filters, order=order, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
    return ItemPage(tuple(_item_row(row, names, shown) for row in rows), count_items(db, filters))


def read_item(db: Database, external_id: str, *, people: Mapping[int, str]) -> ItemDetail | None:
    """One visible item with its prediction, releases and events; None when there is no such item."""
    row = find_item(db, external_id)
    if row is None:
        return None
    names = _class_names(db)
    prediction = _prediction(row, names)
    route = "audit" if row["is_drawn"] else row["route"]
    reason = route_reason(
        route,
        confidence=row["confidence"],
        threshold=current_policy(db).threshold,
        novelty=row["novelty"],
    )
    return ItemDetail(
        item_id=row["item_id"],
        external_id=row["external_id"],
        fields=_shown_fields(row["fields"], read_project(db).fields),
        label_id=row["label_id"],
        label_name=names.get(row["label_id"]),
        cannot_tell=bool(row["cannot_tell"]),
        answered_by=_answered_by(row),
        route=route,
        route_reason=reason,
        prediction=prediction,
        identical_count=row["identical_count"],
        is_blind=bool(row["is_drawn"]),
        source_file=row["file_name"],
        row_number=row["row_number"],
        releases=tuple(_release(release, names) for release in list_releases(db, row["item_id"])),
        events=_shown_events(group_events(db, row["group_id"]), names, people),
    )


def read_classes(db: Database) -> tuple[LabelClass, ...]:
    """The classes that may be given as an answer, in their order."""
    return tuple(label_class for label_class in list_classes(db) if not label_class.retired)


def _conditions(chosen: ExploreFilter) -> dict[str, object]:
    values = {field.name: getattr(chosen, field.name) for field in fields(chosen)}
    values["disagrees"] = chosen.disagrees or None
    values["text"] = (chosen.text or "").strip() or None
    return {name: value for name, value in values.items() if value is not None}


def _class_names(db: Database) -> dict[int | None, str]:
    return {label_class.id: label_class.name for label_class in list_classes(db)}


def _item_row(row: Mapping[str, Any], names: Mapping[int | None, str], shown: tuple[Field, ...]) -> ItemRow:
    return ItemRow(
        item_id=row["item_id"],
        external_id=row["external_id"],
        excerpt=_excerpt(json.loads(row["fields"]), shown),
        prediction=names.get(row["predicted_id"]),
        confidence=row["confidence"],
        label=names.get(row["label_id"]) or ("can't tell" if row["cannot_tell"] else None),
        answered_by=_answered_by(row),
        route=row["route"],
    )


def _excerpt(values: Mapping[str, object], shown: tuple[Field, ...]) -> str:
    texts = [str(values.get(field.name) or "") for field in shown if field.role is Role.TEXT]
    if any(texts):
        text = " · ".join(filter(None, texts))
    else:
        text = " · ".join(f"{field.name} {_text(values.get(field.name))}" for field in shown[:_EXCERPT_FIELDS])
    flat = " ".join(text.split())
    return flat if len(flat) <= _EXCERPT_LENGTH else f"{flat[: _EXCERPT_LENGTH - 1]}…"


def _answered_by(row: Mapping[str, Any]) -> str:
    if row["cannot_tell"] or (row["label_id"] is not None and row["review_count"]):
        return "a person"
    if row["label_id"] is not None:
        return "imported label"
    return "the model" if row["is_released"] else "nobody yet"


def _prediction(row: Mapping[str, Any], names: Mapping[int | None, str]) -> ShownPrediction | None:
    if row["predicted_id"] is None:
        return None
    return ShownPrediction(
        version_id=row["version_id"],
        version_name=row["version_name"],
        class_id=row["predicted_id"],
        class_name=names[row["predicted_id"]],
        confidence=row["confidence"],
        runner_up_name=names.get(row["runner_up_id"]),
        runner_up_confidence=row["runner_up_confidence"],
        novelty=row["novelty"],
    )


def _shown_fields(text: str, roles: tuple[Field, ...]) -> tuple[ShownField, ...]:
    values = json.loads(text)
    known = {field.name: field.role.value for field in roles}
    order = sorted(values, key=lambda name: list(known).index(name) if name in known else len(known))
    return tuple(ShownField(name, known.get(name, "shown"), _text(values[name])) for name in order)


def _text(value: object) -> str:
    if value is None or value == "":
        return "—"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _release(row: Mapping[str, Any], names: Mapping[int | None, str]) -> ShownRelease:
    return ShownRelease(
        class_name=names[row["class_id"]],
        version_name=row["version_name"],
        accept_score=row["accept_score"],
        threshold=row["threshold"],
        at=row["at"],
        end_reason=row["end_reason"],
        ended_at=row["ended_at"],
    )


def _shown_events(
    events: list[Event], names: Mapping[int | None, str], people: Mapping[int, str]
) -> tuple[ShownEvent, ...]:
    undone = {event.target_id for event in events if event.kind is EventKind.UNDO}
    return tuple(
        ShownEvent(
            text=_event_text(event, names),
            actor_name="Import" if event.source is Source.IMPORT else people.get(event.actor_id, "?"),
            comment=event.comment,
            is_undone=event.id in undone,
            at=event.at,
            request_id=event.request_id,
            actor_id=event.actor_id,
            can_be_undone=event.source is not Source.IMPORT and event.kind is not EventKind.UNDO,
        )
        for event in reversed(events)
    )


def _event_text(event: Event, names: Mapping[int | None, str]) -> str:
    name = names.get(event.class_id, "?")
    texts = {
        EventKind.LABEL: f"imported label: {name}" if event.source is Source.IMPORT else f"decided: {name}",
        EventKind.ADJUDICATE: f"settled: {name}",
        EventKind.CANNOT_TELL: "can't tell",
        EventKind.SKIP: "skipped",
        EventKind.UNDO: "took back a decision",
        EventKind.CLASS: f"class {name}",
    }
    return texts[event.kind] + (" (blind)" if event.blind else "") + (" (surplus)" if event.surplus else "")
