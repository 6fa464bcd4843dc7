"""What was decided about an import, and the cells of the rows that it left out."""

from sqlite_utils import Database

from hitl.store.migrations.sequence import PROJECT_MIGRATIONS


@PROJECT_MIGRATIONS()
def m013_import_choices(db: Database) -> None:
    """Both are empty for the imports there are."""
    db.executescript("""
        ALTER TABLE imports ADD COLUMN choices TEXT NOT NULL DEFAULT '{}' CHECK(json_valid(choices));
        ALTER TABLE import_rejects ADD COLUMN cells TEXT NOT NULL DEFAULT '[]' CHECK(json_valid(cells));
        """)
