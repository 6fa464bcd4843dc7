"""The audit logs, for what is done to a project as a whole: made, archived, deleted, packed, taken in."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from hitl.domain.audit import Details
from hitl.domain.people import Actor
from hitl.store.audit import append
from hitl.store.connection import open_project, open_tandem, write_transaction


@contextmanager
def recorded_on_desk(
    data_dir: Path, actor: Actor, act: str, *, subject: str = "", details: Details | None = None, now: datetime
) -> Iterator[Database]:
    """A block with a row of the desk's log: the row is written when the block ends, and not when it raises.

    It is given ``tandem.db``, inside the transaction of that row. Writes: audit_log of tandem.db.
    """
    with closing(open_tandem(data_dir).conn) as conn:
        tandem = Database(conn, execute_plugins=False)
        with write_transaction(tandem):
            append(tandem, actor, act, subject=subject, details=details, now=now)
            yield tandem


def record_in_project(
    data_dir: Path, slug: str, actor: Actor, act: str, *, details: Details | None = None, now: datetime
) -> None:
    """A row of a project's own log, of what is done to it as a whole. Writes: audit_log."""
    with closing(open_project(data_dir, slug).conn) as conn:
        db = Database(conn, execute_plugins=False)
        with write_transaction(db):
            append(db, actor, act, subject=f"project:{slug}", details=details, now=now)
