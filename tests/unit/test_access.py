"""Roles and what they open."""

from itertools import pairwise

import pytest

from hitl.access import require
from hitl.domain.errors import NotPermitted
from hitl.domain.people import ROLE_PERMISSIONS, Actor, MemberRole, Permission


def may(role, permission):
    try:
        require(Actor(id=5, name="Somebody", role=role), permission)
    except NotPermitted:
        return False
    return True


@pytest.mark.parametrize("permission", Permission)
def test_the_owner_may_do_everything(permission):
    assert may(MemberRole.OWNER, permission)


def test_a_viewer_may_look_and_nothing_else():
    assert [permission for permission in Permission if may(MemberRole.VIEWER, permission)] == [Permission.VIEW]


def test_each_rank_may_do_what_the_one_below_may():
    ranks = [ROLE_PERMISSIONS[role] for role in MemberRole]
    assert all(lower <= higher for lower, higher in pairwise(ranks))


def test_a_refusal_names_the_role_and_whom_to_ask():
    with pytest.raises(NotPermitted, match="'promote' is not open to the role 'reviewer'"):
        require(Actor(id=5, name="Somebody", role=MemberRole.REVIEWER), Permission.PROMOTE)
