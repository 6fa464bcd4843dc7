"""A person may name the time zone that they read times in."""

from sqlite_utils import Database

from hitl.store.migrations.sequence import TANDEM_MIGRATIONS


@TANDEM_MIGRATIONS()
def t007_time_zone(db: Database) -> None:
    """Whoever was there follows the browser, as all did."""
    db.execute("ALTER TABLE people ADD COLUMN time_zone TEXT")
