"""people: who may sign in, as which role, and the links that let them in; from the shell, which needs no account."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlite_utils import Database

from hitl.cli.app import Desk, Json, tell
from hitl.cli.people_roles import find_person_id, groups, names, read_roles, role
from hitl.domain.accounts import MadeLink
from hitl.domain.clock import utc_now
from hitl.domain.errors import BadInput
from hitl.domain.language import _
from hitl.domain.people import LOCAL_OWNER
from hitl.loop import access_links, people, sign_in
from hitl.loop.own_data import own_data
from hitl.settings import read_settings
from hitl.store.people import find_person
from hitl.views.people import STATES, PersonLine, read_people_lines
from hitl.views.wording import ago

Login = Annotated[str, typer.Argument(metavar="NAME", help="The person's sign-in name; `people list` shows it.")]

people_app = typer.Typer(
    help="People: who may sign in, as what, and the links that let them in.",
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def first_owner(context: typer.Context, as_json: Json = False) -> None:
    """Let the first owner in: print the link that makes the first account.

    Its owner runs this Tandem and owns every project that is here. From then on everybody signs in.
    """
    with _tandem(context) as tandem:
        made = access_links.make_setup_link(tandem, actor=LOCAL_OWNER, now=utc_now())
    _tell_link(made, _("Open this link and give yourself the first account. It works once, for 24 hours:"), as_json)


def list_(context: typer.Context, as_json: Json = False) -> None:
    """List everybody: sign-in name, state, roles, groups, when they were last here."""
    now = utc_now()
    with _tandem(context) as tandem:
        lines = read_people_lines(tandem, actor=LOCAL_OWNER, now=now)
    text = "\n".join(_line_text(line, now) for line in lines)
    nobody = _("Nobody has an account yet. The first one: python -m hitl people first-owner")
    tell({"people": [_line_json(line) for line in lines]}, text or nobody, as_json=as_json)


def invite(
    context: typer.Context,
    login: Annotated[str, typer.Argument(metavar="NAME", help="What the person types to sign in.")],
    name: Annotated[str, typer.Option("--name", help="What colleagues call them; else the sign-in name.")] = "",
    roles: Annotated[
        list[str] | None, typer.Option("--role", metavar="PROJECT=ROLE", help="A role in a project; may be repeated.")
    ] = None,
    admin: Annotated[bool, typer.Option("--admin", help="They run this Tandem: people, projects, back-ups.")] = False,
    as_json: Json = False,
) -> None:
    """Add a person, and print the link by which they choose their password.

    The link works once, for 7 days. Copy it to them; Tandem sends no mail.
    """
    with _tandem(context) as tandem:
        made = access_links.invite(
            tandem,
            name=name or login,
            login=login,
            is_admin=admin,
            roles=read_roles(roles or ()),
            actor=LOCAL_OWNER,
            now=utc_now(),
        )
    _tell_link(made, _("Copy this link to {login}. It works once, for 7 days:").format(login=login), as_json)


def reset(context: typer.Context, login: Login, as_json: Json = False) -> None:
    """Print a link by which a person chooses a new password; the old one works until then."""
    with _tandem(context) as tandem:
        person_id = find_person_id(tandem, login)
        made = access_links.make_reset_link(tandem, person_id=person_id, actor=LOCAL_OWNER, now=utc_now())
    _tell_link(made, _("Copy this link to {login}. It works once:").format(login=login), as_json)


def rename(
    context: typer.Context,
    login: Login,
    name: Annotated[str, typer.Argument(metavar="NEW_NAME", help="What colleagues call them.")],
    as_json: Json = False,
) -> None:
    """Show a person under another name; the sign-in name stays."""
    with _person(context, login) as (tandem, person_id):
        people.rename_person(tandem, person_id=person_id, name=name, actor=LOCAL_OWNER, now=utc_now())
    tell(
        {"login": login, "name": name},
        _("{login} is shown as {name} now.").format(login=login, name=name),
        as_json=as_json,
    )


def admin(
    context: typer.Context,
    login: Login,
    is_admin: Annotated[bool, typer.Option("--on/--off", help="Make them one, or no more.")] = True,
    as_json: Json = False,
) -> None:
    """Make a person an administrator of this Tandem, or with --off no more."""
    with _person(context, login) as (tandem, person_id):
        people.set_admin(tandem, person_id=person_id, is_admin=is_admin, actor=LOCAL_OWNER, now=utc_now())
    text = _("{login} is an administrator now.") if is_admin else _("{login} is no administrator any more.")
    tell({"login": login, "is_admin": is_admin}, text.format(login=login), as_json=as_json)


def deactivate(context: typer.Context, login: Login, as_json: Json = False) -> None:
    """Close a person's account and end their sessions; decisions, roles and groups stay."""
    with _person(context, login) as (tandem, person_id):
        people.deactivate_person(tandem, person_id=person_id, actor=LOCAL_OWNER, now=utc_now())
    text = _("The account of {login} is closed. Open it again: python -m hitl people reactivate {login}")
    tell({"login": login, "is_active": False}, text.format(login=login), as_json=as_json)


