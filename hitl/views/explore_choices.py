"""What there is to choose from on Explore: classes, slices, versions, orders, and what a chart is split by."""

from dataclasses import dataclass
from itertools import islice

from sqlite_utils import Database

from hitl.domain.covers import uncovered
from hitl.domain.fields import slice_names
from hitl.domain.language import _
from hitl.domain.records import LabelClass
from hitl.loop.nearest import can_compare
from hitl.store.field_covers import current_covers
from hitl.store.item_counts import count_slice_values
from hitl.store.projects import list_classes, read_project
from hitl.store.versions import answering_versions, champion_before, champion_id
from hitl.views.explore import ORDERS
from hitl.views.explore_address import ExploreChoices
from hitl.views.histogram import list_splits

MOST_VALUES = 200


@dataclass(frozen=True)
class SliceChoice:
    """A slice field with its most frequent values; ``is_cut`` when there are more, which can be typed."""

    field: str
    values: tuple[str, ...]
    is_cut: bool


@dataclass(frozen=True)
class ExploreDesk:
    """Everything the filters offer; ``version_names`` are those of versions whose answers are kept, newest first.

    ``can_compare`` says whether there is a text that everybody sees, so that items can be compared by what they mean.
    """

    classes: tuple[LabelClass, ...]
    slices: tuple[SliceChoice, ...]
    version_names: dict[int, str]
    champion_id: int | None
    has_before: bool
    splits: dict[str, str]
    choices: ExploreChoices
    can_compare: bool


def read_explore_desk(db: Database) -> ExploreDesk:
    """What the filters offer, classes that are retired left out."""
    classes, splits = list_classes(db), list_splits(db)
    fields = slice_names(uncovered(read_project(db).fields, current_covers(db)))
    champion, before, names = champion_id(db), champion_before(db), answering_versions(db)
    return ExploreDesk(
        classes=tuple(one for one in classes if not one.retired),
        slices=tuple(_slice_choice(db, field) for field in fields),
        version_names={one: _version_name(one, names[one], champion=champion, before=before) for one in names},
        champion_id=champion,
        has_before=before in names,
        splits=splits,
        choices=ExploreChoices(
            class_keys={one.id: one.key for one in classes if not one.retired},
            slice_fields=fields,
            version_ids=tuple(names),
            orders=tuple(ORDERS),
            splits=tuple(splits),
        ),
        can_compare=can_compare(db),
    )


def _slice_choice(db: Database, field: str) -> SliceChoice:
    counts = count_slice_values(db, field)
    return SliceChoice(field, tuple(islice(counts, MOST_VALUES)), len(counts) > MOST_VALUES)


def _version_name(version_id: int, name: str, *, champion: int | None, before: int | None) -> str:
    if version_id == champion:
        return _("{name} (in use)").format(name=name)
    return _("{name} (in use before)").format(name=name) if version_id == before else name
