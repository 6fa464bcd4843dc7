"""Why the versions in use answer as they do, computed between jobs: small steps, each kept as soon as it is there.

Cut off anywhere, the next look finds what is missing still. It takes too little for a job.
"""

import logging
import time
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from hitl.domain.errors import HitlError
from hitl.domain.logs import tell
from hitl.domain.records import Version
from hitl.loop.explain import Explainer, explain_items, find_explainable, find_unexplained
from hitl.store.connection import list_slugs, open_project, project_folder
from hitl.store.job_moves import is_at_work

STEP_ITEMS = 10  # each with up to 40 shortened texts, where an encoder reads them
LOOK_SECONDS = 1.0  # all that one look takes, but for the step under way: a job that comes in waits no longer
_LOGGER = logging.getLogger("tandem.worker")


class Explaining:
    """Explains what waits in each project, and keeps the version it loaded last."""

    def __init__(self) -> None:
        self._loaded: tuple[str, Explainer] | None = None
        self._unusable: set[tuple[str, int]] = set()

    def __call__(self, data_dir: Path, tandem: Database, now: datetime) -> None:
        """Explain what is due, for about ``LOOK_SECONDS``. Writes: explanations, explanation_wishes."""
        end = time.monotonic() + LOOK_SECONDS
        for slug in list_slugs(data_dir):
            if time.monotonic() > end:
                return
            if not is_at_work(tandem, slug):
                self._look(data_dir, slug, end, now)

    def _look(self, data_dir: Path, slug: str, end: float, now: datetime) -> None:
        db = open_project(data_dir, slug)
        try:
            todo = find_unexplained(db)
            version = find_explainable(db) if todo else None
            if version is None or (slug, version.id) in self._unusable:
                return
            self._unusable.add((slug, version.id))  # one that fails is not tried at every look
            explainer = self._load(db, data_dir, slug, version)
            while todo and time.monotonic() <= end:
                explain_items(db, explainer, todo[:STEP_ITEMS], now=now)
                todo = todo[STEP_ITEMS:]
            self._unusable.discard((slug, version.id))
        except HitlError as error:
            tell(_LOGGER, "not_explained", level=logging.WARNING, project=slug, error=error)
        finally:
            db.conn.close()

    def _load(self, db: Database, data_dir: Path, slug: str, version: Version) -> Explainer:
        if self._loaded and self._loaded[0] == slug and self._loaded[1].counts(db):
            return self._loaded[1]
        self._loaded = None  # the one before goes first: two models need twice the memory
        explainer = Explainer(db, project_folder(data_dir, slug), version)
        self._loaded = (slug, explainer)
        return explainer
