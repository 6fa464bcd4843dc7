"""How long each project's audit log is, noted where somebody who cuts off its end does not write as well.

The desk's log notes the ends of the projects' logs; each back-up notes them all, the desk's too.
"""

from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from hitl.domain.audit import Details
from hitl.domain.errors import HitlError
from hitl.domain.people import SYSTEM
from hitl.store.audit import Head, append, read_head
from hitl.store.connection import fetch_one, list_slugs, open_project, open_tandem

TANDEM = "tandem"


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


def _noted(tandem: Database, slug: str) -> tuple[str, int] | None:
    row = fetch_one(
        tandem,
        "SELECT details ->> 'chain' AS chain, details ->> 'row' AS row FROM audit_log"
        " WHERE act = 'note_head' AND subject = ? ORDER BY id DESC LIMIT 1",
        (f"project:{slug}",),
    )
    return (row["chain"], row["row"]) if row else None
