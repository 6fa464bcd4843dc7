"""Charts and numbers as Streamlit draws them, the same way on every page."""

from collections.abc import Callable
from typing import Any, Protocol

import streamlit as st
from streamlit.elements.lib.grid_container import GridContainer

from hitl.domain.language import _, later
from hitl.ui.page_link import draw_page_link, is_open
from hitl.views.formatting import number
from hitl.views.measures import Rate
from hitl.views.wording import count_of, interval, percent

NEW_LINE = "  \n"
_RANGE = later("The true share lies in the range in 95 of 100 such measurements; more labels make it narrower.")


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


def two_halves(*, narrowest: int = 400) -> GridContainer:
    """The place of two cards: side by side where both have so many pixels, else one above the other."""
    return st.grid(2, min_column_width=narrowest)


def pair_of_cards() -> GridContainer:
    """The place of two small cards, side by side even on a phone."""
    return st.grid(2, min_column_width=140)


def draw_rate(label: str, rate: Rate | None, *, source: str, unknown: str, explanation: str) -> None:
    """Draw a rate with its interval, n and source in a card; or that it is not known, and what to do."""
    if rate is None:
        draw_card(label, "—", _("not known yet: {unknown}").format(unknown=unknown), explanation=explanation)
        return
    basis = ", ".join(filter(None, (count_of(rate.count, "{count} label", "{count} labels"), source)))
    note = _("95 %\u00a0range {rate}{new_line}{basis}").format(
        rate=_unbroken(interval(rate)), new_line=NEW_LINE, basis=basis
    )
    draw_card(label, percent(rate.value, 1), note, explanation=f"{explanation} {_(_RANGE)}")


def draw_count(label: str, value: int, note: str = "", *, explanation: str, icon: str = "") -> None:
    """Draw a count in a card, with a note under it."""
    draw_card(f"{icon} {label}".strip(), f"{number(value)}", note, explanation=explanation)


def draw_card(label: str, value: str, note: str, *, explanation: str) -> None:
    """Draw a figure as a card whose label and note wrap instead of being cut."""
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.markdown(f":small[{label}]", help=explanation)
        st.metric(label, value, label_visibility="collapsed")
        if note:
            st.caption(note)


def draw_empty(title: str, text: str, *, page: str, link: str, icon: str) -> None:
    """Draw a friendly empty state: what is missing, and the page that helps, or whom to ask where it is closed."""
    with st.container(border=True, horizontal_alignment="center", gap="small"):
        st.space("small")
        st.markdown(f"### :material/{icon}: {title}", width="content", text_alignment="center")
        st.markdown(text, text_alignment="center")
        if is_open(page):
            draw_page_link(page, f"**{link}**")
        else:
            st.caption(_("That is for a lead or the owner of the project: ask one of them."))
        st.space("small")


def _unbroken(text: str) -> str:
    """The text with blanks and dashes at which no line breaks."""
    return text.replace(" ", "\u00a0").replace("–", "\u2060–\u2060")
