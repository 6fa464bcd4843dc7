"""Links that let people in: each works once, for one person, for a while."""

import pytest

from hitl.domain.accounts import LinkKind
from hitl.domain.errors import BadInput, Conflict, NotFound, NotPermitted
from hitl.domain.people import LOCAL_OWNER, MemberRole
from hitl.loop.access_links import (
    invite,
    list_links,
    make_reset_link,
    make_setup_link,
    read_link,
    use_link,
    withdraw_links,
)
from hitl.loop.memberships import set_role
from hitl.loop.people import deactivate_person
from hitl.loop.project_life import archive_project
from hitl.loop.sign_in import find_session, sign_in
from hitl.store.folders import ARCHIVED
from hitl.store.people import has_accounts
from tests.desk_of_people import PASSWORD, DeskOfPeople
from tests.small_project import SmallProject

OTHER_PASSWORD = "thimble-walrus-orchard-84"


@pytest.fixture
def desk(tmp_path, cheap_passwords):
    return DeskOfPeople(tmp_path)


@pytest.fixture
def fresh(tmp_path, cheap_passwords):
    return DeskOfPeople(tmp_path, with_owner=False)


def works(desk, link):
    try:
        read_link(desk.db, link.token, now=desk.now)
    except NotFound:
        return False
    return True


def set_up(desk, **more):
    link = make_setup_link(desk.db, actor=LOCAL_OWNER, now=desk.now)
    given = {"login": "olga", "name": "Olga", "password": PASSWORD, **more}
    return use_link(desk.db, link.token, **given, now=desk.now)


def test_while_nobody_has_an_account_person_1_is_the_local_owner(fresh):
    assert not has_accounts(fresh.db)
    assert fresh.actor(1) is LOCAL_OWNER
    make_setup_link(fresh.db, actor=LOCAL_OWNER, now=fresh.now)
    assert not has_accounts(fresh.db)


def test_the_first_account_is_person_1s_and_runs_the_site(fresh):
    done = set_up(fresh)
    assert (done.person.id, done.person.name, done.person.is_admin) == (1, "Olga", True)
    assert has_accounts(fresh.db)
    assert fresh.actor(1) is not LOCAL_OWNER
    assert find_session(fresh.db, done.token, now=fresh.now).person_id == 1


def test_the_first_account_owns_every_project_there_is_archived_ones_too(fresh, tmp_path):
    SmallProject(tmp_path, slug="one").db.conn.close()
    SmallProject(tmp_path, slug="two").db.conn.close()
    archive_project(tmp_path, slug="two", actor=LOCAL_OWNER, now=fresh.now)
    set_up(fresh)
    roles = [fresh.actor(1, slug).role for slug in ("one", f"{ARCHIVED}two", "three")]
    assert roles == [MemberRole.OWNER, MemberRole.OWNER, None]


def test_there_is_no_second_first_owner(desk):
    with pytest.raises(Conflict, match="people reset"):
        make_setup_link(desk.db, actor=LOCAL_OWNER, now=desk.now)


def test_a_set_up_link_is_worth_nothing_once_somebody_has_an_account(fresh):
    early = make_setup_link(fresh.db, actor=LOCAL_OWNER, now=fresh.now)
    set_up(fresh)
    assert not works(fresh, early)


def test_nobody_is_invited_before_the_first_owner_has_an_account(fresh):
    with pytest.raises(Conflict, match="First give yourself an account"):
        invite(fresh.db, name="Bert", login="bert", actor=LOCAL_OWNER, now=fresh.now)


def test_who_is_invited_chooses_a_password_and_is_signed_in(desk):
    link = desk.invite("bert")
    done = use_link(desk.db, link.token, password=OTHER_PASSWORD, name="Bertram", now=desk.now)
    assert (done.person.id, done.person.name, done.person.is_admin) == (link.person_id, "Bertram", False)
    assert sign_in(desk.db, login="bert", password=OTHER_PASSWORD, now=desk.now).person.name == "Bertram"


