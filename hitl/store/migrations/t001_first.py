"""The first schema of tandem.db: people and jobs, beside the project folders."""

from sqlite_utils import Database

from hitl.store.migrations.sequence import TANDEM_MIGRATIONS


@TANDEM_MIGRATIONS()
def m001_people_and_jobs(db: Database) -> None:
    """People (the system, the local owner, the simulated reviewer) and background jobs."""
    db.executescript("""
        CREATE TABLE people(
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            kind TEXT NOT NULL CHECK(kind IN ('system', 'person', 'simulated'))
        ) STRICT;
        INSERT INTO people(id, name, kind) VALUES
            (0, 'Tandem', 'system'), (1, 'Local owner', 'person'), (2, 'Simulated reviewer', 'simulated');
        CREATE TABLE jobs(
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            slug TEXT NOT NULL,
            kind TEXT NOT NULL,
            args TEXT NOT NULL CHECK(json_valid(args)),
            status TEXT NOT NULL DEFAULT 'queued'
                CHECK(status IN ('queued', 'running', 'done', 'failed', 'cancelled')),
            stage TEXT NOT NULL DEFAULT '',
            progress REAL NOT NULL DEFAULT 0 CHECK(progress BETWEEN 0 AND 1),
            note TEXT NOT NULL DEFAULT '',
            cancel_requested INTEGER NOT NULL DEFAULT 0 CHECK(cancel_requested IN (0, 1)),
            attempts INTEGER NOT NULL DEFAULT 0,
            token TEXT,
            heartbeat_at TEXT,
            result TEXT CHECK(result IS NULL OR json_valid(result)),
            error TEXT,
            request_id TEXT NOT NULL UNIQUE,
            actor_id INTEGER NOT NULL REFERENCES people(id),
            created_at TEXT NOT NULL,
            started_at TEXT,
            ended_at TEXT
        ) STRICT;
        CREATE UNIQUE INDEX jobs_active ON jobs(slug, kind) WHERE status IN ('queued', 'running');
        CREATE INDEX jobs_project ON jobs(slug, id);
        """)
