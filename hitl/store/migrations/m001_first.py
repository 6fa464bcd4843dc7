"""The first schema of a project's database."""

from sqlite_utils import Database

from hitl.store.migrations.sequence import PROJECT_MIGRATIONS

GUARDED_TABLES = (
    "project_revisions",
    "classes",
    "class_revisions",
    "groups",
    "import_ends",
    "events",
    "test_groups",
    "snapshots",
    "versions",
    "evaluations",
    "promotions",
    "policies",
    "releases",
    "release_ends",
    "frames",
    "draws",
)


@PROJECT_MIGRATIONS()
def m001_items(db: Database) -> None:
    """Project settings, classes, imports, groups and items."""
    db.executescript("""
        CREATE TABLE project_revisions(
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL CHECK(trim(name) <> ''),
            guide TEXT NOT NULL,
            metric TEXT NOT NULL CHECK(metric IN ('accuracy', 'macro_f1', 'balanced_accuracy')),
            group_rule TEXT NOT NULL CHECK(group_rule IN ('inputs', 'item')),
            fields TEXT NOT NULL CHECK(json_valid(fields)),
            actor_id INTEGER NOT NULL,
            at TEXT NOT NULL
        ) STRICT;
        CREATE TABLE classes(
            id INTEGER PRIMARY KEY,
            key TEXT NOT NULL UNIQUE CHECK(trim(key) <> '')
        ) STRICT;
        CREATE TABLE imports(
            id INTEGER PRIMARY KEY,
            file_name TEXT NOT NULL,
            file_sha256 TEXT NOT NULL,
            last_row INTEGER NOT NULL DEFAULT 0,
            unchanged_count INTEGER NOT NULL DEFAULT 0,
            version_id INTEGER,
            request_id TEXT UNIQUE,
            actor_id INTEGER NOT NULL,
            at TEXT NOT NULL
        ) STRICT;
        CREATE TABLE import_ends(
            import_id INTEGER PRIMARY KEY REFERENCES imports(id),
            outcome TEXT NOT NULL CHECK(outcome IN ('published', 'discarded')),
            summary TEXT NOT NULL CHECK(json_valid(summary)),
            at TEXT NOT NULL
        ) STRICT;
        CREATE TABLE import_rejects(
            import_id INTEGER NOT NULL REFERENCES imports(id),
            row_number INTEGER NOT NULL,
            field TEXT NOT NULL,
            message TEXT NOT NULL
        ) STRICT;
        CREATE INDEX import_rejects_import ON import_rejects(import_id, row_number);
        CREATE TABLE groups(
            id INTEGER PRIMARY KEY,
            input_hash INTEGER NOT NULL UNIQUE
        ) STRICT;
        CREATE TABLE items(
            id INTEGER PRIMARY KEY,
            import_id INTEGER NOT NULL REFERENCES imports(id),
            row_number INTEGER NOT NULL,
            external_id TEXT NOT NULL,
            revision INTEGER NOT NULL DEFAULT 1,
            group_id INTEGER NOT NULL REFERENCES groups(id),
            imported_class_id INTEGER REFERENCES classes(id),
            fields TEXT NOT NULL CHECK(json_valid(fields)),
            UNIQUE(external_id, revision)
        ) STRICT;
        CREATE INDEX items_import ON items(import_id);
        CREATE INDEX items_group ON items(group_id);
        """)


