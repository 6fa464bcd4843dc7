"""Who did what on the desk: the same log as in a project, for people, jobs and projects."""

from sqlite_utils import Database

from hitl.store.migrations.m024_audit import begin_audit_log, make_audit_log
from hitl.store.migrations.sequence import TANDEM_MIGRATIONS


@TANDEM_MIGRATIONS()
def t006_audit(db: Database) -> None:
    """The log begins; what was done on the desk before is not in it."""
    make_audit_log(db)
    begin_audit_log(db)
