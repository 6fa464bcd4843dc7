"""The audit log on a page: what is chosen, the rows as sentences, older ones, and the file to take along."""

from collections.abc import Callable, Mapping
from functools import partial

import pandas as pd
import streamlit as st

from hitl.domain.language import _
from hitl.views.audit import LogChoices, LogPage
from hitl.views.audit_words import TOPICS
from hitl.views.formatting import moment_text

PLACE_KEY = "audit_before"
_ROW_HEIGHT = 35
_MOST_ROWS = 16


def draw_choices(actors: Mapping[int, str]) -> LogChoices:
    """Draw what the reader may choose by, and give what is chosen; another choice begins at the newest row."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        actor_id = st.selectbox(
            _("Who"),
            list(actors),
            index=None,
            format_func=actors.__getitem__,
            placeholder=_("anybody"),
            key="audit_who",
            on_change=begin_anew,
            width=200,
        )
        topic = st.selectbox(
            _("What"),
            list(TOPICS),
            index=None,
            format_func=TOPICS.__getitem__,
            placeholder=_("anything"),
            key="audit_what",
            on_change=begin_anew,
            width=200,
        )
        subject = st.text_input(
            _("About"), key="audit_about", placeholder=_("item 12, version 3"), on_change=begin_anew, width=170
        )
        first_day = st.date_input(_("From"), value=None, key="audit_from", on_change=begin_anew, width=140)
        last_day = st.date_input(_("To"), value=None, key="audit_to", on_change=begin_anew, width=140)
    return LogChoices(actor_id, topic or "", subject, first_day, last_day)


def begin_anew() -> None:
    """Show the newest rows again; for callbacks."""
    st.session_state.pop(PLACE_KEY, None)


def draw_log(page: LogPage) -> None:
    """Draw a page of rows, or say that none fits."""
    if not page.lines:
        st.info(_("Nothing in the log fits. Choose other days, or anybody and anything."), icon=":material/search_off:")
        return
    rows = [
        {"When": moment_text(one.at), "What": one.sentence, "Open": one.link, "How": one.via, "Row": one.id}
        for one in page.lines
    ]
    height = _ROW_HEIGHT * (min(len(rows), _MOST_ROWS) + 1) + 2
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        height=height,
        column_config={
            "When": st.column_config.TextColumn(_("When"), width=150),
            "What": st.column_config.TextColumn(_("What happened"), width=350),
            "Open": st.column_config.LinkColumn("", display_text=_("open"), width=60),
            "How": st.column_config.TextColumn(_("How"), width=150),
            "Row": st.column_config.NumberColumn(_("Row"), format="localized", width=80),
        },
        alt=_("Rows of the audit log"),
    )


def draw_steps(page: LogPage) -> None:
    """Draw the ways to older rows and back to the newest ones."""
    with st.container(horizontal=True, gap="small"):
        st.button(
            _("Newest"),
            key="audit_newest",
            icon=":material/first_page:",
            on_click=begin_anew,
            disabled=PLACE_KEY not in st.session_state,
        )
        st.button(
            _("Older"),
            key="audit_older",
            icon=":material/chevron_right:",
            on_click=partial(_go_to, page.older_than),
            disabled=page.older_than is None,
        )


def draw_downloads(name: str, *, make: Callable[..., bytes]) -> None:
    """Draw the downloads of all rows that fit; ``make`` gives the bytes for a ``suffix`` when a button is pressed."""
    with st.container(horizontal=True, gap="small"):
        for suffix, label in (("csv", "CSV"), ("jsonl", "JSON")):
            st.download_button(
                _("Download as {format}").format(format=label),
                data=partial(make, suffix=suffix),
                file_name=f"{name}-audit.{suffix}",
                key=f"audit_{suffix}",
                icon=":material/download:",
                on_click="ignore",
            )
    st.caption(_("All rows that fit, oldest first, with the hashes by which they can be verified. The log notes it."))


def _go_to(place: int | None) -> None:
    st.session_state[PLACE_KEY] = place
