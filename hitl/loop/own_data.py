"""A person's own data: all that is stored about them, as one record that a program can read."""

from contextlib import closing
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from hitl.access import actor_here, may, require_own
from hitl.domain.clock import utc_text
from hitl.domain.errors import HitlError, NotFound
from hitl.domain.language import _
from hitl.domain.people import Actor, Permission
from hitl.store import access_links, memberships, people, sessions
from hitl.store.audit import append
from hitl.store.connection import list_slugs, open_project, write_transaction
from hitl.store.projects import read_project
from hitl.store.reads_people import list_acts_of, list_decisions_of


def own_data(tandem: Database, *, person_id: int, actor: Actor, now: datetime) -> dict[str, Any]:
    """Account, sessions, links, groups, roles, what the log says they did, and their decisions in every project.

    Of the projects that the person is a member of and the actor may see: an administrator who hands somebody their
    data learns nothing of projects that are not theirs. Texts of items are not in it. Writes: audit_log.

    Raises
    ------
    NotFound
        There is no such person.
    NotPermitted
        It is about somebody else, and the actor is no administrator.
    """
    require_own(actor, person_id)
    with write_transaction(tandem):
        person = people.find_person(tandem, person_id)
        if person is None:
            raise NotFound(_("There is no such person any more. Reload the page."))
        append(tandem, actor, "export_own_data", subject=f"person:{person_id}", now=now)
    folder, slugs = people.desk_folder(tandem), memberships.list_slugs_of(tandem, person_id)
    seen = [slug for slug in list_slugs(folder) if slug in slugs and _may_see(tandem, actor, slug)]
    return {
        "made_at": utc_text(now),
        "person": asdict(person),
        "single_sign_on": people.list_issuers(tandem, person_id),
        "sessions": sessions.list_all_sessions(tandem, person_id),
        "links": access_links.list_links_of(tandem, person_id),
        "groups": [group.name for group in memberships.list_groups(tandem) if person_id in group.person_ids],
        "roles": {one.slug: one.role.value for one in memberships.list_memberships(tandem, person_id=person_id)},
        "log": list_acts_of(tandem, person_id),
        "projects": [_in_project(folder, slug, person_id) for slug in seen],
    }


def _may_see(tandem: Database, actor: Actor, slug: str) -> bool:
    return may(actor_here(tandem, actor, slug), Permission.VIEW)


def _in_project(folder: Path, slug: str, person_id: int) -> dict[str, Any]:
    try:
        db = open_project(folder, slug)
    except HitlError as error:
        return {"project": slug, "problem": str(error)}
    with closing(db.conn):
        return {"project": slug, "name": read_project(db).name, "decisions": list_decisions_of(db, person_id)}
