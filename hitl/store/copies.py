"""Copies of databases: taken at one moment while others write, and looked through before they are used.

A reader that begins when the whole write-ahead log stands in the database file needs the file alone, and as long as it
reads, SQLite moves nothing from the log into the file (a checkpoint would need the lock of read mark 0): the file can
be copied as it is, at the speed of the disk, while people go on writing into the log.
"""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlite_utils import Database, Migrations

from hitl.domain.errors import BadInput, NotFound, StoreUnusable
from hitl.domain.language import _
from hitl.store.connection import fetch_all, list_slugs, open_project, open_tandem
from hitl.store.folders import archive_dir
from hitl.store.handles import BUSY_SECONDS
from hitl.store.migrations import PROJECT_MIGRATIONS, TANDEM_MIGRATIONS
from hitl.store.projects import read_project
from hitl.store.upgrade import migrate_alone

DATABASE = "project.db"
PASSING_FOLDERS = frozenset({"uploads", "arrays"})
STEP_PAGES = 2_000
_TRIES = 10
_WAIT_SECONDS = 0.05
_LOCK_SECONDS = 2.0
_OWN_OBJECTS = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"


def copy_database(source: Path, target: Path) -> None:
    """A copy of the database as it stood at one moment; nobody has to wait for it.

    An open read keeps that moment: a writer neither waits for it nor makes the copy begin anew.

    Raises
    ------
    StoreUnusable
        The source is damaged, or the disk is full.
    """
    with _told_as_uncopied(source):
        _copy(source, target)


@contextmanager
def hold_still(path: Path, *, spare: Path) -> Iterator[Path]:
    """A file with the database as it stands at one moment, which nobody changes until the block ends; nobody waits.

    It is the database's own file; a copy at ``spare`` where a long read keeps the log from being moved into it, or
    where others write without a pause, so that the lock for one instant is not to be had.
    Never open it in this process: closing it would end the locks of every connection here.

    Raises
    ------
    StoreUnusable
        The database is damaged, can't be read, or was changed by something other than SQLite.
    """
    with _told_as_uncopied(path), closing(_connected(path)) as reader:
        for _unused in range(_TRIES):
            if _reads_the_file_alone(path, reader):
                before = path.stat()
                yield path
                _check_unchanged(path, before)
                reader.execute("ROLLBACK")
                return
            time.sleep(_WAIT_SECONDS)
    copy_database(path, spare)
    yield spare
    spare.unlink()


def list_kept_files(folder: Path) -> dict[str, Path]:
    """The files of a project beside its database that belong into a copy, by their path in the folder.

    Left out: uploads that wait for their import, arrays that are computed anew, unfinished files, and what SQLite
    keeps beside its database.
    """
    return {path.relative_to(folder).as_posix(): path for path in _walk(folder) if not path.name.startswith(DATABASE)}


def check_copied_database(path: Path, *, name: str) -> None:
    """Nothing, when SQLite finds every page, index and reference of the copy whole. Changes nothing.

    Raises
    ------
    BadInput
        The copy is damaged, or no database at all.
    """
    uri = f"file:{quote(str(path))}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as conn:
            db = Database(conn, execute_plugins=False)
            found = [str(row["integrity_check"]) for row in fetch_all(db, "PRAGMA integrity_check(1)")]
            found += [
                _("a row of {table} points nowhere").format(table=row["table"])
                for row in fetch_all(db, "PRAGMA foreign_key_check")
            ]
    except (sqlite3.DatabaseError, StoreUnusable) as error:
        found = [str(error.__cause__ or error)]
    if found[0] != "ok" or len(found) > 1:
        raise BadInput(
            _("The database {name} in it is damaged ({found}). Use another copy of it.").format(
                name=name, found=found[-1]
            )
        )


def check_copied_desk(data_dir: Path) -> None:
    """Nothing, when all databases of a data folder can be used by this Tandem; older ones are migrated.

    Raises
    ------
    BadInput
        A database holds what Tandem never makes, or lacks its settings.
    StoreUnusable
        A database was written by a newer Tandem.
    """
    migrate_alone(data_dir / "tandem.db", TANDEM_MIGRATIONS)
    with _named_as_inside(data_dir), closing(open_tandem(data_dir).conn) as conn:
        _check_schema(Database(conn, execute_plugins=False), TANDEM_MIGRATIONS, "tandem.db")
    for folder in (data_dir, archive_dir(data_dir)):
        for slug in list_slugs(folder):
            check_copied_project(folder, slug)


def check_copied_project(data_dir: Path, slug: str) -> None:
    """Nothing, when the project's database can be used by this Tandem; an older one is migrated. Raises as above."""
    _check_is_project(data_dir / "projects" / slug / DATABASE)
    migrate_alone(data_dir / "projects" / slug / DATABASE, PROJECT_MIGRATIONS)
    with _named_as_inside(data_dir), closing(open_project(data_dir, slug).conn) as conn:
        db = Database(conn, execute_plugins=False)
        _check_schema(db, PROJECT_MIGRATIONS, DATABASE)
        try:
            read_project(db)
        except (NotFound, ValueError, LookupError, TypeError) as error:
            raise BadInput(_("The project in it has no settings that can be read. Use another copy of it.")) from error


