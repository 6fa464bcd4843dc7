"""Jobs when their project comes, goes or is brought back: none runs on in another project of the same short name."""

from sqlite_utils import Database

from hitl.domain.records import ENCODING_JOB, Job
from hitl.store.connection import fetch_all, fetch_one, fetch_value, write_transaction
from hitl.store.jobs import job_record


def find_live_job(db: Database, slug: str) -> Job | None:
    """The oldest queued or running job of a project, or None."""
    row = fetch_one(
        db, "SELECT * FROM jobs WHERE slug = ? AND status IN ('queued', 'running') ORDER BY id LIMIT 1", (slug,)
    )
    return job_record(row) if row else None


def is_at_work(db: Database, slug: str) -> bool:
    """Whether a job of a project waits or runs, other than one that encodes texts: that gives way to any other."""
    sql = "SELECT EXISTS (SELECT 1 FROM jobs WHERE slug = ? AND kind <> ? AND status IN ('queued', 'running'))"
    return bool(fetch_value(db, sql, (slug, ENCODING_JOB)))


def files_of_live_jobs(db: Database) -> set[str]:
    """The paths of the files that queued and running jobs name."""
    sql = "SELECT args ->> '$.path' AS path FROM jobs WHERE status IN ('queued', 'running')"
    return {str(row["path"]) for row in fetch_all(db, sql) if row["path"]}


def move_jobs(db: Database, *, slug: str, to_slug: str) -> None:
    """Ended jobs go over to another short name. Writes: jobs."""
    with write_transaction(db):
        db.execute(
            "UPDATE jobs SET slug = ? WHERE slug = ? AND status NOT IN ('queued', 'running')",
            (to_slug, slug),
        )


def end_live_jobs(db: Database, *, note: str, at: str) -> None:
    """Every queued or running job is cancelled; for a restored copy, which no worker serves yet. Writes: jobs."""
    with write_transaction(db):
        db.execute(
            "UPDATE jobs SET status = 'cancelled', note = ?, ended_at = ?, token = NULL"
            " WHERE status IN ('queued', 'running')",
            (note, at),
        )


def count_waiting_jobs(db: Database, *, before: str) -> int:
    """Jobs asked for before a moment that have neither ended nor a sign of life since."""
    sql = """
        SELECT count(*) FROM jobs
        WHERE status IN ('queued', 'running') AND max(created_at, coalesce(heartbeat_at, '')) < ?
        """
    return int(fetch_value(db, sql, (before,)))


def newest_job_at(db: Database) -> str:
    """When the newest job was asked for; empty when there was none."""
    return str(fetch_value(db, "SELECT coalesce(max(created_at), '') FROM jobs"))
