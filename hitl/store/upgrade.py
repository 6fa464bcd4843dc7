"""An older database is brought to this version's schema on a copy, looked through, and put in its place at once.

    .upgrading-NAME         a copy as the database stood at one moment; migrated and checked
    NAME.before-MIGRATION   the same copy as it was: the way back; the newest ``KEPT`` of them stay
    NAME                    gets the copy's pages in one transaction of SQLite: the old or the new, whatever is killed

A lock file lets one process at a time upgrade a database; whoever opens it meanwhile waits. A program that writes into
it in between, such as an older Tandem still running, makes the work begin anew on a new copy: no fact is lost.
"""

import contextlib
import fcntl
import logging
import math
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlite_utils import Database, Migrations

from hitl.domain.errors import StoreUnusable
from hitl.domain.language import _
from hitl.domain.logs import tell
from hitl.store.handles import BUSY_SECONDS, connect, guard
from hitl.store.migrations import FACT_TABLES, PROJECT_MIGRATIONS

KEPT = 2
BEFORE = ".before-"
LOCK_NAME = ".upgrade.lock"
COPY_PREFIX = ".upgrading-"
_TRIES = 3
_POLL_SECONDS = 0.05
_STEP_PAGES = 2_000
_ROOM_FACTOR, _ROOM_BYTES = 4, 20_000_000
_COUNTED_TABLES = (*FACT_TABLES, "items", "imports", "people", "jobs")
_LOGGER = logging.getLogger("tandem.store")


class _ChangedMeanwhile(Exception):
    """Somebody wrote into the database after it was copied."""


def upgrade_database(path: Path, migrations: Migrations) -> None:
    """The database has this version's schema, with every fact it had; nothing is done when it has it already.

    Raises
    ------
    StoreUnusable
        It can't be upgraded: the disk is too full, it is damaged, others keep writing, or the copy did not come out
        right. The database is as it was.
    """
    copy = path.with_name(f"{COPY_PREFIX}{path.name}")
    with _alone(path):
        try:
            for _unused in range(_TRIES):
                if _upgrade_once(path, copy, migrations):
                    return
        except (sqlite3.DatabaseError, OSError) as error:
            raise _not_upgraded(path, str(error)) from error
        finally:
            _remove(copy)
    raise _not_upgraded(path, _("another program keeps writing into it; stop that Tandem first"))


def migrate_alone(path: Path, migrations: Migrations) -> None:
    """A database that nobody else has, such as an unpacked copy, gets this version's schema where it is.

    Raises
    ------
    StoreUnusable
        The disk is too full.
    sqlite3.DatabaseError
        It is no database.
    """
    try:
        with closing(connect(path)) as conn:
            db = Database(conn, execute_plugins=False)
            known = {migration.name for migration in migrations.pending(Database(memory=True))}
            if {migration.name for migration in migrations.applied(db)} < known:
                migrations.apply(db)
    except sqlite3.OperationalError as error:
        raise StoreUnusable(
            _("{path} can't be brought to this version here ({error}). Make room on the disk, then try again.").format(
                path=path, error=error
            )
        ) from error


def remove_leftovers(folder: Path) -> None:
    """The copies that a killed upgrade left in a folder are gone, unless an upgrade is at work there."""
    left = list(folder.glob(f"{COPY_PREFIX}*"))
    if left:
        with _alone(left[0]):
            for path in left:
                path.unlink(missing_ok=True)


def _upgrade_once(path: Path, copy: Path, migrations: Migrations) -> bool:
    """Whether the database is upgraded now; False when it was changed meanwhile."""
    with closing(connect(path)) as watch:
        pending = migrations.pending(Database(watch, execute_plugins=False))
        if not pending:
            return True
        _check_room(path)
        tell(_LOGGER, "upgrade_started", database=path, migration=pending[0].name)
        seen = _data_version(watch)
        _copy(path, copy)
        _keep(copy, path.with_name(f"{path.name}{BEFORE}{pending[0].name}"))
        _migrate_and_check(path, copy, migrations)
        try:
            _swap(copy, path, watch, seen)
        except _ChangedMeanwhile:
            tell(_LOGGER, "upgrade_begun_anew", database=path)
            return False
    tell(_LOGGER, "upgrade_ended", database=path)
    return True


def _migrate_and_check(path: Path, copy: Path, migrations: Migrations) -> None:
    with closing(connect(copy)) as conn:
        db = Database(conn, execute_plugins=False)
        guard(conn)
        before = _count_facts(conn)
        migrations.apply(db)
        after = _count_facts(conn)
        lost = [table for table, count in before.items() if after.get(table) != count]
        if lost:
            raise _not_upgraded(
                path,
                _("{table} has {after} rows instead of {before}").format(
                    table=lost[0], after=after.get(lost[0]), before=before[lost[0]]
                ),
            )
        damage = [str(row[0]) for row in conn.execute("PRAGMA integrity_check(1)") if row[0] != "ok"]
        damage += [
            _("a row of {table} points nowhere").format(table=row[0])
            for row in conn.execute("PRAGMA foreign_key_check")
        ]
        if damage:
            raise _not_upgraded(path, damage[0])
        if migrations is PROJECT_MIGRATIONS:
            _derive_anew(path, db)


