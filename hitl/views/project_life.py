"""What a project holds, before it is deleted; a project's file for a download; the archived projects."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlite_utils import Database

from hitl.access import actor_here, may
from hitl.domain.errors import HitlError
from hitl.domain.language import _
from hitl.domain.people import Actor, Permission
from hitl.loop.packs import SUFFIX, pack_project
from hitl.store.connection import list_slugs, open_project, project_folder
from hitl.store.folders import ARCHIVED, archive_dir
from hitl.store.holdings import count_holdings
from hitl.store.projects import read_project
from hitl.views.formatting import size_text
from hitl.views.projects import ProjectLine, list_projects
from hitl.views.wording import count_of

MOST_DOWNLOAD_BYTES = 200_000_000


@dataclass(frozen=True)
class Holdings:
    """What would be gone: the project's name to type, and a sentence for people."""

    name: str
    text: str
    size: int

    @property
    def fits_download(self) -> bool:
        """Whether a browser gets the project's file; a larger one is written by the command line."""
        return self.size <= MOST_DOWNLOAD_BYTES


def read_holdings(data_dir: Path, slug: str) -> Holdings | None:
    """What a project holds; None when there is no such project."""
    if slug not in list_slugs(data_dir):
        return None
    folder = project_folder(data_dir, slug)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    try:
        db = open_project(data_dir, slug)
        try:
            held, name = count_holdings(db), read_project(db).name
        finally:
            db.conn.close()
    except HitlError as error:
        return Holdings(slug, _("What it holds can't be read: {error}").format(error=error), size)
    counted = _("{item_count}, {decision_count} of people and {version_count}").format(
        item_count=count_of(held.item_count, "{count} item", "{count} items"),
        decision_count=count_of(held.decision_count, "{count} decision", "{count} decisions"),
        version_count=count_of(held.version_count, "{count} model version", "{count} model versions"),
    )
    return Holdings(
        name, _("'{name}' holds {counted}, {size}.").format(name=name, counted=counted, size=size_text(size)), size
    )


def list_archived_projects(data_dir: Path, *, tandem: Database, actor: Actor) -> tuple[ProjectLine, ...]:
    """The archived projects that the actor may bring back, by name."""
    lines = list_projects(archive_dir(data_dir))
    return tuple(one for one in lines if may(actor_of_archived(tandem, actor, one.slug), Permission.MANAGE))


def actor_of_archived(tandem: Database, actor: Actor, slug: str) -> Actor:
    """The actor with their role in an archived project."""
    return actor_here(tandem, actor, f"{ARCHIVED}{slug}")


def make_pack(data_dir: Path, slug: str, *, actor: Actor, now: datetime) -> bytes:
    """The bytes of the project's file, made when the browser asks for them."""
    with TemporaryDirectory(prefix="tandem-pack-") as folder:
        path = Path(folder) / f"{slug}{SUFFIX}"
        pack_project(data_dir, slug=slug, path=path, actor=actor, now=now)
        return path.read_bytes()
