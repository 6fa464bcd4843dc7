"""The rows of one person are found in an audit log without reading all of it."""

from sqlite_utils import Database

from hitl.store.migrations.sequence import PROJECT_MIGRATIONS


@PROJECT_MIGRATIONS()
def m028_log_by_person(db: Database) -> None:
    """An index; it ends with the number of the row, which is the order of a page."""
    index_persons(db)


def index_persons(db: Database) -> None:
    """The same for both logs."""
    db.execute("CREATE INDEX audit_log_persons ON audit_log(actor_id)")
