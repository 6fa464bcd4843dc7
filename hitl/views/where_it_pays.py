"""Where the next decisions pay most: by class and slice the errors that the model expects of its own answers."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlite_utils import Database

from hitl.domain.covers import uncovered
from hitl.domain.fields import slice_names
from hitl.domain.language import _
from hitl.store.field_covers import current_covers
from hitl.store.item_counts import DoubtSum, sum_doubts
from hitl.store.projects import list_classes, read_project
from hitl.store.versions import champion_id
from hitl.views.formatting import number
from hitl.views.learning_curve import describe_gain
from hitl.views.measures import Evaluation
from hitl.views.versions import VersionSummary
from hitl.views.wording import count_of

SHOWN_CLASSES = 5
SHOWN_SLICES = 3
SHOWN_UNMEASURED = 3


@dataclass(frozen=True)
class PayingPlace:
    """A class that the model answers, or a value of a slice field, with what it expects of its answers there.

    ``options`` are those of the address of Explore that lists them.
    """

    name: str
    group_count: int
    expected_errors: float
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class WhereItPays:
    """What the next decisions may bring, and where.

    Attributes
    ----------
    gain : str
        The hint, or why there is none.
    classes, slices : tuple of PayingPlace
        Most expected errors first; empty without a model or unanswered items.
    unknown_count : int
        Unanswered groups whose answer has no known confidence.
    unmeasured : tuple of (class name, test labels)
        The classes of which the test labels say least; empty where nothing was measured on test labels.
    """

    gain: str
    classes: tuple[PayingPlace, ...]
    slices: tuple[PayingPlace, ...]
    unknown_count: int
    unmeasured: tuple[tuple[str, int], ...]


def read_where_it_pays(db: Database, champion: VersionSummary | None) -> WhereItPays:
    """What the model in use expects of its answers to what nobody has answered."""
    if champion is None or champion_id(db) is None:
        return WhereItPays(describe_gain(db), (), (), 0, ())
    fields = slice_names(uncovered(read_project(db).fields, current_covers(db)))
    doubts = sum_doubts(db, slice_fields=fields)
    classes = {one.id: one for one in list_classes(db) if not one.retired}
    by_class = [
        _place(classes[class_id].name, found, ("class", classes[class_id].key))
        for class_id, found in doubts.by_class.items()
        if class_id in classes
    ]
    by_slice = [
        _place(f"{field}: {value}", found, ("slice", f"{field}:{value}"))
        for field, values in doubts.by_slice.items()
        for value, found in values.items()
    ]
    return WhereItPays(
        describe_gain(db),
        _most(by_class, SHOWN_CLASSES),
        _most(by_slice, SHOWN_SLICES),
        doubts.unknown_count,
        tuple(_least_measured(champion.evaluation)),
    )


def describe_place(place: PayingPlace) -> str:
    """How many of the answers there may be wrong.

    >>> describe_place(PayingPlace("refund", 120, 41.6, ()))
    'about 42 of 120 unanswered items may be wrong'
    """
    return _("about {errors} of {items} may be wrong").format(
        errors=number(round(place.expected_errors)),
        items=count_of(place.group_count, "{count} unanswered item", "{count} unanswered items"),
    )


def _place(name: str, found: DoubtSum, option: tuple[str, str]) -> PayingPlace:
    return PayingPlace(name, found.group_count, found.expected_errors, (option, ("unanswered", "yes")))


def _most(places: list[PayingPlace], count: int) -> tuple[PayingPlace, ...]:
    """Places where at least one answer is expected to be wrong."""
    paying = [one for one in places if round(one.expected_errors)]
    return tuple(sorted(paying, key=lambda one: (-one.expected_errors, one.name))[:count])


def _least_measured(evaluation: Evaluation | None) -> Iterator[tuple[str, int]]:
    if evaluation is None or evaluation.source == "cross_validation":
        return
    few = [one for one in evaluation.classes if one.label_count < evaluation.needed_count]
    for one in sorted(few, key=lambda one: (one.label_count, one.name))[:SHOWN_UNMEASURED]:
        yield one.name, one.label_count
