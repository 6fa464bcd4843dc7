"""Privacy: which fields people who review do not see, and the reading of those by who may."""

from collections.abc import Mapping
from datetime import datetime

from sqlite_utils import Database

from hitl.access import require
from hitl.domain.clock import utc_text
from hitl.domain.covers import Cover
from hitl.domain.errors import BadInput, NotFound
from hitl.domain.fields import stored_fields
from hitl.domain.language import _
from hitl.domain.people import Actor, Permission
from hitl.store.audit import append
from hitl.store.audit_reads import has_read_today
from hitl.store.connection import write_transaction
from hitl.store.field_covers import add_covers, current_covers, find_indexing, index_at_once, newest_cover_id
from hitl.store.items import read_items
from hitl.store.projects import read_project


def cover_fields(db: Database, covers: Mapping[str, Cover], *, actor: Actor, now: datetime) -> None:
    """These fields are hidden or masked from now on, all others are shown; the search leaves them out at once.

    A large project's other words are put into the search anew by a job. Writes: field_covers, indexing, items_fts,
    item_changes, audit_log.

    Raises
    ------
    BadInput
        The project has no such field.
    """
    require(actor, Permission.MANAGE)
    known = {field.name for field in stored_fields(read_project(db).fields)}
    unknown = sorted(covers.keys() - known)
    if unknown:
        raise BadInput(_("There is no field '{name}' in this project. Reload the page.").format(name=unknown[0]))
    with write_transaction(db):
        if dict(current_covers(db)) == dict(covers):
            return
        cover_id = add_covers(db, dict(covers), actor_id=actor.id, at=utc_text(now))
        index_at_once(db)
        append(db, actor, "cover_fields", details={"rule": cover_id, "fields": len(covers)}, now=now)


def read_hidden(db: Database, *, item_id: int, actor: Actor, now: datetime) -> dict[str, object]:
    """The covered fields of an item with their values; that they were read is in the audit log, once a person and day.

    Writes: audit_log.

    Raises
    ------
    NotFound
        There is no such item any more.
    """
    require(actor, Permission.SEE_HIDDEN)
    with write_transaction(db):
        items = read_items(db, [item_id])
        if not items:
            raise NotFound(_("There is no such item any more. Reload the page."))
        covers = current_covers(db)
        if not has_read_today(db, actor.id, item_id, at=utc_text(now)):
            append(db, actor, "read_hidden", subject=f"item:{item_id}", now=now)
    return {name: value for name, value in items[0]["fields"].items() if name in covers}


def find_unfinished_indexing(db: Database) -> str | None:
    """What names the filling of the search that is not finished, for the job that finishes it; None when it is whole.

    Changes nothing.
    """
    return f"indexing-{newest_cover_id(db)}" if find_indexing(db) is not None else None
