"""A redaction reaches the words that somebody looked for an item by; an answer given that it ended says so."""

from sqlite_utils import Database

from hitl.store.migrations.sequence import PROJECT_MIGRATIONS

GUARDED_TABLES = ("redacted_words",)
_GUARDED = (*GUARDED_TABLES, "release_ends")
_OPEN = "EXISTS (SELECT 1 FROM redactions WHERE id NOT IN (SELECT redaction_id FROM redaction_ends))"


@PROJECT_MIGRATIONS()
def m029_redacted_words(db: Database) -> None:
    """``redacted_words`` names saved views and acts on many whose words go; ``release_ends`` gets one more reason."""
    db.executescript("""
        CREATE TABLE redacted_words(
            kind TEXT NOT NULL CHECK(kind IN ('view', 'bulk')),
            subject_id INTEGER NOT NULL,
            redaction_id INTEGER NOT NULL REFERENCES redactions(id),
            PRIMARY KEY(kind, subject_id, redaction_id)
        ) STRICT, WITHOUT ROWID;
        DROP TRIGGER release_open;
        CREATE TABLE new_release_ends(
            release_id INTEGER PRIMARY KEY REFERENCES releases(id),
            reason TEXT NOT NULL CHECK(reason IN ('decided', 'rerouted', 'revised', 'brake', 'withdrawn', 'redacted')),
            at TEXT NOT NULL
        ) STRICT;
        INSERT INTO new_release_ends(release_id, reason, at) SELECT release_id, reason, at FROM release_ends;
        DROP TABLE release_ends;
        ALTER TABLE new_release_ends RENAME TO release_ends;
        CREATE TRIGGER release_open BEFORE INSERT ON releases
        WHEN EXISTS(
            SELECT 1 FROM releases LEFT JOIN release_ends ON release_ends.release_id = releases.id
            WHERE releases.item_id = NEW.item_id AND release_ends.release_id IS NULL)
        BEGIN SELECT RAISE(ABORT, 'release: the item has an open release'); END;
        """)
    for table in _GUARDED:
        for act in ("UPDATE", "DELETE"):
            db.executescript(f"""
                CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table}
                BEGIN SELECT RAISE(ABORT, '{table} holds facts: insert a new row instead'); END;
                """)


@PROJECT_MIGRATIONS()
def m029_redacted_words_guards(db: Database) -> None:
    """While a redaction is open, words can be taken out of what it names: typed text, values of slices, a name."""
    db.executescript(f"""
        DROP TRIGGER saved_view_revisions_no_update;
        CREATE TRIGGER saved_view_revisions_no_update BEFORE UPDATE ON saved_view_revisions
        WHEN NOT ({_OPEN}
            AND EXISTS (SELECT 1 FROM redacted_words WHERE kind = 'view' AND subject_id = OLD.view_id)
            AND (NEW.id, NEW.view_id, NEW.item_order, NEW.removed, NEW.actor_id, NEW.at)
                = (OLD.id, OLD.view_id, OLD.item_order, OLD.removed, OLD.actor_id, OLD.at)
            AND NEW.name IN (OLD.name, 'redacted-' || OLD.view_id)
            AND {_only_emptied("NEW.filter", "OLD.filter", "$")})
        BEGIN SELECT RAISE(ABORT, 'saved_view_revisions holds facts: insert a new row instead'); END;
        DROP TRIGGER bulk_acts_no_update;
        CREATE TRIGGER bulk_acts_no_update BEFORE UPDATE ON bulk_acts
        WHEN NOT ({_OPEN}
            AND EXISTS (SELECT 1 FROM redacted_words WHERE kind = 'bulk' AND subject_id = OLD.id)
            AND NEW.class_id IS OLD.class_id
            AND (NEW.id, NEW.kind, NEW.item_count, NEW.group_count, NEW.left_out, NEW.comment, NEW.request_id,
                    NEW.actor_id, NEW.at)
                = (OLD.id, OLD.kind, OLD.item_count, OLD.group_count, OLD.left_out, OLD.comment, OLD.request_id,
                    OLD.actor_id, OLD.at)
            AND {_only_emptied("NEW.selection", "OLD.selection", "$.filter")})
        BEGIN SELECT RAISE(ABORT, 'bulk_acts holds facts: insert a new row instead'); END;
        """)


def _only_emptied(new: str, old: str, place: str) -> str:
    """That a filter says what it said, but for its text and slices, each of which is the same or gone."""
    words = [f"{place}.text", f"{place}.slices"]
    each = " AND ".join(
        f"(json_extract({new}, '{word}') IS NULL OR json_extract({new}, '{word}') IS json_extract({old}, '{word}'))"
        for word in words
    )
    rest = ", ".join(f"'{word}'" for word in words)
    return f"{each} AND json_remove({new}, {rest}) = json_remove({old}, {rest})"
