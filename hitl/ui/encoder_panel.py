"""The card about what texts mean: how far they are read, a switch, and a button that has them read now."""

from collections.abc import Callable

import streamlit as st

from hitl.domain.language import _
from hitl.views.encoding import EncodingView


def draw_encoder(
    view: EncodingView, *, slug: str, is_busy: bool, on_switch: Callable[[], None], on_start: Callable[[], None]
) -> None:
    """Draw how a project stands with its encoder, and what can be changed about it."""
    with st.container(border=True):
        st.subheader(_("What texts mean"), anchor=False)
        st.toggle(
            _("Models may learn from what texts mean, besides their words"),
            value=view.is_on,
            key=f"encoder_{slug}_{view.is_on}",
            on_change=on_switch,
            help=_("Helps most while labels are few. Cross-validation decides whether a model uses it."),
        )
        st.markdown(view.sentence)
        _draw_start(view, is_busy=is_busy, on_start=on_start)
        st.caption(
            _("Read by {encoder} ({licence}) on this machine; no text leaves it.").format(
                encoder=view.encoder, licence=view.licence
            )
        )


def _draw_start(view: EncodingView, *, is_busy: bool, on_start: Callable[[], None]) -> None:
    if view.waits_for_somebody and not is_busy:
        st.info(
            _("So many texts are read only when somebody asks for it; everything else goes on meanwhile."),
            icon=":material/hourglass_empty:",
        )
    if view.is_on and not view.is_ready:
        st.button(
            _("Read the texts now"),
            key="encode_now",
            icon=":material/translate:",
            disabled=is_busy,
            on_click=on_start,
        )
