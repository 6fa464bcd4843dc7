"""Whose names the people of a project see."""

import pytest

from hitl.domain.errors import NotPermitted
from hitl.domain.people import LOCAL_OWNER, MemberRole, ShowNames
from hitl.loop.names import set_show_names
from hitl.loop.people import erase_person
from hitl.store.connection import fetch_value
from hitl.views.overview import read_people
from tests.desk_of_people import DeskOfPeople
from tests.small_project import SmallProject


@pytest.fixture
def small(tmp_path):
    return SmallProject(tmp_path)


@pytest.fixture
def desk(small, cheap_passwords):
    return DeskOfPeople(small.data_dir)


def join(desk, login, role):
    return desk.join(login, roles={"small": role})


def names_for(desk, small, person):
    return read_people(desk.db, db=small.db, viewer=desk.actor(person.id, "small"))


def hide(desk, small, show_names=ShowNames.LEADS):
    set_show_names(small.db, show_names, actor=LOCAL_OWNER, now=desk.now)


def test_everybody_sees_names_until_somebody_says_otherwise(desk, small):
    bert, carl = join(desk, "bert", MemberRole.REVIEWER), join(desk, "carl", MemberRole.REVIEWER)
    assert names_for(desk, small, bert)[carl.id] == "Carl"
    hide(desk, small)
    assert names_for(desk, small, bert)[carl.id].startswith("Colleague ")
    hide(desk, small, ShowNames.EVERYONE)
    assert names_for(desk, small, bert)[carl.id] == "Carl"


@pytest.mark.parametrize("role", [MemberRole.REVIEWER, MemberRole.VIEWER])
def test_a_reviewer_sees_their_own_name_and_numbers_for_the_others(desk, small, role):
    bert, carl = join(desk, "bert", role), join(desk, "carl", MemberRole.LEAD)
    hide(desk, small)
    seen = names_for(desk, small, bert)
    assert seen[bert.id] == "Bert"
    assert {"Carl", "Olga"}.isdisjoint(seen.values())
    assert len({seen[carl.id], seen[desk.owner.id]}) == 2
    assert (seen[0], seen[2]) == ("Tandem", "Simulated reviewer")


@pytest.mark.parametrize("role", [MemberRole.ADJUDICATOR, MemberRole.LEAD, MemberRole.OWNER])
def test_who_settles_disagreements_and_who_leads_see_names(desk, small, role):
    bert, carl = join(desk, "bert", role), join(desk, "carl", MemberRole.REVIEWER)
    hide(desk, small)
    assert names_for(desk, small, bert)[carl.id] == "Carl"


def test_the_number_of_a_colleague_stays_and_says_nothing_of_who_came_when(desk, small):
    people = [join(desk, f"p{one}", MemberRole.REVIEWER) for one in range(12)]
    hide(desk, small)
    first = names_for(desk, small, people[0])
    assert names_for(desk, small, people[1])[people[2].id] == first[people[2].id]
    numbers = [first[person.id] for person in people[1:]]
    assert len(set(numbers)) == 11
    assert numbers != sorted(numbers)


def test_an_erased_person_is_a_former_member_to_everybody(desk, small):
    bert, carl = join(desk, "bert", MemberRole.REVIEWER), join(desk, "carl", MemberRole.REVIEWER)
    hide(desk, small)
    erase_person(desk.db, person_id=carl.id, actor=desk.owner_actor, now=desk.now)
    assert names_for(desk, small, bert)[carl.id] == "Former member 1"


def test_only_an_owner_says_who_sees_names(desk, small):
    lead = join(desk, "lena", MemberRole.LEAD)
    with pytest.raises(NotPermitted):
        set_show_names(small.db, ShowNames.LEADS, actor=desk.actor(lead.id, "small"), now=desk.now)


def test_saying_the_same_again_writes_nothing(desk, small):
    hide(desk, small)
    hide(desk, small)
    assert fetch_value(small.db, "SELECT count(*) FROM name_rules") == 1
