"""The projects of a data folder, for the picker."""

from dataclasses import dataclass
from pathlib import Path

from hitl.domain.errors import HitlError
from hitl.store.connection import list_slugs, open_project
from hitl.store.projects import read_project


@dataclass(frozen=True)
class ProjectLine:
    """A project by its slug and name; ``problem`` says why it can't be opened, else it is None."""

    slug: str
    name: str
    problem: str | None


def list_projects(data_dir: Path) -> tuple[ProjectLine, ...]:
    """Every project of the data folder, by name."""
    lines = [_read_line(data_dir, slug) for slug in list_slugs(data_dir)]
    return tuple(sorted(lines, key=lambda line: (line.name.casefold(), line.slug)))


def _read_line(data_dir: Path, slug: str) -> ProjectLine:
    try:
        db = open_project(data_dir, slug)
        try:
            return ProjectLine(slug, read_project(db).name, None)
        finally:
            db.conn.close()
    except HitlError as error:
        return ProjectLine(slug, slug, str(error))