def test_an_invitation_may_give_roles(desk, tmp_path):
    SmallProject(tmp_path, slug="one").db.conn.close()
    person = desk.join("bert", roles={"one": MemberRole.LEAD})
    assert desk.actor(person.id, "one").role is MemberRole.LEAD
    with pytest.raises(NotFound):
        desk.invite("carl", roles={"nowhere": MemberRole.LEAD})
    assert desk.join("carl").name == "Carl"


@pytest.mark.parametrize("kind", LinkKind)
def test_a_link_works_once(fresh, kind):
    if kind is LinkKind.SETUP:
        link = make_setup_link(fresh.db, actor=LOCAL_OWNER, now=fresh.now)
    else:
        set_up(fresh)
        link = fresh.invite("bert")
    if kind is LinkKind.RESET:
        use_link(fresh.db, link.token, password=PASSWORD, now=fresh.now)
        link = make_reset_link(fresh.db, person_id=link.person_id, actor=fresh.owner_actor, now=fresh.now)
    assert link.kind is kind
    use_link(fresh.db, link.token, password=PASSWORD, name="Bert", login="olga", now=fresh.now)
    with pytest.raises(NotFound, match="used already"):
        use_link(fresh.db, link.token, password=OTHER_PASSWORD, name="Bert", login="other", now=fresh.now)


@pytest.mark.parametrize(("kind", "hours"), [("invite", 7 * 24), ("reset", 24)])
def test_a_link_expires(desk, kind, hours):
    if kind == "invite":
        link = desk.invite("bert")
    else:
        link = make_reset_link(desk.db, person_id=desk.owner.id, actor=desk.owner_actor, now=desk.now)
    desk.later(hours=hours - 1)
    assert works(desk, link)
    desk.later(hours=1)
    assert not works(desk, link)


def test_a_set_up_link_expires_after_a_day(fresh):
    link = make_setup_link(fresh.db, actor=LOCAL_OWNER, now=fresh.now)
    fresh.later(hours=24)
    assert not works(fresh, link)


def test_a_new_link_for_a_person_ends_the_one_before(desk):
    first = desk.invite("bert")
    second = make_reset_link(desk.db, person_id=first.person_id, actor=desk.owner_actor, now=desk.now)
    assert (second.kind, works(desk, first), works(desk, second)) == (LinkKind.INVITE, False, True)


def test_a_withdrawn_link_works_no_more(desk):
    link = desk.invite("bert")
    assert [one.person_id for one in list_links(desk.db, actor=desk.owner_actor, now=desk.now)] == [link.person_id]
    withdraw_links(desk.db, person_id=link.person_id, actor=desk.owner_actor, now=desk.now)
    assert not works(desk, link)
    assert list_links(desk.db, actor=desk.owner_actor, now=desk.now) == []


def test_the_link_of_a_closed_account_does_not_work(desk):
    link = desk.invite("bert")
    deactivate_person(desk.db, person_id=link.person_id, actor=desk.owner_actor, now=desk.now)
    assert not works(desk, link)
    with pytest.raises(Conflict, match="closed"):
        make_reset_link(desk.db, person_id=link.person_id, actor=desk.owner_actor, now=desk.now)


def test_a_new_password_by_a_link_ends_every_session_and_opens_a_shut_account(desk):
    link = make_reset_link(desk.db, person_id=desk.owner.id, actor=desk.owner_actor, now=desk.now)
    assert sign_in(desk.db, login="olga", password=PASSWORD, now=desk.now)
    desk.db.execute("UPDATE accounts SET failures = 9, locked_until = '2027-01-01T00:00:00.000000Z'")
    done = use_link(desk.db, link.token, password=OTHER_PASSWORD, now=desk.now)
    assert find_session(desk.db, desk.owner_token, now=desk.now) is None
    assert find_session(desk.db, done.token, now=desk.now)
    assert sign_in(desk.db, login="olga", password=OTHER_PASSWORD, now=desk.now)


def test_a_link_is_still_good_after_a_password_that_was_too_easy(desk):
    link = desk.invite("bert")
    with pytest.raises(BadInput, match="easy to guess"):
        use_link(desk.db, link.token, password="password123456", now=desk.now)
    assert use_link(desk.db, link.token, password=PASSWORD, now=desk.now)


