"""Redacting the open item: what would go, why, and the id typed to confirm."""

from collections.abc import Callable

import streamlit as st

from hitl.domain.language import _
from hitl.loop.redact import RedactionOrder, RedactionPlan
from hitl.views.redaction import effects_text
from hitl.views.wording import plain

_MOST_REASON = 300


def draw_redaction(read: Callable[[], RedactionPlan], *, on_redact: Callable[[RedactionOrder], None]) -> None:
    """Draw the fold; ``read`` counts what would go once it is opened."""
    with st.expander(_("Redact this item"), icon=":material/ink_eraser:", key="redact_fold", on_change="rerun") as fold:
        if fold.open:
            _draw_form(read(), on_redact)


def _draw_form(plan: RedactionPlan, on_redact: Callable[[RedactionOrder], None]) -> None:
    gone = _("Its content goes for good: from lists, search, images, files and models.")
    st.markdown(f"{gone} {_('That it was here stays, and what was decided about it.')}")
    st.warning(plain(effects_text(plan)), icon=":material/warning:")
    name = plan.external_id
    keeps = st.checkbox(_("Keep its id, so that it is not imported again"), value=True, key=f"redact_id_{name}")
    comments = bool(plan.comment_count) and st.checkbox(
        _("Comments about it go as well"), key=f"redact_comments_{name}"
    )
    others = bool(plan.identical) and st.checkbox(
        _("Items that say the same go as well"), key=f"redact_identical_{name}"
    )
    reason = st.text_input(
        _("Why"),
        key=f"redact_reason_{name}",
        max_chars=_MOST_REASON,
        placeholder=_("kept for ever: do not repeat what it says"),
    )
    typed = st.text_input(_("Type its id to redact it: {name}").format(name=plain(name)), key=f"redact_typed_{name}")
    st.button(
        _("Redact for good"),
        key="redact",
        icon=":material/ink_eraser:",
        disabled=typed.strip() != name or not reason.strip(),
        on_click=on_redact,
        args=(RedactionOrder(name, reason, keeps, comments, others),),
    )
