"""Reading the columns of projects before somebody asks for them, so that the first page need not wait."""

from pathlib import Path

from sqlite_utils import Database

from hitl.domain.covers import uncovered
from hitl.domain.fields import slice_names
from hitl.store.columns import read_columns, read_events
from hitl.store.connection import list_slugs, open_project, project_folder
from hitl.store.field_covers import current_covers
from hitl.store.projects import read_project
from hitl.store.versions import champion_id

MOST_PROJECTS = 5


def list_latest_projects(data_dir: Path) -> list[str]:
    """The projects whose databases were written last, at most ``MOST_PROJECTS``."""

    def written_at(slug: str) -> float:
        return (project_folder(data_dir, slug) / "project.db").stat().st_mtime

    return sorted(list_slugs(data_dir), key=written_at, reverse=True)[:MOST_PROJECTS]


def read_ahead(data_dir: Path, slug: str) -> int:
    """Read what the pages of a project count and filter by; returns how many items that is."""
    db = open_project(data_dir, slug)
    try:
        return _read_columns(db)
    finally:
        db.conn.close()


def _read_columns(db: Database) -> int:
    champion = champion_id(db)
    fields = uncovered(read_project(db).fields, current_covers(db))
    columns = read_columns(db, [champion], slice_fields=slice_names(fields))
    read_events(db)
    return len(columns.answers_of(champion).least_sure_first)
