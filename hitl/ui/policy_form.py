"""The routing policy: what may be set, what a threshold would mean, and the policies so far."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import pandas as pd
import streamlit as st

from hitl.domain.language import _
from hitl.domain.records import Policy
from hitl.ui.figures import NEW_LINE, draw_count, pair_of_cards
from hitl.ui.page_link import draw_page_link
from hitl.views.formatting import number, percent_pattern
from hitl.views.settings_policy import PolicyLine, ThresholdPreview
from hitl.views.wording import STRATEGY_NAMES, ago, count_of, percent

_MINUTE = 60


@dataclass(frozen=True)
class PolicyDraft:
    """A policy as it stands in the form."""

    threshold: float
    audit_rate: float
    lease_seconds: int
    query_strategy: str
    reason: str

    @property
    def values(self) -> dict[str, Any]:
        """Its fields by name."""
        return asdict(self)

    def differs_from(self, policy: Policy) -> bool:
        """Whether saving would change anything but the reason."""
        return (self.threshold, self.audit_rate, self.lease_seconds, self.query_strategy) != (
            policy.threshold,
            policy.audit_rate,
            policy.lease_seconds,
            policy.query_strategy,
        )


def draw_threshold_slider(policy: Policy, *, slug: str) -> float:
    """Draw the slider; the threshold chosen, in [0, 1]."""
    chosen = st.slider(
        _("The model answers when it is at least this sure"),
        min_value=0,
        max_value=100,
        value=round(policy.threshold * 100),
        format=percent_pattern(),
        key=f"threshold_{slug}_{policy.id}",
        help=_("Under it a person decides. Higher: fewer wrong answers, more to review."),
    )
    return policy.threshold if chosen == round(policy.threshold * 100) else chosen / 100


def draw_meaning(preview: ThresholdPreview) -> None:
    """Draw what the threshold would mean: items to review and items answered, and the change against now."""
    more = preview.accepted_count - preview.accepted_now
    if not preview.item_count:
        st.caption(_("No model answers yet, or every item has an answer by people: the threshold moves nothing now."))
        draw_page_link("train", _("Go to Train"))
        return
    with pair_of_cards():
        draw_count(
            _("To review"),
            preview.review_count,
            _("of {items}").format(
                items=count_of(preview.item_count, "{count} unanswered item", "{count} unanswered items"),
            )
            + _compare(-more),
            explanation=_("Items that people would decide."),
            icon=":material/group:",
        )
        draw_count(
            _("Answered by the model"),
            preview.accepted_count,
            _("{share} of them").format(share=percent(preview.coverage or 0.0, 1)) + _compare(more),
            explanation=_("Items whose answer would be accepted automatically."),
            icon=":material/smart_toy:",
        )
    if preview.threshold != preview.threshold_now:
        st.caption(
            _(":material/preview: A preview; {threshold_now} holds until you save.").format(
                threshold_now=percent(preview.threshold_now)
            )
        )


def _compare(difference: int) -> str:
    if not difference:
        return ""
    sign = "−" if difference < 0 else "+"
    return NEW_LINE + _("{difference} against now").format(difference=f"{sign}{number(abs(difference))}")


def draw_policy_rest(policy: Policy, *, slug: str, threshold: float) -> PolicyDraft:
    """Draw the other settings of the policy; the whole of it as a draft."""
    mark = f"{slug}_{policy.id}"
    with st.grid(2, min_column_width=220, gap="small", vertical_alignment="bottom"):
        audit_rate = _draw_audit_rate(policy, mark)
        lease_seconds = _draw_lease(policy, mark)
    strategy = st.selectbox(
        _("Which items come first"),
        list(STRATEGY_NAMES),
        index=list(STRATEGY_NAMES).index(policy.query_strategy),
        format_func=lambda name: STRATEGY_NAMES[name],
        key=f"strategy_{mark}",
        help=_(
            "What teaches most: typical items while new kinds are still being met, then close calls that differ from "
            "each other, and a few unusual ones. A new order holds from the next model version on."
        ),
    )
    reason = st.text_input(
        _("Why the change"), key=f"reason_{mark}", max_chars=500, placeholder=_("one sentence, for the team's history")
    )
    return PolicyDraft(threshold, audit_rate, lease_seconds, strategy, reason)


def draw_save(draft: PolicyDraft, policy: Policy, *, on_save: Callable[[PolicyDraft], None]) -> None:
    """Draw the button that puts the draft in force."""
    st.button(
        _("Save"),
        key="save_policy",
        type="primary",
        icon=":material/check:",
        disabled=not draft.differs_from(policy),
        on_click=on_save,
        args=(draft,),
        help=_("Change something above, and say why.") if not draft.differs_from(policy) else None,
    )


def draw_policies(lines: Sequence[PolicyLine], *, now: datetime) -> None:
    """Draw the policies so far, newest first."""
    rows = [
        {
            _("Threshold"): percent(line.policy.threshold),
            _("Checked"): percent(line.policy.audit_rate, 1),
            _("Reason"): line.policy.reason,
            _("Set by"): line.actor_name,
            _("When"): ago(line.policy.at, now),
        }
        for line in lines
    ]
    with st.expander(_("Earlier settings"), icon=":material/history:"):
        st.dataframe(pd.DataFrame(rows), hide_index=True, key="policies", alt=_("Routing policies, newest first"))


def _draw_audit_rate(policy: Policy, mark: str) -> float:
    percents = st.number_input(
        _("Answers to check (%)"),
        min_value=0.0,
        max_value=100.0,
        value=policy.audit_rate * 100,
        step=1.0,
        format="%.1f",
        key=f"audit_{mark}",
        help=_("So many of the model's answers are drawn at random and decided by a person who does not see them."),
    )
    return round(percents / 100, 4)


def _draw_lease(policy: Policy, mark: str) -> int:
    minutes = st.number_input(
        _("Time for an item (minutes)"),
        min_value=1,
        max_value=1440,
        value=max(1, policy.lease_seconds // _MINUTE),
        key=f"lease_{mark}",
        help=_("So long an item stays with the reviewer who has it open; after that, somebody else may get it."),
    )
    return int(minutes) * _MINUTE
