"""All items by how sure a version is, apart by what became of them, by class or by the value of a field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from sqlite_utils import Database

from hitl.domain.class_looks import COLOURS
from hitl.domain.covers import uncovered
from hitl.domain.fields import slice_names
from hitl.domain.language import _, ngettext
from hitl.domain.records import Route
from hitl.store.columns import AnswerColumns, Columns, read_columns
from hitl.store.field_covers import current_covers
from hitl.store.item_counts import ROUTE_KEYS, count_by_confidence, count_routes, count_unsure
from hitl.store.policies import current_policy
from hitl.store.projects import list_classes, read_project
from hitl.store.versions import champion_id
from hitl.views.class_history import read_shown_classes
from hitl.views.formatting import number
from hitl.views.wording import LABELLED, ROUTE_NAMES

BIN_COUNT = 40
BY_ROUTE, BY_CLASS = "route", "class"
FLAGGED = (Route.LOW_CONFIDENCE, Route.NOVEL, Route.AUDIT)
SERIES: tuple[str, ...] = (*map(str, FLAGGED), str(Route.AUTO_ACCEPT), "resolved")
"""From the bottom of a bar upwards: what waits for people stands on the axis, so that its bars can be compared."""
_MOST_SERIES = 6
_SLICE = "slice."


def route_series() -> dict[str, str]:
    """The series of a histogram split by routes: key → name in the reader's language, from the bottom upwards."""
    return {key: ROUTE_NAMES.get(key) or _(LABELLED) for key in SERIES}


@dataclass(frozen=True)
class HistogramBin:
    """Items whose confidence is in [low, high), by the key of a series; ``flagged_count`` of them go to people."""

    low: float
    high: float
    counts: dict[str, int]
    flagged_count: int

    @property
    def count(self) -> int:
        """All its items."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class Histogram:
    """All items with a prediction by confidence.

    Attributes
    ----------
    item_count, unknown_count : int
        Items in the bins; those with an answer of which nobody knows how sure it is, which are in no bin.
    threshold : float or None
        The policy's.
    series : dict of key to name
        From the bottom of a bar upwards.
    split : str
        What the series are: ``route``, ``class`` or ``slice.FIELD``.
    colours : dict of key to hex
        The colours that classes have elsewhere; empty for other splits.
    """

    bins: tuple[HistogramBin, ...]
    item_count: int
    threshold: float | None
    series: dict[str, str] = field(default_factory=route_series)
    split: str = BY_ROUTE
    colours: dict[str, str] = field(default_factory=dict)
    unknown_count: int = 0


def list_splits(db: Database) -> dict[str, str]:
    """What a histogram can be split by: key → name."""
    names = slice_names(uncovered(read_project(db).fields, current_covers(db)))
    return {BY_ROUTE: _("what becomes of it"), BY_CLASS: _("the model's answer")} | {
        f"{_SLICE}{name}": name for name in names
    }


def slice_of(split: str) -> str | None:
    """The field that a split is by, or None."""
    return split.removeprefix(_SLICE) if split.startswith(_SLICE) else None


def read_histogram(db: Database, *, version_id: int | None = None, split: str = BY_ROUTE) -> Histogram:
    """All items with a prediction of a version, or of the one in use, in ``BIN_COUNT`` bins of confidence."""
    shown = version_id or champion_id(db)
    if slice_of(split) in current_covers(db):
        split = BY_ROUTE
    columns = read_columns(db, [shown], slice_fields=[name for name in [slice_of(split)] if name])
    answers = columns.answers_of(shown)
    by_route = columns.once(("routes", shown), lambda: count_routes(columns.items, answers, bin_count=BIN_COUNT))
    flagged = by_route[:, [ROUTE_KEYS.index(route) for route in FLAGGED]].sum(axis=1)
    if split == BY_ROUTE:
        series, counts = route_series(), {key: by_route[:, ROUTE_KEYS.index(key)] for key in SERIES}
    else:
        series, counts = _split_counts(db, columns, shown, split)
    bins = tuple(
        HistogramBin(
            place / BIN_COUNT,
            (place + 1) / BIN_COUNT,
            {key: int(counts[key][place]) for key in series if counts[key][place]},
            int(flagged[place]),
        )
        for place in range(BIN_COUNT)
    )
    colours = _class_colours(db, series) if split == BY_CLASS else {}
    total = sum(one.count for one in bins)
    return Histogram(bins, total, current_policy(db).threshold, dict(series), split, colours, count_unsure(answers))


def unknown_text(histogram: Histogram) -> str:
    """How many answers are in no bin, and why; empty where all are."""
    if not histogram.unknown_count:
        return ""
    return ngettext(
        "{count} more item has an answer of which nobody knows how sure it is: it came with a file.",
        "{count} more items have an answer of which nobody knows how sure it is: it came with a file.",
        histogram.unknown_count,
    ).format(count=number(histogram.unknown_count))


def _class_colours(db: Database, series: Mapping[str, str]) -> dict[str, str]:
    """The classes' own colours; one that is taken in this chart gives way to a free one."""
    own = {shown.label_class.name: shown.look.colour for shown in read_shown_classes(db)}
    free, found = dict.fromkeys(COLOURS), {}
    for key, name in series.items():
        if name in own:
            colour = own[name] if own[name] in free else next(iter(free))
            free.pop(str(colour))
            found[key] = COLOURS[str(colour)].hex
    return found


def _split_counts(
    db: Database, columns: Columns, shown: int | None, split: str
) -> tuple[dict[str, str], dict[str, npt.NDArray[np.int64]]]:
    """The most frequent values as series of their own, the rest as one: key → name, and key → counts by bin."""
    answers = columns.answers_of(shown)
    codes, names = _values(db, columns, answers, split)
    uses = np.bincount(codes[~np.isnan(answers.confidence)], minlength=len(names))
    chosen = [int(code) for code in np.argsort(-uses, kind="stable")[:_MOST_SERIES] if uses[code]]
    place_of = np.full(len(names), len(chosen))
    place_of[chosen] = np.arange(len(chosen))
    counts = count_by_confidence(answers, place_of[codes], series_count=len(chosen) + 1, bin_count=BIN_COUNT)
    series = {f"value {place}": names[code] for place, code in enumerate(chosen)}
    if counts[:, -1].any():
        series["other"] = _("all others")
    return series, dict(zip(series, counts.T, strict=False))


def _values(
    db: Database, columns: Columns, answers: AnswerColumns, split: str
) -> tuple[npt.NDArray[np.int32], Sequence[str]]:
    """For each item a position among names."""
    if split == BY_CLASS:
        classes = {label_class.id: label_class.name for label_class in list_classes(db)}
        return answers.class_id, [classes.get(number, "?") for number in range(max([0, *classes]) + 1)]
    column = columns.slices[split.removeprefix(_SLICE)]
    return column.codes + 1, (_("(empty)"), *column.values)
