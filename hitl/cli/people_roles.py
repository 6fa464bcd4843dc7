"""people role, groups, names: who has which role in a project, groups of people, whose names are shown."""

from collections.abc import Sequence
from typing import Annotated

import typer
from sqlite_utils import Database

from hitl.cli.app import Desk, Json, tell
from hitl.domain.accounts import fold_login
from hitl.domain.clock import utc_now
from hitl.domain.errors import BadInput, NotFound
from hitl.domain.language import _
from hitl.domain.people import LOCAL_OWNER, MemberRole, ShowNames
from hitl.loop.memberships import (
    add_to_group,
    list_groups,
    make_group,
    remove_from_group,
    remove_group,
    rename_group,
    set_role,
)
from hitl.loop.names import set_show_names
from hitl.store.memberships import find_group_named
from hitl.store.name_rules import current_show_names
from hitl.store.people import find_account, find_person

_NO_ROLE = "none"


def role(
    context: typer.Context,
    project: Annotated[str, typer.Argument(metavar="PROJECT", help="The project's short name; `status` lists them.")],
    given: Annotated[
        str, typer.Argument(metavar="ROLE", help="viewer, reviewer, adjudicator, lead or owner; none takes it away.")
    ],
    person: Annotated[str, typer.Option("--person", metavar="NAME", help="Whose: a sign-in name.")] = "",
    group: Annotated[str, typer.Option("--group", metavar="NAME", help="Or whose: a group of people.")] = "",
    as_json: Json = False,
) -> None:
    """Give a person or a group a role in a project, or take it away."""
    desk: Desk = context.obj
    with desk.tandem() as tandem:
        set_role(
            tandem,
            slug=project,
            person_id=find_person_id(tandem, person) if person else None,
            group_id=_find_group_id(tandem, group) if group else None,
            role=None if given == _NO_ROLE else read_role(given),
            actor=LOCAL_OWNER,
            now=utc_now(),
        )
    result = {"project": project, "role": given, "person": person or None, "group": group or None}
    text = (
        _("{who} has no role of their own in {project} any more.")
        if given == _NO_ROLE
        else _("{who}: {role} in {project}.")
    )
    tell(result, text.format(who=person or group, role=given, project=project), as_json=as_json)


def groups(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="[GROUP]", help="The group; without, a list.")] = "",
    add: Annotated[list[str] | None, typer.Option("--add", metavar="NAME", help="Put a person into it.")] = None,
    drop: Annotated[list[str] | None, typer.Option("--drop", metavar="NAME", help="Take a person out.")] = None,
    rename: Annotated[str, typer.Option("--rename", metavar="NEW", help="Give it another name.")] = "",
    remove: Annotated[bool, typer.Option("--remove", help="Remove the group; its people stay.")] = False,
    as_json: Json = False,
) -> None:
    """List groups of people, or change one; a group that is not there yet is made.

    A group can have a role in a project, as a person can: `people role`.
    """
    desk: Desk = context.obj
    with desk.tandem() as tandem:
        if name:
            _change(tandem, name, add=add or (), drop=drop or (), new_name=rename, is_removed=remove)
        elif add or drop or rename or remove:
            raise BadInput(_("Name the group that is to be changed."))
        found = list_groups(tandem, actor=LOCAL_OWNER)
        logins = {group.id: [_login_of(tandem, one) for one in group.person_ids] for group in found}
    result = {"groups": [{"id": group.id, "name": group.name, "people": logins[group.id]} for group in found]}
    text = "\n".join(f"{group.name:30} {', '.join(logins[group.id]) or '—'}" for group in found)
    tell(result, text or _("There are no groups of people."), as_json=as_json)


def names(
    context: typer.Context,
    project: Annotated[str, typer.Argument(metavar="PROJECT", help="The project's short name; `status` lists them.")],
    shown_to: Annotated[
        str, typer.Argument(metavar="[WHOM]", help="everyone, or leads: others then see a number in place of a name.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Show or set who sees in a project which person decided what."""
    desk: Desk = context.obj
    with desk.project(project) as db:
        if shown_to:
            set_show_names(db, _read_show_names(shown_to), actor=LOCAL_OWNER, now=utc_now())
        present = current_show_names(db)
    texts = {
        ShowNames.EVERYONE: _("Everybody in {project} sees the others' names."),
        ShowNames.LEADS: _("In {project} adjudicators, leads and owners see names; others see numbers."),
    }
    result = {"project": project, "show_names": present.value}
    tell(result, texts[present].format(project=project), as_json=as_json)


def find_person_id(tandem: Database, login: str) -> int:
    """Whose sign-in name that is.

    Raises
    ------
    NotFound
        Nobody signs in under it.
    """
    account = find_account(tandem, fold_login(login))
    if account is None:
        raise NotFound(
            _("Nobody signs in as '{login}'. `python -m hitl people list` shows everybody.").format(login=login)
        )
    return account.person_id


def read_role(text: str) -> MemberRole:
    """The role that a word names.

    Raises
    ------
    BadInput
        It names none.
    """
    try:
        return MemberRole(text.strip().lower())
    except ValueError:
        known = ", ".join(MemberRole)
        raise BadInput(_("'{text}' is no role. Choose one of {known}.").format(text=text, known=known)) from None


def read_roles(texts: Sequence[str]) -> dict[str, MemberRole]:
    """Roles by project, from PROJECT=ROLE.

    Raises
    ------
    BadInput
        One is not written so, or names no role.
    """
    pairs = [text.partition("=") for text in texts]
    wrong = [slug for slug, equals, _role in pairs if not equals]
    if wrong:
        raise BadInput(
            _("'{wrong}' gives no role. Write PROJECT=ROLE, for example tickets=reviewer.").format(wrong=wrong[0])
        )
    return {slug.strip(): read_role(word) for slug, _equals, word in pairs}


def _change(
    tandem: Database, name: str, *, add: Sequence[str], drop: Sequence[str], new_name: str, is_removed: bool
) -> None:
    known = find_group_named(tandem, name)
    if known is None and (drop or new_name or is_removed):
        raise _no_group(name)
    people_in, people_out = ([find_person_id(tandem, login) for login in logins] for logins in (add, drop))
    actor, now = LOCAL_OWNER, utc_now()
    group_id = make_group(tandem, name=name, actor=actor, now=now) if known is None else known
    for person_id in people_in:
        add_to_group(tandem, group_id=group_id, person_id=person_id, actor=actor, now=now)
    for person_id in people_out:
        remove_from_group(tandem, group_id=group_id, person_id=person_id, actor=actor, now=now)
    if new_name:
        rename_group(tandem, group_id=group_id, name=new_name, actor=actor, now=now)
    if is_removed:
        remove_group(tandem, group_id=group_id, actor=actor, now=now)


def _read_show_names(text: str) -> ShowNames:
    try:
        return ShowNames(text.strip().lower())
    except ValueError:
        known = ", ".join(ShowNames)
        raise BadInput(_("'{text}' is not one of {known}.").format(text=text, known=known)) from None


def _find_group_id(tandem: Database, name: str) -> int:
    group_id = find_group_named(tandem, name)
    if group_id is None:
        raise _no_group(name)
    return group_id


def _no_group(name: str) -> NotFound:
    return NotFound(
        _("There is no group of people '{name}'. `python -m hitl people groups` lists them.").format(name=name)
    )


def _login_of(tandem: Database, person_id: int) -> str:
    person = find_person(tandem, person_id)
    return (person.login or person.name) if person else str(person_id)
