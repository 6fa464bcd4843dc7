"""The queue follows what people say: between jobs its head is chosen anew after each twenty decisions or so.

It takes about a second, too little for a job. Cut off anywhere, the places are those from before, and the next look
chooses; a worker that has just begun counts from what it finds.
"""

import logging
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from hitl.domain.errors import HitlError
from hitl.domain.logs import tell
from hitl.loop.order import order_queue
from hitl.store.connection import list_slugs, open_project, project_folder
from hitl.store.events import latest_event_id
from hitl.store.job_moves import is_at_work

BATCH = 20
"""As many events as query strategies choose items at once."""

_LOGGER = logging.getLogger("tandem.worker")


class Following:
    """Chooses anew in each project, and knows at which event it did so last."""

    def __init__(self) -> None:
        self._seen: dict[Path, int] = {}

    def __call__(self, data_dir: Path, tandem: Database, now: datetime) -> None:  # noqa: ARG002
        """Look at all projects that are not at work (``is_at_work``); one whose choice fails waits for the next twenty.

        Writes: asked_first, queue.
        """
        for slug in list_slugs(data_dir):
            if not is_at_work(tandem, slug):
                try:
                    self._look(data_dir, slug)
                except HitlError as error:
                    tell(_LOGGER, "queue_not_chosen", level=logging.WARNING, project=slug, error=error)

    def _look(self, data_dir: Path, slug: str) -> None:
        db, folder = open_project(data_dir, slug), project_folder(data_dir, slug)
        try:
            end = latest_event_id(db)
            begin = self._seen.setdefault(folder, end)
            if abs(end - begin) >= BATCH:  # fewer events than before: another project has the name now
                self._seen[folder] = end
                order_queue(db, folder)
        finally:
            db.conn.close()