def reactivate(context: typer.Context, login: Login, as_json: Json = False) -> None:
    """Open a person's account again, with the roles and groups it had."""
    with _person(context, login) as (tandem, person_id):
        people.reactivate_person(tandem, person_id=person_id, actor=LOCAL_OWNER, now=utc_now())
    tell(
        {"login": login, "is_active": True},
        _("The account of {login} is open again.").format(login=login),
        as_json=as_json,
    )


def erase(
    context: typer.Context,
    login: Login,
    confirm: Annotated[
        str | None, typer.Option("--confirm", metavar="NAME", help="The sign-in name again, instead of typing it.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Erase a person: name, sign-in name, password, sessions, roles are gone for good; their decisions stay.

    "Former member" with a number stands in place of the name. Asks for the sign-in name.
    """
    with _person(context, login) as (tandem, person_id):
        typed = (
            confirm if confirm is not None else typer.prompt(_("Type the sign-in name to erase the person"), err=True)
        )
        if typed.strip() != login.strip():
            raise BadInput(_("That is not the sign-in name. Nothing was erased."))
        people.erase_person(tandem, person_id=person_id, actor=LOCAL_OWNER, now=utc_now())
        person = find_person(tandem, person_id)
    name = person.name if person else ""
    tell(
        {"id": person_id, "name": name},
        _("Erased. Their decisions are by '{name}' now.").format(name=name),
        as_json=as_json,
    )


def sessions(context: typer.Context, login: Login, as_json: Json = False) -> None:
    """List where a person is signed in."""
    now = utc_now()
    with _person(context, login) as (tandem, person_id):
        found = sign_in.list_sessions(tandem, person_id=person_id, actor=LOCAL_OWNER, now=now)
    text = "\n".join(f"{one.id:8} {ago(one.seen_at, now):16} {one.agent or one.how.value}" for one in found)
    tell(
        {"sessions": [asdict(one) for one in found]},
        text or _("{login} is not signed in anywhere.").format(login=login),
        as_json=as_json,
    )


def end_sessions(context: typer.Context, login: Login, as_json: Json = False) -> None:
    """Sign a person out everywhere; their account stays open."""
    with _person(context, login) as (tandem, person_id):
        sign_in.end_sessions_of(tandem, person_id=person_id, actor=LOCAL_OWNER, now=utc_now())
    tell({"login": login}, _("{login} is signed out everywhere.").format(login=login), as_json=as_json)


def data(
    context: typer.Context,
    login: Login,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The .json file to write.")],
    as_json: Json = False,
) -> None:
    """Write all that is stored about a person, their decisions included, as one JSON file."""
    if out.exists():
        raise BadInput(_("{path} exists already and is left as it is. Name another file.").format(path=out))
    with _person(context, login) as (tandem, person_id):
        found = own_data(tandem, person_id=person_id, actor=LOCAL_OWNER, now=utc_now())
    out.touch(mode=0o600)
    out.write_text(json.dumps(found, ensure_ascii=False, indent=2), "utf-8")
    tell({"file": str(out)}, _("Written to {path}.").format(path=out), as_json=as_json)


_COMMANDS: dict[str, Callable[..., None]] = {
    "first-owner": first_owner,
    "list": list_,
    "invite": invite,
    "reset": reset,
    "role": role,
    "groups": groups,
    "names": names,
    "rename": rename,
    "admin": admin,
    "deactivate": deactivate,
    "reactivate": reactivate,
    "erase": erase,
    "sessions": sessions,
    "end-sessions": end_sessions,
    "data": data,
}
for _name, _command in _COMMANDS.items():
    people_app.command(_name)(_command)


@contextmanager
def _tandem(context: typer.Context) -> Iterator[Database]:
    desk: Desk = context.obj
    with desk.tandem() as tandem:
        yield tandem


@contextmanager
def _person(context: typer.Context, login: str) -> Iterator[tuple[Database, int]]:
    with _tandem(context) as tandem:
        yield tandem, find_person_id(tandem, login)


def _tell_link(made: MadeLink, text: str, as_json: bool) -> None:
    settings = read_settings()
    address = settings.address or f"http://localhost:{settings.port}{settings.base_path}"
    link = f"{address}/auth/link/{made.token}"
    tell({"link": link, "expires_at": made.expires_at, "person_id": made.person_id}, f"{text}\n{link}", as_json=as_json)


def _line_text(line: PersonLine, now: datetime) -> str:
    person, seen = line.person, ago(line.last_seen_at, now) if line.last_seen_at else "—"
    roles = ", ".join(f"{slug}={one.value}" for slug, one in line.roles)
    about = [_("administrator")] if person.is_admin else []
    about += [text for text in (roles, ", ".join(line.group_names)) if text]
    return f"{person.login or '—':20} {person.name:24} {STATES[line.state]:12} {seen:16} {'; '.join(about)}".rstrip()


def _line_json(line: PersonLine) -> dict[str, Any]:
    return {
        **asdict(line.person),
        "state": line.state,
        "groups": line.group_names,
        "roles": {slug: one.value for slug, one in line.roles},
        "last_seen_at": line.last_seen_at,
    }
