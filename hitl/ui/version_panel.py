"""One version as a card: heading, the place to promote it, and tabs for what is known of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import streamlit as st

from hitl.domain.language import _
from hitl.ui.figures import Drawable, draw_chart, two_halves
from hitl.ui.measure_tables import draw_class_table, draw_slice_table, draw_stage
from hitl.ui.receipt import draw_promotion, explain_promotion
from hitl.ui.version_detail import (
    describe_version,
    draw_confused_pairs,
    draw_file_problem,
    draw_measures,
    draw_recipe,
    explain_reliability,
    pick_source,
)
from hitl.ui.version_list import draw_promotions
from hitl.views.measures import Confusion, Evaluation, ReliabilityBin, list_confused_pairs
from hitl.views.versions import VersionDetail
from hitl.views.wording import plain


@dataclass(frozen=True)
class VersionCharts:
    """How a measurement is drawn; a matrix only up to ``highest_class_count`` classes."""

    confusion: Callable[[Confusion], Drawable]
    reliability: Callable[[Sequence[ReliabilityBin]], Drawable]
    highest_class_count: int


def draw_version(
    detail: VersionDetail, charts: VersionCharts, *, now: datetime, on_promote: Callable[[int, str], None] | None
) -> None:
    """Draw a version; ``on_promote`` is a callback with its id and the reason's key, None where it can't be."""
    summary = detail.summary
    with st.container(border=True):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.subheader(plain(summary.title), anchor=False, width="content")
            if summary.is_champion:
                st.badge(_("In use"), icon=":material/smart_toy:", color="blue")
        st.caption(plain(describe_version(detail)))
        if detail.withdrawn_labels:
            st.warning(plain(detail.withdrawn_labels), icon=":material/undo:")
        if detail.file_problem:
            draw_file_problem(detail.file_problem)
        elif not summary.is_champion and on_promote is not None:
            key = f"promote_{summary.version.id}"
            draw_promotion(summary, key=key, reason="", on_promote=on_promote, text_below=explain_promotion(detail))
        measured, recipe, history = st.tabs([_("Measurements"), _("Recipe"), _("History")])
        with measured:
            draw_stage(detail.evaluations)
            evaluation = pick_source(detail.evaluations)
            if evaluation:
                _draw_evaluation(evaluation, charts)
        with recipe:
            draw_recipe(detail)
        with history:
            draw_promotions(detail.promotions, now=now)


def _draw_evaluation(evaluation: Evaluation, charts: VersionCharts) -> None:
    draw_measures(evaluation)
    st.markdown(_("**By class**"))
    draw_class_table(evaluation)
    if evaluation.slices:
        st.markdown(_("**By slice**"))
        draw_slice_table(evaluation)
    halves = two_halves(narrowest=340)
    with halves.cell():
        st.markdown(_("**Which classes it mixes up**"))
        if evaluation.confusion:
            _draw_confusion(evaluation.confusion, charts)
    with halves.cell():
        st.markdown(_("**How honest its confidence is**"))
        draw_chart(charts.reliability(evaluation.reliability), key="reliability")
        st.caption(explain_reliability(evaluation))


def _draw_confusion(confusion: Confusion, charts: VersionCharts) -> None:
    if len(confusion.class_names) > charts.highest_class_count:
        draw_confused_pairs(list_confused_pairs(confusion))
    else:
        draw_chart(charts.confusion(confusion), key="confusion")
