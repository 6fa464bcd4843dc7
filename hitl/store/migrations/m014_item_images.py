"""Which image stands in which field of an item: facts that go with their item."""

from sqlite_utils import Database

from hitl.store.migrations.sequence import PROJECT_MIGRATIONS


@PROJECT_MIGRATIONS()
def m014_item_images(db: Database) -> None:
    """The images of items, found by item and by image; guarded as items are."""
    db.executescript("""
        CREATE TABLE item_images(
            item_id INTEGER NOT NULL REFERENCES items(id),
            field TEXT NOT NULL,
            sha256 TEXT NOT NULL CHECK(length(sha256) = 64),
            kind TEXT NOT NULL CHECK(kind IN ('png', 'jpg', 'webp')),
            PRIMARY KEY(item_id, field)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX item_images_image ON item_images(sha256);
        CREATE TRIGGER item_images_no_update BEFORE UPDATE ON item_images
        BEGIN SELECT RAISE(ABORT, 'item_images holds facts: insert a new row instead'); END;
        CREATE TRIGGER item_images_no_delete BEFORE DELETE ON item_images
        WHEN EXISTS(
            SELECT 1 FROM items JOIN import_ends USING (import_id)
            WHERE items.id = OLD.item_id AND import_ends.outcome = 'published')
        BEGIN SELECT RAISE(ABORT, 'item_images holds facts: what a published item shows is never deleted'); END;
        CREATE TRIGGER item_images_closed_import BEFORE INSERT ON item_images
        WHEN EXISTS(SELECT 1 FROM items JOIN import_ends USING (import_id) WHERE items.id = NEW.item_id)
        BEGIN SELECT RAISE(ABORT, 'item_images: the import has ended'); END;
        """)
