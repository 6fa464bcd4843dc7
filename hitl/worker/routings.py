"""The asker for routings and withdrawals that nobody finishes: what set them going was cut off, or asked for no job."""

import logging
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from hitl.domain.errors import HitlError
from hitl.domain.logs import tell
from hitl.domain.people import SYSTEM
from hitl.loop.jobs import JobKind, submit_job
from hitl.loop.privacy import find_unfinished_indexing
from hitl.loop.route import find_unfinished_routing
from hitl.loop.withdraw import find_unfinished_withdrawal
from hitl.store.connection import list_slugs, open_project
from hitl.store.job_moves import is_at_work
from hitl.store.jobs import find_job_of_request
from hitl.store.reads_review import created_at

_LOGGER = logging.getLogger("tandem.worker")


def ask_for_routings(data_dir: Path, tandem: Database, now: datetime) -> None:
    """Ask for the end of each project's unfinished routing or withdrawal; none while a job of it waits or runs.

    A withdrawal whose job came to nothing is asked for again in the next hour; a routing, once something new begins it.
    Writes: jobs.
    """
    for slug in list_slugs(data_dir):
        try:
            _ask(data_dir, tandem, slug, now)
        except HitlError as error:
            tell(_LOGGER, "routing_not_asked_for", level=logging.WARNING, project=slug, error=error)


def _ask(data_dir: Path, tandem: Database, slug: str, now: datetime) -> None:
    if is_at_work(tandem, slug):
        return
    db = open_project(data_dir, slug)
    try:
        request_ids = [f"{slug}-{created_at(db)}-{name}" for name in _unfinished(db, now)]
    finally:
        db.conn.close()
    for request_id in request_ids:
        if find_job_of_request(tandem, request_id) is None:
            kind = JobKind.REROUTE
            job = submit_job(tandem, slug=slug, kind=kind, args={}, request_id=request_id, actor=SYSTEM, now=now)
            tell(_LOGGER, "routing_asked_for", job=job.id, project=slug)
            return


def _unfinished(db: Database, now: datetime) -> list[str]:
    """What names each thing that is left; of one the job may have ended without it, and the others count still."""
    withdrawal = find_unfinished_withdrawal(db)
    hourly = withdrawal and f"{withdrawal}-{now:%Y%m%dT%H}"  # nothing new would ever name it: it is tried again
    return [name for name in (hourly, find_unfinished_routing(db), find_unfinished_indexing(db)) if name]
