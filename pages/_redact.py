"""Redacting an item on the page, and what is said of one that was redacted."""

from functools import partial

import streamlit as st

from hitl.access import may
from hitl.domain.language import _
from hitl.domain.people import Permission
from hitl.loop.redact import RedactionOrder, plan_redaction, redact_item
from hitl.ui.item_panel import draw_missing, draw_redacted
from hitl.ui.redaction import draw_redaction
from hitl.views.jobs import find_latest_job, read_jobs
from hitl.views.redaction import backups_text, read_redacted
from hitl.views.wording import plain
from pages._corrections import close
from pages._jobs import submit
from pages._session import PageContext, acting, notify, request_id

_KINDS = ("redact",)


def draw_redacting(page: PageContext, external_id: str) -> None:
    """Draw the way to redact the open item, for those who may."""
    if may(page.actor, Permission.REDACT):
        draw_redaction(partial(plan_redaction, page.db, page.folder, external_id, now=page.now), on_redact=redact)


def draw_gone(page: PageContext, external_id: str) -> None:
    """Draw why an item can't be shown: it was redacted, or never was."""
    note = read_redacted(page.db, external_id, people=page.people)
    if note is None:
        draw_missing(external_id, on_close=close)
        return
    draw_redacted(external_id, note, now=page.now, on_close=close)
    job = find_latest_job(read_jobs(page.tandem, page.slug, now=page.now), kinds=_KINDS)
    if job is not None and may(page.actor, Permission.REDACT):
        st.caption(plain(backups_text(job.job)))


def redact(order: RedactionOrder) -> None:
    """A callback: the content is gone; the worker removes the last traces."""
    with acting() as page:
        made = redact_item(
            page.db,
            page.tandem,
            slug=page.slug,
            order=order,
            request_id=request_id(f"redact.{order.external_id}"),
            actor=page.actor,
            now=page.now,
        )
        notify(_("The content of {name} is gone.").format(name=order.external_id))
        submit(page, page.slug, "redact", {"redaction": made}, request=f"redacted.{made}")
