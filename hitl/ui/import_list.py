"""Earlier imports, and taking a wrong one away: what would go is said first, with a sample."""

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from hitl.domain.language import _
from hitl.loop.withdraw import WithdrawalPlan
from hitl.views.formatting import day_text, number
from hitl.views.import_list import ImportLine, effects_text
from hitl.views.wording import plain

CHOSEN_KEY, REASON_KEY = "withdraw_import", "withdraw_reason"
_ROW_HEIGHT = 35
_MOST_ROWS = 6


def draw_imports(lines: Sequence[ImportLine]) -> None:
    """Draw the list, and the choice of one to take away, under ``CHOSEN_KEY``."""
    rows = [
        {
            _("File"): one.file_name,
            _("Imported"): day_text(one.at),
            _("Items"): one.item_count,
            _("Withdrawn because"): one.why or "",
        }
        for one in lines
    ]
    height = _ROW_HEIGHT * (min(len(rows), _MOST_ROWS) + 1) + 2
    st.dataframe(pd.DataFrame(rows), hide_index=True, height=height, alt=_("Earlier imports"))
    standing = {one.import_id: one for one in lines if one.why is None}
    st.selectbox(
        _("Withdraw a wrong import"),
        list(standing),
        index=None,
        format_func=lambda key: f"{standing[key].file_name} · {day_text(standing[key].at)}",
        key=CHOSEN_KEY,
        placeholder=_("choose one to see what would go"),
    )


def draw_withdrawal(plan: WithdrawalPlan, *, on_withdraw: Callable[[], None]) -> None:
    """Draw what would go, with a sample, and the button that does it."""
    st.warning(plain(effects_text(plan)), icon=":material/undo:")
    with st.container(gap="xxsmall"):
        for name, content in plan.sample:
            st.caption(f"**{plain(name)}** {plain(content[:120])}")
        if plan.item_count > len(plan.sample):
            st.caption(_("and {count} more").format(count=number(plan.item_count - len(plan.sample))))
    reason = st.text_input(_("Why"), key=REASON_KEY, max_chars=300, placeholder=_("the file of another customer"))
    st.button(
        _("Withdraw it"),
        key="withdraw_start",
        icon=":material/undo:",
        disabled=not reason.strip(),
        on_click=on_withdraw,
    )
