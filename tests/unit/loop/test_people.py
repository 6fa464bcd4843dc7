"""People after they joined: closed, opened, erased; and somebody stays in charge."""

import pytest

from hitl.domain.errors import BadInput, Conflict, NotFound, NotPermitted, SignInRefused
from hitl.domain.language import speaking
from hitl.domain.people import MemberRole
from hitl.loop.memberships import set_role
from hitl.loop.people import (
    change_password,
    deactivate_person,
    erase_person,
    list_people,
    reactivate_person,
    rename_person,
    set_admin,
    set_language,
    set_number,
    set_time_zone,
)
from hitl.loop.sign_in import find_session, sign_in
from hitl.store.people import find_person, read_pseudonyms
from hitl.store.reads_overview import read_names
from tests.desk_of_people import PASSWORD, DeskOfPeople
from tests.small_project import SmallProject

OTHER_PASSWORD = "thimble-walrus-orchard-84"


@pytest.fixture
def desk(tmp_path, cheap_passwords):
    return DeskOfPeople(tmp_path)


def about(desk, person, **more):
    return {"person_id": person.id, "actor": desk.owner_actor, "now": desk.now, **more}


def token_of(desk, login, password=PASSWORD):
    return sign_in(desk.db, login=login, password=password, now=desk.now).token


def test_a_closed_account_opens_nothing_and_its_sessions_are_over(desk):
    bert = desk.join("bert")
    token = token_of(desk, "bert")
    deactivate_person(desk.db, **about(desk, bert))
    assert find_session(desk.db, token, now=desk.now) is None
    with pytest.raises(SignInRefused):
        token_of(desk, "bert")
    with pytest.raises(NotPermitted, match="closed"):
        desk.actor(bert.id)


def test_an_account_opened_again_has_its_roles_and_no_old_session(desk, tmp_path):
    SmallProject(tmp_path, slug="one").db.conn.close()
    bert = desk.join("bert", roles={"one": MemberRole.REVIEWER})
    token = token_of(desk, "bert")
    deactivate_person(desk.db, **about(desk, bert))
    reactivate_person(desk.db, **about(desk, bert))
    assert desk.actor(bert.id, "one").role is MemberRole.REVIEWER
    assert find_session(desk.db, token, now=desk.now) is None
    assert token_of(desk, "bert")


def test_an_erased_person_is_a_number_and_nothing_else_of_theirs_is_left(desk, tmp_path):
    SmallProject(tmp_path, slug="one").db.conn.close()
    bert = desk.join("bert", roles={"one": MemberRole.REVIEWER})
    carl = desk.join("carl")
    token = token_of(desk, "bert")
    erase_person(desk.db, **about(desk, bert))
    erase_person(desk.db, **about(desk, carl))
    assert find_session(desk.db, token, now=desk.now) is None
    assert [find_person(desk.db, one.id).name for one in (bert, carl)] == ["Former member 1", "Former member 2"]
    dump = "\n".join(desk.db.conn.iterdump()).casefold()
    assert "bert" not in dump
    assert "carl" not in dump
    with pytest.raises(NotFound):
        reactivate_person(desk.db, **about(desk, bert))


def test_the_sign_in_name_of_an_erased_person_is_free_again(desk):
    erase_person(desk.db, **about(desk, desk.join("bert")))
    assert desk.join("bert").login == "bert"


def test_an_erased_person_is_named_as_a_former_member_in_the_readers_language(desk, pseudo_language):
    bert = desk.join("bert")
    erase_person(desk.db, **about(desk, bert))
    with speaking(pseudo_language):
        assert read_names(desk.db)[bert.id].startswith("⟦Former member 1")


@pytest.mark.parametrize("act", [deactivate_person, erase_person])
def test_the_last_administrator_stays(desk, act):
    desk.invite("ines", is_admin=True)
    with pytest.raises(Conflict, match="Nobody else is an administrator"):
        act(desk.db, **about(desk, desk.owner))
    with pytest.raises(Conflict, match="Nobody else is an administrator"):
        set_admin(desk.db, **about(desk, desk.owner, is_admin=False))
    desk.join("alma", is_admin=True)
    act(desk.db, **about(desk, desk.owner))
    assert not find_person(desk.db, desk.owner.id).is_active


@pytest.mark.parametrize("act", [deactivate_person, erase_person])
def test_the_last_owner_of_a_project_stays(desk, tmp_path, act):
    SmallProject(tmp_path, slug="one").db.conn.close()
    bert = desk.join("bert", roles={"one": MemberRole.OWNER})
    carl = desk.join("carl", roles={"one": MemberRole.LEAD})
    set_role(desk.db, slug="one", person_id=desk.owner.id, role=None, actor=desk.owner_actor, now=desk.now)
    with pytest.raises(Conflict, match="owns the project 'one'"):
        act(desk.db, **about(desk, bert))
    set_role(
        desk.db, slug="one", person_id=carl.id, role=MemberRole.OWNER, actor=desk.actor(bert.id, "one"), now=desk.now
    )
    act(desk.db, **about(desk, bert))
    assert not find_person(desk.db, bert.id).is_active


