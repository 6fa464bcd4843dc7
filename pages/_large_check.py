"""The check of a large upload: asked for, followed while it runs in the background, its result read when it is done."""

from dataclasses import dataclass

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from hitl.domain.errors import HitlError
from hitl.loop.uploads import drop_upload, keep_for_check
from hitl.ui.import_check import draw_check_again, draw_check_offer
from hitl.ui.job_progress import draw_ended_job
from hitl.views.jobs import JobView, find_latest_job, read_job_of_request, read_jobs
from hitl.views.kept_check import CheckOrder, KeptCheck, read_kept_check
from pages._imports import read_chunks
from pages._jobs import EVERY_SECONDS, making, submit, watch
from pages._session import DeskContext, acting_desk, renew, request_id

KIND = "check"


@dataclass(frozen=True)
class LargeUpload:
    """An upload with the project it is for, "" for a new one, and the state of that project."""

    upload: UploadedFile
    slug: str
    state: tuple[int, ...] = ()

    def request(self, order: CheckOrder) -> str:
        """The name of the request for a check."""
        return f"check.{self.slug}.{self.upload.file_id}.{order.name}"


def draw_large_check(desk: DeskContext, large: LargeUpload, order: CheckOrder) -> KeptCheck | None:
    """Draw the offer of a check, or how far it is; what it found, once it is done."""
    key = large.request(order)
    job = read_job_of_request(desk.tandem, request_id(key), now=desk.now)
    if job and job.job.status == "done":
        return _read_result(large, order, job)
    live = job if job and job.is_live else _other(desk, large.slug)
    if live:
        st.fragment(watch, run_every=EVERY_SECONDS)(desk, large.slug, live.job.id)
        return None
    if job:
        draw_ended_job(job, now=desk.now)
    draw_check_offer(large.upload.size, choices=order.choices, key=key, on_check=ask, args=(large, order))
    return None


def ask(large: LargeUpload, order: CheckOrder) -> None:
    """A callback: keep the file and have it checked; a double click checks it once."""
    name = large.request(order)
    with acting_desk() as person:
        desk = person if large.slug else making(person)
        known = read_job_of_request(desk.tandem, request_id(name), now=desk.now)
        if known and known.is_live:
            return
        renew(name)
        path = keep_for_check(desk.data_dir, name=large.upload.name, chunks=read_chunks(large.upload), actor=desk.actor)
        told = {"path": str(path), "file_name": large.upload.name, "state": list(large.state)}
        try:
            submit(desk, large.slug, KIND, {**order.to_json(), **told}, request=name)
        except HitlError:
            drop_upload(path, actor=desk.actor)
            raise


def _read_result(large: LargeUpload, order: CheckOrder, job: JobView) -> KeptCheck | None:
    found = read_kept_check(job.job)
    if found is None or job.job.args.get("state") != list(large.state):
        draw_check_again(is_kept=found is not None, key=large.request(order), on_check=ask, args=(large, order))
    return found


def _other(desk: DeskContext, slug: str) -> JobView | None:
    """A check under way that was asked for otherwise: it has to end before another begins."""
    latest = find_latest_job(read_jobs(desk.tandem, slug, now=desk.now), kinds=(KIND,))
    return latest if latest and latest.is_live else None
