"""What a reviewer sees: cards, progress, the classes on offer, and what to do when nothing is waiting."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from hitl.domain.class_looks import COLOURS
from hitl.domain.clock import utc_text
from hitl.domain.covers import Covers, covered_text
from hitl.domain.fields import Role, stored_fields
from hitl.domain.images import ImageRef
from hitl.domain.language import Words, _, later
from hitl.domain.links import safe_link
from hitl.domain.people import Actor
from hitl.domain.reader import day_start
from hitl.domain.records import Route
from hitl.store import reads_review as reads
from hitl.store.assignments import Assignment, open_assignments, waiting_count
from hitl.store.events import count_standing_skips
from hitl.store.field_covers import current_covers
from hitl.store.items import read_items, visible_count
from hitl.store.projects import read_project
from hitl.store.versions import champion_id, labelled_class_ids
from hitl.views.bulk import read_sent_back
from hitl.views.class_history import ShownClass, read_shown_classes
from hitl.views.formatting import stamp_text
from hitl.views.labels import explain_missing, read_class_counts, read_staleness
from hitl.views.why import Why, read_whys
from hitl.views.wording import count_of


@dataclass(frozen=True)
class CardField:
    """A field of an item; ``value`` is text, a number or None when it is missing, ``href`` the address of a link.

    Of an image ``value`` is its path in the file it came with, and ``image`` its hash.
    """

    name: str
    role: str
    value: str | float | None
    href: str | None = None
    image: str | None = None


@dataclass(frozen=True)
class CardPrediction:
    """What a model version answers; confidences are shares in [0, 1], ``novelty`` a percentile, each or None.

    ``by_words`` says that the version knew the class by its words alone: it had no label of it to learn from.
    """

    version_id: int
    version_name: str
    class_id: int
    confidence: float | None
    runner_up_id: int | None
    runner_up_confidence: float | None
    novelty: float | None
    by_words: bool = False


@dataclass(frozen=True)
class Card:
    """One item to decide on; ``prediction`` is None when the review is blind or there is no model, and so is ``why``.

    ``why`` is None as well until the worker has explained the item. ``note`` says who or what sent it back, and why;
    None for the others. ``hint`` says what class it looks like by its words, before there is a model.
    """

    assignment_id: int
    item_id: int
    group_id: int
    external_id: str
    fields: tuple[CardField, ...]
    identical_count: int
    route: str
    blind: bool
    prediction: CardPrediction | None
    note: str | None
    why: Why | None = None
    hint: str | None = None


@dataclass(frozen=True)
class Progress:
    """How far the queue and the reviewer are, in groups and decisions; None means not asked."""

    waiting: int
    reviewed_by_me_today: int
    skipped_by_me: int | None


@dataclass(frozen=True)
class DeskClass:
    """A class that may be given as an answer; ``is_chosen`` when somebody chose its shortcut."""

    id: int
    name: str
    guideline: str
    colour: str
    mark: str
    shortcut: str | None
    is_chosen: bool


@dataclass(frozen=True)
class ReviewDesk:
    """What stays the same from card to card; ``mark`` tells the project from an earlier one of its name."""

    mark: str
    guide: str
    classes: tuple[DeskClass, ...]


@dataclass(frozen=True)
class Link:
    """A page that helps on, by its address within the app."""

    page: str
    text: str


@dataclass(frozen=True)
class Rest:
    """What to read, and where to go next, when the desk has no card; the first link is the best step."""

    title: str
    text: str
    links: tuple[Link, ...] = ()


_LINKS = Words({"import": later("Import items"), "train": later("Go to Train"), "explore": later("Open Explore")})
_SENT_BACK = frozenset({Route.SECOND_LOOK.value})


def read_cards(
    db: Database, assignments: Sequence[Assignment], *, people: Mapping[int, str], viewer_id: int | None = None
) -> list[Card]:
    """The cards of leased items for their viewer, in the given order; a blind one carries no prediction at all."""
    item_ids = [assignment.item_id for assignment in assignments]
    items = {item["id"]: item for item in read_items(db, item_ids)}
    predictions = reads.champion_predictions(db, item_ids)
    counts = reads.visible_counts(db, [assignment.group_id for assignment in assignments])
    covers = current_covers(db)
    roles = {field.name: field.role.value for field in stored_fields(read_project(db).fields)}
    whys = _whys(db, [one for one in assignments if one.item_id in predictions], items)
    labelled = _labelled_by(db, predictions)
    return [
        _card(
            assignment,
            items[assignment.item_id],
            roles=roles,
            covers=covers,
            prediction=None if assignment.blind else _card_prediction(predictions.get(assignment.item_id), labelled),
            item_count=counts.get(assignment.group_id, 1),
            note=read_sent_back(db, assignment.group_id, people=people, viewer_id=viewer_id)
            if assignment.route in _SENT_BACK
            else None,
            why=whys.get(assignment.id),
        )
        for assignment in assignments
    ]


def read_held_whys(db: Database, held: Sequence[Assignment], wanted: Collection[int]) -> dict[int, Why]:
    """Assignment id → why, of those of the held ones that are wanted and explained by now; of a blind one nothing."""
    asked = [assignment for assignment in held if assignment.id in wanted]
    if not asked:
        return {}
    return _whys(db, asked, {item["id"]: item for item in read_items(db, [one.item_id for one in asked])})


def read_progress(db: Database, actor: Actor, now: datetime) -> Progress:
    """The counts beside the deck; a day begins at midnight of the reader's time zone."""
    return Progress(
        waiting=waiting_count(db),
        reviewed_by_me_today=_decided_today(db, actor, now),
        skipped_by_me=count_standing_skips(db, actor.id),
    )


