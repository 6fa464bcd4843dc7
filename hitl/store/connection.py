"""Opening databases, and the one way to write to them.

    data/tandem.db                      people, jobs
    data/projects/<slug>/project.db     everything a project knows

Connections are cheap (0.2 ms): open one per run, request or thread, never share it.
"""

import re
import shutil
import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from sqlite_utils import Database, Migrations

from hitl.domain.errors import BadInput, Conflict, FactGuarded, NoProject, StoreUnusable
from hitl.domain.language import _
from hitl.store.handles import connect, guard
from hitl.store.migrations import PROJECT_MIGRATIONS, TANDEM_MIGRATIONS
from hitl.store.upgrade import upgrade_database

_MIGRATIONS_TABLE = Migrations.migrations_table
SLUG_PATTERN = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_STEPS_A_CHECKPOINT = 4

_BULK = {"cache_size": -64_000, "wal_autocheckpoint": 16_000}
"""Kilobytes, as SQLite counts them, and pages."""

_WRITE_LOCKS: dict[str, threading.RLock] = {}
_WRITE_LOCKS_GUARD = threading.Lock()


def project_folder(data_dir: Path, slug: str) -> Path:
    """The folder of a project; the name is checked, so it can't lead out of the data folder."""
    if not SLUG_PATTERN.fullmatch(slug):
        raise BadInput(
            _(
                "'{slug}' can't name a project: use small letters, digits and dashes, for example 'support-tickets'."
            ).format(slug=slug)
        )
    return data_dir / "projects" / slug


def list_slugs(data_dir: Path) -> list[str]:
    """The projects of a data folder, sorted by slug."""
    folders = (data_dir / "projects").glob("*/project.db")
    return sorted(path.parent.name for path in folders if SLUG_PATTERN.fullmatch(path.parent.name))


@contextmanager
def new_project_database(data_dir: Path, slug: str) -> Iterator[Database]:
    """A new project database, which appears under its slug when the block ends without an error.

    Raises
    ------
    Conflict
        A project of that name exists.
    StoreUnusable
        The data folder can't be written.
    """
    folder = project_folder(data_dir, slug)
    staging = folder.with_name(f".creating-{slug}-{uuid.uuid4().hex}")
    if folder.exists():
        raise _project_exists(slug)
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        staging.mkdir(parents=True)
    except OSError as error:
        raise _not_writable(data_dir, error) from error
    try:
        db = _open(staging / "project.db", PROJECT_MIGRATIONS)
        try:
            yield db
        finally:
            db.conn.close()
        staging.rename(folder)
    except OSError as error:
        raise _project_exists(slug) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def open_project(data_dir: Path, slug: str) -> Database:
    """The database of an existing project, migrated to this version's schema."""
    path = project_folder(data_dir, slug) / "project.db"
    if not path.exists():
        raise no_project(slug)
    return _open(path, PROJECT_MIGRATIONS, least_applied=1)


def no_project(slug: str) -> NoProject:
    """What is said of a project that is not there, and to who is no member of one that is: it names no other."""
    text = _("There is no project '{slug}'. Choose one from the list of projects.").format(slug=slug)
    return NoProject(text, slug=slug)


def open_tandem(data_dir: Path) -> Database:
    """The database of people and jobs; made on first use."""
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _not_writable(data_dir, error) from error
    return open_tandem_there(data_dir)


def open_tandem_there(data_dir: Path) -> Database:
    """The database of people and jobs in a data folder that is there; a folder that was taken away is not made anew."""
    return _open(data_dir / "tandem.db", TANDEM_MIGRATIONS)


@contextmanager
def write_transaction(db: Database) -> Iterator[Database]:
    """One immediate transaction: all of it is written, or nothing.

    Nested calls join the outer transaction. Inside a process writers queue in order of arrival;
    between processes SQLite's own lock decides, for up to ``BUSY_SECONDS``.

    Raises
    ------
    FactGuarded
        A trigger or constraint refused the write.
    StoreUnusable
        The database stayed locked, is full, read-only or damaged.
    """
    if db.conn.in_transaction:
        yield db
        return
    with _write_lock(db):
        try:
            db.conn.execute("BEGIN IMMEDIATE")
            yield db
            db.conn.execute("COMMIT")
        except sqlite3.IntegrityError as error:
            raise FactGuarded(_refusal(error)) from error
        except sqlite3.OperationalError as error:
            raise StoreUnusable(_not_now(error)) from error
        except sqlite3.DatabaseError as error:
            raise _damaged(error) from error
        finally:
            _roll_back_rest(db)


