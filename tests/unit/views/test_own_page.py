"""A person's own account, as its page shows it."""

import json

import pytest

from hitl.domain.errors import NotFound, NotPermitted
from hitl.domain.people import LOCAL_OWNER, MemberRole
from hitl.loop.sign_in import find_session, sign_in
from hitl.views.own_page import list_zones, make_own_data, name_languages, read_own_account
from tests.desk_of_people import PASSWORD, DeskOfPeople
from tests.small_project import SmallProject

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1"


@pytest.fixture
def desk(tmp_path, cheap_passwords):
    SmallProject(tmp_path, slug="one").db.conn.close()
    return DeskOfPeople(tmp_path)


def test_roles_and_sessions_are_those_of_the_person(desk):
    bert = desk.join("bert", roles={"one": MemberRole.LEAD})
    for agent in (FIREFOX, IPHONE):
        token = sign_in(desk.db, login="bert", password=PASSWORD, agent=agent, now=desk.now).token
    here = find_session(desk.db, token, now=desk.now).id
    actor = desk.actor(bert.id)
    own = read_own_account(desk.db, desk.data_dir, session_id=here, actor=actor, now=desk.now)
    assert (own.person.name, own.roles, own.has_password) == ("Bert", (("One", MemberRole.LEAD),), True)
    assert own.number.isdigit()
    seen = [(line.device, line.is_hand_held, line.is_this) for line in own.sessions]
    assert seen == [
        ("Safari on iPhone", True, True),
        ("Firefox on Linux", False, False),
        ("Unknown browser", False, False),
    ]


def test_who_has_no_account_has_no_page(tmp_path):
    fresh = DeskOfPeople(tmp_path / "fresh", with_owner=False)
    with pytest.raises(NotFound):
        read_own_account(fresh.db, fresh.data_dir, session_id=None, actor=LOCAL_OWNER, now=fresh.now)


def test_the_data_is_a_record_of_the_person(desk):
    bert = desk.join("bert", roles={"one": MemberRole.LEAD})
    who = {"person_id": bert.id, "actor": desk.actor(bert.id), "now": desk.now}
    record = json.loads(make_own_data(desk.data_dir, **who))
    assert (record["person"]["login"], record["roles"]) == ("bert", {"one": "lead"})


def test_the_data_of_somebody_else_is_not_handed_out(desk):
    bert, cleo = desk.join("bert"), desk.join("cleo")
    with pytest.raises(NotPermitted):
        make_own_data(desk.data_dir, person_id=bert.id, actor=desk.actor(cleo.id), now=desk.now)


def test_zones_and_languages_are_those_that_can_be_read_in(catalogue):
    assert {"UTC", "Europe/Berlin", "Asia/Kolkata"} <= set(list_zones())
    assert not {"Etc/GMT+5", "EST", "posixrules"} & set(list_zones())
    catalogue("de", {"Review": "Prüfen"})
    assert name_languages() == {"de": "Deutsch", "en": "English"}
