"""Items whose content was taken away for good, what was retired with them; the one exception of the guards."""

from sqlite_utils import Database

from hitl.store.migrations.sequence import PROJECT_MIGRATIONS

GUARDED_TABLES = ("redactions", "redacted_items", "redacted_comments", "retirements", "redaction_ends")

_OPEN = "EXISTS (SELECT 1 FROM redactions WHERE id NOT IN (SELECT redaction_id FROM redaction_ends))"
"""The one named exception: while a redaction is open, what it names can be emptied, and nothing else changed."""


@PROJECT_MIGRATIONS()
def m026_redaction(db: Database) -> None:
    """Redactions as facts, and the files that are left to remove."""
    db.executescript("""
        CREATE TABLE redactions(
            id INTEGER PRIMARY KEY,
            reason TEXT NOT NULL CHECK(trim(reason) <> ''),
            keeps_id INTEGER NOT NULL CHECK(keeps_id IN (0, 1)),
            request_id TEXT NOT NULL UNIQUE,
            actor_id INTEGER NOT NULL,
            at TEXT NOT NULL
        ) STRICT;
        CREATE TABLE redacted_items(
            item_id INTEGER PRIMARY KEY REFERENCES items(id),
            redaction_id INTEGER NOT NULL REFERENCES redactions(id)
        ) STRICT;
        CREATE TABLE redacted_comments(
            event_id INTEGER PRIMARY KEY REFERENCES events(id),
            redaction_id INTEGER NOT NULL REFERENCES redactions(id)
        ) STRICT;
        CREATE TABLE retirements(
            version_id INTEGER PRIMARY KEY REFERENCES versions(id),
            redaction_id INTEGER NOT NULL REFERENCES redactions(id)
        ) STRICT;
        CREATE TABLE redaction_ends(
            redaction_id INTEGER PRIMARY KEY REFERENCES redactions(id),
            at TEXT NOT NULL
        ) STRICT;
        CREATE TABLE redaction_files(
            redaction_id INTEGER NOT NULL REFERENCES redactions(id),
            sha256 TEXT NOT NULL,
            kind TEXT NOT NULL,
            PRIMARY KEY(redaction_id, sha256, kind)
        ) STRICT, WITHOUT ROWID;
        """)
    for table in GUARDED_TABLES:
        for act in ("UPDATE", "DELETE"):
            db.executescript(f"""
                CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table}
                BEGIN SELECT RAISE(ABORT, '{table} holds facts: insert a new row instead'); END;
                """)


@PROJECT_MIGRATIONS()
def m026_redaction_guards(db: Database) -> None:
    """The guards of what a redaction empties are made anew, with their one exception."""
    db.executescript(f"""
        DROP TRIGGER items_no_update;
        CREATE TRIGGER items_no_update BEFORE UPDATE ON items
        WHEN NOT ({_OPEN} AND EXISTS (SELECT 1 FROM redacted_items WHERE item_id = OLD.id) AND NEW.fields = '{{}}'
            AND (NEW.id, NEW.import_id, NEW.row_number, NEW.revision, NEW.group_id)
                = (OLD.id, OLD.import_id, OLD.row_number, OLD.revision, OLD.group_id)
            AND NEW.imported_class_id IS OLD.imported_class_id)
        BEGIN SELECT RAISE(ABORT, 'items holds facts: insert a new row instead'); END;
        DROP TRIGGER item_images_no_delete;
        CREATE TRIGGER item_images_no_delete BEFORE DELETE ON item_images
        WHEN EXISTS(
            SELECT 1 FROM items JOIN import_ends USING (import_id)
            WHERE items.id = OLD.item_id AND import_ends.outcome = 'published')
          AND NOT ({_OPEN} AND EXISTS (SELECT 1 FROM redacted_items WHERE item_id = OLD.item_id))
        BEGIN SELECT RAISE(ABORT, 'item_images holds facts: what a published item shows is never deleted'); END;
        DROP TRIGGER groups_no_update;
        CREATE TRIGGER groups_no_update BEFORE UPDATE ON groups
        WHEN NOT ({_OPEN} AND NEW.id = OLD.id AND NOT EXISTS (
            SELECT 1 FROM items WHERE group_id = OLD.id AND id NOT IN (SELECT item_id FROM redacted_items)))
        BEGIN SELECT RAISE(ABORT, 'groups holds facts: insert a new row instead'); END;
        DROP TRIGGER import_rejects_no_update;
        CREATE TRIGGER import_rejects_no_update BEFORE UPDATE ON import_rejects
        WHEN NOT ({_OPEN} AND NEW.cells = '[]' AND NEW.message = ''
            AND (NEW.import_id, NEW.row_number, NEW.field) = (OLD.import_id, OLD.row_number, OLD.field))
        BEGIN SELECT RAISE(ABORT, 'import_rejects holds facts: insert a new row instead'); END;
        DROP TRIGGER evaluations_no_update;
        CREATE TRIGGER evaluations_no_update BEFORE UPDATE ON evaluations
        WHEN NOT ({_OPEN} AND (NEW.id, NEW.version_id, NEW.source, NEW.label_count, NEW.at)
                = (OLD.id, OLD.version_id, OLD.source, OLD.label_count, OLD.at)
            AND json_remove(NEW.body, '$.slices') = json_remove(OLD.body, '$.slices'))
        BEGIN SELECT RAISE(ABORT, 'evaluations holds facts: insert a new row instead'); END;
        DROP TRIGGER events_no_update;
        CREATE TRIGGER events_no_update BEFORE UPDATE ON events
        WHEN NOT ({_OPEN} AND NEW.comment = '' AND EXISTS (SELECT 1 FROM redacted_comments WHERE event_id = OLD.id)
            AND NEW.id = OLD.id AND NEW.kind = OLD.kind AND NEW.source = OLD.source AND NEW.actor_id = OLD.actor_id
            AND NEW.group_id IS OLD.group_id AND NEW.item_id IS OLD.item_id AND NEW.class_id IS OLD.class_id
            AND NEW.request_id IS OLD.request_id AND NEW.target_id IS OLD.target_id
            AND NEW.import_id IS OLD.import_id AND NEW.shown_version_id IS OLD.shown_version_id
            AND NEW.shown_class_id IS OLD.shown_class_id AND NEW.shown_confidence IS OLD.shown_confidence
            AND NEW.blind = OLD.blind AND NEW.surplus = OLD.surplus AND NEW.at = OLD.at)
        BEGIN SELECT RAISE(ABORT, 'events holds facts: insert a new row instead'); END;
        """)
