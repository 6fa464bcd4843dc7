"""The table of who may do what, against the code: every verb there is, asked by every role."""

import importlib
import inspect
import pkgutil
from pathlib import Path

import pytest

import hitl.loop
from hitl.domain.errors import NotPermitted
from hitl.domain.people import Actor, MemberRole, Permission
from hitl.domain.policies import (
    JOB_PERMISSIONS,
    PERMISSION_WORDS,
    ROLE_PERMISSIONS,
    SITE_PERMISSIONS,
    VERB_PERMISSIONS,
    VERBS_OF_JOBS,
    VERBS_ON_MEMBERS,
    VERBS_ON_ONESELF,
    permissions_of,
)
from hitl.loop.jobs import JobKind

MODULES = [importlib.import_module(f"hitl.loop.{one.name}") for one in pkgutil.iter_modules(hitl.loop.__path__)]
VERBS = {
    f"{module.__name__.removeprefix('hitl.loop.')}.{name}": verb
    for module in MODULES
    for name, verb in vars(module).items()
    if inspect.isfunction(verb)
    and verb.__module__ == module.__name__
    and not name.startswith("_")
    and "actor" in inspect.signature(verb).parameters
}
DOCUMENT = (Path(__file__).resolve().parents[3] / "docs" / "roles.md").read_text("utf-8")
ACTORS = [
    Actor(id=9, name=f"{role or 'no member'}{', administrator' if is_admin else ''}", role=role, is_admin=is_admin)
    for role in (None, *MemberRole)
    for is_admin in (False, True)
]


class Touched(BaseException):
    """A verb looked at an argument; nothing that catches errors stops this one."""


class Poison:
    """An argument that can't be looked at, asked, counted, opened or compared."""

    def __getattribute__(self, name):
        raise Touched(name)

    def _refuse(self, *_others):
        raise Touched

    __bool__ = __call__ = __contains__ = __enter__ = __exit__ = __eq__ = __hash__ = __lt__ = __le__ = __gt__ = _refuse
    __ge__ = __len__ = __iter__ = __next__ = __getitem__ = __index__ = __int__ = __str__ = __repr__ = _refuse
    __format__ = __fspath__ = __add__ = __sub__ = __truediv__ = _refuse


def call(name, actor, **known):
    """What a verb did that was called with nothing but arguments that can't be used, and the actor."""
    verb = VERBS[name]
    poisoned = {one: Poison() for one in inspect.signature(verb).parameters}
    try:
        verb(**(poisoned | known | {"actor": actor}))
    except NotPermitted:
        return "refused"
    except (Touched, TypeError):  # C code says it its own way
        return "began"
    return "did nothing"


def test_every_verb_is_in_the_table_and_nothing_else_is():
    tables = (set(VERB_PERMISSIONS), VERBS_OF_JOBS, VERBS_ON_ONESELF, VERBS_ON_MEMBERS)
    assert set(VERBS) == set().union(*tables)
    assert len(VERBS) == sum(map(len, tables))


def test_every_verb_needs_something():
    assert all(VERB_PERMISSIONS.values())


def test_every_job_is_in_the_table_and_nothing_else_is():
    assert set(JOB_PERMISSIONS) == set(JobKind)


@pytest.mark.parametrize("name", sorted(VERB_PERMISSIONS))
def test_a_verb_refuses_whom_the_table_does_not_name_before_it_looks_at_anything(name):
    needed = VERB_PERMISSIONS[name]
    expected = {actor.name: "began" if needed <= permissions_of(actor) else "refused" for actor in ACTORS}
    assert {actor.name: call(name, actor) for actor in ACTORS} == expected


@pytest.mark.parametrize("actor", ACTORS, ids=lambda actor: actor.name)
@pytest.mark.parametrize("name", sorted(VERBS_ON_ONESELF))
def test_a_verb_on_oneself_is_open_to_everybody_and_on_others_to_who_manages_people(name, actor):
    if "person_id" not in inspect.signature(VERBS[name]).parameters:
        assert call(name, actor) == "began"
        return
    assert call(name, actor, person_id=actor.id) == "began"
    may = Permission.MANAGE_PEOPLE in permissions_of(actor)
    assert call(name, actor, person_id=actor.id + 1) == ("began" if may else "refused")


@pytest.mark.parametrize("actor", ACTORS, ids=lambda actor: actor.name)
@pytest.mark.parametrize("kind", JobKind)
def test_who_may_not_do_what_a_job_does_can_not_ask_for_it(kind, actor):
    assert call("jobs.submit_job", actor, kind=kind) == (
        "began" if JOB_PERMISSIONS[kind] in permissions_of(actor) else "refused"
    )


@pytest.mark.parametrize("permission", Permission)
def test_the_document_of_roles_says_what_the_table_says(permission):
    line = next(line for line in DOCUMENT.splitlines() if line.startswith(f"| {PERMISSION_WORDS[permission]} |"))
    said = [cell.strip() for cell in line.strip("|").split("|")[1:]]
    if permission in SITE_PERMISSIONS:
        assert said == ["yes"]
    else:
        assert said == ["yes" if permission in ROLE_PERMISSIONS[role] else "" for role in MemberRole]


def test_the_document_of_roles_has_a_column_for_each_role():
    assert f"| | {' | '.join(role.value for role in MemberRole)} |" in DOCUMENT


@pytest.mark.parametrize("actor", ACTORS, ids=lambda actor: actor.name)
def test_who_may_do_nothing_is_told_alike_of_a_job_that_is_there_and_of_none(actor):
    assert call("jobs.request_cancel", actor) == ("began" if permissions_of(actor) else "refused")
