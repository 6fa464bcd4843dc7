"""Everybody on the site, for whoever looks after them."""

import pytest

from hitl.domain.clock import utc_text
from hitl.domain.errors import NotPermitted
from hitl.domain.people import LOCAL_OWNER, MemberRole
from hitl.loop.doctor import examine_owners
from hitl.loop.memberships import add_to_group, make_group, set_role
from hitl.loop.people import deactivate_person, erase_person
from hitl.loop.project_life import archive_project, bring_back_project
from hitl.store.memberships import put_role
from hitl.store.people import find_account
from hitl.views.people import read_people_lines, read_without_owner
from hitl.views.project_people import read_project_people
from tests.desk_of_people import DeskOfPeople
from tests.small_project import SmallProject


@pytest.fixture
def desk(tmp_path, cheap_passwords):
    SmallProject(tmp_path, slug="one").db.conn.close()
    return DeskOfPeople(tmp_path)


def read(desk):
    lines = read_people_lines(desk.db, actor=desk.owner_actor, now=desk.now)
    return {line.person.name: line for line in lines}


def test_each_state_is_told_apart(desk):
    desk.invite("ines")
    closed, gone = desk.join("carl"), desk.join("gina")
    who = {"actor": desk.owner_actor, "now": desk.now}
    deactivate_person(desk.db, person_id=closed.id, **who)
    erase_person(desk.db, person_id=gone.id, **who)
    states = {name: line.state for name, line in read(desk).items()}
    assert states == {"Olga": "active", "Ines": "invited", "Carl": "deactivated", "Former member 1": "erased"}
    assert list(states)[-1] == "Former member 1"
    desk.later(days=8)
    assert read(desk)["Ines"].state == "no_way_in"


def test_a_line_tells_roles_groups_and_when_somebody_was_last_here(desk):
    bert = desk.join("bert", roles={"one": MemberRole.LEAD})
    who = {"actor": desk.owner_actor, "now": desk.now}
    add_to_group(desk.db, group_id=make_group(desk.db, name="Claims", **who), person_id=bert.id, **who)
    line = read(desk)["Bert"]
    assert (line.roles, line.group_names) == ((("one", MemberRole.LEAD),), ("Claims",))
    assert line.last_seen_at == utc_text(desk.now)
    desk.invite("ines")
    assert read(desk)["Ines"].last_seen_at is None


def leave_without_owner(desk, slug):
    """An owner who was never let in does not count."""
    desk.invite("ines")
    ines = find_account(desk.db, "ines").person_id
    put_role(desk.db, slug=slug, person_id=ines, people_group_id=None, role=MemberRole.OWNER)
    put_role(desk.db, slug=slug, person_id=desk.owner.id, people_group_id=None, role=None)


def test_administrators_see_which_projects_nobody_who_can_sign_in_owns(desk):
    assert read_without_owner(desk.db, actor=desk.owner_actor) == {}
    leave_without_owner(desk, "one")
    assert read_without_owner(desk.db, actor=desk.owner_actor) == {"one": "one"}
    seen = read_project_people(desk.db, "one", actor=desk.owner_actor, now=desk.now)
    assert (seen.owners, seen.administrators) == ((), ("Olga",))
    with pytest.raises(NotPermitted):
        read_without_owner(desk.db, actor=desk.actor(desk.join("bert", roles={"one": MemberRole.OWNER}).id, "one"))
    assert read_without_owner(desk.db, actor=desk.owner_actor) == {}


def test_an_archived_project_without_an_owner_is_seen_and_given_one(desk):
    archive_project(desk.data_dir, slug="one", actor=desk.actor(desk.owner.id, "one"), now=desk.now)
    leave_without_owner(desk, "archived:one")
    assert read_without_owner(desk.db, actor=desk.owner_actor) == {"archived:one": "one (archived)"}
    who = {"person_id": desk.owner.id, "role": MemberRole.OWNER, "actor": desk.owner_actor, "now": desk.now}
    set_role(desk.db, slug="archived:one", **who)
    assert read_without_owner(desk.db, actor=desk.owner_actor) == {}
    bring_back_project(desk.data_dir, slug="one", actor=desk.actor(desk.owner.id, "archived:one"), now=desk.now)


def test_the_doctor_says_which_projects_have_no_owner_once_people_have_accounts(desk, tmp_path):
    assert examine_owners(desk.db) == []
    leave_without_owner(desk, "one")
    assert "owns the project one" in examine_owners(desk.db)[0]
    SmallProject(tmp_path / "fresh", slug="one").db.conn.close()
    assert examine_owners(DeskOfPeople(tmp_path / "fresh", with_owner=False).db) == []


def test_while_nobody_has_an_account_there_is_nobody_to_look_after(tmp_path):
    fresh = DeskOfPeople(tmp_path / "fresh", with_owner=False)
    assert read_people_lines(fresh.db, actor=LOCAL_OWNER, now=fresh.now) == ()


def test_only_an_administrator_reads_it(desk):
    bert = desk.join("bert", roles={"one": MemberRole.OWNER})
    with pytest.raises(NotPermitted):
        read_people_lines(desk.db, actor=desk.actor(bert.id, "one"), now=desk.now)
