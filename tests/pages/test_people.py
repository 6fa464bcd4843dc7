"""Page People: empty for the local owner, full for an administrator, read for a lead, refused with what to do next."""

import pytest

from hitl.domain.people import MemberRole
from hitl.domain.session_cookie import NAME
from hitl.loop.access_links import invite
from hitl.loop.memberships import make_group, set_role
from hitl.loop.sign_in import find_session
from hitl.store.connection import fetch_value
from hitl.store.memberships import list_groups, put_role, roles_in
from hitl.store.people import find_person
from tests.accounts import OWNER, add_member, add_owner, begin_session, now, opened
from tests.pages.conftest import links_of, read_texts


@pytest.fixture
def sign_in_as(monkeypatch):
    """A function after which the browser sends that session's cookie."""

    def sign_in_as(token):
        monkeypatch.setattr("pages._actor.read_cookies", lambda: {NAME: token})

    return sign_in_as


@pytest.fixture
def owner(house, sign_in_as, cheap_passwords):
    """Ann is here: administrator, and owner of the project."""
    sign_in_as(add_owner(house.data_dir))
    return house


@pytest.fixture
def ben(owner):
    """The id of a reviewer of the project."""
    token = add_member(owner.data_dir, roles={"small": MemberRole.REVIEWER})
    return find_session(owner.tandem, token, now=now()).person_id


def role_of(house, person_id):
    return roles_in(house.tandem, slug="small", person_id=person_id)


def choose_role(app, name, role):
    app.main.selectbox(key=name).set_value(role).run()


def test_the_local_owner_is_told_to_begin_with_themself(open_page, house):
    app = open_page("people")
    said = read_texts(app)
    assert "Only you are here" in said
    assert "first give yourself a name and a password" in said
    assert "/auth/set-up" in app.main.get("html")[0].proto.body
    assert not app.tabs


def test_an_owner_sees_everybody_in_the_project_with_role_and_state(open_page, owner, ben):
    with opened(owner.data_dir) as tandem:
        invite(tandem, name="Ines", login="ines", roles={"small": MemberRole.LEAD}, actor=OWNER, now=now())
    app = open_page("people")
    said = read_texts(app)
    assert [tab.label for tab in app.tabs][:1] == ["In this project"]
    assert "**Ann** (you)" in said
    assert "**Ines** :gray-badge[:material/mail: invited – link not used yet]" in said
    assert "ben · last seen just now" in said
    assert app.main.selectbox(key=f"role_small_{ben}_reviewer").value == "reviewer"


def test_a_role_is_changed(open_page, owner, ben):
    app = open_page("people")
    choose_role(app, f"role_small_{ben}_reviewer", MemberRole.LEAD)
    assert role_of(owner, ben) == [MemberRole.LEAD]
    assert app.main.selectbox(key=f"role_small_{ben}_lead").value == "lead"


def test_somebody_is_taken_out_and_added_again(open_page, owner, ben):
    app = open_page("people")
    app.main.button(key=f"remove_small_{ben}").click().run()
    assert role_of(owner, ben) == []
    app.main.selectbox(key="add_person").set_value(ben).run()
    app.main.selectbox(key="add_person_role").set_value(MemberRole.VIEWER).run()
    app.main.button(key="add_person_save").click().run()
    assert role_of(owner, ben) == [MemberRole.VIEWER]
    assert "Everybody who has an account is in this project already." in read_texts(app)


def test_the_last_owner_stays_and_the_page_says_what_to_do(open_page, owner, ben):
    app = open_page("people")
    choose_role(app, "role_small_1_owner", MemberRole.VIEWER)
    assert "Make somebody else its owner first" in app.error[0].value.replace("\\", "")
    assert app.main.selectbox(key="role_small_1_owner").value == "owner"
    app.main.button(key="remove_small_1").click().run()
    assert "Make somebody else its owner first" in app.error[0].value.replace("\\", "")
    assert role_of(owner, 1) == [MemberRole.OWNER]


def fill_invitation(app, name, login):
    app.main.text_input(key="invite_name").input(name)
    app.main.text_input(key="invite_login").input(login)
    [send] = [one for one in app.main.button if one.label == "Make the invitation link" and one.form_id == "invite"]
    send.click().run()


def test_an_invitation_gives_a_link_to_copy_until_it_is_put_away(open_page, owner):
    app = open_page("people")
    fill_invitation(app, "Ines", "ines")
    assert "/auth/link/" in app.main.code[0].value
    said = read_texts(app)
    assert "send it to Ines yourself" in said
    assert "It works once, for 7 days" in said
    assert app.main.text_input(key="invite_name").value == ""
    app.main.button(key="made_link_done").click().run()
    assert not app.main.code


