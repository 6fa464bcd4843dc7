"""The card that says what the last training doubted, and the form that sets by what rule labels come back."""

from collections.abc import Callable, Sequence
from datetime import datetime

import pandas as pd
import streamlit as st

from hitl.domain.language import _
from hitl.domain.records import Route
from hitl.domain.second_look import MOST_AT_ONCE, SecondLookRule
from hitl.ui.page_link import draw_page_link
from hitl.views.formatting import percent_pattern
from hitl.views.second_look import RuleLine, SecondLookView, describe_found, describe_turn
from hitl.views.wording import ago, percent, plain

SHARE_KEY, AT_ONCE_KEY, BAR_KEY, REASON_KEY = "look_share", "look_at_once", "look_bar", "look_reason"
_MOST_SHARE = 50


def draw_second_look(view: SecondLookView) -> None:
    """Draw what the last training sent back or why it sent nothing, and what people found so far."""
    st.subheader(_("Second look"), anchor=False)
    icon = "assignment_return" if view.has_sent else "info"
    st.markdown(f":material/{icon}: {plain(describe_turn(view))}")
    found = describe_found(view)
    if found:
        st.markdown(f":material/fact_check: {plain(found)}")
    if view.has_sent:
        options = {"route": Route.SECOND_LOOK.value}
        draw_page_link("explore", _("See those that wait"), query_params=options)
    st.caption(
        _(
            "After each training a few labels that the new version finds unlikely wait in the queue again, each once. "
            "Reviewers see the label, not the model's answer."
        )
    )


def draw_rule_form(rule: SecondLookRule, *, slug: str, on_save: Callable[[], None]) -> None:
    """Draw the form that sets the rule; ``on_save`` is a callback that reads it by its keys."""
    st.subheader(_("Second look"), anchor=False)
    with st.form(f"second_look_{slug}", border=False):
        _draw_share(rule)
        _draw_limits(rule)
        st.text_input(
            _("Why the change"), key=REASON_KEY, max_chars=500, placeholder=_("one sentence, for the team's history")
        )
        st.form_submit_button(_("Save"), key="look_save", icon=":material/check:", on_click=on_save)


def draw_rules(lines: Sequence[RuleLine], *, now: datetime) -> None:
    """Draw the rules so far, newest first; nothing before any was set."""
    if not lines:
        return
    rows = [
        {
            _("Share"): percent(line.rule.share),
            _("At once"): line.rule.at_once,
            _("Least chance"): percent(line.rule.bar),
            _("Reason"): line.reason,
            _("Set by"): line.actor_name,
            _("When"): ago(line.at, now),
        }
        for line in lines
    ]
    with st.expander(_("Earlier settings"), icon=":material/history:"):
        alt = _("Rules of second looks, newest first")
        st.dataframe(pd.DataFrame(rows), hide_index=True, key="second_look_rules", alt=alt)


def _draw_share(rule: SecondLookRule) -> None:
    st.slider(
        _("Labels that may come back, as a share of the new ones"),
        min_value=0,
        max_value=_MOST_SHARE,
        value=min(round(rule.share * 100), _MOST_SHARE),
        format=percent_pattern(),
        key=SHARE_KEY,
        help=_("After a training the labels that look most wrong wait for a person again. 0 turns it off."),
    )


def _draw_limits(rule: SecondLookRule) -> None:
    with st.grid(2, min_column_width=220, gap="small", vertical_alignment="bottom"):
        st.number_input(
            _("At most at the same time"),
            min_value=1,
            max_value=MOST_AT_ONCE,
            value=rule.at_once,
            key=AT_ONCE_KEY,
            help=_("So many labels wait for a second look at most."),
        )
        st.number_input(
            _("Least chance of being wrong (%)"),
            min_value=0,
            max_value=100,
            value=round(rule.bar * 100),
            step=5,
            key=BAR_KEY,
            help=_("A label comes back where it is wrong with at least this estimated chance."),
        )
