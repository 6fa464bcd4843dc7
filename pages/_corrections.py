"""What a person does to one item on the Explore page: open it, decide it, take a decision back."""

import streamlit as st

from hitl.domain.errors import NotFound
from hitl.domain.language import _
from hitl.loop.review import Shown, decide, undo
from hitl.ui.item_panel import CLASS_KEY, COMMENT_KEY
from hitl.views.item_detail import read_item
from pages._session import acting, notify, renew, request_id


def save() -> None:
    """A callback: the class in the panel becomes the item's label."""
    with acting() as page:
        item = read_item(page.db, st.query_params["item"], people=page.people)
        if item is None:
            raise NotFound(_("The item is not there any more; a later import may have replaced it. Pick it again."))
        seen = None if item.is_blind else item.prediction
        answer = decide(
            page.db,
            actor=page.actor,
            request_id=request_id("correction"),
            item_id=item.item_id,
            class_id=st.session_state[CLASS_KEY],
            shown=Shown(seen.version_id, seen.class_id, seen.confidence) if seen else None,
            comment=st.session_state[COMMENT_KEY],
            now=page.now,
        )
        renew("correction")
        clear()
        notify(answer.message or _("Saved."))


def take_back(target: str) -> None:
    """A callback: one's own decision of that request id no longer stands."""
    with acting() as page:
        undo(page.db, actor=page.actor, request_id=request_id(f"undo.{target}"), target_request_id=target, now=page.now)
        notify(_("Undone: what stood before stands again."))


def pick(key: str, external_ids: tuple[str, ...]) -> None:
    """A callback: open the item selected in the table of that key."""
    rows = st.session_state[key]["selection"]["rows"]
    clear()
    if rows:
        st.query_params["item"] = external_ids[rows[0]]
    else:
        close()


def close() -> None:
    """A callback: close the panel."""
    clear()
    st.query_params.pop("item", None)


def clear() -> None:
    """Empty the panel's fields."""
    st.session_state[CLASS_KEY], st.session_state[COMMENT_KEY] = None, ""