@contextmanager
def bulk_writes(db: Database) -> Iterator[None]:
    """A stretch of large writes: more pages stay in memory, and the log is moved into the file more seldom.

    Random places of large indexes are then written once, not with every chunk. Between transactions.
    """
    before = {name: int(fetch_value(db, f"PRAGMA {name}")) for name in _BULK}
    for name, value in _BULK.items():
        db.conn.execute(f"PRAGMA {name} = {value}").fetchone()
    try:
        yield
    finally:
        for name, value in before.items():
            db.conn.execute(f"PRAGMA {name} = {value}").fetchone()


@contextmanager
def unchecked_references(db: Database) -> Iterator[None]:
    """A stretch in which SQLite does not look whether other rows point to one that is deleted; between transactions."""
    db.conn.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        db.conn.execute("PRAGMA foreign_keys=ON")


@contextmanager
def small_steps(db: Database) -> Iterator[Callable[[], None]]:
    """Work in many small transactions: what is given moves the log into the file, between them and not while one locks.

    Call it after each; it does so every few times, so that the log stays small however long the work is. Nobody waits
    for it.
    """
    taken = count(1)

    def tidy() -> None:
        if next(taken) % _STEPS_A_CHECKPOINT == 0:
            _move_log(db)

    before = fetch_value(db, "PRAGMA wal_autocheckpoint")
    db.conn.execute("PRAGMA wal_autocheckpoint = 0")
    try:
        yield tidy
    finally:
        _move_log(db)
        db.conn.execute(f"PRAGMA wal_autocheckpoint = {int(before)}")


def fetch_all(db: Database, sql: str, parameters: Any = ()) -> list[dict[str, Any]]:
    """All rows of a query as dictionaries; read to the end, so that no read stays open."""
    try:
        return list(db.query(sql, parameters))
    except (sqlite3.IntegrityError, sqlite3.OperationalError):
        raise  # write_transaction tells these apart
    except sqlite3.DatabaseError as error:
        raise _damaged(error) from error


def fetch_one(db: Database, sql: str, parameters: Any = ()) -> dict[str, Any] | None:
    """The first row of a query, or None."""
    rows = fetch_all(db, sql, parameters)
    return rows[0] if rows else None


def fetch_value(db: Database, sql: str, parameters: Any = ()) -> Any:
    """The first column of the first row of a query, or None."""
    row = fetch_one(db, sql, parameters)
    return next(iter(row.values())) if row else None


def insert_row(db: Database, table: str, row: Mapping[str, Any]) -> int:
    """Insert one row and return its id."""
    return int(str(db.table(table).insert(dict(row)).last_pk))


def _open(path: Path, migrations: Migrations, *, least_applied: int = 0) -> Database:
    db, is_older = _open_as_it_is(path, migrations, least_applied=least_applied)
    if is_older:
        db.conn.close()
        upgrade_database(path, migrations)
        db, _unused = _open_as_it_is(path, migrations, least_applied=least_applied)
    return db


def _open_as_it_is(path: Path, migrations: Migrations, *, least_applied: int) -> tuple[Database, bool]:
    """The database, and whether an older Tandem wrote it; an empty one gets the present schema."""
    conn = _connect(path)
    try:
        conn.execute("PRAGMA journal_mode=WAL")
        guard(conn)
        db = Database(conn, execute_plugins=False)
        return db, _is_older(db, migrations, path, least_applied=least_applied)
    except (sqlite3.DatabaseError, StoreUnusable) as error:
        conn.close()
        raise _unusable(path, error) from error


def _connect(path: Path) -> sqlite3.Connection:
    try:
        return connect(path)
    except sqlite3.OperationalError as error:  # a folder lies there, or a folder above it is shut
        raise _unusable(path, error) from error


