"""Which encoder reads the texts of a project."""

from sqlite_utils import Database

from hitl.store.migrations.sequence import PROJECT_MIGRATIONS


@PROJECT_MIGRATIONS()
def m036_encoder_choice(db: Database) -> None:
    """NULL is the encoder that comes with Tandem, as in all rows so far."""
    db.executescript("ALTER TABLE encoder_rules ADD COLUMN encoder TEXT;")