def _derive_anew(path: Path, db: Database) -> None:
    from hitl.store import rebuilding  # noqa: PLC0415  it stands on the connection, which calls this

    if rebuilding.check(db):
        rebuilding.rebuild(db)
    if left := rebuilding.check(db):
        raise _not_upgraded(path, left[0])


def _count_facts(conn: sqlite3.Connection) -> dict[str, int]:
    there = {str(row[0]) for row in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    tables = [table for table in _COUNTED_TABLES if table in there]
    return {table: int(conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0]) for table in tables}


def _swap(copy: Path, path: Path, watch: sqlite3.Connection, seen: int) -> None:
    """The copy's pages in the database, in one transaction; once it has the lock, nobody may have written."""
    deadline = time.monotonic() + BUSY_SECONDS

    def look(status: int, _left: int, _total: int) -> None:
        if status == sqlite3.SQLITE_OK and _data_version(watch) != seen:
            raise _ChangedMeanwhile
        if status != sqlite3.SQLITE_OK and time.monotonic() > deadline:
            raise sqlite3.OperationalError(_("it stayed locked"))

    with closing(connect(copy)) as new, closing(connect(path)) as old:
        old.execute("PRAGMA synchronous=FULL")
        pages = int(new.execute("PRAGMA page_count").fetchone()[0])
        new.backup(old, pages=max(1, min(_STEP_PAGES, pages // 2)), progress=look, sleep=_POLL_SECONDS)
        with contextlib.suppress(sqlite3.OperationalError):  # the swap is committed: a log left long is only untidy
            old.execute("PRAGMA busy_timeout = 0")
            old.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _copy(path: Path, copy: Path) -> None:
    _remove(copy)
    with closing(connect(path)) as old, closing(connect(copy)) as new:
        copy.chmod(0o600)
        new.execute("PRAGMA synchronous=OFF")
        old.execute("BEGIN")
        old.execute("SELECT count(*) FROM sqlite_master").fetchone()
        old.backup(new, pages=_STEP_PAGES)
        old.execute("ROLLBACK")
        new.execute("PRAGMA journal_mode=DELETE")


def _keep(copy: Path, before: Path) -> None:
    part = before.with_name(f"{COPY_PREFIX}{before.name}")
    shutil.copyfile(copy, part)
    part.chmod(0o600)
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(before)
    name = before.name.partition(BEFORE)[0]
    kept = sorted(before.parent.glob(f"{name}{BEFORE}*"), key=lambda path: path.stat().st_mtime)
    for old in kept[:-KEPT]:
        old.unlink()


def _check_room(path: Path) -> None:
    size = sum(one.stat().st_size for one in path.parent.glob(f"{path.name}*") if BEFORE not in one.name)
    needed, free = _ROOM_FACTOR * size + _ROOM_BYTES, shutil.disk_usage(path.parent).free
    if free < needed:
        raise _not_upgraded(
            path,
            _("it needs {needed:,} MB free, and the disk has {free:,} MB: make room on the disk").format(
                needed=math.ceil(needed / 1_000_000), free=free // 1_000_000
            ),
        )


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """A block that one process and thread at a time may be in, for the databases of one folder."""
    try:
        lock = path.with_name(LOCK_NAME).open("ab")
    except OSError as error:
        raise _not_upgraded(
            path, _("its folder can't be written ({strerror})").format(strerror=error.strerror)
        ) from error
    deadline = time.monotonic() + BUSY_SECONDS
    with lock:
        while not _locked(lock.fileno()):
            if time.monotonic() > deadline:
                raise StoreUnusable(
                    _("{path} is being brought to the new version. Wait a moment, then try again.").format(path=path)
                )
            time.sleep(_POLL_SECONDS)
        yield


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _data_version(conn: sqlite3.Connection) -> int:
    return int(conn.execute("PRAGMA data_version").fetchone()[0])


def _remove(copy: Path) -> None:
    for left in copy.parent.glob(f"{COPY_PREFIX}*"):
        if left.name.startswith(copy.name):
            left.unlink(missing_ok=True)


def _not_upgraded(path: Path, reason: str) -> StoreUnusable:
    if "full" in reason or "I/O" in reason or "No space" in reason:
        reason = _("{reason}: make room on the disk").format(reason=reason)
    return StoreUnusable(
        _(
            "{path} is of an older Tandem and could not be brought to this version: {reason}. It is "
            "as it was: mend that and start again, or go on with the older version."
        ).format(path=path, reason=reason)
    )