@PROJECT_MIGRATIONS()
def m002_versions(db: Database) -> None:
    """Snapshots, model versions, what was measured of them, promotions and policies."""
    db.executescript("""
        CREATE TABLE snapshots(
            id INTEGER PRIMARY KEY,
            watermark INTEGER NOT NULL,
            rules TEXT NOT NULL CHECK(json_valid(rules)),
            label_count INTEGER NOT NULL,
            class_counts TEXT NOT NULL CHECK(json_valid(class_counts)),
            hash TEXT NOT NULL,
            actor_id INTEGER NOT NULL,
            at TEXT NOT NULL
        ) STRICT;
        CREATE TABLE versions(
            id INTEGER PRIMARY KEY,
            kind TEXT NOT NULL CHECK(kind IN ('trained', 'external')),
            name TEXT NOT NULL,
            snapshot_id INTEGER REFERENCES snapshots(id),
            estimator TEXT NOT NULL,
            parameters TEXT NOT NULL CHECK(json_valid(parameters)),
            seed INTEGER NOT NULL,
            libraries TEXT NOT NULL CHECK(json_valid(libraries)),
            artifact_sha256 TEXT,
            probe_sha256 TEXT,
            request_id TEXT NOT NULL UNIQUE,
            actor_id INTEGER NOT NULL,
            at TEXT NOT NULL,
            CHECK((kind = 'trained') = (snapshot_id IS NOT NULL AND artifact_sha256 IS NOT NULL))
        ) STRICT;
        CREATE TABLE evaluations(
            id INTEGER PRIMARY KEY,
            version_id INTEGER NOT NULL REFERENCES versions(id),
            source TEXT NOT NULL CHECK(source IN ('imported_test', 'drawn_test', 'cross_validation')),
            label_count INTEGER NOT NULL,
            body TEXT NOT NULL CHECK(json_valid(body)),
            at TEXT NOT NULL,
            UNIQUE(version_id, source, at)
        ) STRICT;
        CREATE TABLE promotions(
            id INTEGER PRIMARY KEY,
            version_id INTEGER NOT NULL REFERENCES versions(id),
            kind TEXT NOT NULL CHECK(kind IN ('promote', 'rollback')),
            reason TEXT NOT NULL CHECK(trim(reason) <> ''),
            request_id TEXT NOT NULL UNIQUE,
            actor_id INTEGER NOT NULL,
            at TEXT NOT NULL
        ) STRICT;
        CREATE TABLE policies(
            id INTEGER PRIMARY KEY,
            threshold REAL NOT NULL CHECK(threshold BETWEEN 0 AND 1.01),
            audit_rate REAL NOT NULL CHECK(audit_rate BETWEEN 0 AND 1),
            reviews_required INTEGER NOT NULL CHECK(reviews_required >= 1),
            lease_seconds INTEGER NOT NULL CHECK(lease_seconds >= 1),
            query_strategy TEXT NOT NULL,
            reason TEXT NOT NULL,
            actor_id INTEGER NOT NULL,
            at TEXT NOT NULL
        ) STRICT;
        """)


@PROJECT_MIGRATIONS()
def m003_events(db: Database) -> None:
    """The one sequence of label events, class revisions, test groups, releases and draws."""
    db.executescript("""
        CREATE TABLE events(
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL CHECK(kind IN ('label', 'skip', 'cannot_tell', 'adjudicate', 'undo', 'class')),
            source TEXT NOT NULL CHECK(source IN ('reviewer', 'import', 'adjudication', 'rule')),
            actor_id INTEGER NOT NULL,
            group_id INTEGER REFERENCES groups(id),
            item_id INTEGER REFERENCES items(id),
            class_id INTEGER REFERENCES classes(id),
            request_id TEXT,
            target_id INTEGER REFERENCES events(id),
            import_id INTEGER REFERENCES imports(id),
            shown_version_id INTEGER REFERENCES versions(id),
            shown_class_id INTEGER REFERENCES classes(id),
            shown_confidence REAL,
            blind INTEGER NOT NULL DEFAULT 0 CHECK(blind IN (0, 1)),
            surplus INTEGER NOT NULL DEFAULT 0 CHECK(surplus IN (0, 1)),
            comment TEXT NOT NULL DEFAULT '',
            at TEXT NOT NULL,
            CHECK((kind = 'class') = (group_id IS NULL)),
            CHECK((kind IN ('label', 'adjudicate', 'class')) = (class_id IS NOT NULL)),
            CHECK((kind = 'undo') = (target_id IS NOT NULL)),
            CHECK((source = 'import') = (import_id IS NOT NULL)),
            CHECK(source <> 'reviewer' OR request_id IS NOT NULL),
            CHECK(blind = 0 OR shown_class_id IS NULL)
        ) STRICT;
        CREATE UNIQUE INDEX events_request ON events(request_id) WHERE request_id IS NOT NULL;
        CREATE UNIQUE INDEX events_target ON events(target_id) WHERE target_id IS NOT NULL;
        CREATE INDEX events_group ON events(group_id) WHERE group_id IS NOT NULL;
        CREATE INDEX events_actor ON events(actor_id, id) WHERE source <> 'import';
        CREATE TABLE class_revisions(
            event_id INTEGER PRIMARY KEY REFERENCES events(id),
            class_id INTEGER NOT NULL REFERENCES classes(id),
            name TEXT NOT NULL CHECK(trim(name) <> ''),
            guideline TEXT NOT NULL,
            position INTEGER NOT NULL,
            retired INTEGER NOT NULL DEFAULT 0 CHECK(retired IN (0, 1))
        ) STRICT;
        CREATE INDEX class_revisions_class ON class_revisions(class_id, event_id);
        CREATE TABLE frames(
            id INTEGER PRIMARY KEY,
            version_id INTEGER REFERENCES versions(id),
            policy_id INTEGER NOT NULL REFERENCES policies(id),
            region TEXT NOT NULL,
            population INTEGER NOT NULL CHECK(population >= 1),
            request_id TEXT NOT NULL UNIQUE,
            actor_id INTEGER NOT NULL,
            at TEXT NOT NULL
        ) STRICT;
        CREATE TABLE draws(
            id INTEGER PRIMARY KEY,
            frame_id INTEGER NOT NULL REFERENCES frames(id),
            group_id INTEGER NOT NULL REFERENCES groups(id),
            purpose TEXT NOT NULL CHECK(purpose IN ('test', 'audit')),
            inclusion_probability REAL NOT NULL
                CHECK(inclusion_probability > 0 AND inclusion_probability <= 1),
            UNIQUE(frame_id, group_id)
        ) STRICT;
        CREATE INDEX draws_group ON draws(group_id);
        CREATE TABLE test_groups(
            group_id INTEGER PRIMARY KEY REFERENCES groups(id),
            source TEXT NOT NULL CHECK(source IN ('import', 'draw')),
            draw_id INTEGER REFERENCES draws(id),
            at TEXT NOT NULL,
            CHECK((source = 'draw') = (draw_id IS NOT NULL))
        ) STRICT;
        CREATE TABLE releases(
            id INTEGER PRIMARY KEY,
            item_id INTEGER NOT NULL REFERENCES items(id),
            version_id INTEGER NOT NULL REFERENCES versions(id),
            policy_id INTEGER NOT NULL REFERENCES policies(id),
            class_id INTEGER NOT NULL REFERENCES classes(id),
            accept_score REAL NOT NULL,
            at TEXT NOT NULL
        ) STRICT;
        CREATE INDEX releases_item ON releases(item_id);
        CREATE TABLE release_ends(
            release_id INTEGER PRIMARY KEY REFERENCES releases(id),
            reason TEXT NOT NULL CHECK(reason IN ('decided', 'rerouted', 'revised', 'brake')),
            at TEXT NOT NULL
        ) STRICT;
        """)