def read_quick_progress(db: Database, actor: Actor, now: datetime) -> Progress:
    """The counts beside a deck that still has cards, without the skipped ones, which take longest to count."""
    return Progress(waiting=waiting_count(db), reviewed_by_me_today=_decided_today(db, actor, now), skipped_by_me=None)


def read_desk(db: Database) -> ReviewDesk:
    """Classes in use and guide of a project."""
    return ReviewDesk(
        mark=read_mark(db),
        guide=read_project(db).guide,
        classes=tuple(_desk_class(one) for one in read_shown_classes(db) if not one.label_class.retired),
    )


def read_rest(db: Database, progress: Progress) -> Rest:
    """Why a reviewer without a card has none, and what helps now."""
    if not visible_count(db):
        return Rest(
            _("No items yet"), _("Import a file; what needs a person's decision then waits here."), _links("import")
        )
    if progress.skipped_by_me:
        title = count_of(progress.skipped_by_me, "You skipped {count} item", "You skipped {count} items")
        if progress.waiting > progress.skipped_by_me:
            return Rest(title, _("The other waiting items are with other people just now."))
        return Rest(title, _("Nothing else is waiting for you."))
    if progress.waiting:
        held = count_of(
            progress.waiting,
            "{count} waiting item is with other people. What they leave comes here.",
            "{count} waiting items are with other people. What they leave comes here.",
        )
        return Rest(_("Others are at work on the rest"), held)
    return _rest_of_settled(db)


def read_cold_start(db: Database) -> str | None:
    """How far the labels are from a first model, while there is none; None once a version predicts."""
    if champion_id(db) is not None:
        return None
    enough = _("There are enough labels for a first model: start it on the Train page.")
    return explain_missing(read_class_counts(db)) or enough


def read_mark(db: Database) -> str:
    """What tells this project from an earlier one of the same name."""
    return reads.created_at(db)


def read_champion_id(db: Database) -> int | None:
    """The version whose predictions the cards show, or None."""
    return champion_id(db)


def lost_assignments(db: Database, actor: Actor, holding: Collection[int]) -> list[int]:
    """Those of the held assignments that are no open leases of the actor any more, sorted."""
    return sorted(set(holding) - {assignment.id for assignment in open_assignments(db, actor.id)})


