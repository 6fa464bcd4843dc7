"""Whether every database of a data folder opens."""

from dataclasses import dataclass
from pathlib import Path

from hitl.domain.errors import HitlError
from hitl.store.connection import list_slugs, open_project, open_tandem

OK = "ok"


@dataclass(frozen=True)
class Health:
    """The state of the databases: ``ok`` when all open; else the sentence that says why not, by name."""

    ok: bool
    databases: dict[str, str]


def read_health(data_dir: Path) -> Health:
    """Each database of the data folder, opened once and closed again."""
    databases = {"tandem": _tandem_state(data_dir)}
    databases |= {slug: _project_state(data_dir, slug) for slug in list_slugs(data_dir)}
    return Health(ok=all(state == OK for state in databases.values()), databases=databases)


def _tandem_state(data_dir: Path) -> str:
    try:
        open_tandem(data_dir).conn.close()
    except HitlError as error:
        return str(error)
    return OK


def _project_state(data_dir: Path, slug: str) -> str:
    try:
        open_project(data_dir, slug).conn.close()
    except HitlError as error:
        return str(error)
    return OK
