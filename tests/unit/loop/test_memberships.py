"""Roles in projects and groups of people."""

import pytest

from hitl.domain.errors import BadInput, Conflict, NotFound, NotPermitted
from hitl.domain.people import MemberRole
from hitl.loop.memberships import (
    add_to_group,
    list_groups,
    list_members,
    make_group,
    remove_from_group,
    remove_group,
    rename_group,
    set_role,
)
from hitl.loop.people import deactivate_person
from tests.desk_of_people import DeskOfPeople
from tests.small_project import SmallProject


@pytest.fixture
def desk(tmp_path, cheap_passwords):
    for slug in ("one", "two"):
        SmallProject(tmp_path, slug=slug).db.conn.close()
    return DeskOfPeople(tmp_path)


def give(desk, slug, role, *, by=None, **whom):
    set_role(desk.db, slug=slug, role=role, **whom, actor=by or desk.owner_actor, now=desk.now)


def grouped(desk, name, *people):
    group_id = make_group(desk.db, name=name, actor=desk.owner_actor, now=desk.now)
    for person in people:
        add_to_group(desk.db, group_id=group_id, person_id=person.id, actor=desk.owner_actor, now=desk.now)
    return group_id


def test_a_role_is_for_one_project_and_its_loss_is_at_once(desk):
    bert = desk.join("bert")
    give(desk, "one", MemberRole.LEAD, person_id=bert.id)
    assert [desk.actor(bert.id, slug).role for slug in ("one", "two", None)] == [MemberRole.LEAD, None, None]
    give(desk, "one", MemberRole.VIEWER, person_id=bert.id)
    assert desk.actor(bert.id, "one").role is MemberRole.VIEWER
    give(desk, "one", None, person_id=bert.id)
    assert desk.actor(bert.id, "one").role is None


def test_a_role_is_the_highest_of_ones_own_and_ones_groups(desk):
    bert = desk.join("bert")
    group_id = grouped(desk, "Claims", bert)
    give(desk, "one", MemberRole.LEAD, group_id=group_id)
    give(desk, "one", MemberRole.VIEWER, person_id=bert.id)
    assert desk.actor(bert.id, "one").role is MemberRole.LEAD
    remove_from_group(desk.db, group_id=group_id, person_id=bert.id, actor=desk.owner_actor, now=desk.now)
    assert desk.actor(bert.id, "one").role is MemberRole.VIEWER


def test_a_removed_group_takes_its_roles_along_and_leaves_its_people(desk):
    bert = desk.join("bert")
    group_id = grouped(desk, "Claims", bert)
    give(desk, "one", MemberRole.LEAD, group_id=group_id)
    remove_group(desk.db, group_id=group_id, actor=desk.owner_actor, now=desk.now)
    assert desk.actor(bert.id, "one").role is None
    assert list_groups(desk.db, actor=desk.owner_actor) == []


def test_an_owner_decides_on_the_members_of_their_project_alone(desk):
    bert, carl = desk.join("bert"), desk.join("carl")
    give(desk, "one", MemberRole.OWNER, person_id=bert.id)
    by = desk.actor(bert.id, "one")
    give(desk, "one", MemberRole.REVIEWER, person_id=carl.id, by=by)
    assert desk.actor(carl.id, "one").role is MemberRole.REVIEWER
    with pytest.raises(NotFound, match="There is no project 'two'"):
        give(desk, "two", MemberRole.REVIEWER, person_id=carl.id, by=by)
    with pytest.raises(NotFound, match="There is no project 'three'"):
        give(desk, "three", MemberRole.REVIEWER, person_id=carl.id, by=by)


def test_a_lead_decides_on_no_members(desk):
    bert = desk.join("bert")
    give(desk, "one", MemberRole.LEAD, person_id=bert.id)
    with pytest.raises(NotPermitted):
        give(desk, "one", MemberRole.OWNER, person_id=bert.id, by=desk.actor(bert.id, "one"))
    with pytest.raises(NotPermitted):
        list_members(desk.db, slug="one", actor=desk.actor(bert.id, "one"))


def test_a_role_that_was_taken_away_meanwhile_decides_nothing(desk):
    bert = desk.join("bert")
    give(desk, "one", MemberRole.OWNER, person_id=bert.id)
    by = desk.actor(bert.id, "one")
    give(desk, "one", MemberRole.VIEWER, person_id=bert.id)
    with pytest.raises(NotPermitted):
        give(desk, "one", MemberRole.OWNER, person_id=bert.id, by=by)


