"""How right a version is by class and by slice, as tables: where it hurts first, nothing that too few labels carry."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from hitl.domain.language import _, ngettext
from hitl.views.formatting import number, percent_pattern
from hitl.views.measures import ClassMeasure, Evaluation, Rate, SliceMeasure, explain_few_cells, few_cell
from hitl.views.measuring_stage import STAGE_COUNT, find_stage
from hitl.views.wording import interval, percent, plain

_TALL = 12
_RANGE_WIDTH = 175


def draw_stage(evaluations: Sequence[Evaluation]) -> None:
    """Draw how far the measuring has come, and what brings the next stage."""
    stage = find_stage(evaluations)
    step = _("Stage {number} of {count}").format(number=stage.number, count=STAGE_COUNT)
    st.markdown(f":blue-badge[:material/straighten: {step}] {plain(stage.name[:1].upper() + stage.name[1:])}.")
    st.caption(plain(stage.what_next))


def draw_class_table(evaluation: Evaluation) -> None:
    """Draw how well each class is found, with intervals and n."""
    needed = evaluation.needed_count
    classes = evaluation.classes_by_hurt
    st.dataframe(
        pd.DataFrame([_class_row(one, needed) for one in classes]).dropna(axis="columns", how="all"),
        hide_index=True,
        key="class_table",
        height="content" if len(classes) <= _TALL else 420,
        column_config={
            "Class": st.column_config.TextColumn(_("Class"), width=130, pinned=True),
            "Found": _share(_("Found of all"), _("The share that it finds of the labels of this class (recall).")),
            "Found range": st.column_config.TextColumn(_("Found: 95 % range"), width=_RANGE_WIDTH),
            "Labels": st.column_config.NumberColumn(_("Labels"), help=_("How many labels there are of this class.")),
            "Right": _share(
                _("Right when it says so"), _("The share right among its answers with this class (precision).")
            ),
            "Right range": st.column_config.TextColumn(_("Right: 95 % range"), width=_RANGE_WIDTH),
            "Answers": st.column_config.NumberColumn(_("Answers"), help=_("How often it answers with this class.")),
            "F1": st.column_config.NumberColumn(
                "F1", format="%.2f", help=_("Both shares in one: their harmonic mean.")
            ),
        },
        placeholder="—",
        alt=_("Recall and precision by class"),
    )
    counts = (count for one in classes for count in (one.label_count, one.answer_count))
    st.caption(_join(_("The class with most labels missed comes first."), explain_few_cells(counts, needed)))


def draw_slice_table(evaluation: Evaluation) -> None:
    """Draw how right it is within each value of the slice columns, and which of them stand out by more than chance."""
    slices = evaluation.slices
    st.dataframe(
        pd.DataFrame([_slice_row(one, evaluation) for one in slices]).dropna(axis="columns", how="all"),
        hide_index=True,
        key="slice_table",
        height="content" if len(slices) <= _TALL else 420,
        column_config={
            "Column": st.column_config.TextColumn(_("Column"), width=110),
            "Value": st.column_config.TextColumn(_("Value"), width=130, pinned=True),
            "Accuracy": _share(_("Accuracy"), _("The share of right answers on its test labels.")),
            "Range": st.column_config.TextColumn(_("95 % range"), width=_RANGE_WIDTH),
            "Labels": st.column_config.NumberColumn(_("Labels"), help=_("How many test labels it has.")),
            "Alone": _share(_("Answered alone"), _("The share that the model would answer without a person.")),
            "Wrong": st.column_config.TextColumn(
                _("Wrong among those"), help=_("The share of wrong answers among those it would give alone.")
            ),
            "Stands out": st.column_config.TextColumn(_("Against the rest")),
        },
        placeholder="—",
        alt=_("Accuracy by slice"),
    )
    counts = (one.accuracy.count if one.accuracy else 0 for one in slices)
    st.caption(_join(_explain_looks(evaluation), explain_few_cells(counts, evaluation.needed_count)))


def _join(*sentences: str) -> str:
    return " ".join(filter(None, sentences))


def _explain_looks(evaluation: Evaluation) -> str:
    looks = evaluation.looked_count
    if not looks:
        return _("No slice has test labels enough yet to be compared with the rest.")
    first = ngettext(
        "{count} slice has labels enough to be compared with the rest.",
        "{count} slices have labels enough to be compared with the rest.",
        looks,
    ).format(count=looks)
    return (
        first
        + " "
        + _(
            "Looking at so many, about {expected} would lie outside its range by chance alone: take the ranges as "
            "hints. Worse or better is said only where chance is ruled out for all of them together. The slice with "
            "most wrong answers beyond its size comes first."
        ).format(expected=number(looks * 0.05, 1))
    )


def _class_row(one: ClassMeasure, needed: int) -> dict[str, object]:
    is_known = min(one.label_count, one.answer_count) >= needed
    return {
        "Class": one.name,
        "Found": _value(one.recall, needed),
        "Found range": _range(one.recall, needed),
        "Labels": one.label_count,
        "Right": _value(one.precision, needed),
        "Right range": _range(one.precision, needed),
        "Answers": one.answer_count,
        "F1": one.f1 if is_known else None,
    }


def _slice_row(one: SliceMeasure, evaluation: Evaluation) -> dict[str, object]:
    needed = evaluation.needed_count
    return {
        "Column": one.field,
        "Value": one.value,
        "Accuracy": _value(one.accuracy, needed),
        "Range": _range(one.accuracy, needed),
        "Labels": one.label_count,
        "Stands out": _judge(one, evaluation.accuracy),
        "Alone": _value(one.accepted, needed),
        "Wrong": _risk(one.risk, needed),
    }


def _judge(one: SliceMeasure, overall: Rate | None) -> str | None:
    if one.chance is None or one.accuracy is None or overall is None:
        return None
    if not one.stands_out:
        return _("can be chance")
    return _("worse") if one.accuracy.value < overall.value else _("better")


def _risk(rate: Rate | None, needed: int) -> str:
    if rate is None or rate.count < needed:
        return few_cell(rate.count if rate else 0, needed)
    return f"{percent(rate.value, 1)} ({interval(rate)})"


def _value(rate: Rate | None, needed: int) -> float | None:
    return rate.value * 100 if rate and rate.count >= needed else None


def _range(rate: Rate | None, needed: int) -> str:
    have = rate.count if rate else 0
    return interval(rate) if rate and have >= needed else few_cell(have, needed)


def _share(name: str, explanation: str) -> Any:
    return st.column_config.ProgressColumn(
        name, format=percent_pattern(1), min_value=0, max_value=100, color="primary", help=explanation
    )
