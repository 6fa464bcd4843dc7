"""The verbs on people, their roles, links and sessions, done once on a desk where Olga, Bert and Carl have accounts."""

from dataclasses import replace

from hitl.domain.accounts import Identity
from hitl.domain.people import MemberRole, ShowNames
from hitl.domain.single_sign_on import SsoAttempt
from hitl.loop import access_links, memberships, names, own_data, people, sign_in, single_sign_on, uploads
from tests.desk_of_people import PASSWORD, DeskOfPeople
from tests.verb_cases import SECRET, case


def open_desk(stage):
    """The desk, and somebody on it with a session; names and passwords hold the secret word."""
    desk = DeskOfPeople(stage.data_dir)
    link = desk.invite(f"{SECRET}.bert")
    done = access_links.use_link(desk.db, link.token, password=f"{PASSWORD}-{SECRET}", agent=SECRET, now=desk.now)
    stage.tandem, stage.clock = desk.db, desk.now
    stage.person_id, stage.token = done.person.id, done.token
    return desk, done.person


def on_people(name, **logs):
    """A case whose function is given the desk and Bert, and returns what calls the verb for ``actor=…, now=…``."""

    def keep(prepare):
        @case(name, **logs)
        def _(stage):
            desk, bert = open_desk(stage)
            act = prepare(desk, bert)
            return lambda actor: act(actor=actor, now=desk.now)

    return keep


@on_people("access_links.invite", desk=["set_role", "make_invite_link"])
def _(desk, _bert):
    return lambda **who: access_links.invite(
        desk.db, name=SECRET, login=f"{SECRET}.carl", roles={"small": MemberRole.LEAD}, **who
    )


@case("access_links.make_setup_link", desk=["make_setup_link"])
def _(stage):
    return lambda actor: access_links.make_setup_link(stage.tandem, **stage.who(actor))


@on_people("access_links.make_reset_link", desk=["make_reset_link"])
def _(desk, bert):
    return lambda **who: access_links.make_reset_link(desk.db, person_id=bert.id, **who)


@on_people("access_links.withdraw_links", desk=["withdraw_links"])
def _(desk, bert):
    access_links.make_reset_link(desk.db, person_id=bert.id, actor=desk.owner_actor, now=desk.now)
    return lambda **who: access_links.withdraw_links(desk.db, person_id=bert.id, **who)


@on_people("access_links.list_links")
def _(desk, _bert):
    return lambda **who: access_links.list_links(desk.db, **who)


@on_people("people.list_people")
def _(desk, _bert):
    return lambda actor, **_now: people.list_people(desk.db, actor=actor)


@on_people("people.rename_person", desk=["rename_person"])
def _(desk, bert):
    return lambda **who: people.rename_person(desk.db, person_id=bert.id, name=f"{SECRET} Bert", **who)


@on_people("people.set_language", desk=["set_language"])
def _(desk, bert):
    return lambda **who: people.set_language(desk.db, person_id=bert.id, language="de", **who)


@on_people("people.set_time_zone", desk=["set_time_zone"])
def _(desk, bert):
    return lambda **who: people.set_time_zone(desk.db, person_id=bert.id, time_zone="Asia/Kolkata", **who)


@on_people("people.set_number", desk=["set_number"])
def _(desk, bert):
    return lambda **who: people.set_number(desk.db, person_id=bert.id, number=4711, **who)


@on_people("people.set_admin", desk=["set_admin"])
def _(desk, bert):
    return lambda **who: people.set_admin(desk.db, person_id=bert.id, is_admin=True, **who)


@on_people("people.change_password", desk=["change_password"])
def _(desk, _bert):
    return lambda **who: people.change_password(desk.db, old=PASSWORD, new=f"{SECRET}-otter-lantern-40", **who)


@on_people("people.deactivate_person", desk=["deactivate_person"])
def _(desk, bert):
    return lambda **who: people.deactivate_person(desk.db, person_id=bert.id, **who)


@on_people("people.reactivate_person", desk=["reactivate_person"])
def _(desk, bert):
    people.deactivate_person(desk.db, person_id=bert.id, actor=desk.owner_actor, now=desk.now)
    return lambda **who: people.reactivate_person(desk.db, person_id=bert.id, **who)


@on_people("people.erase_person", desk=["erase_person"])
def _(desk, bert):
    return lambda **who: people.erase_person(desk.db, person_id=bert.id, **who)


@on_people("memberships.set_role", desk=["set_role"])
def _(desk, bert):
    return lambda **who: memberships.set_role(desk.db, slug="small", person_id=bert.id, role=MemberRole.LEAD, **who)


@on_people("memberships.list_members")
def _(desk, _bert):
    return lambda actor, **_now: memberships.list_members(desk.db, slug="small", actor=actor)


@on_people("memberships.list_groups")
def _(desk, _bert):
    return lambda actor, **_now: memberships.list_groups(desk.db, actor=actor)


