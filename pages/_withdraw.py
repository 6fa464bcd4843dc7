"""Earlier imports on the page, and taking a wrong one away."""

import streamlit as st

from hitl.domain.language import _
from hitl.loop.withdraw import plan_withdrawal, withdraw_import
from hitl.ui.import_list import CHOSEN_KEY, REASON_KEY, draw_imports, draw_withdrawal
from hitl.views.import_list import list_imports
from hitl.views.versions import has_champion
from pages._errors import shown_errors
from pages._jobs import submit
from pages._session import PageContext, acting, notify, request_id


def draw_earlier(page: PageContext) -> None:
    """Draw the project's imports in a fold; nothing before the first."""
    lines = list_imports(page.db)
    if not lines:
        return
    with st.expander(_("Earlier imports"), icon=":material/history:"), shown_errors():
        draw_imports(lines)
        chosen = st.session_state.get(CHOSEN_KEY)
        if chosen:
            draw_withdrawal(plan_withdrawal(page.db, chosen), on_withdraw=withdraw)


def withdraw() -> None:
    """A callback: take the chosen import away; the model answers what stands again."""
    with acting() as page:
        import_id = st.session_state[CHOSEN_KEY]
        withdraw_import(
            page.db,
            import_id=import_id,
            reason=st.session_state.get(REASON_KEY, ""),
            request_id=request_id(f"withdraw.{import_id}"),
            actor=page.actor,
            now=page.now,
        )
        st.session_state[CHOSEN_KEY], st.session_state[REASON_KEY] = None, ""
        notify(_("The import is withdrawn."))
        if has_champion(page.db):
            submit(page, page.slug, "predict", {}, request=f"withdrawn.{import_id}")
