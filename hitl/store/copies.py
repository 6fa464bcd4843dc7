"""Copies of databases: taken at one moment while others write, and looked through before they are used."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlite_utils import Database, Migrations

from hitl.domain.errors import BadInput, NotFound, StoreUnusable
from hitl.store.connection import BUSY_SECONDS, fetch_all, list_slugs, open_project, open_tandem
from hitl.store.folders import archive_dir
from hitl.store.migrations import PROJECT_MIGRATIONS, TANDEM_MIGRATIONS
from hitl.store.projects import read_project

DATABASE = "project.db"
PASSING_FOLDERS = frozenset({"uploads"})
STEP_PAGES = 2_000
_OWN_OBJECTS = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"


def copy_database(source: Path, target: Path) -> None:
    """A copy of the database as it stood at one moment; nobody has to wait for it.

    An open read keeps that moment: a writer neither waits for it nor makes the copy begin anew.

    Raises
    ------
    StoreUnusable
        The source is damaged, or the disk is full.
    """
    try:
        _copy(source, target)
    except (sqlite3.DatabaseError, OSError) as error:
        raise StoreUnusable(
            f"{source} can't be copied ({error}). Run `python -m hitl doctor`, or make room on the disk."
        ) from error


def list_kept_files(folder: Path) -> dict[str, Path]:
    """The files of a project beside its database that belong into a copy, by their path in the folder.

    Left out: uploads that wait for their import, unfinished files, and what SQLite keeps beside its database.
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
            found += [f"a row of {row['table']} points nowhere" for row in fetch_all(db, "PRAGMA foreign_key_check")]
    except (sqlite3.DatabaseError, StoreUnusable) as error:
        found = [str(error.__cause__ or error)]
    if found[0] != "ok" or len(found) > 1:
        raise BadInput(f"The database {name} in it is damaged ({found[-1]}). Use another copy of it.")


def check_copied_desk(data_dir: Path) -> None:
    """Nothing, when all databases of a data folder can be used by this Tandem; older ones are migrated.

    Raises
    ------
    BadInput
        A database holds what Tandem never makes, or lacks its settings.
    StoreUnusable
        A database was written by a newer Tandem.
    """
    with _named_as_inside(data_dir), closing(open_tandem(data_dir).conn) as conn:
        _check_schema(Database(conn, execute_plugins=False), TANDEM_MIGRATIONS, "tandem.db")
    for folder in (data_dir, archive_dir(data_dir)):
        for slug in list_slugs(folder):
            check_copied_project(folder, slug)


def check_copied_project(data_dir: Path, slug: str) -> None:
    """Nothing, when the project's database can be used by this Tandem; an older one is migrated. Raises as above."""
    _check_is_project(data_dir / "projects" / slug / DATABASE)
    with _named_as_inside(data_dir), closing(open_project(data_dir, slug).conn) as conn:
        db = Database(conn, execute_plugins=False)
        _check_schema(db, PROJECT_MIGRATIONS, DATABASE)
        try:
            read_project(db)
        except (NotFound, ValueError, LookupError, TypeError) as error:
            raise BadInput("The project in it has no settings that can be read. Use another copy of it.") from error


def _check_is_project(path: Path) -> None:
    """Refuse another program's database before a migration would write to it."""
    uri = f"file:{quote(str(path))}?mode=ro&immutable=1"
    with closing(sqlite3.connect(uri, uri=True)) as conn:
        names = [str(row[0]) for row in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    if "project_revisions" not in names:
        found = f"its first table is '{names[0]}'" if names else "it is empty"
        raise BadInput(f"The database {DATABASE} in it is no project's ({found}). Use a file that Tandem wrote.")


@contextmanager
def _named_as_inside(data_dir: Path) -> Iterator[None]:
    """Messages name a database by its place in the file, not in the folder where it is looked through."""
    try:
        yield
    except StoreUnusable as error:
        raise StoreUnusable(str(error).replace(f"{data_dir}/", "In the file: ")) from error


def _copy(source: Path, target: Path) -> None:
    uri = f"file:{quote(str(source))}?mode=rw"
    with (
        closing(sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None)) as old,
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
        state = "lacks" if strange[0] not in found else "holds another" if strange[0] in wanted else "holds a foreign"
        raise BadInput(f"The database {name} in it {state} {kind} '{title}'. Use a file that Tandem wrote.")
