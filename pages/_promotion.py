"""Promoting a version and rolling back from a page: at once, or by a job where items have to be answered first."""

from functools import partial

import streamlit as st

from hitl.access import may
from hitl.domain.language import _
from hitl.domain.people import Permission
from hitl.loop.promote import promote, roll_back
from hitl.ui.receipt import draw_promotion, draw_receipt
from hitl.views.receipt import Receipt
from hitl.views.versions import VersionSummary, count_unanswered
from pages._jobs import submit
from pages._session import PageContext, acting, notify, request_id


def draw_decision(page: PageContext, receipt: Receipt) -> None:
    """What the newest version brings, and its promotion for those who may."""
    with st.container(border=True):
        draw_receipt(receipt)
        if not may(page.actor, Permission.PROMOTE):
            st.caption(_("A lead of the project decides whether it answers from now on."))
            return
        draw_promotion(
            receipt.version,
            key="promote_newest",
            reason=receipt.suggested_reason,
            on_promote=partial(take_over, name_request(receipt.version)),
            text_below=_("Once promoted it answers, and every item is routed anew. You can roll back at any time."),
        )


def name_request(version: VersionSummary) -> str:
    """The name of the request to promote a version as it stands; a double click makes one request."""
    return f"promote.{version.version.id}.{version.promotion_count}"


def take_over(request: str, version_id: int, field: str) -> None:
    """A callback: promote the version for the reason in the text field of that key."""
    reason = str(st.session_state[field]).strip()
    with acting() as page:
        if reason and count_unanswered(page.db, version_id):
            args = {"version_id": version_id, "reason": reason}
            submit(page, page.slug, "promote", args, request=request)
            return
        promote(
            page.db,
            version_id=version_id,
            reason=reason,
            request_id=request_id(request),
            actor=page.actor,
            now=page.now,
        )
        notify(_("Promoted: it answers from now on, and every item was routed anew."))


def return_to(request: str, version_id: int) -> None:
    """A callback: go back to the champion before, which is this version."""
    reason = _("Rolled back by one click")
    with acting() as page:
        if count_unanswered(page.db, version_id):
            submit(page, page.slug, "roll_back", {"reason": reason}, request=request)
            return
        roll_back(page.db, reason=reason, request_id=request_id(request), actor=page.actor, now=page.now)
        notify(_("Rolled back: the earlier version answers again."))
