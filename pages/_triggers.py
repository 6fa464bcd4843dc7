"""Training by itself, from the Train page: set when, pause, resume."""

from functools import partial

import streamlit as st

from hitl.access import may
from hitl.domain.language import _
from hitl.domain.people import Permission
from hitl.domain.schedule import Daily
from hitl.loop.triggers import set_triggers
from hitl.ui.triggers import (
    COUNT_KEY,
    COUNT_ON_KEY,
    DAILY_ON_KEY,
    PROMOTES_KEY,
    REASON_KEY,
    TIME_KEY,
    ZONE_KEY,
    TriggerActs,
    draw_triggers,
)
from hitl.views.triggers import list_zones, machine_zone, read_triggers
from pages._session import PageContext, acting, notify


def draw(page: PageContext) -> None:
    """The card of triggers."""
    view = read_triggers(page.db, page.tandem, slug=page.slug, now=page.now)
    acts = TriggerActs(save, partial(hold, paused=True), partial(hold, paused=False))
    draw_triggers(
        view, acts if may(page.actor, Permission.SET_POLICY) else None, zones=list_zones(), machine_zone=machine_zone()
    )


def save() -> None:
    """A callback: the triggers as the form says."""
    chosen = st.session_state
    daily = Daily(chosen[TIME_KEY], chosen[ZONE_KEY]) if chosen[DAILY_ON_KEY] else None
    with acting() as page:
        set_triggers(
            page.db,
            label_count=int(chosen[COUNT_KEY]) if chosen[COUNT_ON_KEY] else None,
            daily=daily,
            is_paused=False,
            promotes=bool(chosen[PROMOTES_KEY]),
            reason=str(chosen[REASON_KEY]),
            actor=page.actor,
            now=page.now,
        )
        chosen[REASON_KEY] = ""
        notify(_("Saved."))


def hold(*, paused: bool) -> None:
    """A callback: pause the triggers, or let them go on."""
    with acting() as page:
        found = read_triggers(page.db, page.tandem, slug=page.slug, now=page.now).triggers
        if found is None:
            return
        set_triggers(
            page.db,
            label_count=found.label_count,
            daily=found.daily,
            is_paused=paused,
            promotes=found.promotes,
            reason=_("Paused on the Train page") if paused else _("Resumed on the Train page"),
            actor=page.actor,
            now=page.now,
        )
