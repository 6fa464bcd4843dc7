"""Charts and numbers as Streamlit draws them, the same way on every page."""

from collections.abc import Callable
from typing import Any, Protocol

import streamlit as st

from hitl.views.measures import Rate
from hitl.views.wording import interval, percent


class Drawable(Protocol):
    """A chart: rows, a Vega-Lite spec, and the text for those who can't see it."""

    @property
    def data(self) -> Any: ...  # noqa: D102

    @property
    def spec(self) -> dict[str, Any]: ...  # noqa: D102

    @property
    def alt(self) -> str: ...  # noqa: D102


def draw_chart(chart: Drawable, *, key: str) -> None:
    """Draw a chart that nothing is picked from."""
    st.vega_lite_chart(chart.data, chart.spec, alt=chart.alt, key=key)


def draw_brushed_chart(chart: Drawable, *, key: str, on_select: Callable[[], None]) -> None:
    """Draw a chart with a brush; what is brushed is under the key in the session."""
    st.vega_lite_chart(chart.data, chart.spec, alt=chart.alt, key=key, on_select=on_select)


def brushed_range(key: str, *, brush: str, field: str) -> tuple[float, float] | None:
    """The range of a field that the reader brushed, or None."""
    state = st.session_state.get(key)
    chosen = state["selection"].get(brush, {}).get(field) if state else None
    return (float(chosen[0]), float(chosen[1])) if chosen else None


def draw_rate(label: str, rate: Rate | None, *, source: str, unknown: str, explanation: str) -> None:
    """Draw a rate with its interval, n and source in a card; or that it is not known, and what to do."""
    if rate is None:
        draw_card(label, "—", f"not known yet: {unknown}", explanation=explanation)
        return
    parts = (f"95 % interval {interval(rate)}", f"n = {rate.count:,}", source)
    note = ", ".join(_unbroken(part) if part is not source else part for part in parts if part)
    draw_card(label, percent(rate.value, 1), note, explanation=explanation)


def draw_count(
    label: str, value: int, note: str = "", *, explanation: str, trend: tuple[int, ...] = (), icon: str = ""
) -> None:
    """Draw a count in a card, with a note under it and its last days as bars where they are given."""
    draw_card(f"{icon} {label}".strip(), f"{value:,}", note, explanation=explanation, trend=trend)


def draw_card(label: str, value: str, note: str, *, explanation: str, trend: tuple[int, ...] = ()) -> None:
    """Draw a figure as a card whose label and note wrap instead of being cut."""
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.markdown(f":small[{label}]", help=explanation)
        st.metric(
            label,
            value,
            label_visibility="collapsed",
            chart_data=list(trend) or None,
            chart_type="bar",
        )
        if note:
            st.caption(note)


def draw_empty(title: str, text: str, *, page: str, link: str, icon: str) -> None:
    """Draw a friendly empty state: what is missing, and the page that helps."""
    with st.container(border=True, horizontal_alignment="center", gap="small"):
        st.space("small")
        st.markdown(f"### :material/{icon}: {title}", width="content", text_alignment="center")
        st.markdown(text, text_alignment="center")
        st.page_link(f"{page}.py", label=f"**{link}**", icon=":material/arrow_forward:", width="content")
        st.space("small")


def _unbroken(text: str) -> str:
    """The text with blanks at which no line breaks."""
    return text.replace(" ", "\u00a0")