@PROJECT_MIGRATIONS()
def m004_disposable(db: Database) -> None:
    """Leases, and the tables that are derived from facts and can be rebuilt."""
    db.executescript("""
        CREATE TABLE assignments(
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            group_id INTEGER NOT NULL REFERENCES groups(id),
            item_id INTEGER NOT NULL REFERENCES items(id),
            slot INTEGER NOT NULL CHECK(slot >= 1),
            actor_id INTEGER NOT NULL,
            leased_at TEXT NOT NULL,
            expires_at TEXT NOT NULL,
            ended_at TEXT,
            outcome TEXT CHECK(outcome IN ('decided', 'released', 'expired')),
            CHECK((ended_at IS NULL) = (outcome IS NULL))
        ) STRICT;
        CREATE UNIQUE INDEX assignments_open_slot ON assignments(group_id, slot) WHERE ended_at IS NULL;
        CREATE UNIQUE INDEX assignments_open_actor ON assignments(group_id, actor_id) WHERE ended_at IS NULL;
        CREATE INDEX assignments_expiry ON assignments(expires_at) WHERE ended_at IS NULL;
        CREATE TABLE predictions(
            version_id INTEGER NOT NULL,
            item_id INTEGER NOT NULL,
            class_id INTEGER NOT NULL,
            confidence REAL NOT NULL,
            runner_up_id INTEGER,
            runner_up_confidence REAL,
            novelty REAL,
            accept_score REAL NOT NULL,
            priority REAL NOT NULL,
            PRIMARY KEY(version_id, item_id)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE item_state(
            item_id INTEGER PRIMARY KEY,
            group_id INTEGER NOT NULL,
            route TEXT NOT NULL,
            resolved_class_id INTEGER,
            cannot_tell INTEGER NOT NULL DEFAULT 0,
            review_count INTEGER NOT NULL DEFAULT 0,
            release_id INTEGER
        ) STRICT;
        CREATE INDEX item_state_group ON item_state(group_id);
        CREATE TABLE queue(
            group_id INTEGER PRIMARY KEY,
            item_id INTEGER NOT NULL,
            route TEXT NOT NULL,
            priority REAL NOT NULL
        ) STRICT;
        CREATE INDEX queue_order ON queue(priority, group_id);
        """)


