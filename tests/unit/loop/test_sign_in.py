"""Sign-in: who is let in, who is not, and how long it lasts."""

from dataclasses import replace
from datetime import timedelta
from unittest import mock

import pytest

from hitl.adapters import passwords
from hitl.domain.accounts import SESSION_IDLE, SESSION_LONGEST, Identity, SignInHow
from hitl.domain.clock import parse_utc
from hitl.domain.errors import NotFound, NotPermitted, SignInRefused
from hitl.domain.people import MemberRole
from hitl.loop import sign_in as door
from hitl.loop.memberships import set_role
from hitl.loop.people import deactivate_person, set_admin
from hitl.loop.sign_in import end_session, end_sessions_of, find_session, list_sessions, sign_in_with_identity, sign_out
from hitl.store.memberships import list_groups, list_without_owner
from hitl.store.people import find_account, find_person
from tests.desk_of_people import CHEAP, PASSWORD, DeskOfPeople
from tests.small_project import SmallProject

IDA = Identity(issuer="https://id.example", subject="42", name="Ida", login="ida")


@pytest.fixture
def desk(tmp_path, cheap_passwords):
    return DeskOfPeople(tmp_path)


def sign_in(desk, login="olga", password=PASSWORD, **more):
    return door.sign_in(desk.db, login=login, password=password, now=desk.now, **more)


def refused(desk, login="olga", password="wrong"):
    with pytest.raises(SignInRefused) as error:
        sign_in(desk, login, password)
    return str(error.value)


def is_open(desk, token):
    return find_session(desk.db, token, now=desk.now) is not None


def test_the_right_password_begins_a_session_of_the_person(desk):
    done = sign_in(desk, agent="Firefox on Linux")
    found = find_session(desk.db, done.token, now=desk.now)
    assert (found.person_id, found.how, found.agent) == (desk.owner.id, SignInHow.PASSWORD, "Firefox on Linux")
    assert done.person.name == "Olga"


def test_a_sign_in_name_is_the_same_in_capitals_and_wide_letters(desk):
    assert sign_in(desk, " OLGA ").person.id == sign_in(desk, "ｏｌｇａ").person.id == desk.owner.id


def test_the_token_is_nowhere_in_the_database(desk):
    token = sign_in(desk).token
    assert token not in "\n".join(desk.db.conn.iterdump())


def test_every_sign_in_has_a_token_of_its_own_and_ends_the_one_it_replaces(desk):
    first = sign_in(desk)
    other = sign_in(desk)
    second = sign_in(desk, previous_token=first.token)
    assert [is_open(desk, one.token) for one in (first, other, second)] == [False, True, True]


def test_whatever_is_wrong_the_words_are_the_same(desk):
    desk.invite("ines")
    closed = desk.join("carl")
    deactivate_person(desk.db, person_id=closed.id, actor=desk.owner_actor, now=desk.now)
    said = {refused(desk), refused(desk, "nobody"), refused(desk, "ines"), refused(desk, "carl", PASSWORD)}
    for _ in range(6):
        refused(desk)
    said.add(refused(desk, "olga", PASSWORD))
    said.add(refused(desk, "x" * 100_000, "y" * 100_000))
    assert len(said) == 1


@pytest.mark.parametrize("login", ["olga", "nobody"])
def test_an_unknown_name_costs_one_verification_and_one_write_like_a_known_one(desk, login):
    asked = []
    with mock.patch.object(door, "verify_password", side_effect=lambda *words: asked.append(words) or False):
        refused(desk, login)
    assert len(asked) == 1
    assert list(desk.db.query("SELECT * FROM refused_sign_ins")) == [{"day": "2026-01-05", "count": 1}]


def test_five_failures_shut_the_account_for_half_a_minute_and_each_further_one_for_twice_as_long(desk):
    for _ in range(4):
        refused(desk)
    sign_in(desk)
    for _ in range(5):
        refused(desk)
    refused(desk, "olga", PASSWORD)
    desk.later(seconds=31)
    refused(desk)
    desk.later(seconds=31)
    refused(desk, "olga", PASSWORD)
    desk.later(seconds=30)
    assert sign_in(desk)
    assert find_account(desk.db, "olga").failures == 0


def test_trying_a_shut_account_does_not_keep_it_shut(desk):
    for _ in range(50):
        refused(desk)
    desk.later(seconds=31)
    assert sign_in(desk)


def test_one_persons_failures_shut_nobody_elses_account(desk):
    desk.join("bert")
    for _ in range(9):
        refused(desk)
    assert sign_in(desk, "bert").person.name == "Bert"


def test_a_password_changed_while_it_was_checked_lets_nobody_in(desk):
    def change_meanwhile(stored, word):
        desk.db.execute("UPDATE accounts SET password_hash = 'other' WHERE person_id = ?", (desk.owner.id,))
        return CHEAP.verify(stored, word)

    with mock.patch.object(door, "verify_password", side_effect=change_meanwhile):
        refused(desk, "olga", PASSWORD)


