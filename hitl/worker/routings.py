"""The asker for routings and withdrawals that nobody finishes: what set them going was cut off, or asked for no job."""

import logging
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from hitl.domain.errors import HitlError
from hitl.domain.language import _
from hitl.domain.people import SYSTEM
from hitl.loop.jobs import JobKind, submit_job
from hitl.loop.privacy import find_unfinished_indexing
from hitl.loop.route import find_unfinished_routing
from hitl.loop.withdraw import find_unfinished_withdrawal
from hitl.store.connection import list_slugs, open_project
from hitl.store.job_moves import is_at_work

_LOGGER = logging.getLogger("tandem.worker")


def ask_for_routings(data_dir: Path, tandem: Database, now: datetime) -> None:
    """Ask for the end of each project's unfinished routing or withdrawal; none while a job of it waits or runs.

    Writes: jobs.
    """
    for slug in list_slugs(data_dir):
        try:
            _ask(data_dir, tandem, slug, now)
        except HitlError as error:
            _LOGGER.warning("Whether the items of %s are all routed could not be seen: %s", slug, error)


def _ask(data_dir: Path, tandem: Database, slug: str, now: datetime) -> None:
    if is_at_work(tandem, slug):
        return
    db = open_project(data_dir, slug)
    try:
        name = find_unfinished_withdrawal(db) or find_unfinished_routing(db) or find_unfinished_indexing(db)
    finally:
        db.conn.close()
    if name is None:
        return
    job = submit_job(
        tandem, slug=slug, kind=JobKind.REROUTE, args={}, request_id=f"{slug}-{name}", actor=SYSTEM, now=now
    )
    _LOGGER.info(_("Job %s: the routing of %s is finished."), job.id, slug)
