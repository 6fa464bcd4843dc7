"""The version in whose name an act on many was done is a fact as the rest of its row is."""

from sqlite_utils import Database

from hitl.store.migrations.sequence import PROJECT_MIGRATIONS


@PROJECT_MIGRATIONS()
def m035_bulk_act_guard(db: Database) -> None:
    """``version_id`` came after the guard that lets a redaction take words out of an act: no redaction changes it."""
    db.executescript("""
        CREATE TRIGGER bulk_acts_no_other_version BEFORE UPDATE ON bulk_acts WHEN NEW.version_id IS NOT OLD.version_id
        BEGIN SELECT RAISE(ABORT, 'bulk_acts holds facts: insert a new row instead'); END;
        """)
