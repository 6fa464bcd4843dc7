"""Everybody on the site, for whoever looks after them."""

import pytest

from hitl.domain.clock import utc_text
from hitl.domain.errors import NotPermitted
from hitl.domain.people import LOCAL_OWNER, MemberRole
from hitl.loop.memberships import add_to_group, make_group
from hitl.loop.people import deactivate_person, erase_person
from hitl.views.people import read_people_lines
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


def test_while_nobody_has_an_account_there_is_nobody_to_look_after(tmp_path):
    fresh = DeskOfPeople(tmp_path / "fresh", with_owner=False)
    assert read_people_lines(fresh.db, actor=LOCAL_OWNER, now=fresh.now) == ()


def test_only_an_administrator_reads_it(desk):
    bert = desk.join("bert", roles={"one": MemberRole.OWNER})
    with pytest.raises(NotPermitted):
        read_people_lines(desk.db, actor=desk.actor(bert.id, "one"), now=desk.now)
