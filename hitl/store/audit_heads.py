"""How long each project's audit log is, noted where somebody who cuts off its end does not write as well.

The desk's log notes the ends of the projects' logs; each back-up notes them all, the desk's too.
"""

import json
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from hitl.domain.audit import Details
from hitl.domain.errors import HitlError
from hitl.domain.language import _
from hitl.domain.people import SYSTEM
from hitl.store.audit import Head, append, read_head
from hitl.store.audit_check import NotedHead
from hitl.store.connection import fetch_all, fetch_one, list_slugs, open_project, open_tandem

TANDEM = "tandem"
HEAD_OF = "head of "
"""How the name of what a back-up says of a log's end begins."""
_LIFE_ACTS = (
    "create_project",
    "duplicate_project",
    "unpack_project",
    "archive_project",
    "bring_back_project",
    "delete_project",
    "note_head",
)
_LIVES = """
    SELECT at, act, subject, details FROM audit_log WHERE act IN (SELECT value FROM json_each(:acts)) ORDER BY id
    """


def read_heads(data_dir: Path) -> dict[str, Head]:
    """The ends of the desk's log, named ``tandem``, and of those of all projects in use that can be opened."""
    with closing(open_tandem(data_dir).conn) as conn:
        heads = {TANDEM: read_head(Database(conn, execute_plugins=False))}
    for slug in list_slugs(data_dir):
        try:
            with closing(open_project(data_dir, slug).conn) as conn:
                heads[slug] = read_head(Database(conn, execute_plugins=False))
        except HitlError:  # what is wrong with it the doctor says
            continue
    return heads


def note_heads(data_dir: Path, tandem: Database, *, now: datetime) -> int:
    """How many ends were noted: of each project whose log has grown since. Inside a transaction.

    Writes: audit_log of tandem.db.
    """
    grown = {
        slug: head
        for slug, head in read_heads(data_dir).items()
        if slug != TANDEM and _noted(tandem, slug) != (head.chain, head.row_id)
    }
    for slug, head in grown.items():
        append(tandem, SYSTEM, "note_head", subject=f"project:{slug}", details=head_details(head), now=now)
    return len(grown)


def head_details(head: Head) -> Details:
    """An end as the details of a row."""
    return {"chain": head.chain, "row": head.row_id, "digest": head.hash.hex()}


@dataclass(frozen=True)
class NotedOnDesk:
    """What the desk's log says of a project's log.

    ``since`` is when a project of that short name came here last; empty where the desk does not know.
    """

    since: str
    heads: tuple[NotedHead, ...]


def read_noted(tandem: Database) -> dict[str, NotedOnDesk]:
    """What the desk noted of the logs of the projects that are here, by short name. Changes nothing."""
    here: dict[str, NotedOnDesk] = {}
    away: dict[str, NotedOnDesk] = {}
    for row in fetch_all(tandem, _LIVES, {"acts": json.dumps(_LIFE_ACTS)}):
        slug, details = row["subject"].partition(":")[2], json.loads(row["details"])
        before = here.pop(slug, NotedOnDesk("", ()))
        if row["act"] == "note_head":
            here[slug] = _with_head(before, details, row["at"])
        elif row["act"] == "archive_project":
            away[slug] = _with_head(before, details, row["at"])
        elif row["act"] == "bring_back_project":
            kept = away.pop(str(details.get("from_project")), NotedOnDesk("", ()))
            here[slug] = replace(kept, since=row["at"])
        elif row["act"] != "delete_project":
            here[slug] = NotedOnDesk(row["at"], ())
    return here


def read_restores(tandem: Database) -> list[tuple[str, str]]:
    """When each back-up was made that the desk was restored from, and when it was restored. Changes nothing."""
    rows = fetch_all(tandem, "SELECT at, details ->> 'made_at' AS made_at FROM audit_log WHERE act = 'restore'")
    return [(str(row["made_at"]), str(row["at"])) for row in rows]


def _with_head(before: NotedOnDesk, details: dict[str, Any], at: str) -> NotedOnDesk:
    if "digest" not in details:
        return before
    head = Head(str(details["chain"]), int(details["row"]), bytes.fromhex(details["digest"]))
    where = _("in the log of the desk at {at}").format(at=at)
    return replace(before, heads=(*before.heads, NotedHead(head, where)))


def _noted(tandem: Database, slug: str) -> tuple[str, int] | None:
    row = fetch_one(
        tandem,
        "SELECT details ->> 'chain' AS chain, details ->> 'row' AS row FROM audit_log"
        " WHERE act = 'note_head' AND subject = ? ORDER BY id DESC LIMIT 1",
        (f"project:{slug}",),
    )
    return (row["chain"], row["row"]) if row else None
