"""What more labels would bring: the curve made last, the versions so far on the same test labels, and a hint."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import pow as power
from typing import Any

from sqlite_utils import Database

from hitl.domain.language import _
from hitl.store.learning_curves import label_counts_of_versions, latest_learning_curve
from hitl.views.formatting import number
from hitl.views.measures import Rate
from hitl.views.versions import VersionSummary
from hitl.views.wording import SOURCE_NAMES, percent

MILESTONES = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.925, 0.95, 0.97, 0.98, 0.99, 0.995)
FARTHEST = 4.0
CLEARLY_MORE = 0.01
_LAW_POINTS = 24


@dataclass(frozen=True)
class CurveMark:
    """An accuracy after so many labels: of a part of the labels, or of a version with its name."""

    label_count: int
    accuracy: Rate
    source_name: str
    name: str


@dataclass(frozen=True)
class LearningCurveView:
    """The curve to draw.

    Attributes
    ----------
    marks : tuple of CurveMark
        By cross-validation on parts of the labels; empty before a curve was made.
    versions : tuple of CurveMark
        Versions measured on the same test labels, oldest first; empty for fewer than two.
    law : tuple of (labels, accuracy)
        The hint as a line; empty where there is none.
    hint : str
        What it says, or why it says nothing.
    version_name : str
        Whose settings the curve was made with.
    """

    marks: tuple[CurveMark, ...]
    versions: tuple[CurveMark, ...]
    law: tuple[tuple[float, float], ...]
    hint: str
    version_name: str
    repeats: int
    at: str

    @property
    def is_made(self) -> bool:
        """Whether a curve was ever made."""
        return bool(self.marks)


def read_learning_curve(db: Database, versions: Sequence[VersionSummary]) -> LearningCurveView:
    """The curve made last, beside the versions (newest first)."""
    found = latest_learning_curve(db)
    measured = _measured_alike(versions, label_counts_of_versions(db))
    if found is None:
        return LearningCurveView((), measured, (), "", "", 0, "")
    body = found["body"]
    names = {one.version.id: one.title for one in versions}
    law: Mapping[str, float] | None = body["law"]
    return LearningCurveView(
        marks=tuple(_mark(one) for one in body["points"]),
        versions=measured,
        law=_line(law, body["points"], body["label_count"]) if law else (),
        hint=describe_hint(law, body["label_count"]),
        version_name=names.get(found["version_id"], "?"),
        repeats=body["repeats"],
        at=found["at"],
    )


def describe_gain(db: Database) -> str:
    """What the next decisions would bring by the curve made last, as a hint, or why that can't be said yet."""
    found = latest_learning_curve(db)
    if found is None:
        return _("It can't be said yet what the next decisions would bring: no learning curve was made.")
    gain: Mapping[str, float] | None = found["body"].get("gain")
    if gain is None:
        return _(
            "It can't be said yet what the next decisions would bring: the learning curve made last does not rise "
            "clearly, or was made before this was asked of it."
        )
    value, low, high = (number(100 * gain[name], 1) for name in ("value", "low", "high"))
    return _(
        "Hint: the next {count} decisions may raise the estimate by about {value} points ({low} to {high}), if they "
        "are like those so far."
    ).format(count=number(gain["label_count"]), value=value, low=low, high=high)


def describe_hint(law: Mapping[str, float] | None, label_count: int) -> str:
    """What the power law says about more labels, as a hint; or that it can't be known yet.

    >>> describe_hint({"floor": 0.0, "scale": 1.5, "exponent": 0.5}, 200)
    'Hint: about 200 more labels would bring this estimate from 89 % to 92.5 %.'
    >>> describe_hint(None, 200)[:24]
    "It can't be known yet wh"
    """
    if law is None:
        return _(
            "It can't be known yet what more labels would bring: between a quarter of the labels and all of them the "
            "accuracy does not rise by more than it varies."
        )
    now = _accuracy_at(law, label_count)
    target = next((one for one in MILESTONES if one > now + CLEARLY_MORE), None)
    rest = 1.0 - (target or 1.0) - law["floor"]
    needed = (law["scale"] / rest) ** (1.0 / law["exponent"]) if rest > 0 else None
    if target is None or needed is None or needed > FARTHEST * label_count:
        far = round(FARTHEST * label_count)
        return _("Hint: even {count} labels would bring this estimate from {now} to {share} only.").format(
            count=f"{number(far)}", now=percent(now), share=percent(_accuracy_at(law, far))
        )
    return _("Hint: about {count} more labels would bring this estimate from {now} to {share}.").format(
        count=f"{number(_rounded(needed - label_count))}",
        now=percent(now),
        share=percent(target, 0 if round(target * 1000) % 10 == 0 else 1),
    )


def _mark(point: Mapping[str, Any]) -> CurveMark:
    rate = Rate(point["accuracy"], point["low"], point["high"], point["label_count"])
    return CurveMark(point["label_count"], rate, SOURCE_NAMES["cross_validation"], "")


def _measured_alike(versions: Sequence[VersionSummary], label_counts: Mapping[int, int]) -> tuple[CurveMark, ...]:
    """The versions measured on as many labels of the same source as the newest one measured on test labels."""
    tested = [one for one in versions if one.evaluation and not one.is_relative and one.version.id in label_counts]
    newest = tested[0].evaluation if tested else None
    alike = [
        one
        for one in tested
        if newest
        and one.evaluation
        and (one.evaluation.source, one.evaluation.label_count) == (newest.source, newest.label_count)
    ]
    if len(alike) < 2:  # one alone shows no course
        return ()
    return tuple(
        CurveMark(label_counts[one.version.id], one.accuracy, one.source_name, one.title)
        for one in reversed(alike)
        if one.accuracy
    )


def _line(
    law: Mapping[str, float], points: Sequence[Mapping[str, Any]], label_count: int
) -> tuple[tuple[float, float], ...]:
    first, last = float(points[0]["label_count"]), 2.0 * label_count
    ratio = (last / first) ** (1.0 / (_LAW_POINTS - 1))
    counts = [first * ratio**step for step in range(_LAW_POINTS)]
    return tuple((count, _accuracy_at(law, count)) for count in counts)


def _accuracy_at(law: Mapping[str, float], label_count: float) -> float:
    return 1.0 - law["floor"] - law["scale"] * power(float(label_count), -law["exponent"])


def _rounded(count: float) -> int:
    """To two digits, and never less than five, for it is no more exact than that."""
    digits = max(len(str(int(max(count, 1)))) - 2, 0)
    step = max(5, int(10**digits))
    return max(5, round(count / step) * step)