def _move_log(db: Database) -> None:
    """The log in the file, as far as there is room for it: what is committed is safe in the log as well."""
    with suppress(sqlite3.OperationalError):
        db.conn.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()


def _roll_back_rest(db: Database) -> None:
    if db.conn.in_transaction:
        db.conn.execute("ROLLBACK")


def _is_older(db: Database, migrations: Migrations, path: Path, *, least_applied: int) -> bool:
    applied = _read_applied(db, migrations)
    if len(applied) < least_applied:  # filled with a new schema, it would pass for a project without items
        raise StoreUnusable(
            _("{path} is empty: what it held is gone. Put a copy of the project's folder in its place.").format(
                path=path
            )
        )
    known = _names_of(migrations)
    if applied - known:
        raise StoreUnusable(
            _("{path} was written by a newer Tandem. Start that version, or restore an older copy.").format(path=path)
        )
    if not applied:
        with write_transaction(db):
            migrations.apply(db)
        return False
    return bool(known - applied)


def _read_applied(db: Database, migrations: Migrations) -> set[str]:
    """The names of the migrations that a database has; asked at every opening, so by one query."""
    try:
        rows = db.conn.execute(f"SELECT name FROM {_MIGRATIONS_TABLE} WHERE migration_set = ?", (migrations.name,))
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return set()
        raise
    return {str(name) for (name,) in rows}


@cache
def _names_of(migrations: Migrations) -> frozenset[str]:
    """All there are: what an empty database would still need."""
    return frozenset(migration.name for migration in migrations.pending(Database(memory=True)))


def _project_exists(slug: str) -> Conflict:
    return Conflict(_("A project '{slug}' exists already. Choose another name, or open that one.").format(slug=slug))


def _not_writable(data_dir: Path, error: OSError) -> StoreUnusable:
    return StoreUnusable(
        _("{data_dir} can't be written ({strerror}). Make it writable and try again.").format(
            data_dir=data_dir, strerror=error.strerror
        )
    )


def _unusable(path: Path, error: Exception) -> StoreUnusable:
    if isinstance(error, StoreUnusable):
        return error
    if "not a database" in str(error):
        return StoreUnusable(_("{path} is not a Tandem database. Move it away, or restore a copy.").format(path=path))
    if "readonly" in str(error) or "unable to open" in str(error):
        return StoreUnusable(
            _("{path} can't be written. Check the rights of the file and its folder.").format(path=path)
        )
    if _lacks_room(error):
        return StoreUnusable(
            _(
                "{path} can't be opened ({error}). Look whether its disk is full and make room; if there is plenty, "
                "run `python -m hitl doctor`."
            ).format(path=path, error=error)
        )
    return StoreUnusable(
        _("{path} can't be opened ({error}). Run `python -m hitl doctor`.").format(path=path, error=error)
    )


def _not_now(error: sqlite3.OperationalError) -> str:
    if _lacks_room(error):
        remedied = _(
            "The database can't be written now ({error}). Nothing was changed. Make room on the disk, then try again."
        )
    else:
        remedied = _("The database can't be written now ({error}). Nothing was changed. Wait a moment, then try again.")
    return remedied.format(error=error)


def _lacks_room(error: Exception) -> bool:
    """Whether the disk is full: SQLite says so of a page, and of its small files beside the database that it is I/O."""
    return "full" in str(error) or "disk I/O" in str(error)


def _refusal(error: sqlite3.IntegrityError) -> str:
    """What a trigger says, in its own words; of SQLite's own checks the one that a request can run into."""
    if "FOREIGN KEY" in str(error):
        return _("The version, class or item that this names is not there. Reload the page.")
    return str(error)


def _damaged(error: sqlite3.DatabaseError) -> StoreUnusable:
    return StoreUnusable(
        _(
            "The database is damaged ({error}). Nothing was changed. Run `python -m hitl doctor` to "
            "see which one, and put a copy of its folder in its place."
        ).format(error=error)
    )


def _write_lock(db: Database) -> threading.RLock:
    path = str(db.conn.execute("PRAGMA database_list").fetchone()[2])
    with _WRITE_LOCKS_GUARD:
        return _WRITE_LOCKS.setdefault(path, threading.RLock())