def test_a_link_that_works_here_alone_says_so_and_one_of_a_known_address_does_not(open_page, owner, monkeypatch):
    app = open_page("people")
    fill_invitation(app, "Ines", "ines")
    assert "works on this machine only" in read_texts(app)
    monkeypatch.setenv("TANDEM_ADDRESS", "https://desk.example.org")
    monkeypatch.setattr("pages._actor.read_token", lambda cookies, *, secure: cookies[NAME])
    fill_invitation(app, "Ivo", "ivo")
    assert app.main.code[0].value.startswith("https://desk.example.org/auth/link/")
    assert "works on this machine only" not in read_texts(app)


def test_what_is_wrong_with_an_invitation_is_said_and_nothing_typed_is_lost(open_page, owner, ben):
    app = open_page("people")
    fill_invitation(app, "Other Ben", "ben")
    assert "Choose another sign-in name" in app.main.error[0].value.replace("\\", "")
    assert app.main.text_input(key="invite_name").value == "Other Ben"
    assert not app.main.code


def test_an_owner_who_is_no_administrator_has_the_project_alone(open_page, owner, sign_in_as):
    sign_in_as(add_member(owner.data_dir, login="oda", name="Oda", roles={"small": MemberRole.OWNER}))
    app = open_page("people")
    assert not {"Everybody", "Groups"} & {tab.label for tab in app.tabs}
    fill_invitation(app, "Ines", "ines")
    assert "/auth/link/" in app.main.code[0].value


def test_a_lead_reads_who_is_in_and_whom_to_ask(open_page, owner, ben, sign_in_as):
    with opened(owner.data_dir) as tandem:
        set_role(tandem, slug="small", person_id=ben, role=MemberRole.LEAD, actor=OWNER, now=now())
    sign_in_as(begin_session(owner.data_dir, "ben"))
    app = open_page("people")
    assert "Owners decide who is in this project: ask Ann." in read_texts(app)
    assert not app.main.selectbox
    assert not app.main.button


def test_the_page_is_closed_to_a_reviewer(open_page, owner, ben, sign_in_as):
    sign_in_as(begin_session(owner.data_dir, "ben"))
    app = open_page("people")
    assert "your role does not open it" in read_texts(app)
    assert "Ann" not in read_texts(app)
    assert not any("people" in link for link in links_of(app))


def test_a_role_lost_meanwhile_changes_nothing(open_page, owner, ben, sign_in_as):
    sign_in_as(add_member(owner.data_dir, login="oda", name="Oda", roles={"small": MemberRole.OWNER}))
    app = open_page("people")
    with opened(owner.data_dir) as tandem:
        oda = fetch_value(tandem, "SELECT person_id FROM accounts WHERE login = 'oda'")
        set_role(tandem, slug="small", person_id=oda, role=MemberRole.REVIEWER, actor=OWNER, now=now())
    app.main.button(key=f"remove_small_{ben}").click().run()
    assert role_of(owner, ben) == [MemberRole.REVIEWER]
    assert "is not open to the role" in read_texts(app)


def test_an_account_is_closed_after_a_question_and_opened_again(open_page, owner, ben):
    app = open_page("people")
    app.main.button(key=f"open_{ben}").click().run()
    assert "Their decisions, roles and groups stay" in read_texts(app)
    app.main.button(key=f"deactivate_{ben}").click().run()
    assert not find_person(owner.tandem, ben).is_active
    app.main.button(key=f"reactivate_{ben}").click().run()
    assert find_person(owner.tandem, ben).is_active


def test_the_only_administrator_can_not_close_their_own_account(open_page, owner, ben):
    app = open_page("people")
    app.main.button(key="open_1").click().run()
    app.main.button(key="deactivate_1").click().run()
    assert "Make somebody else one first" in app.error[0].value.replace("\\", "")
    assert find_person(owner.tandem, 1).is_active


def test_an_administrator_makes_links_ends_sessions_and_makes_administrators(open_page, owner, ben):
    app = open_page("people")
    app.main.button(key=f"open_{ben}").click().run()
    app.main.button(key=f"link_{ben}").click().run()
    assert "it sets a new password" in read_texts(app)
    token = begin_session(owner.data_dir, "ben")
    app.main.button(key=f"end_sessions_{ben}").click().run()
    assert find_session(owner.tandem, token, now=now()) is None
    app.main.button(key=f"administrator_{ben}").click().run()
    assert find_person(owner.tandem, ben).is_admin


def test_the_name_is_erased_when_the_sign_in_name_was_typed(open_page, owner, ben):
    app = open_page("people")
    app.main.button(key=f"open_{ben}").click().run()
    assert app.main.button(key=f"erase_{ben}").disabled
    app.main.text_input(key=f"erase_typed_{ben}").input("ben").run()
    app.main.button(key=f"erase_{ben}").click().run()
    assert find_person(owner.tandem, ben).name == "Former member 1"
    assert "**Former member 1**" in read_texts(app)


