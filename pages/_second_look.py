"""Second looks: the card of the Train page, and the rule on Settings."""

import streamlit as st

from hitl.domain.language import _
from hitl.loop.second_look import set_second_look_rule
from hitl.ui.second_look import (
    AT_ONCE_KEY,
    BAR_KEY,
    REASON_KEY,
    SHARE_KEY,
    draw_rule_form,
    draw_rules,
    draw_second_look,
)
from hitl.views.second_look import read_rules, read_second_look
from pages._session import PageContext, acting, notify


def draw_card(page: PageContext) -> None:
    """What the last training sent back, or why nothing."""
    with st.container(border=True):
        draw_second_look(read_second_look(page.db))


def draw_rule(page: PageContext) -> None:
    """The form of the rule in force."""
    with st.container(border=True):
        draw_rule_form(read_second_look(page.db).rule, slug=page.slug, on_save=save)
        draw_rules(read_rules(page.db, people=page.people), now=page.now)


def save() -> None:
    """A callback: the rule as the form says."""
    chosen = st.session_state
    with acting() as page:
        set_second_look_rule(
            page.db,
            share=chosen[SHARE_KEY] / 100,
            at_once=int(chosen[AT_ONCE_KEY]),
            bar=chosen[BAR_KEY] / 100,
            reason=str(chosen[REASON_KEY]),
            actor=page.actor,
            now=page.now,
        )
        chosen[REASON_KEY] = ""
        notify(_("Saved. It holds from the next training on."))
