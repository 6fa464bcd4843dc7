"""Interrupted imports on the page: let one go on, or discard it."""

from hitl.loop.interrupted import (
    discarding_args,
    find_interrupted,
    require_interrupted,
    resume_import,
)
from hitl.ui.interrupted import draw_interrupted
from pages._jobs import submit
from pages._session import PageContext, acting


def unfinished_jobs(page: PageContext) -> frozenset[int]:
    """The jobs of the project's interrupted imports: how they ended is said with the two ways on."""
    found = find_interrupted(page.db, page.tandem, slug=page.slug)
    return frozenset(one.job.id for one in found if one.job)


def draw_unfinished(page: PageContext) -> bool:
    """Draw the project's interrupted imports; whether one can go on, so that no other may begin."""
    found = find_interrupted(page.db, page.tandem, slug=page.slug)
    for one in found:
        draw_interrupted(one, now=page.now, on_resume=resume, on_discard=discard)
    return any(one.can_go_on for one in found)


def resume(import_id: int) -> None:
    """A callback: the import waits for its turn again."""
    with acting() as page:
        resume_import(page.db, page.tandem, slug=page.slug, import_id=import_id, actor=page.actor, now=page.now)


def discard(import_id: int) -> None:
    """A callback: what the import has staged is removed in the background."""
    with acting() as page:
        wanted = require_interrupted(page.db, page.tandem, slug=page.slug, import_id=import_id)
        submit(page, page.slug, "import", discarding_args(wanted), request=f"discard.{import_id}")
