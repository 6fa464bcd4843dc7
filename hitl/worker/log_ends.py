"""The ends of the projects' audit logs, noted by the desk every hour: a log that was cut off since is found out."""

from datetime import datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from hitl.store.audit_heads import note_heads
from hitl.store.connection import write_transaction

EVERY = timedelta(hours=1)


class LogEnds:
    """Notes the ends that moved; a worker that has just begun does so at once, then every hour by the clock."""

    def __init__(self) -> None:
        self._noted_at: datetime | None = None

    def __call__(self, data_dir: Path, tandem: Database, now: datetime) -> None:
        """Note what is due. It takes too little for a job. Writes: audit_log of tandem.db."""
        if self._noted_at is not None and timedelta(0) <= now - self._noted_at < EVERY:
            return
        self._noted_at = now
        with write_transaction(tandem):
            note_heads(data_dir, tandem, now=now)