def test_an_administrator_who_is_no_member_makes_themself_one_and_it_is_logged(desk):
    alma = desk.join("alma", is_admin=True)
    assert desk.actor(alma.id, "one").role is None
    give(desk, "one", MemberRole.OWNER, person_id=alma.id, by=desk.actor(alma.id, "one"))
    assert desk.actor(alma.id, "one").role is MemberRole.OWNER
    assert desk.acts()[-1] == (alma.id, "set_role", f"person:{alma.id}")


def test_the_last_owner_of_a_project_stays_by_whichever_way(desk):
    bert = desk.join("bert")
    group_id = grouped(desk, "Owners", bert)
    give(desk, "one", MemberRole.OWNER, group_id=group_id)
    give(desk, "one", None, person_id=desk.owner.id)
    for leave in (
        lambda who: give(desk, "one", MemberRole.LEAD, group_id=group_id),
        lambda who: give(desk, "one", None, group_id=group_id),
        lambda who: remove_from_group(desk.db, group_id=group_id, person_id=bert.id, **who),
        lambda who: remove_group(desk.db, group_id=group_id, **who),
        lambda who: deactivate_person(desk.db, person_id=bert.id, **who),
    ):
        with pytest.raises(Conflict, match="owns the project 'one'"):
            leave({"actor": desk.owner_actor, "now": desk.now})
        assert desk.actor(bert.id, "one").role is MemberRole.OWNER


def test_an_owner_who_was_only_invited_is_not_in_charge_yet(desk):
    link = desk.invite("ines", roles={"one": MemberRole.OWNER})
    assert desk.actor(link.person_id, "one").role is MemberRole.OWNER
    with pytest.raises(Conflict, match="owns the project 'one'"):
        give(desk, "one", None, person_id=desk.owner.id)


def test_a_closed_account_gets_no_role_and_can_lose_one(desk):
    bert = desk.join("bert", roles={"one": MemberRole.LEAD})
    deactivate_person(desk.db, person_id=bert.id, actor=desk.owner_actor, now=desk.now)
    with pytest.raises(BadInput, match="closed"):
        give(desk, "one", MemberRole.OWNER, person_id=bert.id)
    give(desk, "one", None, person_id=bert.id)


@pytest.mark.parametrize("whom", [{}, {"person_id": 1, "group_id": 1}])
def test_a_role_is_given_to_a_person_or_to_a_group(desk, whom):
    with pytest.raises(BadInput, match="a person or a group"):
        give(desk, "one", MemberRole.LEAD, **whom)


@pytest.mark.parametrize("whom", [{"person_id": 0}, {"person_id": 2}, {"person_id": 99}, {"group_id": 99}])
def test_who_is_not_there_gets_no_role(desk, whom):
    with pytest.raises(NotFound):
        give(desk, "one", MemberRole.LEAD, **whom)


def test_group_names_differ_by_more_than_capitals(desk):
    first, second = grouped(desk, "Claims"), grouped(desk, "Desk")
    who = {"actor": desk.owner_actor, "now": desk.now}
    with pytest.raises(Conflict, match="'claims'"):
        make_group(desk.db, name="claims", **who)
    with pytest.raises(Conflict):
        rename_group(desk.db, group_id=second, name="Claims", **who)
    rename_group(desk.db, group_id=first, name="CLAIMS", **who)
    with pytest.raises(BadInput):
        make_group(desk.db, name=" ", **who)
    assert [group.name for group in list_groups(desk.db, actor=desk.owner_actor)] == ["CLAIMS", "Desk"]


def test_only_an_administrator_makes_groups(desk):
    bert = desk.join("bert", roles={"one": MemberRole.OWNER})
    who = {"actor": desk.actor(bert.id, "one"), "now": desk.now}
    group_id = grouped(desk, "Claims")
    for refused in (
        lambda: make_group(desk.db, name="Mine", **who),
        lambda: rename_group(desk.db, group_id=group_id, name="Mine", **who),
        lambda: remove_group(desk.db, group_id=group_id, **who),
        lambda: add_to_group(desk.db, group_id=group_id, person_id=bert.id, **who),
        lambda: remove_from_group(desk.db, group_id=group_id, person_id=bert.id, **who),
        lambda: list_groups(desk.db, actor=who["actor"]),
    ):
        with pytest.raises(NotPermitted, match="administrators"):
            refused()
