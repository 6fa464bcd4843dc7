"""Recurring work: between jobs the worker looks every few seconds whether something is due, and asks for it as a job.

In the middle of a job that reads texts it looks as well, for that may take an hour and gives way to any other.

An asker is a callable ``(data_dir, tandem, now)`` of this package or the loop, listed in ``ASKERS``. It decides by
``hitl.domain.schedule.due`` and by what the databases say, and asks by ``submit_job`` as the system (``LogEnds``,
``Following`` and ``Explaining`` write by themselves: they take too little for a job). Its request id names what made
the job due (a day, an event), so that asking again makes no second job, whatever the clock does.
"""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from hitl.domain.errors import HitlError
from hitl.domain.logs import ids, tell
from hitl.worker.backing_up import ask_for_backup
from hitl.worker.encoding import ask_for_encodings
from hitl.worker.explaining import Explaining
from hitl.worker.following import Following
from hitl.worker.log_ends import LogEnds
from hitl.worker.redacting import ask_for_redactions
from hitl.worker.routings import ask_for_routings
from hitl.worker.training_triggers import ask_for_trainings

Asker = Callable[[Path, Database, datetime], None]

LOOK_SECONDS = 5.0
ASKERS: tuple[Asker, ...] = (
    ask_for_redactions,
    ask_for_routings,
    ask_for_trainings,
    ask_for_backup,
    ask_for_encodings,
    LogEnds(),
    Following(),
    Explaining(),
)
_LOGGER = logging.getLogger("tandem.worker")


class Schedule:
    """What is due in a data folder, looked at no more often than every ``LOOK_SECONDS``."""

    def __init__(self, data_dir: Path, *, askers: Sequence[Asker] | None = None) -> None:
        self._data_dir = data_dir
        self._askers = ASKERS if askers is None else askers
        self._looked_at: float | None = None

    def ask_for_due_work(self, tandem: Database, *, now: datetime) -> None:
        """Let each asker look; one that fails is logged and looks again next time.

        Writes: jobs.
        """
        moment = time.monotonic()
        if self._looked_at is not None and moment - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = moment
        for ask in self._askers:
            try:
                ask(self._data_dir, tandem, now)
            except HitlError as error:
                tell(_LOGGER, "due_work_not_asked_for", level=logging.WARNING, error=error)
            except Exception:  # the process's edge: one asker never keeps the others, or the jobs, from going on
                _LOGGER.exception("due_work_not_asked_for", extra=ids())
