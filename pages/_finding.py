"""What the list on the Explore page is narrowed to: the chart with its brush, and the filters beside it."""

from functools import partial

import streamlit as st

from hitl.charts import BRUSH, draw_histogram, pick_palette
from hitl.domain.language import _
from hitl.ui.explore_filters import (
    chart_key,
    chosen_split,
    draw_filters,
    keep_address,
    keep_brush,
    shown_range,
    shown_version,
    take_address,
)
from hitl.ui.figures import draw_brushed_chart, two_halves
from hitl.views.explore_address import ExploreState
from hitl.views.explore_choices import ExploreDesk, read_explore_desk
from hitl.views.histogram import read_histogram, unknown_text
from pages._saved_views import take_view
from pages._session import PageContext


def draw_choice(page: PageContext) -> ExploreState:
    """Draw the chart and the filters as the address asks; what they say then, and the address says too."""
    desk = read_explore_desk(page.db)
    take_address(desk)
    take_view(page, desk)
    has_chart = desk.champion_id is not None or shown_version(desk) is not None
    halves = two_halves(narrowest=280) if has_chart else st.container()
    if has_chart:
        with halves, st.container(border=True, height="stretch", gap="xsmall"):
            draw_chart(page, desk)
    with halves, st.container(border=True, height="stretch"):
        state = draw_filters(desk)
    keep_address(desk, state)
    return state


def draw_chart(page: PageContext, desk: ExploreDesk) -> None:
    """Draw how sure the version is of all items."""
    histogram = read_histogram(page.db, version_id=shown_version(desk), split=chosen_split(desk))
    chart = draw_histogram(histogram, pick_palette(st.context.theme.type), height=105, brushed=shown_range())
    draw_brushed_chart(chart, key=chart_key(), on_select=partial(keep_brush, BRUSH))
    if histogram.unknown_count:
        st.caption(unknown_text(histogram))
    st.caption(_("Drag on the chart to list a range of confidence; double-click for all."))
