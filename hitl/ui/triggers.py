"""The card that says when a project trains by itself, and the form that sets it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import time

import streamlit as st

from hitl.domain.language import _
from hitl.domain.schedule import Daily
from hitl.domain.triggers import TrainingTriggers
from hitl.views.triggers import TriggerView
from hitl.views.wording import plain

USUAL_COUNT = 50
USUAL_TIME = time(3)
COUNT_ON_KEY, COUNT_KEY = "trigger_count_on", "trigger_count"
DAILY_ON_KEY, TIME_KEY, ZONE_KEY = "trigger_daily_on", "trigger_time", "trigger_zone"
REASON_KEY, PROMOTES_KEY = "trigger_reason", "trigger_promotes"
_MOST = 1_000_000


@dataclass(frozen=True)
class TriggerActs:
    """The callbacks of the card: save the form, pause, resume."""

    on_save: Callable[[], None]
    on_pause: Callable[[], None]
    on_resume: Callable[[], None]


def draw_triggers(view: TriggerView, acts: TriggerActs | None, *, zones: Sequence[str], machine_zone: str) -> None:
    """Draw when the project trains by itself next; with acts also pause, and the form that sets it."""
    st.subheader(_("Training by itself"), anchor=False)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        icon = "schedule" if view.is_on else "pause_circle"
        st.markdown(f":material/{icon}: {plain(view.sentence)}", width="stretch")
        if acts:
            _draw_pause(view, acts)
    if not acts:
        return
    with st.expander(_("Set when"), icon=":material/tune:"):
        _draw_form(view.triggers, acts, zones=zones, machine_zone=machine_zone)


def _draw_pause(view: TriggerView, acts: TriggerActs) -> None:
    triggers = view.triggers
    if triggers is None or (triggers.label_count is None and triggers.daily is None):
        return
    if triggers.is_paused:
        st.button(_("Resume"), key="trigger_resume", icon=":material/play_arrow:", on_click=acts.on_resume)
    else:
        st.button(_("Pause"), key="trigger_pause", icon=":material/pause:", on_click=acts.on_pause)


def _draw_form(
    triggers: TrainingTriggers | None, acts: TriggerActs, *, zones: Sequence[str], machine_zone: str
) -> None:
    daily = triggers.daily if triggers else None
    with st.form("triggers", border=False):
        _draw_count(triggers.label_count if triggers else None)
        _draw_daily(daily, zones, zone=daily.zone if daily else machine_zone)
        st.checkbox(
            _("Bring the new version into use by itself, if it is not worse"),
            value=bool(triggers and triggers.promotes),
            key=PROMOTES_KEY,
            help=_(
                "Not worse: on the test labels the 95 % range of the difference ends no lower than 2 points under "
                "zero, against the version in use and against the last one that a person promoted. That takes at least "
                "some 190 test labels. Otherwise the new version waits for you."
            ),
        )
        st.text_input(_("Why"), key=REASON_KEY, max_chars=500, help=_("The team reads it in the history."))
        st.caption(
            _(
                "Corrected, undone and imported labels and changed classes count as well; labels kept for testing "
                "don't. If a training fails, it is not tried again until something new was said."
            )
        )
        st.form_submit_button(_("Save"), key="trigger_save", on_click=acts.on_save)


def _draw_count(count: int | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.checkbox(_("After so many new labels"), value=count is not None, key=COUNT_ON_KEY)
        st.number_input(
            _("New labels"),
            min_value=1,
            max_value=_MOST,
            value=count or USUAL_COUNT,
            key=COUNT_KEY,
            width=130,
            label_visibility="collapsed",
        )


def _draw_daily(daily: Daily | None, zones: Sequence[str], *, zone: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.checkbox(_("Every day at"), value=daily is not None, key=DAILY_ON_KEY)
        st.time_input(
            _("Time"),
            value=daily.at if daily else USUAL_TIME,
            step=900,
            key=TIME_KEY,
            width=130,
            label_visibility="collapsed",
        )
        st.selectbox(
            _("Time zone"),
            zones,
            index=zones.index(zone) if zone in zones else 0,
            key=ZONE_KEY,
            width=230,
            label_visibility="collapsed",
        )
