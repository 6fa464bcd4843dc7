"""What was measured of a model version, in a form that screens and charts share."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hitl.domain.language import _
from hitl.ml.label_needs import labels_needed
from hitl.views.formatting import number

STANDS_OUT = 0.05
_ROUND_TO = 5


@dataclass(frozen=True)
class Rate:
    """A share in [0, 1] with its 95 % interval and the number of labels it rests on."""

    value: float
    low: float | None
    high: float | None
    count: int


@dataclass(frozen=True)
class ClassMeasure:
    """How well one class is found: precision over its predictions, recall over its labels; None where none speaks."""

    name: str
    precision: Rate | None
    recall: Rate | None
    f1: float | None

    @property
    def label_count(self) -> int:
        """Labels of the class."""
        return self.recall.count if self.recall else 0

    @property
    def answer_count(self) -> int:
        """Answers with the class."""
        return self.precision.count if self.precision else 0

    @property
    def missed_count(self) -> int:
        """Labels of the class that were not found."""
        return round(self.recall.count * (1 - self.recall.value)) if self.recall else 0


@dataclass(frozen=True)
class SliceMeasure:
    """How right a version is on the items with one value in one column.

    Attributes
    ----------
    accuracy : Rate or None
    accepted : Rate or None
        Share that the model would answer alone.
    risk : Rate or None
        Share of wrong answers among those.
    chance : float or None
        How likely such a distance to all other items is by chance, counted for all slices together; None where there
        are too few labels to look.
    """

    field: str
    value: str
    accuracy: Rate | None
    accepted: Rate | None
    risk: Rate | None
    chance: float | None

    @property
    def label_count(self) -> int:
        """Test labels of the slice."""
        return self.accuracy.count if self.accuracy else 0

    @property
    def stands_out(self) -> bool:
        """Whether it differs from the rest by more than chance."""
        return self.chance is not None and self.chance < STANDS_OUT


@dataclass(frozen=True)
class ReliabilityBin:
    """Answers of like confidence: their mean confidence and the share of them that was right."""

    confidence: float
    accuracy: Rate


@dataclass(frozen=True)
class Confusion:
    """Counts of labels: ``counts[i][j]`` items of class i that the model called class j."""

    class_names: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class ConfusedPair:
    """One kind of error: items of class ``label`` that the model called ``prediction``."""

    label: str
    prediction: str
    count: int


@dataclass(frozen=True)
class Evaluation:
    """One measurement of one version on labels of one source."""

    source: str
    label_count: int
    accuracy: Rate | None
    macro_f1: Rate | None
    balanced_accuracy: Rate | None
    calibration_error: float | None
    classes: tuple[ClassMeasure, ...]
    confusion: Confusion | None
    reliability: tuple[ReliabilityBin, ...]
    at: str
    slices: tuple[SliceMeasure, ...] = ()
    threshold: float | None = None

    @property
    def needed_count(self) -> int:
        """Labels from which on a share about like the accuracy is known to within ten points."""
        return labels_needed(self.accuracy.value if self.accuracy else None)

    @property
    def classes_by_hurt(self) -> tuple[ClassMeasure, ...]:
        """The classes, those with most labels missed first; those with too few labels to say last."""
        needed = self.needed_count
        return tuple(sorted(self.classes, key=lambda one: (one.label_count < needed, -one.missed_count)))

    @property
    def looked_count(self) -> int:
        """Slices that have labels enough to be compared with the rest."""
        return sum(one.chance is not None for one in self.slices)


def explain_few(have: int, needed: int) -> str:
    """What is said instead of a number that rests on too few labels.

    >>> explain_few(12, 49)
    'not enough labels yet (have 12, need about 50)'
    """
    need = number(_about(needed))
    return _("not enough labels yet (have {have}, need about {need})").format(have=number(have), need=need)


def few_cell(have: int, needed: int) -> str:
    """The same in the cell of a table, short enough for a phone.

    >>> few_cell(12, 49)
    'too few: 12 of about 50'
    """
    return _("too few: {have} of about {need}").format(have=number(have), need=number(_about(needed)))


def explain_few_cells(counts: Iterable[int], needed: int) -> str:
    """What such cells of a table mean, by the first of them; empty where there is none.

    >>> explain_few_cells([120, 12], 49)
    'Too few means: not enough labels yet (have 12, need about 50).'
    """
    few = next((count for count in counts if count < needed), None)
    return "" if few is None else _("Too few means: {reason}.").format(reason=explain_few(few, needed))


def _about(needed: int) -> int:
    return -(-needed // _ROUND_TO) * _ROUND_TO


def list_confused_pairs(confusion: Confusion, limit: int = 12) -> tuple[ConfusedPair, ...]:
    """The most frequent errors, most frequent first.

    >>> list_confused_pairs(Confusion(("a", "b"), ((5, 2), (0, 3))))
    (ConfusedPair(label='a', prediction='b', count=2),)
    """
    names = confusion.class_names
    pairs = [
        ConfusedPair(names[row], names[column], count)
        for row, counts in enumerate(confusion.counts)
        for column, count in enumerate(counts)
        if row != column and count
    ]
    return tuple(sorted(pairs, key=lambda pair: (-pair.count, pair.label, pair.prediction))[:limit])


def pick_evaluation(evaluations: Sequence[Evaluation]) -> Evaluation | None:
    """The measurement to show first: a blind draw, then imported test labels, then cross-validation.

    One source with an accuracy goes before another without.
    """
    order = ("drawn_test", "imported_test", "cross_validation")
    known = [evaluation for evaluation in evaluations if evaluation.accuracy is not None]
    return min(known, key=lambda evaluation: order.index(evaluation.source), default=None)


def decode_evaluation(
    row: Mapping[str, Any], *, source: str, class_names: Mapping[int, str], left_out: Container[str] = ()
) -> Evaluation:
    """The measurement in a decoded row of ``evaluations``: ``label_count``, ``body``, ``at``."""
    body: Mapping[str, Any] = row["body"]
    names = tuple(class_names.get(class_id, f"class {class_id}") for class_id in body.get("class_ids", ()))
    counts = tuple(tuple(line) for line in body.get("confusion", ()))
    return Evaluation(
        source=source,
        label_count=row["label_count"],
        accuracy=_rate(body.get("accuracy")),
        macro_f1=_rate(body.get("macro_f1")),
        balanced_accuracy=_rate(body.get("balanced_accuracy")),
        calibration_error=body.get("calibration_error"),
        classes=tuple(_class_measure(one, class_names) for one in body.get("per_class", ())),
        confusion=Confusion(names, counts) if counts else None,
        reliability=tuple(
            ReliabilityBin(one["mean_confidence"], rate)
            for one in body.get("reliability", ())
            if (rate := _rate(one["accuracy"]))
        ),
        at=row["at"],
        slices=tuple(_slice_measure(one) for one in body.get("slices", ()) if one["field"] not in left_out),
        threshold=body.get("threshold"),
    )


def _rate(found: Mapping[str, Any] | None) -> Rate | None:
    if not found or found["value"] is None:
        return None
    return Rate(found["value"], found["low"], found["high"], found["n"])


def _class_measure(found: Mapping[str, Any], class_names: Mapping[int, str]) -> ClassMeasure:
    name = class_names.get(found["class_id"], f"class {found['class_id']}")
    return ClassMeasure(name, _rate(found["precision"]), _rate(found["recall"]), found["f1"])


def _slice_measure(found: Mapping[str, Any]) -> SliceMeasure:
    return SliceMeasure(
        field=found["field"],
        value=found["value"],
        accuracy=_rate(found["accuracy"]),
        accepted=_rate(found["accepted"]),
        risk=_rate(found["risk"]),
        chance=found["chance"],
    )
