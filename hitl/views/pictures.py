"""An image of a project, for whoever may look at its items."""

from dataclasses import dataclass
from pathlib import Path

from hitl.access import require
from hitl.adapters.image_folder import read_image
from hitl.domain.errors import NotFound
from hitl.domain.images import is_image_hash
from hitl.domain.language import _
from hitl.domain.people import Actor, Permission
from hitl.domain.web_path import web_path
from hitl.store.connection import open_project, project_folder
from hitl.store.item_images import kind_of_visible_image


@dataclass(frozen=True)
class Picture:
    """The bytes of an image, and its kind: png, jpg or webp."""

    data: bytes
    kind: str


def read_picture(data_dir: Path, slug: str, sha256: str, *, small: bool, actor: Actor) -> Picture:
    """An image that a visible item of the project shows; ``small`` asks for its thumbnail, where it has one.

    Raises
    ------
    NotFound
        There is no such project, no visible item shows the image, or its file is missing.
    NotPermitted
        The actor may not look at the project.
    """
    require(actor, Permission.VIEW)
    if not is_image_hash(sha256):
        raise NotFound(_("There is no such image."))
    db = open_project(data_dir, slug)
    try:
        kind = kind_of_visible_image(db, sha256)
    finally:
        db.conn.close()
    if kind is None:
        raise NotFound(_("No item of this project shows this image."))
    return Picture(read_image(project_folder(data_dir, slug), sha256, kind, small=small), kind)


def picture_url(slug: str, sha256: str, *, small: bool = False) -> str:
    """The address of an image on this server."""
    return web_path(f"/api/v1/image/{slug}/{sha256}{'?size=small' if small else ''}")