def _check_is_project(path: Path) -> None:
    """Refuse another program's database before a migration would write to it."""
    uri = f"file:{quote(str(path))}?mode=ro&immutable=1"
    with closing(sqlite3.connect(uri, uri=True)) as conn:
        names = [str(row[0]) for row in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    if "project_revisions" not in names:
        found = _("its first table is '{name}'").format(name=names[0]) if names else _("it is empty")
        raise BadInput(
            _("The database {database} in it is no project's ({found}). Use a file that Tandem wrote.").format(
                database=DATABASE, found=found
            )
        )


@contextmanager
def _named_as_inside(data_dir: Path) -> Iterator[None]:
    """Messages name a database by its place in the file, not in the folder where it is looked through."""
    try:
        yield
    except StoreUnusable as error:
        raise StoreUnusable(str(error).replace(f"{data_dir}/", _("In the file: "))) from error


@contextmanager
def _told_as_uncopied(source: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.DatabaseError, OSError) as error:
        raise StoreUnusable(
            _("{source} can't be copied ({error}). Run `python -m hitl doctor`, or make room on the disk.").format(
                source=source, error=error
            )
        ) from error


def _reads_the_file_alone(path: Path, reader: sqlite3.Connection) -> bool:
    """Whether the reader now reads, and needs nothing but the file; writers wait for an instant."""
    with closing(_connected(path)) as keeper, closing(_connected(path, wait_seconds=_LOCK_SECONDS)) as writer:
        keeper.execute("PRAGMA wal_checkpoint(PASSIVE)")  # most of it before anybody has to wait
        if not _takes_lock(writer):
            return False
        busy, logged, moved = keeper.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM sqlite_master").fetchone()
        writer.execute("ROLLBACK")
    is_alone = not busy and logged == moved  # busy: another connection is moving the log this very moment
    if not is_alone:
        reader.execute("ROLLBACK")
    return is_alone


def _check_unchanged(path: Path, before: os.stat_result) -> None:
    after = path.stat()
    if (after.st_mtime_ns, after.st_size, after.st_ino) != (before.st_mtime_ns, before.st_size, before.st_ino):
        raise StoreUnusable(
            _("{path} was changed by another program while it was copied. Stop that, then try again.").format(path=path)
        )


def _takes_lock(writer: sqlite3.Connection) -> bool:
    try:
        writer.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:  # others write without a pause
        return False
    return True


def _connected(path: Path, *, wait_seconds: float = BUSY_SECONDS) -> sqlite3.Connection:
    uri = f"file:{quote(str(path))}?mode=rw"
    return sqlite3.connect(uri, uri=True, timeout=wait_seconds, isolation_level=None)


def _copy(source: Path, target: Path) -> None:
    with (
        closing(_connected(source)) as old,
        closing(sqlite3.connect(target, isolation_level=None)) as new,
    ):
        new.execute("PRAGMA journal_mode=OFF")
        new.execute("PRAGMA synchronous=OFF")
        old.execute("BEGIN")
        old.execute("SELECT count(*) FROM sqlite_master").fetchone()
        old.backup(new, pages=STEP_PAGES)
        old.execute("ROLLBACK")
    target.chmod(0o600)


def _walk(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        is_top = Path(root) == folder
        folders[:] = [name for name in folders if name[0] != "." and not (is_top and name in PASSING_FOLDERS)]
        paths = (Path(root) / name for name in names if not name.startswith("."))
        yield from (path for path in paths if path.is_file() and not path.is_symlink())


def _check_schema(db: Database, migrations: Migrations, name: str) -> None:
    """A table, index or trigger that Tandem did not make could change what Tandem writes: such a file is refused."""
    blank = Database(memory=True)
    migrations.apply(blank)
    wanted = {(row["type"], row["name"]): row["sql"] for row in fetch_all(blank, _OWN_OBJECTS)}
    found = {(row["type"], row["name"]): row["sql"] for row in fetch_all(db, _OWN_OBJECTS)}
    blank.conn.close()
    strange = sorted(key for key in wanted.keys() | found.keys() if wanted.get(key) != found.get(key))
    if strange:
        kind, title = strange[0]
        sentence = _strange_sentence(is_there=strange[0] in found, is_known=strange[0] in wanted)
        raise BadInput(sentence.format(name=name, kind=kind, title=title))


def _strange_sentence(*, is_there: bool, is_known: bool) -> str:
    if not is_there:
        return _("The database {name} in it lacks {kind} '{title}'. Use a file that Tandem wrote.")
    if is_known:
        return _("The database {name} in it holds another {kind} '{title}'. Use a file that Tandem wrote.")
    return _("The database {name} in it holds a foreign {kind} '{title}'. Use a file that Tandem wrote.")
