"""A job keeps the language of whoever asked for it, so that its notes and errors can be read by them."""

from sqlite_utils import Database

from hitl.store.migrations.sequence import TANDEM_MIGRATIONS


@TANDEM_MIGRATIONS()
def t004_language(db: Database) -> None:
    """Jobs that were there are in English, as all were."""
    db.execute("ALTER TABLE jobs ADD COLUMN language TEXT NOT NULL DEFAULT 'en'")