def test_a_hash_of_older_numbers_is_made_anew_at_the_next_sign_in(desk):
    before = find_account(desk.db, "olga").password_hash
    newer = passwords.PasswordHasher(time_cost=2, memory_cost=8, parallelism=1)
    with mock.patch.object(passwords, "_HASHER", newer):
        sign_in(desk)
        after = find_account(desk.db, "olga").password_hash
        assert (before == after, newer.check_needs_rehash(after)) == (False, False)
        assert sign_in(desk)


def test_a_session_ends_after_twelve_idle_hours(desk):
    token = sign_in(desk).token
    desk.later(hours=11)
    assert is_open(desk, token)
    desk.later(hours=11)
    assert is_open(desk, token)
    desk.later(seconds=SESSION_IDLE.total_seconds() + 1)
    assert not is_open(desk, token)


def test_a_session_ends_after_seven_days_however_much_it_is_used(desk):
    token = sign_in(desk).token
    ends_at = desk.now + SESSION_LONGEST
    while desk.now < ends_at - timedelta(hours=6):
        assert is_open(desk, token)
        desk.later(hours=6)
    desk.later(hours=6)
    assert not is_open(desk, token)


def test_the_use_of_a_session_is_written_once_a_minute(desk):
    token = sign_in(desk).token
    begun = desk.now
    desk.later(seconds=59)
    find_session(desk.db, token, now=desk.now)
    assert parse_utc(find_session(desk.db, token, now=desk.now).seen_at) == begun
    desk.later(seconds=2)
    find_session(desk.db, token, now=desk.now)
    assert parse_utc(find_session(desk.db, token, now=desk.now).seen_at) == desk.now


@pytest.mark.parametrize("token", ["", "x", "\udc80", "a" * 10_000])
def test_a_token_that_was_never_given_finds_nothing(desk, token):
    assert find_session(desk.db, token, now=desk.now) is None


def test_signing_out_ends_that_session_alone(desk):
    one, other = sign_in(desk).token, sign_in(desk).token
    sign_out(desk.db, one, now=desk.now)
    sign_out(desk.db, "unknown", now=desk.now)
    assert [is_open(desk, one), is_open(desk, other)] == [False, True]


def test_ones_own_sessions_are_listed_and_ended_and_nobody_elses(desk):
    bert = desk.join("bert")
    token = sign_in(desk, "bert").token
    mine = find_session(desk.db, token, now=desk.now)
    actor = desk.actor(bert.id)
    assert mine in list_sessions(desk.db, person_id=bert.id, actor=actor, now=desk.now)
    with pytest.raises(NotPermitted):
        list_sessions(desk.db, person_id=desk.owner.id, actor=actor, now=desk.now)
    theirs = find_session(desk.db, desk.owner_token, now=desk.now)
    with pytest.raises(NotPermitted):
        end_session(desk.db, person_id=desk.owner.id, session_id=theirs.id, actor=actor, now=desk.now)
    with pytest.raises(NotPermitted):
        end_sessions_of(desk.db, person_id=desk.owner.id, actor=actor, now=desk.now)
    for foreign in (theirs.id, 999):
        with pytest.raises(NotFound):
            end_session(desk.db, person_id=bert.id, session_id=foreign, actor=actor, now=desk.now)
    end_session(desk.db, person_id=bert.id, session_id=mine.id, actor=actor, now=desk.now)
    assert [is_open(desk, token), is_open(desk, desk.owner_token)] == [False, True]


def test_an_administrator_ends_anybodys_sessions(desk):
    desk.join("bert")
    token = sign_in(desk, "bert").token
    person_id = find_account(desk.db, "bert").person_id
    end_sessions_of(desk.db, person_id=person_id, actor=desk.owner_actor, now=desk.now)
    assert not is_open(desk, token)


def test_all_other_sessions_end_and_the_one_at_hand_stays(desk):
    here, there = sign_in(desk).token, sign_in(desk).token
    kept = find_session(desk.db, here, now=desk.now)
    end_sessions_of(desk.db, person_id=desk.owner.id, but=kept.id, actor=desk.owner_actor, now=desk.now)
    assert [is_open(desk, one) for one in (here, there, desk.owner_token)] == [True, False, False]


def test_sign_ins_and_failures_of_known_names_are_in_the_audit_log(desk):
    before = len(desk.acts())
    refused(desk)
    refused(desk, "nobody")
    token = sign_in(desk).token
    sign_out(desk.db, token, now=desk.now)
    who, about = desk.owner.id, f"person:{desk.owner.id}"
    assert desk.acts()[before:] == [(0, "refuse_sign_in", about), (who, "sign_in", about), (who, "sign_out", about)]


def identify(desk, *, may_join=True, **claims):
    return sign_in_with_identity(desk.db, replace(IDA, **claims), may_join=may_join, now=desk.now)


