"""A background job: its steps, time left and cancel while it is under way, and what became of it."""

from collections.abc import Callable
from datetime import datetime
from typing import Literal

import streamlit as st

from hitl.domain.language import _
from hitl.views.jobs import JobView
from hitl.views.wording import ago, duration, plain

_STEP_ICONS = {"done": "check_circle", "now": "pending", "later": "radio_button_unchecked"}
_STEP_COLOURS: dict[str, Literal["green", "blue", "gray"]] = {"done": "green", "now": "blue", "later": "gray"}


def draw_live_job(view: JobView, *, on_cancel: Callable[[int], None] | None) -> None:
    """Draw a job that waits or runs; ``on_cancel`` is a callback with its id, None where it can't be."""
    job = view.job
    with st.container(border=True, gap="small", key=f"job_{job.kind}"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.markdown(
                f"**{view.kind_name[:1].upper() + view.kind_name[1:]}** · {_describe_time(view)}", width="stretch"
            )
            if job.can_be_cancelled and on_cancel is not None:
                st.button(
                    _("Stopping") if job.cancel_requested else _("Cancel"),
                    key=f"cancel_{job.id}",
                    icon=":material/cancel:",
                    type="tertiary",
                    disabled=job.cancel_requested,
                    on_click=on_cancel,
                    args=(job.id,),
                )
        st.progress(job.progress, text=plain(job.note) or _("Starting"))
        with st.container(horizontal=True, gap="xsmall"):
            for name, state in view.stages:
                st.badge(name, icon=f":material/{_STEP_ICONS[state]}:", color=_STEP_COLOURS[state])
        st.caption(_("You can leave or close this page: the work goes on."))


def draw_ended_job(view: JobView, *, now: datetime) -> None:
    """Draw what became of a job that failed or was cancelled, and what to do; nothing for one that is done."""
    ended = f" {ago(view.job.ended_at, now)}" if view.job.ended_at else ""
    if view.job.status == "failed":
        text = _("**The {kind_name} failed{ended}.** {error} {what_next}").format(
            kind_name=view.kind_name, ended=ended, error=plain(view.job.error or ""), what_next=view.what_next
        )
        st.error(text, icon=":material/error:")
    elif view.job.status == "cancelled":
        st.warning(
            _("**The {kind_name} was cancelled{ended}.** {what_next}").format(
                kind_name=view.kind_name, ended=ended, what_next=view.what_next
            ),
            icon=":material/cancel:",
        )


def _describe_time(view: JobView) -> str:
    if view.job.status == "queued":
        return _("waiting for its turn")
    if view.left_seconds is not None:
        return _("about {time} left").format(time=duration(view.left_seconds))
    if view.elapsed_seconds is not None:
        return _("running for {elapsed_seconds}").format(elapsed_seconds=duration(view.elapsed_seconds))
    return _("starting")