def test_a_group_is_made_filled_and_given_a_role(open_page, owner, ben):
    app = open_page("people")
    app.main.text_input(key="new_group").input("Claims").run()
    app.main.button(key="make_group").click().run()
    [group] = list_groups(owner.tandem)
    app.main.multiselect[0].set_value([ben]).run()
    app.main.selectbox(key="group_project").set_value("small").run()
    app.main.selectbox(key="group_project_role").set_value(MemberRole.LEAD).run()
    app.main.button(key="group_project_save").click().run()
    assert list_groups(owner.tandem)[0].person_ids == (ben,)
    assert sorted(role_of(owner, ben)) == [MemberRole.LEAD, MemberRole.REVIEWER]
    assert "Lead by the group Claims" in read_texts(app)
    app.main.multiselect[0].set_value([]).run()
    assert role_of(owner, ben) == [MemberRole.REVIEWER]
    app.main.text_input(key=f"group_name_{group.id}").input("Claims team").run()
    assert list_groups(owner.tandem)[0].name == "Claims team"
    app.main.button(key=f"remove_group_{group.id}").click().run()
    assert not list_groups(owner.tandem)


def test_thirty_people_are_searched_by_name(open_page, owner):
    with opened(owner.data_dir) as tandem:
        for number in range(16):
            roles = {"small": MemberRole.REVIEWER}
            invite(tandem, name=f"Person {number}", login=f"p{number}", roles=roles, actor=OWNER, now=now())
    app = open_page("people")
    app.main.text_input(key="member_search").input("PERSON 12").run()
    shown = [key for box in app.main.selectbox if (key := str(box.key)).startswith("role_small_")]
    assert len(shown) == 1
    app.main.text_input(key="member_search").input("nobody").run()
    assert "Clear the search" in read_texts(app)


def test_an_administrator_of_no_project_still_looks_after_people(open_page, data_dir, sign_in_as, cheap_passwords):
    sign_in_as(add_owner(data_dir))
    app = open_page("people")
    assert [tab.label for tab in app.tabs][:2] == ["Everybody", "Groups"]


def test_a_project_without_an_owner_is_shown_to_administrators_and_given_one(open_page, owner, ben, sign_in_as):
    put_role(owner.tandem, slug="small", person_id=1, people_group_id=None, role=None)
    put_role(owner.tandem, slug="small", person_id=ben, people_group_id=None, role=MemberRole.LEAD)
    app = open_page("people")
    assert "Nobody who can sign in owns these projects" in read_texts(app)
    app.main.selectbox(key="owner_of_small").set_value(ben).run()
    app.main.button(key="owner_of_small_save").click().run()
    assert role_of(owner, ben) == [MemberRole.OWNER]
    assert "Nobody who can sign in" not in read_texts(app)


def test_a_lead_of_a_project_without_an_owner_is_told_which_administrators_to_ask(open_page, owner, sign_in_as):
    sign_in_as(add_member(owner.data_dir, login="lea", name="Lea", roles={"small": MemberRole.LEAD}))
    put_role(owner.tandem, slug="small", person_id=1, people_group_id=None, role=None)
    assert "Administrators can make somebody its owner: ask Ann." in read_texts(open_page("people"))


def test_a_sign_in_name_that_is_an_address_is_no_link(open_page, owner):
    with opened(owner.data_dir) as tandem:
        invite(tandem, name="Ivo", login="ivo@d.example", roles={"small": MemberRole.LEAD}, actor=OWNER, now=now())
    shown = "\n".join(one.value for one in open_page("people").main.markdown)
    assert r":small[ivo]:small[\@d\.example · not here yet]" in shown


def test_names_are_only_text(open_page, owner):
    """In the labels of fields, too, which are Markdown although nobody sees them."""
    name = "**B** ![x](https://y.example)"
    with opened(owner.data_dir) as tandem:
        invite(tandem, name=name, login="b", roles={"small": MemberRole.LEAD}, actor=OWNER, now=now())
        group_id = make_group(tandem, name=f"{name} 2", actor=OWNER, now=now())
        set_role(tandem, slug="small", group_id=group_id, role=MemberRole.VIEWER, actor=OWNER, now=now())
    app = open_page("people")
    labels = [box.label for box in app.main.selectbox]
    shown = "\n".join([*labels, *(one.value for one in app.main.markdown), *(one.label for one in app.main.button)])
    assert shown.count(r"\*\*B\*\* \!\[x\]") >= 5
    assert "![x]" not in shown


def test_a_usual_name_is_read_aloud_as_it_is(open_page, owner):
    with opened(owner.data_dir) as tandem:
        invite(tandem, name="A. B-C", login="abc", roles={"small": MemberRole.LEAD}, actor=OWNER, now=now())
    assert "Role of A. B-C" in [box.label for box in open_page("people").main.selectbox]
