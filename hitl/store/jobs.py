"""Background jobs in tandem.db: one row a request, claimed by a worker's token and kept by its heartbeat.

    queued ──claim──▶ running ──end──▶ done | failed | cancelled
       ▲                 │ worker stopped, or lost: no heartbeat for a lease
       └─────────────────┘

A worker that has lost its job writes nothing more: every write names the token it claimed with.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from hitl.domain.language import SOURCE_LANGUAGE, _, speaking
from hitl.domain.records import ENCODING_JOB, Job
from hitl.store.connection import fetch_all, fetch_one, fetch_value, write_transaction

MAX_ATTEMPTS = 3
# A heartbeat further ahead than a lease is long is from before the clock went back: its worker is gone, too.
_LOST = (
    "(status = 'running' AND (heartbeat_at < :lost_before"
    " OR julianday(heartbeat_at) > 2 * julianday(:at) - julianday(:lost_before)))"
)
_CLAIMABLE = f"(status = 'queued' OR {_LOST})"
_OURS = "id = :id AND token = :token AND status = 'running'"


def add_job(
    db: Database,
    *,
    slug: str,
    kind: str,
    args: Mapping[str, object],
    request_id: str,
    actor_id: int,
    at: str,
    language: str = SOURCE_LANGUAGE,
    as_local_owner: bool = True,
) -> int:
    """The id of a new queued job; its notes and errors are in the language of whoever asks for it.

    ``as_local_owner`` says of person 1 whether it was the local owner, whom nobody's account binds.
    """
    return int(
        fetch_value(
            db,
            "INSERT INTO jobs(slug, kind, args, request_id, actor_id, created_at, language, as_local_owner)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
            (slug, kind, json.dumps(args), request_id, actor_id, at, language, int(as_local_owner)),
        )
    )


def find_job(db: Database, job_id: int) -> Job | None:
    """The job with that id, or None."""
    row = fetch_one(db, "SELECT * FROM jobs WHERE id = ?", (job_id,))
    return job_record(row) if row else None


def find_job_of_request(db: Database, request_id: str) -> Job | None:
    """The job that a request made, or None."""
    row = fetch_one(db, "SELECT * FROM jobs WHERE request_id = ?", (request_id,))
    return job_record(row) if row else None


def find_active_job(db: Database, *, slug: str, kind: str) -> Job | None:
    """The queued or running job of that kind in a project, or None."""
    row = fetch_one(
        db, "SELECT * FROM jobs WHERE slug = ? AND kind = ? AND status IN ('queued', 'running')", (slug, kind)
    )
    return job_record(row) if row else None


def list_latest_jobs(db: Database, *, slug: str, count: int) -> list[Job]:
    """The latest jobs of a project, newest first."""
    rows = fetch_all(db, "SELECT * FROM jobs WHERE slug = ? ORDER BY id DESC LIMIT ?", (slug, count))
    return [job_record(row) for row in rows]


def claim_next_job(db: Database, *, token: str, at: str, lost_before: str) -> Job | None:
    """The oldest job that waits or was lost, now running under the token; None when there is none.

    Jobs that encode texts come after all others.

    Writes: jobs.
    """
    present = {"at": at, "lost_before": lost_before}
    if fetch_one(db, f"SELECT 1 FROM jobs WHERE {_CLAIMABLE} LIMIT 1", present) is None:
        return None
    with write_transaction(db):
        _close_hopeless(db, at=at, lost_before=lost_before)
        row = fetch_one(
            db,
            f"""
            UPDATE jobs SET status = 'running', token = :token, heartbeat_at = :at, attempts = attempts + 1,
                started_at = :at, progress = 0
            WHERE id = (
                SELECT id FROM jobs WHERE {_CLAIMABLE} ORDER BY kind = :encoding, id LIMIT 1)
            RETURNING *
            """,
            {"token": token, "encoding": ENCODING_JOB, **present},
        )
    return job_record(row) if row else None


def is_another_waiting(db: Database, job_id: int) -> bool:
    """Whether a job other than that one waits to be done, those left aside that encode texts as well."""
    sql = "SELECT EXISTS (SELECT 1 FROM jobs WHERE status = 'queued' AND id <> ? AND kind <> ?)"
    return bool(fetch_value(db, sql, (job_id, ENCODING_JOB)))


def beat(db: Database, *, job_id: int, token: str, at: str) -> bool:
    """Whether the job is still the token's; its lease now counts from ``at``.

    Writes: jobs.
    """
    return _update_ours(db, "heartbeat_at = :at", id=job_id, token=token, at=at) is not None


def write_progress(
    db: Database, *, job_id: int, token: str, stage: str, progress: float, note: str, at: str
) -> bool | None:
    """Whether somebody asked to cancel; None when the job is no longer the token's.

    Writes: jobs.
    """
    row = _update_ours(
        db,
        "stage = :stage, progress = :progress, note = :note, heartbeat_at = :at",
        id=job_id,
        token=token,
        stage=stage,
        progress=progress,
        note=note,
        at=at,
    )
    return bool(row["cancel_requested"]) if row else None


def keep_result(db: Database, *, job_id: int, token: str, result: Mapping[str, object]) -> bool:
    """Whether what the job has made so far was kept: a later attempt goes on from there.

    Writes: jobs.
    """
    return _update_ours(db, "result = :result", id=job_id, token=token, result=json.dumps(result)) is not None


def end_job(db: Database, *, job_id: int, token: str, status: str, note: str, error: str | None, at: str) -> bool:
    """Whether the job ended so; False when it is no longer the token's.

    Writes: jobs.
    """
    row = _update_ours(
        db,
        "status = :status, note = :note, error = :error, ended_at = :at, token = NULL,"
        " progress = CASE :status WHEN 'done' THEN 1 ELSE progress END",
        id=job_id,
        token=token,
        status=status,
        note=note,
        error=error,
        at=at,
    )
    return row is not None


def put_back(db: Database, *, job_id: int, token: str, note: str) -> None:
    """Queue the job again; an orderly stop doesn't count as an attempt.

    Writes: jobs.
    """
    assignments = "status = 'queued', token = NULL, note = :note, attempts = attempts - 1"
    _update_ours(db, assignments, id=job_id, token=token, note=note)


def queue_again(db: Database, *, job_id: int, at: str) -> None:
    """A job that failed or was cancelled waits for its turn anew, with what it has made so far.

    Writes: jobs.
    """
    db.execute(
        """
        UPDATE jobs SET status = 'queued', cancel_requested = 0, attempts = 0, token = NULL, heartbeat_at = :at,
            note = '', error = NULL, ended_at = NULL
        WHERE id = :id AND status IN ('failed', 'cancelled')
        """,
        {"id": job_id, "at": at},
    )


def ask_to_cancel(db: Database, *, job_id: int, at: str) -> None:
    """Cancel a queued job at once; ask the worker to stop a running one.

    Writes: jobs.
    """
    with write_transaction(db):
        db.execute(
            """
            UPDATE jobs SET cancel_requested = 1,
                note = CASE status WHEN 'queued' THEN :cancelled ELSE :stopping END,
                ended_at = CASE status WHEN 'queued' THEN :at END,
                status = CASE status WHEN 'queued' THEN 'cancelled' ELSE status END
            WHERE id = :id AND status IN ('queued', 'running')
            """,
            {"id": job_id, "at": at, "cancelled": _("Cancelled before it began"), "stopping": _("Stopping")},
        )


def forget_read_files(db: Database, slug: str) -> None:
    """What ended jobs tell of the files that they read is gone: errors may quote a cell.

    Checks for a project that was to be made belong to none, so they go as well. Writes: jobs.
    """
    db.execute(
        """
        UPDATE jobs SET result = CASE kind WHEN 'check' THEN NULL ELSE result END,
            error = CASE WHEN error IS NULL THEN NULL ELSE :gone END
        WHERE slug IN (:slug, '') AND kind IN ('import', 'check', 'samples') AND status NOT IN ('queued', 'running')
        """,
        {"slug": slug, "gone": _("What went wrong is not kept any more: content of the project was redacted.")},
    )


def live_check_files(db: Database, slug: str) -> list[Path]:
    """The files of checks that are under way, or about other projects."""
    rows = fetch_all(
        db,
        "SELECT args ->> 'path' AS path FROM jobs WHERE kind = 'check' AND args ->> 'path' IS NOT NULL"
        " AND (slug NOT IN (?, '') OR status IN ('queued', 'running'))",
        (slug,),
    )
    return [Path(row["path"]) for row in rows]


def job_record(row: Mapping[str, Any]) -> Job:
    """A row of ``jobs`` as a record."""
    return Job(
        id=row["id"],
        slug=row["slug"],
        kind=row["kind"],
        args=json.loads(row["args"]),
        status=row["status"],
        stage=row["stage"],
        progress=row["progress"],
        note=row["note"],
        cancel_requested=bool(row["cancel_requested"]),
        attempts=row["attempts"],
        result=json.loads(row["result"]) if row["result"] else None,
        error=row["error"],
        actor_id=row["actor_id"],
        created_at=row["created_at"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        language=row["language"],
        as_local_owner=bool(row["as_local_owner"]),
    )


def _update_ours(db: Database, assignments: str, **values: object) -> dict[str, Any] | None:
    with write_transaction(db):
        return fetch_one(db, f"UPDATE jobs SET {assignments} WHERE {_OURS} RETURNING *", values)


def _close_hopeless(db: Database, *, at: str, lost_before: str) -> None:
    lost = {"at": at, "lost_before": lost_before, "attempts": MAX_ATTEMPTS}
    db.execute(
        f"""
        UPDATE jobs SET status = 'cancelled', note = :cancelled, ended_at = :at, token = NULL
        WHERE cancel_requested = 1 AND {_CLAIMABLE}
        """,
        {"at": at, "lost_before": lost_before, "cancelled": _("Cancelled")},
    )
    for row in fetch_all(db, f"SELECT * FROM jobs WHERE {_LOST} AND attempts >= :attempts", lost):
        with speaking(row["language"]):
            error = _(
                "The worker stopped {attempts} times during this job (job {id}). See worker.log in the data folder, "
                "free memory or disk, and start the job again."
            ).format(attempts=row["attempts"], id=row["id"])
        db.execute(
            "UPDATE jobs SET status = 'failed', ended_at = ?, token = NULL, error = ? WHERE id = ?",
            (at, error, row["id"]),
        )