def test_only_an_administrator_closes_opens_erases_and_lists(desk):
    bert = desk.join("bert")
    actor = desk.actor(bert.id)
    who = {"person_id": bert.id, "actor": actor, "now": desk.now}
    for act in (deactivate_person, reactivate_person, erase_person):
        with pytest.raises(NotPermitted, match="administrators"):
            act(desk.db, **who)
    with pytest.raises(NotPermitted):
        set_admin(desk.db, **who, is_admin=True)
    with pytest.raises(NotPermitted):
        list_people(desk.db, actor=actor)


def test_a_person_renames_themself_and_nobody_else(desk):
    bert = desk.join("bert")
    actor = desk.actor(bert.id)
    rename_person(desk.db, person_id=bert.id, name=" Bertram  M. ", actor=actor, now=desk.now)
    assert find_person(desk.db, bert.id).name == "Bertram M."
    with pytest.raises(NotPermitted):
        rename_person(desk.db, person_id=desk.owner.id, name="Bert", actor=actor, now=desk.now)


def test_a_persons_language_is_kept_and_given_back_to_the_browser(desk):
    bert = desk.join("bert")
    who = {"person_id": bert.id, "actor": desk.actor(bert.id), "now": desk.now}
    set_language(desk.db, language="de", **who)
    assert find_person(desk.db, bert.id).language == "de"
    set_language(desk.db, language=None, **who)
    assert find_person(desk.db, bert.id).language is None


def test_a_persons_time_zone_is_kept_for_their_sessions_and_given_back_to_the_browser(desk):
    bert = desk.join("bert")
    who = {"person_id": bert.id, "actor": desk.actor(bert.id), "now": desk.now}
    set_time_zone(desk.db, time_zone="Asia/Kolkata", **who)
    assert find_person(desk.db, bert.id).time_zone == "Asia/Kolkata"
    assert find_session(desk.db, token_of(desk, "bert"), now=desk.now).time_zone == "Asia/Kolkata"
    set_time_zone(desk.db, time_zone=None, **who)
    assert find_person(desk.db, bert.id).time_zone is None


def test_a_number_of_ones_own_choice_stands_for_a_person_and_nobody_elses_does(desk):
    bert, cleo = desk.join("bert"), desk.join("cleo")
    set_number(desk.db, person_id=bert.id, number=4711, actor=desk.actor(bert.id), now=desk.now)
    assert read_pseudonyms(desk.db)[bert.id] == "4711"
    set_number(desk.db, person_id=bert.id, number=4711, actor=desk.actor(bert.id), now=desk.now)
    cleos = {"person_id": cleo.id, "actor": desk.actor(cleo.id), "now": desk.now}
    with pytest.raises(Conflict, match="somebody else"):
        set_number(desk.db, number=4711, **cleos)
    for number in (9, 10_000, -1):
        with pytest.raises(BadInput, match="10 to 9,999"):
            set_number(desk.db, number=number, **cleos)
    with pytest.raises(NotPermitted):
        set_number(desk.db, **{**cleos, "person_id": bert.id}, number=77)


def test_what_is_no_time_zone_is_not_kept(desk):
    bert = desk.join("bert")
    with pytest.raises(BadInput, match="no time zone 'Nowhere/Town'"):
        set_time_zone(desk.db, person_id=bert.id, time_zone="Nowhere/Town", actor=desk.actor(bert.id), now=desk.now)
    assert find_person(desk.db, bert.id).time_zone is None


def test_a_changed_password_ends_all_other_sessions(desk):
    here, there = token_of(desk, "olga"), token_of(desk, "olga")
    kept = find_session(desk.db, here, now=desk.now)
    change_password(
        desk.db, old=PASSWORD, new=OTHER_PASSWORD, keep_session_id=kept.id, actor=desk.owner_actor, now=desk.now
    )
    assert find_session(desk.db, here, now=desk.now)
    assert find_session(desk.db, there, now=desk.now) is None
    assert token_of(desk, "olga", OTHER_PASSWORD)
    with pytest.raises(SignInRefused):
        token_of(desk, "olga")


def test_a_password_is_not_changed_without_the_old_one_nor_to_an_easy_one(desk):
    who = {"actor": desk.owner_actor, "now": desk.now}
    with pytest.raises(BadInput, match="old password"):
        change_password(desk.db, old="wrong", new=OTHER_PASSWORD, **who)
    with pytest.raises(BadInput, match="easy to guess"):
        change_password(desk.db, old=PASSWORD, new="password123456", **who)
    assert token_of(desk, "olga")


def test_an_open_session_is_no_way_to_try_passwords(desk):
    who = {"actor": desk.owner_actor, "now": desk.now}
    for _ in range(5):
        with pytest.raises(BadInput):
            change_password(desk.db, old="wrong", new=OTHER_PASSWORD, **who)
    with pytest.raises(BadInput, match="wrong too often"):
        change_password(desk.db, old=PASSWORD, new=OTHER_PASSWORD, **who)


def test_what_was_done_to_a_person_is_in_the_audit_log_by_id(desk):
    bert = desk.join("bert")
    before = len(desk.acts())
    deactivate_person(desk.db, **about(desk, bert))
    reactivate_person(desk.db, **about(desk, bert))
    erase_person(desk.db, **about(desk, bert))
    acts = ["deactivate_person", "reactivate_person", "erase_person"]
    assert desk.acts()[before:] == [(desk.owner.id, act, f"person:{bert.id}") for act in acts]