@PROJECT_MIGRATIONS()
def m005_guards(db: Database) -> None:
    """Triggers: facts are inserted and never changed, and may not contradict each other."""
    for table in GUARDED_TABLES:
        for act in ("UPDATE", "DELETE"):
            db.executescript(f"""
                CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table}
                BEGIN SELECT RAISE(ABORT, '{table} holds facts: insert a new row instead'); END;
                """)
    db.executescript("""
        CREATE TRIGGER items_no_update BEFORE UPDATE ON items
        BEGIN SELECT RAISE(ABORT, 'items holds facts: insert a new row instead'); END;
        CREATE TRIGGER items_no_delete BEFORE DELETE ON items
        WHEN EXISTS(SELECT 1 FROM import_ends WHERE import_id = OLD.import_id AND outcome = 'published')
        BEGIN SELECT RAISE(ABORT, 'items holds facts: a published item is never deleted'); END;
        CREATE TRIGGER items_closed_import BEFORE INSERT ON items
        WHEN EXISTS(SELECT 1 FROM import_ends WHERE import_id = NEW.import_id)
        BEGIN SELECT RAISE(ABORT, 'items: the import has ended'); END;
        CREATE TRIGGER imports_no_delete BEFORE DELETE ON imports
        BEGIN SELECT RAISE(ABORT, 'imports holds facts: insert a new row instead'); END;
        CREATE TRIGGER imports_no_update BEFORE UPDATE ON imports
        WHEN EXISTS(SELECT 1 FROM import_ends WHERE import_id = OLD.id)
        BEGIN SELECT RAISE(ABORT, 'imports: the import has ended'); END;
        CREATE TRIGGER events_undo_known BEFORE INSERT ON events
        WHEN NEW.kind = 'undo' AND NOT EXISTS(
            SELECT 1 FROM events WHERE id = NEW.target_id AND group_id = NEW.group_id)
        BEGIN SELECT RAISE(ABORT, 'undo: its target is not a decision on this group'); END;
        CREATE TRIGGER events_undo_own BEFORE INSERT ON events
        WHEN NEW.kind = 'undo' AND EXISTS(
            SELECT 1 FROM events WHERE id = NEW.target_id AND actor_id <> NEW.actor_id)
        BEGIN SELECT RAISE(ABORT, 'undo: only one''s own decision can be undone'); END;
        CREATE TRIGGER events_undo_decision BEFORE INSERT ON events
        WHEN NEW.kind = 'undo' AND EXISTS(
            SELECT 1 FROM events WHERE id = NEW.target_id AND (kind IN ('undo', 'class') OR source = 'import'))
        BEGIN SELECT RAISE(ABORT, 'undo: an undo, an imported label or a class can''t be undone'); END;
        CREATE TRIGGER events_class_active BEFORE INSERT ON events
        WHEN NEW.kind IN ('label', 'adjudicate') AND coalesce((
            SELECT retired FROM class_revisions WHERE class_id = NEW.class_id ORDER BY event_id DESC LIMIT 1), 1)
        BEGIN SELECT RAISE(ABORT, 'label: the class is not in use in this project'); END;
        CREATE TRIGGER class_revisions_event BEFORE INSERT ON class_revisions
        WHEN NOT EXISTS(
            SELECT 1 FROM events WHERE id = NEW.event_id AND kind = 'class' AND class_id = NEW.class_id)
        BEGIN SELECT RAISE(ABORT, 'class revision: it needs its own event'); END;
        CREATE TRIGGER test_groups_untrained BEFORE INSERT ON test_groups
        WHEN EXISTS(
            SELECT 1 FROM events, snapshots
            WHERE events.group_id = NEW.group_id AND events.kind IN ('label', 'adjudicate')
              AND events.id <= snapshots.watermark)
        BEGIN SELECT RAISE(ABORT, 'test: the group is in a training snapshot'); END;
        CREATE TRIGGER release_open BEFORE INSERT ON releases
        WHEN EXISTS(
            SELECT 1 FROM releases LEFT JOIN release_ends ON release_ends.release_id = releases.id
            WHERE releases.item_id = NEW.item_id AND release_ends.release_id IS NULL)
        BEGIN SELECT RAISE(ABORT, 'release: the item has an open release'); END;
        """)


@PROJECT_MIGRATIONS()
def m006_reject_guards(db: Database) -> None:
    """Triggers: what an import refused, and why, stands as well."""
    db.executescript("""
        CREATE TRIGGER import_rejects_no_update BEFORE UPDATE ON import_rejects
        BEGIN SELECT RAISE(ABORT, 'import_rejects holds facts: insert a new row instead'); END;
        CREATE TRIGGER import_rejects_no_delete BEFORE DELETE ON import_rejects
        BEGIN SELECT RAISE(ABORT, 'import_rejects holds facts: insert a new row instead'); END;
        CREATE TRIGGER import_rejects_closed_import BEFORE INSERT ON import_rejects
        WHEN EXISTS(SELECT 1 FROM import_ends WHERE import_id = NEW.import_id)
        BEGIN SELECT RAISE(ABORT, 'import_rejects: the import has ended'); END;
        """)
