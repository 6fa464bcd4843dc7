"""The rows of one person are found in the desk's log without reading all of it."""

from sqlite_utils import Database

from hitl.store.migrations.m028_log_by_person import index_persons
from hitl.store.migrations.sequence import TANDEM_MIGRATIONS


@TANDEM_MIGRATIONS()
def t008_log_by_person(db: Database) -> None:
    """The index of a project's log."""
    index_persons(db)
