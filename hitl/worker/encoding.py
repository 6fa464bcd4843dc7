"""Texts are encoded in the background: asked for by itself after an import, and giving way to every other job.

It may take an hour: meanwhile the askers look for what is due as they do between jobs.
"""

import logging
import time
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from hitl.domain.clock import utc_now
from hitl.domain.errors import HitlError
from hitl.domain.language import _
from hitl.domain.logs import tell
from hitl.domain.people import SYSTEM
from hitl.loop.encode import encode_items, find_due_encoding
from hitl.loop.jobs import JobKind, submit_job
from hitl.loop.order import order_queue
from hitl.settings import read_settings
from hitl.store.connection import list_slugs, open_project, project_folder
from hitl.store.job_moves import find_live_job
from hitl.store.jobs import is_another_waiting
from hitl.store.reads_review import created_at
from hitl.views.wording import count_of
from hitl.worker.progress import JobPutOff, JobRun

LOOK_SECONDS = 0.5
ASK_SECONDS = 20.0  # more seldom than between jobs: some askers work by themselves for a second
_LOGGER = logging.getLogger("tandem.worker")


def perform_encoding(run: JobRun) -> str:
    """How many items were gone through, in a few words.

    Raises
    ------
    HitlError
        The encoder is not installed, or its vectors can't be kept.
    JobPutOff
        Another job waits: this one goes on behind it.
    JobCancelled, JobLost, WorkerStopped
        From ``JobRun.tick``, between two batches of texts.
    """
    run.enter("encode", begin=0.0, share=1.0, note=_("Reading the texts"))
    looked_at = asked_at = time.monotonic()

    def tick(share: float, note: str) -> None:
        nonlocal looked_at, asked_at
        run.tick(share, note)
        if time.monotonic() - asked_at >= ASK_SECONDS:
            run.ask_for_due_work()
            asked_at = time.monotonic()
        if time.monotonic() - looked_at >= LOOK_SECONDS:
            looked_at = time.monotonic()
            if is_another_waiting(run.tandem, run.job.id):
                raise JobPutOff

    db = open_project(run.data_dir, run.job.slug)
    try:
        folder = project_folder(run.data_dir, run.job.slug)
        count = encode_items(db, folder, now=utc_now(), tick=tick)
        order_queue(db, folder)
    finally:
        db.conn.close()
    return count_of(count, "{count} item read", "{count} items read")


def ask_for_encodings(data_dir: Path, tandem: Database, now: datetime) -> None:
    """Ask for the encoding of each project whose texts wait for it; none while a job of the project waits or runs.

    Writes: jobs.
    """
    if not read_settings().encodes_texts:
        return
    for slug in list_slugs(data_dir):
        try:
            _ask(data_dir, tandem, slug, now)
        except HitlError as error:
            tell(_LOGGER, "encoding_not_asked_for", level=logging.WARNING, project=slug, error=error)


def _ask(data_dir: Path, tandem: Database, slug: str, now: datetime) -> None:
    if find_live_job(tandem, slug) is not None:
        return
    db = open_project(data_dir, slug)
    try:
        name = find_due_encoding(db, project_folder(data_dir, slug))
        request_id = f"{slug}-{created_at(db)}-{name}"  # another project may have had the short name before
    finally:
        db.conn.close()
    if name is not None:
        submit_job(tandem, slug=slug, kind=JobKind.ENCODE, args={}, request_id=request_id, actor=SYSTEM, now=now)
