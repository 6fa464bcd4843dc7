"""The asker for trainings that begin by themselves: project by project, as the system."""

import logging
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from hitl.domain.errors import HitlError
from hitl.domain.logs import tell
from hitl.domain.people import SYSTEM
from hitl.encoding import encoding_ready
from hitl.loop.jobs import JobKind, submit_job
from hitl.loop.triggers import DueTraining, find_due_training
from hitl.store.connection import list_slugs, open_project, project_folder
from hitl.store.job_moves import is_at_work

_LOGGER = logging.getLogger("tandem.worker")


def ask_for_trainings(data_dir: Path, tandem: Database, now: datetime) -> None:
    """Ask for the training of each project that is due; none while a job of the project waits or runs.

    Writes: jobs.
    """
    for slug in list_slugs(data_dir):
        try:
            _ask(data_dir, tandem, slug, now)
        except HitlError as error:
            tell(_LOGGER, "training_trigger_unreadable", level=logging.WARNING, project=slug, error=error)


def _ask(data_dir: Path, tandem: Database, slug: str, now: datetime) -> None:
    if is_at_work(tandem, slug):
        return
    db = open_project(data_dir, slug)
    try:
        is_encoded = encoding_ready(db, project_folder(data_dir, slug))
        found = find_due_training(db, tandem, slug=slug, now=now, texts_encoded=is_encoded)
    finally:
        db.conn.close()
    if found is None:
        return
    job = submit_job(
        tandem,
        slug=slug,
        kind=JobKind.TRAIN,
        args=_args(found),
        request_id=f"{slug}-{found.request_id}",
        actor=SYSTEM,
        now=now,
    )
    tell(_LOGGER, "training_triggered", job=job.id, project=slug, trigger=found.trigger)


def _args(found: DueTraining) -> dict[str, object]:
    args: dict[str, object] = {"seed": 0, "trigger": found.trigger, "event_id": found.event_id}
    if found.day is not None:
        args |= {"day": found.day.isoformat(), "at": found.at}
    if found.label_count is not None:
        args |= {"label_count": found.label_count}
    if found.trigger == "encoded":
        args |= {"version_id": found.base_id}
    if found.withdrawn:
        args |= {"withdrawn": list(found.withdrawn)}
    return args
