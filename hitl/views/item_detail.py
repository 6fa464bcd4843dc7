"""One item with everything known about it: fields, answer, prediction, releases and events."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from hitl.domain.covers import Covers, covered_text
from hitl.domain.fields import Field, Role
from hitl.domain.images import ImageRef
from hitl.domain.language import _
from hitl.domain.records import Event, EventKind, Route, Source
from hitl.store.events import group_events
from hitl.store.field_covers import current_covers
from hitl.store.policies import current_policy
from hitl.store.projects import list_classes, read_project
from hitl.store.reads_explore import find_item, list_releases
from hitl.store.versions import labelled_class_ids
from hitl.views.explore import answered_by
from hitl.views.formatting import stamp_text
from hitl.views.wording import field_text, route_reason


@dataclass(frozen=True)
class ShownField:
    """A field of an item as it reads; of an image ``value`` is its path and ``image`` its hash."""

    name: str
    role: str
    value: str
    image: str | None = None


@dataclass(frozen=True)
class ShownPrediction:
    """The champion's answer for an item; the version is always named.

    ``by_words`` says that it knew the class by its words alone: it had no label of it to learn from.
    """

    version_id: int
    version_name: str
    class_id: int
    class_name: str
    confidence: float | None
    runner_up_name: str | None
    runner_up_confidence: float | None
    novelty: float | None
    by_words: bool


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
    covered_names: tuple[str, ...] = ()


def read_item(db: Database, external_id: str, *, people: Mapping[int, str]) -> ItemDetail | None:
    """One visible item with its prediction, releases and events; None when there is no such item."""
    row = find_item(db, external_id)
    if row is None:
        return None
    names: dict[int | None, str] = {label_class.id: label_class.name for label_class in list_classes(db)}
    route = "audit" if row["is_drawn"] else row["route"]
    prediction = _prediction(db, row, names)
    return ItemDetail(
        item_id=row["item_id"],
        external_id=row["external_id"],
        fields=_shown_fields(row["fields"], read_project(db).fields, current_covers(db)),
        covered_names=tuple(current_covers(db)),
        label_id=row["label_id"],
        label_name=names.get(row["label_id"]),
        cannot_tell=bool(row["cannot_tell"]),
        answered_by=answered_by(row),
        route=route,
        route_reason=_reason(db, row, route, prediction),
        prediction=prediction,
        identical_count=row["identical_count"],
        is_blind=bool(row["is_drawn"]),
        source_file=row["file_name"],
        row_number=row["row_number"],
        releases=tuple(_release(release, names) for release in list_releases(db, row["item_id"])),
        events=_shown_events(group_events(db, row["group_id"]), names, people),
    )


def _reason(db: Database, row: Mapping[str, Any], route: str, prediction: ShownPrediction | None) -> str:
    if route == Route.NOVEL and prediction is not None and prediction.by_words:
        return _("The model had no label of this class to learn from, so a person decides.")
    threshold = current_policy(db).threshold
    return route_reason(route, confidence=row["confidence"], threshold=threshold, novelty=row["novelty"])


def _prediction(db: Database, row: Mapping[str, Any], names: Mapping[int | None, str]) -> ShownPrediction | None:
    if row["predicted_id"] is None:
        return None
    labelled = labelled_class_ids(db, row["version_id"])
    return ShownPrediction(
        version_id=row["version_id"],
        version_name=row["version_name"],
        class_id=row["predicted_id"],
        class_name=names[row["predicted_id"]],
        confidence=row["confidence"],
        runner_up_name=names.get(row["runner_up_id"]),
        runner_up_confidence=row["runner_up_confidence"],
        novelty=row["novelty"],
        by_words=labelled is not None and row["predicted_id"] not in labelled,
    )


def _shown_fields(text: str, roles: tuple[Field, ...], covers: Covers) -> tuple[ShownField, ...]:
    values = json.loads(text)
    known = {field.name: field.role.value for field in roles}
    order = sorted(values, key=lambda name: list(known).index(name) if name in known else len(known))
    return tuple(
        ShownField(name, Role.SHOWN, covered_text(values[name], known.get(name, "shown"), covers[name]))
        if name in covers
        else _shown_field(name, known.get(name, "shown"), values[name])
        for name in order
    )


def _shown_field(name: str, role: str, value: object) -> ShownField:
    image = ImageRef.parse(value)
    stamp = stamp_text(value) if role == Role.SHOWN and isinstance(value, str) else None
    return ShownField(name, role, stamp or field_text(value), image.sha256 if image else None)


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
            actor_name=_("Import") if event.source is Source.IMPORT else people.get(event.actor_id, "?"),
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
        EventKind.LABEL: _("imported label: {name}").format(name=name)
        if event.source is Source.IMPORT
        else _("decided: {name}").format(name=name),
        EventKind.ADJUDICATE: _("settled: {name}").format(name=name),
        EventKind.CANNOT_TELL: _("can't tell"),
        EventKind.SKIP: _("skipped"),
        EventKind.UNDO: _("took back a decision"),
        EventKind.CLASS: _("class {name}").format(name=name),
    }
    text = texts[event.kind]
    if event.blind:
        text = _("{decision} (blind)").format(decision=text)
    return _("{decision} (surplus)").format(decision=text) if event.surplus else text
