"""Why the version in use answers as it does, item by item: computed ahead by the worker, and disposable."""

from sqlite_utils import Database

from hitl.store.migrations.sequence import PROJECT_MIGRATIONS


@PROJECT_MIGRATIONS()
def m031_explanations(db: Database) -> None:
    """A body holds places in texts, names of fields and ids of items, and no content.

    ``cover_id`` says which fields were hidden then: a body made before a change of that is not shown after it.
    """
    db.executescript("""
        CREATE TABLE explanations(
            item_id INTEGER PRIMARY KEY,
            version_id INTEGER NOT NULL,
            cover_id INTEGER NOT NULL,
            body TEXT NOT NULL CHECK(json_valid(body)),
            at TEXT NOT NULL
        ) STRICT;
        CREATE TABLE explanation_wishes(
            item_id INTEGER PRIMARY KEY,
            at TEXT NOT NULL
        ) STRICT;
        """)
