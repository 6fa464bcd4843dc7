"""Full-text search: an index of words over the items, which holds no text itself."""

from sqlite_utils import Database

from hitl.store.migrations.sequence import PROJECT_MIGRATIONS


@PROJECT_MIGRATIONS()
def m010_search(db: Database) -> None:
    """The view of what is searched, its index, and the index filled for the items that are there.

    ``item_text`` is a function that every connection to a project brings along.
    """
    db.executescript("""
        CREATE VIEW items_text AS SELECT id, item_text(external_id, fields) AS text FROM items;
        CREATE VIRTUAL TABLE items_fts USING fts5(
            text, content='items_text', content_rowid='id', columnsize=0,
            tokenize="unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'");
        """)
    if db.execute("SELECT 1 FROM items LIMIT 1").fetchone():
        db.execute("INSERT INTO items_fts(items_fts) VALUES ('rebuild')")
