"""The people of a project, for its leads and owners."""

import pytest

from hitl.domain.errors import NotPermitted
from hitl.domain.people import MemberRole
from hitl.loop.memberships import add_to_group, make_group, set_role
from hitl.loop.people import deactivate_person
from hitl.views.people import read_group_lines, read_project_titles
from hitl.views.project_people import read_project_people
from tests.desk_of_people import DeskOfPeople
from tests.small_project import SmallProject


@pytest.fixture
def desk(tmp_path, cheap_passwords):
    SmallProject(tmp_path, slug="one").db.conn.close()
    return DeskOfPeople(tmp_path)


def read(desk, actor=None):
    return read_project_people(desk.db, "one", actor=actor or desk.owner_actor, now=desk.now)


def test_a_member_has_the_higher_of_their_own_role_and_their_groups(desk):
    bert, cleo = desk.join("bert", roles={"one": MemberRole.VIEWER}), desk.join("cleo")
    who = {"actor": desk.owner_actor, "now": desk.now}
    group_id = make_group(desk.db, name="Claims", **who)
    for person in (bert, cleo):
        add_to_group(desk.db, group_id=group_id, person_id=person.id, **who)
    set_role(desk.db, slug="one", group_id=group_id, role=MemberRole.LEAD, **who)
    lines = {line.person.name: line for line in read(desk).members}
    assert (lines["Bert"].own_role, lines["Bert"].role) == (MemberRole.VIEWER, MemberRole.LEAD)
    assert (lines["Cleo"].own_role, lines["Cleo"].by_groups) == (None, (("Claims", MemberRole.LEAD),))
    assert [(line.group.name, line.role) for line in read(desk).groups] == [("Claims", MemberRole.LEAD)]
    assert read_group_lines(desk.db, actor=desk.owner_actor)[0].roles == (("one", MemberRole.LEAD),)


def test_who_can_be_added_has_an_open_account_and_is_not_in_yet(desk):
    desk.join("bert", roles={"one": MemberRole.VIEWER})
    cleo, dora = desk.join("cleo"), desk.join("dora")
    deactivate_person(desk.db, person_id=dora.id, actor=desk.owner_actor, now=desk.now)
    assert read(desk).others == {cleo.id: "Cleo (cleo)"}


def test_an_invited_person_is_told_apart(desk):
    desk.invite("ines", roles={"one": MemberRole.REVIEWER})
    assert [line.state for line in read(desk).members] == ["invited", "active"]


def test_a_lead_reads_who_is_in_and_not_who_else_there_is(desk):
    bert = desk.join("bert", roles={"one": MemberRole.LEAD})
    desk.join("oscar", roles={"one": MemberRole.OWNER})
    desk.join("cleo")
    seen = read(desk, desk.actor(bert.id, "one"))
    assert ([line.person.name for line in seen.members], seen.owners) == (["Bert", "Olga", "Oscar"], ("Olga", "Oscar"))
    assert not seen.others
    assert not seen.other_groups


@pytest.mark.parametrize("role", [MemberRole.VIEWER, MemberRole.REVIEWER, MemberRole.ADJUDICATOR])
def test_nobody_else_reads_it(desk, role):
    bert = desk.join("bert", roles={"one": role})
    with pytest.raises(NotPermitted):
        read(desk, desk.actor(bert.id, "one"))


def test_an_administrator_reads_the_name_of_their_own_projects_alone(desk, tmp_path):
    SmallProject(tmp_path, slug="two").db.conn.close()
    desk.join("oscar", roles={"two": MemberRole.OWNER})
    owner = desk.owner_actor
    set_role(desk.db, slug="two", person_id=owner.id, role=None, actor=owner, now=desk.now)
    assert read_project_titles(tmp_path, actor=owner) == {"one": "One", "two": "two"}
