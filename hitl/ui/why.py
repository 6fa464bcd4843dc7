"""Why the model says so, in the panel of an item: one line, what was decided before, or the way to ask."""

from collections.abc import Callable

import streamlit as st

from hitl.domain.language import Words, _, later
from hitl.views.why import Precedent, WhyOfItem
from hitl.views.wording import plain

_DECIDED_BY = Words({"person": later("by a person"), "import": later("imported label")})


def draw_why(why: WhyOfItem, class_name: str, *, on_ask: Callable[[], None] | None) -> None:
    """Draw what weighed for an answer and which decided items are like it; ``on_ask`` has the worker find out."""
    if why.state == "known":
        _draw_reasons(why, class_name)
        _draw_precedents(why)
    elif why.state == "asked":
        st.caption(_(":material/hourglass_empty: Why is being worked out; it takes a few seconds."))
    elif why.state == "open" and on_ask:
        st.button(_("Why?"), key="ask_why", icon=":material/help:", type="tertiary", on_click=on_ask)
    elif why.state == "never":
        st.caption(_("This version has no model here that could say why."))


def _draw_reasons(why: WhyOfItem, class_name: str) -> None:
    parts = []
    if why.speaks_for:
        words = ", ".join(f":blue-background[{plain(word)}]" for word in why.speaks_for)
        parts.append(_("Speaks for {name}: {words}").format(name=f"**{plain(class_name)}**", words=words))
    if why.speaks_against:
        words = ", ".join(plain(word) for word in why.speaks_against)
        parts.append(_("against it: {words}").format(words=words))
    if parts:
        st.markdown(f":small[{' · '.join(parts)}]")
    if why.has_hidden:
        st.caption(_("Fields that are hidden here may have weighed as well."))


def _draw_precedents(why: WhyOfItem) -> None:
    if not why.precedents:
        return
    with st.expander(_("Decided like this before"), icon=":material/history:"):
        for one, name in why.precedents:
            _draw_precedent(one, name)


def _draw_precedent(one: Precedent, name: str) -> None:
    with st.container(gap=None):
        st.markdown(f":small[{plain(one.excerpt)}]")
        decided = _("{class_name}, {by}").format(class_name=f"**{plain(name)}**", by=_DECIDED_BY[one.by])
        st.caption(f"{decided} · {plain(one.external_id)}")
