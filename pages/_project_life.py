"""The project as a whole on a page: renamed, taken along, used again, archived, brought back, deleted."""

from functools import partial

import streamlit as st

from hitl.access import may
from hitl.domain.language import _
from hitl.domain.people import Permission
from hitl.loop.project_life import archive_project, bring_back_project, delete_project, duplicate_settings
from hitl.loop.projects import set_guide
from hitl.ui.project_life import NEW_NAME_KEY, draw_archived, draw_project_life
from hitl.views.project_life import actor_of_archived, list_archived_projects, make_pack, read_holdings
from hitl.views.projects import propose_slug
from pages._actor import actor_of
from pages._by_hand import draw_by_hand
from pages._downloads import made_then
from pages._session import DeskContext, PageContext, acting, acting_desk, choose, leave, notify


def draw_life(page: PageContext) -> None:
    """Draw what may be done with the whole project, and the archived ones."""
    holdings = read_holdings(page.data_dir, page.slug)
    if holdings:
        draw_project_life(
            page.slug,
            holdings,
            make=made_then(page, partial(make_pack, page.data_dir, page.slug, now=page.now)),
            on_duplicate=duplicate if may(page.actor, Permission.CREATE_PROJECT) else None,
            on_archive=archive,
            on_delete=delete,
        )
    draw_by_hand(page.actor)
    draw_archive(page)


def draw_archive(desk: DeskContext) -> None:
    """Draw the archived projects, where there are any."""
    draw_archived(list_archived_projects(desk.data_dir, tandem=desk.tandem, actor=desk.actor), on_bring_back=bring_back)


def keep_guide(name: str, guide: str, metric: str) -> None:
    """A callback: the project's name, guide and metric from now on."""
    with acting() as page:
        set_guide(page.db, name=name, guide=guide, metric=metric, actor=page.actor, now=page.now)
        notify(_("Saved."))


def duplicate() -> None:
    """A callback: a new project like this one under the name in the field."""
    name = str(st.session_state[NEW_NAME_KEY]).strip()
    with acting() as page:
        slug = propose_slug(name)
        duplicate_settings(page.data_dir, slug=page.slug, new_slug=slug, new_name=name, actor=page.actor, now=page.now)
        choose(slug)
        notify(_("'{name}' is made, empty. Bring in its items on the Import page.").format(name=name))


def archive(slug: str, name: str) -> None:
    """A callback: that project leaves the desk."""
    with acting_desk() as desk:
        archive_project(desk.data_dir, slug=slug, actor=actor_of(desk, slug), now=desk.now)
        leave()
        notify(_("'{name}' is archived. Settings, Project brings it back.").format(name=name))


def bring_back(slug: str) -> None:
    """A callback: an archived project stands among the others again."""
    with acting_desk() as desk:
        actor = actor_of_archived(desk.tandem, desk.actor, slug)
        choose(bring_back_project(desk.data_dir, slug=slug, actor=actor, now=desk.now))
        notify(_("The project is in use again."))


def delete(slug: str, typed: str) -> None:
    """A callback: that project is gone, when its name was typed."""
    with acting_desk() as desk:
        delete_project(desk.data_dir, slug=slug, typed_name=typed, actor=actor_of(desk, slug), now=desk.now)
        leave()
        notify(_("'{strip}' is deleted.").format(strip=typed.strip()))
