"""Where the items of an import lie: ids follow each other, so two numbers stand for an index over all items."""

from sqlite_utils import Database

from hitl.store.migrations.sequence import PROJECT_MIGRATIONS


@PROJECT_MIGRATIONS()
def m010_import_spans(db: Database) -> None:
    """The first and last item of each import; the queue's order without the group's id twice."""
    db.executescript("""
        CREATE TABLE import_spans(
            import_id INTEGER PRIMARY KEY REFERENCES imports(id),
            first_item_id INTEGER NOT NULL,
            last_item_id INTEGER NOT NULL,
            item_count INTEGER NOT NULL,
            first_group_id INTEGER
        ) STRICT;
        INSERT INTO import_spans(import_id, first_item_id, last_item_id, item_count)
            SELECT import_id, min(id), max(id), count(*) FROM items GROUP BY import_id;
        DROP INDEX items_import;
        DROP INDEX queue_order;
        CREATE INDEX queue_order ON queue(priority);
        """)
