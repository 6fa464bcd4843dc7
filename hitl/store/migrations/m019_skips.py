"""What a person skipped, found without reading all that the person did."""

from sqlite_utils import Database

from hitl.store.migrations.sequence import PROJECT_MIGRATIONS


@PROJECT_MIGRATIONS()
def m019_skips(db: Database) -> None:
    """An index of skips alone, by person and group."""
    db.executescript("CREATE INDEX events_skips ON events(actor_id, group_id) WHERE kind = 'skip';")
