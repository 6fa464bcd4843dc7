"""The card that says what the next decisions may bring, and where they pay most."""

from collections.abc import Sequence

import streamlit as st

from hitl.domain.language import _, ngettext
from hitl.ui.page_link import draw_page_link
from hitl.views.formatting import number
from hitl.views.where_it_pays import PayingPlace, WhereItPays, describe_place
from hitl.views.wording import plain


def draw_where_it_pays(view: WhereItPays) -> None:
    """Draw the hint of the learning curve, the classes and slices with most expected errors, and what is unmeasured."""
    st.subheader(_("What the next decisions bring"), anchor=False)
    st.markdown(f":material/lightbulb: {plain(view.gain)}")
    draw_page_link("versions", _("See the learning curve"), icon=":material/show_chart:")
    if view.classes:
        st.caption(_("Where they pay most: the answers that the model in use expects to be wrong, by class"))
        _draw_places(view.classes)
    if view.slices:
        st.caption(_("By slice"))
        _draw_places(view.slices)
    if not view.classes:
        st.caption(_("The model in use expects no errors where nobody has answered, or there is no model yet."))
    if view.unknown_count:
        sentence = ngettext(
            "Of {count} unanswered item nobody knows how sure its answer is.",
            "Of {count} unanswered items nobody knows how sure their answers are.",
            view.unknown_count,
        )
        st.caption(sentence.format(count=number(view.unknown_count)))
    if view.unmeasured:
        names = ", ".join(f"{plain(name)} ({number(count)})" for name, count in view.unmeasured)
        st.caption(_("Fewest test labels, so least is known of: {names}. A blind test tells more.").format(names=names))


def _draw_places(places: Sequence[PayingPlace]) -> None:
    with st.container(gap="small"):
        for place in places:
            with st.container(horizontal=True, vertical_alignment="center", gap="xxsmall"):  # in one line or two
                draw_page_link(
                    "explore", f"**{plain(place.name)}**", icon=":material/search:", query_params=dict(place.options)
                )
                st.caption(describe_place(place), width="content")
