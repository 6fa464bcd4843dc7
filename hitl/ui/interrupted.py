"""An import that stopped half-way: what is there of it, and the choice to go on or discard it."""

from collections.abc import Callable
from datetime import datetime

import streamlit as st

from hitl.domain.language import _
from hitl.loop.interrupted import InterruptedImport
from hitl.views.import_list import interrupted_text
from hitl.views.wording import plain


def draw_interrupted(
    one: InterruptedImport, *, now: datetime, on_resume: Callable[[int], None], on_discard: Callable[[int], None]
) -> None:
    """Draw the import with its two buttons; their callbacks take its number."""
    with st.container(border=True, gap="small", key=f"interrupted_{one.import_id}"):
        heading = _(":material/pause_circle: **The import of {file} is not finished**")
        st.markdown(heading.format(file=plain(one.file_name)))
        st.markdown(plain(interrupted_text(one, now=now)))
        if one.job and one.job.error:
            st.caption(plain(one.job.error))
        with st.container(horizontal=True):
            st.button(
                _("Go on"),
                key=f"resume_{one.import_id}",
                icon=":material/play_arrow:",
                type="primary",
                disabled=not one.can_go_on,
                on_click=on_resume,
                args=(one.import_id,),
            )
            st.button(
                _("Discard"),
                key=f"discard_{one.import_id}",
                icon=":material/delete:",
                on_click=on_discard,
                args=(one.import_id,),
            )
