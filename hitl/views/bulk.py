"""What people see of acts on many items: what one would do, what was done, and who sent an item back."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from hitl.domain.bulk import BulkKind, LeftOut
from hitl.domain.clock import utc_text
from hitl.domain.covers import uncovered
from hitl.domain.explore_filter import ExploreFilter
from hitl.domain.fields import learned_fields
from hitl.domain.language import Words, _, later, ngettext
from hitl.domain.people import Actor
from hitl.domain.records import Source
from hitl.store import bulk as store
from hitl.store.bulk import Asked
from hitl.store.bulk_judgement import Judgement, judge_fitting, judge_items
from hitl.store.derived import group_label
from hitl.store.events import find_event_of_label
from hitl.store.field_covers import current_covers
from hitl.store.item_selection import select_item_ids
from hitl.store.items import read_items
from hitl.store.projects import list_classes, read_project
from hitl.store.versions import read_version
from hitl.views.explore import excerpt_of
from hitl.views.filter_words import describe_filter
from hitl.views.formatting import number

SAMPLE_SIZE = 5
LEFT_OUT_REASONS: Words[LeftOut] = Words(
    {
        LeftOut.GONE: later("replaced by a later import"),
        LeftOut.BLIND: later("drawn for a blind check, which must stay blind"),
        LeftOut.LEASED: later("somebody is deciding them just now"),
        LeftOut.NO_ANSWER: later("there is no answer in a class in use"),
        LeftOut.TEST: later("kept for testing, where the model's answer can't become the label"),
        LeftOut.SAME: later("already so"),
    }
)
SHOWN_ACTS = 10


@dataclass(frozen=True)
class SampleItem:
    """One of the items that would change: how it reads, its answer now and then."""

    external_id: str
    excerpt: str
    label: str
    becomes: str


@dataclass(frozen=True)
class BulkPreview:
    """What an act would do, before it happens: counts of items with their identical ones, and of groups left out."""

    item_count: int
    group_count: int
    people_count: int
    becomes: dict[str, int]
    present: dict[str, int]
    left_out: dict[LeftOut, int]
    sample: tuple[SampleItem, ...]


@dataclass(frozen=True)
class ShownAct:
    """An act as its list shows it; ``chosen`` says of which items, ``state`` is done, stopped, undone or undoing.

    One of a model version is nobody's own: whoever may do such acts may undo it.
    """

    id: int
    text: str
    chosen: str
    comment: str
    actor_id: int
    actor_name: str
    at: str
    group_count: int
    state: str
    request_id: str
    is_of_version: bool


def read_bulk_preview(
    db: Database, *, kind: BulkKind, class_id: int | None, item_ids: Iterable[int], actor: Actor, now: datetime
) -> BulkPreview:
    """What an act on these items would do if it were begun now."""
    asked = Asked(kind, class_id, actor.id, utc_text(now))
    return _preview(db, kind, judge_items(db, asked, item_ids))


def read_fitting_preview(
    db: Database, *, kind: BulkKind, class_id: int | None, chosen: ExploreFilter, actor: Actor, now: datetime
) -> BulkPreview:
    """What an act on all items that fit would do if it were begun now; counted once until something changes."""
    asked = Asked(kind, class_id, actor.id, utc_text(now))
    return _preview(db, kind, judge_fitting(db, asked, chosen))


def read_acts(db: Database, *, people: Mapping[int, str]) -> tuple[ShownAct, ...]:
    """The latest acts, newest first."""
    return tuple(_shown(db, act, people=people) for act in store.list_acts(db, count=SHOWN_ACTS))


def read_act(db: Database, act_id: int, *, people: Mapping[int, str]) -> ShownAct | None:
    """One act, or None when there is none of that id."""
    act = store.find_act(db, act_id)
    return None if act is None else _shown(db, act, people=people)


def read_fitting_ids(db: Database, chosen: ExploreFilter) -> list[int]:
    """The ids of all items that fit a filter, for an act on them."""
    return select_item_ids(db, chosen)


def read_sent_back(
    db: Database, group_id: int, *, people: Mapping[int, str], viewer_id: int | None = None
) -> str | None:
    """Who sent a group back, why, and what stands until it is decided; None when nobody did.

    Of a label that a model version doubts: whose label it is, in words for the viewer; nothing of the model's answer.
    """
    look = store.open_look_of(db, group_id)
    if look is None:
        return None
    if look["class_id"] is not None:
        return _describe_doubt(db, group_id, viewer_id=viewer_id)
    who = _("Sent back by {name}.").format(name=people.get(look["actor_id"], "?"))
    parts = [who, f"“{look['comment']}”"] if look["comment"] else [who]
    label_id, cannot_tell = group_label(db, group_id)
    if label_id is not None or cannot_tell:
        name = _("can't tell") if cannot_tell else _names(db)[label_id]
        parts.append(_("“{label}” stands until it is decided again.").format(label=name))
    return " ".join(parts)


def _describe_doubt(db: Database, group_id: int, *, viewer_id: int | None) -> str:
    label_id, _cannot_tell = group_label(db, group_id)
    event = find_event_of_label(db, group_id)
    if event is None or event.source is Source.IMPORT:
        sentence = _("“{label}” came with the data.")
    elif event.actor_id == viewer_id:
        sentence = _("You answered “{label}” before.")
    else:
        sentence = _("A colleague answered “{label}” before.")
    ask = _("The model finds it unlike other “{label}”: please look again. To confirm is as good as to change.")
    return " ".join((sentence, ask)).format(label=_names(db).get(label_id, "?"))


def describe_act(kind: BulkKind, *, class_name: str | None, item_count: int) -> str:
    """What an act did, or is to do, as a sentence without its end.

    >>> describe_act(BulkKind.CORRECT, class_name="spam", item_count=12)
    '12 items labelled “spam”'
    """
    sentences = {
        BulkKind.CONFIRM: ngettext(
            "{count} item labelled as the model answers", "{count} items labelled as the model answers", item_count
        ),
        BulkKind.CORRECT: ngettext("{count} item labelled “{name}”", "{count} items labelled “{name}”", item_count),
        BulkKind.CANNOT_TELL: ngettext(
            "{count} item settled as “can't tell”", "{count} items settled as “can't tell”", item_count
        ),
        BulkKind.REVIEW: ngettext("{count} item sent back to review", "{count} items sent back to review", item_count),
    }
    return sentences[kind].format(count=f"{number(item_count)}", name=class_name or "?")


def _shown(db: Database, act: store.BulkActRow, *, people: Mapping[int, str]) -> ShownAct:
    names = _names(db)
    return ShownAct(
        id=act.id,
        text=describe_act(act.kind, class_name=names.get(act.class_id), item_count=act.item_count),
        chosen=_describe_selection(db, act.selection),
        comment=act.comment,
        actor_id=act.actor_id,
        actor_name=people.get(act.actor_id, "?"),
        at=act.at,
        group_count=act.group_count,
        state=_state(act),
        request_id=act.request_id,
        is_of_version=act.version_id is not None,
    )


def _describe_selection(db: Database, selection: Mapping[str, Any]) -> str:
    if "doubted_by" in selection:
        version = read_version(db, int(selection["doubted_by"]))
        return _("labels that {version} finds unlike others of their class").format(version=version.name)
    if "filter" not in selection:
        return _("chosen one by one")
    return describe_filter(db, ExploreFilter.from_json(selection["filter"]))


def _state(act: store.BulkActRow) -> str:
    if act.undone_count is not None:
        return "undone"
    if act.undo_request_id is not None:
        return "undoing"
    return "stopped" if act.done_count is None else "done"


def _names(db: Database) -> dict[int | None, str]:
    return {one.id: one.name for one in list_classes(db)}


def _preview(db: Database, kind: BulkKind, judged: Judgement) -> BulkPreview:
    names = _names(db)
    present = _summed(
        (_present(names, label_id, cannot_tell=untellable), count)
        for (label_id, untellable), count in judged.present_counts.items()
    )
    wanted = ((_becomes(kind, names, class_id), count) for class_id, count in judged.wanted_counts.items())
    return BulkPreview(
        item_count=judged.item_count,
        group_count=judged.group_count,
        people_count=judged.people_count,
        becomes=present if kind is BulkKind.REVIEW else _summed(wanted),
        present=present,
        left_out=_summed(judged.left_out_counts.items()),
        sample=tuple(_read_sample(db, kind, judged, names)),
    )


def _becomes(kind: BulkKind, names: Mapping[int | None, str], class_id: int) -> str:
    return _("can't tell") if kind is BulkKind.CANNOT_TELL else names[class_id]


def _present(names: Mapping[int | None, str], label_id: int, *, cannot_tell: bool) -> str:
    return names.get(label_id) or (_("can't tell") if cannot_tell else _("no label yet"))


def _summed(pairs: Iterable[tuple[Any, int]]) -> dict[Any, int]:
    counts: dict[Any, int] = {}
    for name, count in pairs:
        counts[name] = counts.get(name, 0) + count
    return dict(sorted(counts.items(), key=lambda pair: -pair[1]))


def _read_sample(
    db: Database, kind: BulkKind, judged: Judgement, names: Mapping[int | None, str]
) -> Iterator[SampleItem]:
    shown = learned_fields(uncovered(read_project(db).fields, current_covers(db)))
    sampled = judged.sample(SAMPLE_SIZE)
    places = judged.places[sampled]
    items = {row["id"]: row for row in read_items(db, judged.items.item_id[places].tolist())}
    for place, wanted_id in zip(places.tolist(), judged.wanted_id[sampled].tolist(), strict=True):
        row = items[int(judged.items.item_id[place])]
        present = _present(names, int(judged.items.label_id[place]), cannot_tell=judged.is_untellable(place))
        yield SampleItem(
            external_id=row["external_id"],
            excerpt=excerpt_of(row["fields"], shown),
            label=present,
            becomes=present if kind is BulkKind.REVIEW else _becomes(kind, names, wanted_id),
        )
