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
    """Draw a rate with its interval, n and source in a card; or what to do to know it."""
    if rate is None:
        st.metric(label, "not known yet", unknown, help=explanation, **_CARD)
        return
    st.metric(
        label,
        percent(rate.value, 1),
        f"95 % interval {interval(rate)}",
        delta_description=f"n = {rate.count:,}, {source}",
        help=explanation,
        **_CARD,
    )


def draw_count(
    label: str, value: int, note: str = "", *, explanation: str, trend: tuple[int, ...] = (), icon: str | None = None
) -> None:
    """Draw a count in a card, with a note under it and its last days as bars where they are given."""
    st.metric(
        label,
        f"{value:,}",
        note or None,
        help=explanation,
        icon=icon,
        chart_data=list(trend) or None,
        chart_type="bar",
        **_CARD,
    )


def draw_empty(title: str, text: str, *, page: str, link: str, icon: str) -> None:
    """Draw a friendly empty state: what is missing, and the page that helps."""
    with st.container(border=True, horizontal_alignment="center"):
        st.markdown(f"##### :material/{icon}: {title}")
        st.markdown(text, text_alignment="center")
        st.page_link(f"{page}.py", label=link, icon=":material/arrow_forward:")


_CARD: dict[str, Any] = {"border": True, "height": "stretch", "delta_color": "off", "delta_arrow": "off"}