def test_whom_a_single_sign_on_vouches_for_becomes_a_person_once(desk):
    first, second = identify(desk), identify(desk, name="Another name")
    assert first.person.id == second.person.id
    assert (first.person.name, first.person.login, first.person.is_admin) == ("Ida", "ida", False)
    assert is_open(desk, second.token)


def test_an_identity_never_opens_the_account_of_somebody_with_that_sign_in_name(desk):
    done = identify(desk, login="olga")
    assert (done.person.id == desk.owner.id, done.person.login) == (False, "olga-2")


def test_the_same_subject_of_another_issuer_is_somebody_else(desk):
    assert identify(desk).person.id != identify(desk, issuer="https://other.example").person.id


def test_nobody_joins_by_an_identity_where_that_is_off_or_nobody_has_an_account(desk, tmp_path):
    with pytest.raises(SignInRefused):
        identify(desk, may_join=False)
    with pytest.raises(SignInRefused):
        identify(DeskOfPeople(tmp_path / "new", with_owner=False))


def test_a_closed_account_is_not_opened_by_an_identity(desk):
    person = identify(desk).person
    deactivate_person(desk.db, person_id=person.id, actor=desk.owner_actor, now=desk.now)
    with pytest.raises(SignInRefused):
        identify(desk)


def test_the_groups_and_the_administration_follow_the_identity(desk):
    person = identify(desk, group_names=("Claims", " North  desk "), is_admin=True).person
    assert person.is_admin
    identify(desk, group_names=("claims",), is_admin=False)
    members = {group.name: group.person_ids for group in list_groups(desk.db)}
    assert members == {"Claims": (person.id,), "North desk": ()}
    assert not find_person(desk.db, person.id).is_admin
    identify(desk)
    assert {group.name for group in list_groups(desk.db) if group.person_ids} == {"Claims"}


def test_a_new_person_may_do_nothing_in_any_project(desk):
    assert desk.actor(identify(desk).person.id, "anything").role is None


def test_what_the_identity_changes_is_in_the_audit_log(desk):
    before = len(desk.acts())
    person = identify(desk, group_names=("Claims",), is_admin=True).person
    identify(desk, group_names=(), is_admin=False)
    about, [group] = f"person:{person.id}", list_groups(desk.db)
    assert desk.acts()[before:] == [
        (0, "join", about),
        (0, "set_admin", about),
        (0, "make_group", f"group:{group.id}"),
        (0, "add_to_group", about),
        (person.id, "sign_in", about),
        (0, "set_admin", about),
        (0, "remove_from_group", about),
        (person.id, "sign_in", about),
    ]
    before = len(desk.acts())
    identify(desk, group_names=(), is_admin=False)
    assert desk.acts()[before:] == [(person.id, "sign_in", about)]


def own_by_group(desk, slug="claims"):
    """Ida owns the project by a group that her identity names, and nobody else does; the group."""
    SmallProject(desk.data_dir, slug=slug).db.conn.close()
    identify(desk, group_names=("Claims",))
    [group] = list_groups(desk.db)
    who = {"slug": slug, "actor": desk.owner_actor, "now": desk.now}
    set_role(desk.db, group_id=group.id, role=MemberRole.OWNER, **who)
    set_role(desk.db, person_id=desk.owner.id, role=None, **who)
    return group


def test_the_last_owner_by_a_group_of_an_identity_goes_and_that_is_noted_and_seen(desk):
    own_by_group(desk)
    assert list_without_owner(desk.db) == []
    person = identify(desk, group_names=()).person
    assert desk.actor(person.id, "claims").role is None
    assert (0, "lose_owner", "project:claims") in desk.acts()
    assert list_without_owner(desk.db) == ["claims"]
    before = len(desk.acts())
    identify(desk, group_names=())
    assert [act for _who, act, _about in desk.acts()[before:]] == ["sign_in"]


def test_an_owner_who_goes_where_another_one_stays_is_no_loss(desk):
    own_by_group(desk)
    identify(desk, group_names=("Claims",), subject="another")
    identify(desk, group_names=())
    assert list_without_owner(desk.db) == []
    assert "lose_owner" not in {act for _who, act, _about in desk.acts()}


def test_an_identity_never_takes_the_last_administrator(desk):
    person = identify(desk, is_admin=True).person
    set_admin(desk.db, person_id=desk.owner.id, is_admin=False, actor=desk.owner_actor, now=desk.now)
    identify(desk, is_admin=False)
    assert find_person(desk.db, person.id).is_admin
    assert desk.acts()[-2][:2] == (0, "keep_last_admin")
    set_admin(desk.db, person_id=desk.owner.id, is_admin=True, actor=desk.actor(person.id), now=desk.now)
    identify(desk, is_admin=False)
    assert not find_person(desk.db, person.id).is_admin
