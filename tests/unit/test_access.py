"""Roles and what they open."""

from itertools import pairwise

import pytest

from hitl.access import as_maker, may, require
from hitl.domain.errors import NotPermitted
from hitl.domain.people import LOCAL_OWNER, SYSTEM, Actor, MemberRole, Permission
from hitl.domain.policies import ROLE_PERMISSIONS, SITE_PERMISSIONS

STRANGER = Actor(id=5, name="Somebody", role=None)
ADMINISTRATOR = Actor(id=6, name="Who runs the site", role=None, is_admin=True)


def opened_to(actor):
    """What ``require`` lets the actor do; ``may`` says the same."""
    found = set()
    for permission in Permission:
        try:
            require(actor, permission)
        except NotPermitted:
            assert not may(actor, permission)
        else:
            assert may(actor, permission)
            found.add(permission)
    return found


def test_the_owner_may_do_everything_in_the_project_and_nothing_on_the_site():
    owner = Actor(id=5, name="Somebody", role=MemberRole.OWNER)
    assert opened_to(owner) == set(Permission) - SITE_PERMISSIONS


def test_a_viewer_may_look_and_nothing_else():
    assert opened_to(Actor(id=5, name="Somebody", role=MemberRole.VIEWER)) == {Permission.VIEW}


def test_each_rank_may_do_what_the_one_below_may_and_something_more():
    ranks = [ROLE_PERMISSIONS[role] for role in MemberRole]
    assert all(lower < higher for lower, higher in pairwise(ranks))


def test_who_is_no_member_may_do_nothing():
    assert not opened_to(STRANGER)


def test_an_administrator_runs_the_site_and_sees_no_project():
    assert opened_to(ADMINISTRATOR) == SITE_PERMISSIONS


@pytest.mark.parametrize("actor", [LOCAL_OWNER, SYSTEM], ids=lambda actor: actor.name)
def test_who_holds_the_files_may_do_everything(actor):
    assert opened_to(actor) == set(Permission)


def test_who_makes_a_project_owns_it():
    assert as_maker(ADMINISTRATOR).role is MemberRole.OWNER
    with pytest.raises(NotPermitted, match="Only administrators of this Tandem may make a project"):
        as_maker(Actor(id=5, name="Somebody", role=MemberRole.OWNER))


def test_who_is_no_member_is_told_whom_to_ask():
    with pytest.raises(NotPermitted, match="no member of this project"):
        require(STRANGER, Permission.VIEW)


def test_a_refusal_names_the_role_and_whom_to_ask():
    with pytest.raises(NotPermitted, match="is not open to the role 'reviewer'"):
        require(Actor(id=5, name="Somebody", role=MemberRole.REVIEWER), Permission.PROMOTE)