def make_group(desk, **who):
    return memberships.make_group(desk.db, name=f"{SECRET} group", **who)


def own(desk):
    return {"actor": desk.owner_actor, "now": desk.now}


@on_people("memberships.make_group", desk=["make_group"])
def _(desk, _bert):
    return lambda **who: make_group(desk, **who)


@on_people("memberships.rename_group", desk=["rename_group"])
def _(desk, _bert):
    group_id = make_group(desk, **own(desk))
    return lambda **who: memberships.rename_group(desk.db, group_id=group_id, name=f"{SECRET} 2", **who)


@on_people("memberships.remove_group", desk=["remove_group"])
def _(desk, _bert):
    group_id = make_group(desk, **own(desk))
    return lambda **who: memberships.remove_group(desk.db, group_id=group_id, **who)


@on_people("memberships.add_to_group", desk=["add_to_group"])
def _(desk, bert):
    group_id = make_group(desk, **own(desk))
    return lambda **who: memberships.add_to_group(desk.db, group_id=group_id, person_id=bert.id, **who)


@on_people("memberships.remove_from_group", desk=["remove_from_group"])
def _(desk, bert):
    group_id = make_group(desk, **own(desk))
    memberships.add_to_group(desk.db, group_id=group_id, person_id=bert.id, **own(desk))
    return lambda **who: memberships.remove_from_group(desk.db, group_id=group_id, person_id=bert.id, **who)


@on_people("sign_in.list_sessions")
def _(desk, bert):
    return lambda **who: sign_in.list_sessions(desk.db, person_id=bert.id, **who)


@on_people("sign_in.end_session", desk=["end_session"])
def _(desk, bert):
    [session] = sign_in.list_sessions(desk.db, person_id=bert.id, **own(desk))
    return lambda **who: sign_in.end_session(desk.db, person_id=bert.id, session_id=session.id, **who)


@on_people("sign_in.end_sessions_of", desk=["end_sessions"])
def _(desk, bert):
    return lambda **who: sign_in.end_sessions_of(desk.db, person_id=bert.id, **who)


IDENTITY = Identity(issuer="https://id.example", subject=SECRET, name=f"{SECRET} Ida", login=f"{SECRET}.ida")
ATTEMPT = SsoAttempt(state=SECRET, nonce=SECRET, verifier=SECRET, asked="/review")


@case("access_links.use_link", desk=["use_link"])
def _(stage):
    desk, bert = open_desk(stage)
    link = access_links.make_reset_link(desk.db, person_id=bert.id, **own(desk))
    password = f"{SECRET}-otter-lantern-41"
    return lambda _actor: access_links.use_link(desk.db, link.token, password=password, agent=SECRET, now=desk.now)


@case("sign_in.sign_in", desk=["sign_in"])
def _(stage):
    desk, _bert = open_desk(stage)
    known = {"login": f"{SECRET}.bert", "password": f"{PASSWORD}-{SECRET}"}
    return lambda _actor: sign_in.sign_in(desk.db, **known, agent=SECRET, now=desk.now)


@case("sign_in.sign_in_with_identity", desk=["make_group", "add_to_group", "sign_in"])
def _(stage):
    desk, _bert = open_desk(stage)
    stage.person_id = sign_in.sign_in_with_identity(desk.db, IDENTITY, now=desk.now).person.id
    named = replace(IDENTITY, group_names=(f"{SECRET} claims",))
    return lambda _actor: sign_in.sign_in_with_identity(desk.db, named, agent=SECRET, now=desk.now)


@case("sign_in.find_session")
def _(stage):
    desk, _bert = open_desk(stage)
    return lambda _actor: sign_in.find_session(desk.db, stage.token, now=desk.later(minutes=5))


@case("sign_in.sign_out", desk=["sign_out"])
def _(stage):
    desk, _bert = open_desk(stage)
    return lambda _actor: sign_in.sign_out(desk.db, stage.token, now=desk.now)


@case("single_sign_on.keep_attempt")
def _(stage):
    return lambda _actor: single_sign_on.keep_attempt(stage.tandem, ATTEMPT, now=stage.now())


@case("single_sign_on.take_attempt")
def _(stage):
    single_sign_on.keep_attempt(stage.tandem, ATTEMPT, now=stage.now())
    return lambda _actor: single_sign_on.take_attempt(stage.tandem, ATTEMPT.state, now=stage.now())


@on_people("own_data.own_data", desk=["export_own_data"])
def _(desk, bert):
    return lambda **who: own_data.own_data(desk.db, person_id=bert.id, **who)


@case("names.set_show_names", project=["set_show_names"])
def _(stage):
    return lambda actor: names.set_show_names(stage.db, ShowNames.LEADS, **stage.who(actor))


@case("uploads.keep_for_check")
def _(stage):
    return lambda actor: uploads.keep_for_check(stage.data_dir, name=f"{SECRET}.csv", chunks=[b"id\n"], actor=actor)
