"""What is made by hand on a page: a project without a file, one item typed in."""

from contextlib import suppress

from hitl.access import may
from hitl.domain.errors import Conflict, HitlError, NotPermitted
from hitl.domain.language import _
from hitl.domain.people import Actor, Permission
from hitl.loop.ingest import add_item
from hitl.loop.jobs import JobKind
from hitl.loop.projects import create_project
from hitl.ui.by_hand import ProjectDraft, clear_typed, draw_add_item, draw_new_project, typed_values
from hitl.views.by_hand import read_class_lines
from hitl.views.explore import read_classes
from hitl.views.projects import propose_slug
from hitl.views.versions import has_champion
from pages._jobs import submit
from pages._session import PageContext, acting, acting_desk, choose, notify, renew, request_id


def draw_by_hand(actor: Actor) -> None:
    """Draw the form of a project without a file, for who may make one."""
    if may(actor, Permission.CREATE_PROJECT):
        draw_new_project(on_make=make)


def draw_one_item(page: PageContext) -> None:
    """Draw the form of one item to add, for who may bring items in."""
    if may(page.actor, Permission.IMPORT):
        draw_add_item(page.project.fields, read_classes(page.db), on_add=add)


def make(draft: ProjectDraft) -> None:
    """A callback: make the project and go over to it."""
    with acting_desk() as desk:
        guidelines, slug = read_class_lines(draft.classes), propose_slug(draft.name)
        create_project(
            desk.data_dir,
            slug=slug,
            name=draft.name,
            fields=draft.fields,
            class_names=tuple(guidelines),
            guidelines=guidelines,
            guide=draft.guide,
            actor=desk.actor,
            now=desk.now,
        )
        choose(slug)
        notify(_("The project is made. Import a file with its columns, or add items on Explore."))


def add() -> None:
    """A callback: what stands in the form becomes an item; a model in use answers it in the background."""
    with acting() as page:
        fields, name = page.project.fields, f"add.{page.slug}"
        try:
            add_item(
                page.db,
                values=typed_values(fields),
                request_id=request_id(name),
                actor=page.actor,
                now=page.now,
            )
        except HitlError:
            renew(name)  # what was refused was put away with its request
            raise
        if has_champion(page.db):
            with suppress(Conflict, NotPermitted):  # another prediction is under way, or a lead has to ask for it
                submit(page, page.slug, JobKind.PREDICT, {}, request=f"{name}.{request_id(name)}")
        renew(name)
        clear_typed(fields)
        notify(_("The item is added."))