@pytest.mark.parametrize("login", ["", "   ", "two words", "x" * 121, "tab\tbed"])
def test_a_sign_in_name_that_is_none_is_refused(desk, login):
    with pytest.raises(BadInput, match="sign-in name"):
        invite(desk.db, name="Bert", login=login, actor=desk.owner_actor, now=desk.now)


@pytest.mark.parametrize("name", ["", " \n ", "x" * 81, "a\u202eb"])
def test_a_name_that_is_none_is_refused(desk, name):
    with pytest.raises(BadInput, match="1 to 80 characters"):
        invite(desk.db, name=name, login="bert", actor=desk.owner_actor, now=desk.now)


def test_a_sign_in_name_is_given_once(desk):
    desk.invite("bert")
    with pytest.raises(Conflict, match="'bert' already"):
        desk.invite("BERT")


def test_a_new_persons_id_is_large_and_random(desk):
    first, second = desk.invite("bert").person_id, desk.invite("carl").person_id
    assert min(first, second) >= 2**47
    assert max(first, second) < 2**48
    assert first != second


def test_only_an_administrator_lets_people_in(desk):
    actor = desk.actor(desk.join("bert").id)
    who = {"actor": actor, "now": desk.now}
    for refused in (
        lambda: make_setup_link(desk.db, **who),
        lambda: invite(desk.db, name="Carl", login="carl", **who),
        lambda: make_reset_link(desk.db, person_id=desk.owner.id, **who),
        lambda: withdraw_links(desk.db, person_id=desk.owner.id, **who),
        lambda: list_links(desk.db, **who),
    ):
        with pytest.raises(NotPermitted, match="administrators"):
            refused()


def test_the_token_is_nowhere_in_the_database(desk):
    assert desk.invite("bert").token not in "\n".join(desk.db.conn.iterdump())


@pytest.fixture
def owned(desk, tmp_path):
    """An owner of the project one, who is no administrator; there is a project two as well."""
    SmallProject(tmp_path, slug="one").db.conn.close()
    SmallProject(tmp_path, slug="two").db.conn.close()
    return desk.actor(desk.join("oscar", roles={"one": MemberRole.OWNER, "two": MemberRole.LEAD}).id, "one")


def test_an_owner_invites_into_their_project(desk, owned):
    roles = {"one": MemberRole.REVIEWER}
    link = invite(desk.db, name="Ines", login="ines", roles=roles, actor=owned, now=desk.now)
    assert works(desk, link)
    assert desk.actor(link.person_id, "one").role is MemberRole.REVIEWER


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"roles": {"two": MemberRole.VIEWER}},
        {"roles": {"one": MemberRole.VIEWER, "two": MemberRole.VIEWER}},
        {"roles": {"one": MemberRole.VIEWER}, "is_admin": True},
        {"roles": {"one": MemberRole.VIEWER}, "group_ids": [1]},
    ],
)
def test_an_owner_invites_into_nothing_else(desk, owned, more):
    with pytest.raises(NotPermitted):
        invite(desk.db, name="Ines", login="ines", actor=owned, now=desk.now, **more)
    assert not any(line for line in desk.db.query("SELECT 1 FROM accounts WHERE login = 'ines'"))


def test_an_owner_of_another_project_learns_of_none(desk, owned):
    stranger = desk.actor(desk.join("stan").id)
    with pytest.raises(NotFound):
        invite(desk.db, name="I", login="i", roles={"one": MemberRole.VIEWER}, actor=stranger, now=desk.now)


def test_an_owner_no_more_invites_nobody_whatever_role_they_came_with(desk, owned):
    set_role(desk.db, slug="one", person_id=desk.owner.id, role=MemberRole.OWNER, actor=desk.owner_actor, now=desk.now)
    set_role(desk.db, slug="one", person_id=owned.id, role=MemberRole.LEAD, actor=desk.owner_actor, now=desk.now)
    with pytest.raises(NotPermitted):
        invite(desk.db, name="I", login="i", roles={"one": MemberRole.VIEWER}, actor=owned, now=desk.now)
