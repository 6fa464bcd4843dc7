"""The projects of a data folder, for the picker, and the short name of a new one."""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from hitl.domain.errors import HitlError
from hitl.store.connection import list_slugs, open_project, open_tandem
from hitl.store.memberships import list_slugs_of
from hitl.store.projects import read_project

_SLUG_LENGTH = 48


@dataclass(frozen=True)
class ProjectLine:
    """A project by its slug and name; ``problem`` says why it can't be opened, else it is None."""

    slug: str
    name: str
    problem: str | None


def list_projects(data_dir: Path, *, of: int | None = None) -> tuple[ProjectLine, ...]:
    """Every project of the data folder, by name; with ``of`` those that a person is a member of."""
    slugs = list_slugs(data_dir) if of is None else _list_own(data_dir, of)
    lines = [_read_line(data_dir, slug) for slug in slugs]
    return tuple(sorted(lines, key=lambda line: (line.name.casefold(), line.slug)))


def propose_slug(name: str) -> str:
    """The name of a project's folder: small letters, digits and dashes, close to what it is called.

    >>> propose_slug("Reklamationen März '26"), propose_slug("顧客")
    ('reklamationen-marz-26', 'project')
    """
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii").lower()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_name)[:_SLUG_LENGTH].strip("-")
    return slug or "project"


def _list_own(data_dir: Path, person_id: int) -> list[str]:
    tandem = open_tandem(data_dir)
    try:
        own = set(list_slugs_of(tandem, person_id))
    finally:
        tandem.conn.close()
    return [slug for slug in list_slugs(data_dir) if slug in own]


def _read_line(data_dir: Path, slug: str) -> ProjectLine:
    try:
        db = open_project(data_dir, slug)
        try:
            return ProjectLine(slug, read_project(db).name, None)
        finally:
            db.conn.close()
    except HitlError as error:
        return ProjectLine(slug, slug, str(error))
