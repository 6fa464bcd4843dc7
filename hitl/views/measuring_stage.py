"""How far the measuring of a version has come: a rough estimate, test labels that came with the data, a blind test."""

from collections.abc import Sequence
from dataclasses import dataclass

from hitl.domain.language import _
from hitl.views.measures import Evaluation, explain_few

STAGE_COUNT = 3
_NUMBERS = {"cross_validation": 1, "imported_test": 2, "drawn_test": 3}


@dataclass(frozen=True)
class MeasuringStage:
    """The stage that a version's measurements have reached, 0 where there is none, and what brings the next."""

    number: int
    name: str
    what_next: str


def find_stage(evaluations: Sequence[Evaluation]) -> MeasuringStage:
    """The furthest stage that any measurement has reached."""
    known = [one for one in evaluations if one.accuracy is not None]
    furthest = max(known, key=lambda one: _NUMBERS[one.source], default=None)
    if furthest is None:
        return MeasuringStage(
            0, _("not measured yet"), _("A blind test measures it: a lead draws it on Train, and people review it.")
        )
    needed, have = furthest.needed_count, furthest.label_count
    if furthest.source == "cross_validation":
        return MeasuringStage(
            1,
            _("a rough estimate on the labels that it learned from"),
            _(
                "A blind test of about {count} items says how right it is, to within ten points: a lead draws it on "
                "Train. An import with at least 200 labels keeps a fifth of them for testing, too."
            ).format(count=needed),
        )
    if furthest.source == "imported_test":
        return MeasuringStage(
            2,
            _("test labels that came with the data"),
            _(
                "A blind test of about {count} items says how right it is on the items of today: a lead draws it on "
                "Train."
            ).format(count=needed),
        )
    return MeasuringStage(3, _("a blind test"), _describe_last(have, needed))


def _describe_last(have: int, needed: int) -> str:
    if have < needed:
        return _("To know it within ten points: {missing}. Review more drawn items on the Review page.").format(
            missing=explain_few(have, needed)
        )
    return _("Nothing is missing. Four times as many test labels would halve the range.")
