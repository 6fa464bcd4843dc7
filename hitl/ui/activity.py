"""What happened lately and what to do next, as lists."""

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from hitl.domain.language import Words, _, later
from hitl.ui.page_link import draw_page_link, is_open
from hitl.views.formatting import number
from hitl.views.overview import Activity, NextStep
from hitl.views.wording import ago, plain

PAGE_FILES = {"import": "import_"}
_PAGE_NAMES = Words(
    {
        "overview": later("Overview"),
        "review": later("Review"),
        "explore": later("Explore"),
        "train": later("Train"),
        "versions": later("Versions"),
        "compare": later("Compare"),
        "import": later("Import"),
        "settings": later("Settings"),
    }
)


def draw_steps(steps: Sequence[NextStep]) -> None:
    """Draw what to do next, the most useful first, each with the page that does it; only what the reader may do."""
    steps = [step for step in steps if is_open(PAGE_FILES.get(step.page, step.page))]
    with st.container(border=True, gap="xsmall", key="next_steps"):
        st.caption(_("What to do next"))
        if not steps:
            st.markdown(_(":material/task_alt: Nothing waits for you just now."))
        for position, step in enumerate(steps):
            text = f"**{plain(step.text)}**" if position == 0 else plain(step.text)
            with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
                st.markdown(f":material/{step.icon}: {text}", width="stretch")
                draw_page_link(
                    PAGE_FILES.get(step.page, step.page),
                    _PAGE_NAMES[step.page],
                    icon_position="right",
                    query_params=_options(step),
                )


def _options(step: NextStep) -> dict[str, str] | None:
    """The page's own options, the project kept: a link with options would else forget it."""
    if not step.options:
        return None
    return {"project": st.query_params.get("project", ""), **dict(step.options)}


def draw_trend(daily_counts: Sequence[int]) -> None:
    """Draw the decisions of the last days as bars, today's last; nothing before there are two days with some."""
    if sum(map(bool, daily_counts)) > 1:
        st.metric(
            _("Decisions today, and on the {daily_counts_count} days before").format(
                daily_counts_count=len(daily_counts) - 1
            ),
            f"{number(daily_counts[-1])}",
            chart_data=list(daily_counts),
            chart_type="bar",
        )


def draw_activity(activity: Sequence[Activity], *, now: datetime) -> None:
    """Draw the latest happenings, one a line."""
    if not activity:
        st.caption(_("Nothing has happened yet."))
    with st.container(gap="xxsmall"):
        for line in activity:
            with st.container(horizontal=True, horizontal_alignment="distribute", gap="small"):
                st.markdown(f":small[:material/{line.icon}: {line.text}]", width="content")
                st.caption(f"{plain(line.actor_name)} · {ago(line.at, now)}", width="content")
