"""What the worker asks of imports: which are unfinished, and which version came with one."""

from sqlite_utils import Database

from hitl.store.connection import fetch_all, fetch_value


def unfinished_imports(db: Database) -> list[int]:
    """The ids of staged imports, oldest first."""
    rows = fetch_all(db, "SELECT id FROM imports WHERE id NOT IN (SELECT import_id FROM import_ends) ORDER BY id")
    return [row["id"] for row in rows]


def imported_version_id(db: Database, import_id: int) -> int | None:
    """The external version whose answers came with an import, or None."""
    value = fetch_value(db, "SELECT version_id FROM imports WHERE id = ?", (import_id,))
    return None if value is None else int(value)
