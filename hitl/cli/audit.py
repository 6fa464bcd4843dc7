"""audit list · audit export: who did what, in a project or on the whole desk."""

from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlite_utils import Database

from hitl.cli.app import Desk, Json, tell
from hitl.domain.clock import utc_now
from hitl.domain.errors import BadInput
from hitl.domain.language import _
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.audit import export_log, export_site_log
from hitl.views.audit import LogChoices, LogPage, as_filter, read_desk_log, read_project_log
from hitl.views.audit_words import TOPICS
from hitl.views.overview import read_people
from hitl.views.wording import count_of

Whose = Annotated[
    str | None, typer.Argument(metavar="[PROJECT]", help="Its short name; without, the log of the desk: people, jobs.")
]
Person = Annotated[int | None, typer.Option(metavar="ID", help="Only what this person did.")]
About = Annotated[str, typer.Option(metavar="SUBJECT", help="Only what is about this, for example item:12.")]
What = Annotated[str, typer.Option(metavar="TOPIC", help=f"Only acts of a kind: {', '.join(TOPICS)}.")]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="A day in UTC.")]

audit = typer.Typer(help="Show or write out who did what.", no_args_is_help=True)


@audit.command("list")
def list_log(
    context: typer.Context,
    project: Whose = None,
    person: Person = None,
    about: About = "",
    what: What = "",
    since: Day = None,
    until: Day = None,
    before: Annotated[int | None, typer.Option(metavar="ROW", help="Go on before this row.")] = None,
    as_json: Json = False,
) -> None:
    """List the newest rows of a log, 50 at a time."""
    desk: Desk = context.obj
    chosen = _choices(person, about, what, since, until)
    with desk.tandem() as tandem, _opened(desk, project) as db:
        who: dict[str, Any] = {"before": before, "people": read_people(tandem), "actor": LOCAL_OWNER}
        page = read_project_log(db, project, chosen, **who) if project else read_desk_log(db, chosen, **who)
    result = {"rows": [asdict(one) for one in page.lines], "older_than": page.older_than}
    tell(result, _told(page), as_json=as_json)


@audit.command("export")
def export(
    context: typer.Context,
    out: Annotated[Path, typer.Option(metavar="FILE", help="The file to write: .csv, .jsonl or .parquet.")],
    project: Whose = None,
    person: Person = None,
    about: About = "",
    what: What = "",
    since: Day = None,
    until: Day = None,
    as_json: Json = False,
) -> None:
    """Write all rows of a log to a file, with their hashes.

    The log notes it.
    """
    desk: Desk = context.obj
    chosen, path = as_filter(_choices(person, about, what, since, until)), out.expanduser().resolve()
    with desk.tandem() as tandem, _opened(desk, project) as db:
        write = export_log if project else export_site_log
        count = write(db, chosen=chosen, path=path, names=read_people(tandem), actor=LOCAL_OWNER, now=utc_now())
    text = _("{path}: {rows}.").format(path=path, rows=count_of(count, "{count} row", "{count} rows"))
    tell({"path": str(path), "rows": count}, text, as_json=as_json)


def _opened(desk: Desk, project: str | None) -> AbstractContextManager[Database]:
    return desk.project(project) if project else desk.tandem()


def _choices(person: int | None, about: str, what: str, since: datetime | None, until: datetime | None) -> LogChoices:
    if what and what not in TOPICS:
        raise BadInput(
            _("There is no kind of acts '{what}'. Choose one of {known}.").format(what=what, known=", ".join(TOPICS))
        )
    return LogChoices(person, what, about, since.date() if since else None, until.date() if until else None)


def _told(page: LogPage) -> str:
    lines = [f"{one.id:>8}  {one.at[:19]}Z  {one.sentence}{f' ({one.via})' if one.via else ''}" for one in page.lines]
    if page.older_than is not None:
        lines.append(_("Older rows: --before {row}").format(row=page.older_than))
    return "\n".join(lines) or _("Nothing in the log fits.")