def _rest_of_settled(db: Database) -> Rest:
    title = _("Everything here is settled")
    if champion_id(db) is None:
        missing = explain_missing(read_class_counts(db))
        if missing:
            return Rest(
                title,
                _("There is no model yet. {missing} Import more items to go on.").format(missing=missing),
                _links("import"),
            )
        return Rest(
            title,
            _("There are enough labels for a first model. Train it, or import more items."),
            _links("train", "import"),
        )
    if read_staleness(db).is_stale:
        text = _("The model has not learned from the newest answers yet. Train it again and compare.")
        return Rest(title, text, _links("train", "explore"))
    text = _("On Explore, list the items where people and the model disagree, or import more items.")
    return Rest(title, text, _links("explore", "import"))


def _whys(db: Database, assignments: Sequence[Assignment], items: Mapping[int, Mapping[str, Any]]) -> dict[int, Why]:
    seen = [assignment for assignment in assignments if not assignment.blind]
    whys = read_whys(db, {one.item_id: items[one.item_id]["fields"] for one in seen})
    return {one.id: whys[one.item_id] for one in seen if one.item_id in whys}


def _desk_class(shown: ShownClass) -> DeskClass:
    one, colour = shown.label_class, COLOURS[shown.look.colour or next(iter(COLOURS))]
    is_chosen = one.shortcut is not None
    return DeskClass(one.id, one.name, one.guideline, colour.hex, colour.mark, shown.look.shortcut, is_chosen)


def _decided_today(db: Database, actor: Actor, now: datetime) -> int:
    begin, end = day_start(now), day_start(now, days_before=-1)
    return reads.decision_count_between(db, actor_id=actor.id, at=utc_text(begin), until=utc_text(end))


def _card_field(name: str, role: str, value: str | float | None) -> CardField:
    image = ImageRef.parse(value) if role == Role.IMAGE else None
    if image:
        return CardField(name, role, image.path, image=image.sha256)
    if role == Role.SHOWN and isinstance(value, str):
        return CardField(name, role, stamp_text(value) or value)
    return CardField(name, role, value, safe_link(str(value or "")) if role == Role.LINK else None)


def _card(
    assignment: Assignment,
    item: dict[str, Any],
    *,
    roles: dict[str, str],
    covers: Covers,
    prediction: CardPrediction | None,
    item_count: int,
    note: str | None,
    why: Why | None,
) -> Card:
    fields = tuple(
        CardField(name, Role.SHOWN, covered_text(item["fields"].get(name), role, covers[name]))
        if name in covers
        else _card_field(name, role, item["fields"].get(name))
        for name, role in roles.items()
    )
    return Card(
        assignment_id=assignment.id,
        item_id=assignment.item_id,
        group_id=assignment.group_id,
        external_id=item["external_id"],
        fields=fields,
        identical_count=max(item_count - 1, 0),
        route=assignment.route,
        blind=assignment.blind,
        prediction=prediction,
        note=note,
        why=why if why and prediction and why.version_id == prediction.version_id else None,
    )


def _labelled_by(db: Database, predictions: Mapping[int, Mapping[str, Any]]) -> set[int] | None:
    """The classes that the version that predicts had labels of; None where that is not known."""
    version_id = next((row["version_id"] for row in predictions.values()), None)
    return None if version_id is None else labelled_class_ids(db, version_id)


def _card_prediction(row: Mapping[str, Any] | None, labelled: set[int] | None) -> CardPrediction | None:
    if row is None:
        return None
    return CardPrediction(
        version_id=row["version_id"],
        version_name=row["version_name"],
        class_id=row["class_id"],
        confidence=row["confidence"],
        runner_up_id=row["runner_up_id"],
        runner_up_confidence=row["runner_up_confidence"],
        novelty=row["novelty"],
        by_words=labelled is not None and row["class_id"] not in labelled,
    )


def _links(*pages: str) -> tuple[Link, ...]:
    return tuple(Link(page, _LINKS[page]) for page in pages)
