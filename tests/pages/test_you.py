"""A person's own page: empty for the local owner, full for a member, refused for whoever is out."""

import pytest

from hitl.domain.people import MemberRole
from hitl.domain.session_cookie import NAME
from hitl.loop.sign_in import find_session, sign_out
from hitl.store.people import find_person, read_pseudonyms
from tests.accounts import add_member, add_owner, begin_session, now, opened
from tests.pages.conftest import links_of, read_texts


@pytest.fixture
def ben(house, monkeypatch, cheap_passwords):
    """Ben, a reviewer, is here; the token of his session and his id."""
    add_owner(house.data_dir)
    token = add_member(house.data_dir, roles={"small": MemberRole.REVIEWER})
    monkeypatch.setattr("pages._actor.read_cookies", lambda: {NAME: token})
    return token, find_session(house.tandem, token, now=now()).person_id


def test_the_local_owner_has_no_account_yet_and_is_shown_the_way_to_one(open_page, house):
    app = open_page("you")
    assert "You are the local owner" in read_texts(app)
    assert any(link.endswith("people") for link in links_of(app))


def test_a_member_finds_their_name_roles_sessions_and_number(open_page, house, ben):
    app = open_page("you")
    said = read_texts(app)
    assert app.main.text_input(key="own_name").value == "Ben"
    assert "You sign in as ben." in said
    assert "Others then see you as Colleague" in said
    assert "**Small**  \nreviewer: decides" in said
    assert "Unknown browser** :gray-badge[this one]" in said
    assert "/auth/password" in app.main.get("html")[0].proto.body


def test_a_name_is_changed_and_an_empty_one_is_refused(open_page, house, ben):
    app = open_page("you")
    app.main.text_input(key="own_name").input("Benjamin")
    app.main.button[0].click().run()
    assert find_person(house.tandem, ben[1]).name == "Benjamin"
    assert any(link.label == "Benjamin" for link in app.sidebar.get("page_link"))
    app.main.text_input(key="own_name").input("  ")
    app.main.button[0].click().run()
    assert "A name has 1 to 80 characters" in app.error[0].value
    assert find_person(house.tandem, ben[1]).name == "Benjamin"


def test_another_number_stands_for_a_person_and_a_taken_one_is_refused(open_page, house, ben):
    taken = int(read_pseudonyms(house.tandem)[1])
    app = open_page("you")
    app.main.number_input(key="own_number").set_value(4711).run()
    assert read_pseudonyms(house.tandem)[ben[1]] == "4711"
    assert "Others then see you as Colleague 4711." in read_texts(app)
    app.main.number_input(key="own_number").set_value(taken).run()
    assert "That number stands for somebody else" in app.error[0].value
    assert app.main.number_input(key="own_number").value == 4711


def test_language_and_time_zone_are_chosen_and_given_back_to_the_browser(open_page, house, ben, catalogue):
    catalogue("de", {"You": "Ich"})
    app = open_page("you")
    app.main.selectbox(key="own_language").set_value("de").run()
    app.main.selectbox(key="own_zone").set_value("Asia/Kolkata").run()
    person = find_person(house.tandem, ben[1])
    assert (person.language, person.time_zone) == ("de", "Asia/Kolkata")
    assert app.title[0].value == "Ich"
    app.main.selectbox(key="own_language").set_value("").run()
    assert app.title[0].value == "You"
    assert find_person(house.tandem, ben[1]).language is None


def test_other_sessions_are_ended_one_or_all_and_this_one_stays(open_page, house, ben):
    others = [begin_session(house.data_dir, "ben") for _ in range(3)]
    first = find_session(house.tandem, others[0], now=now()).id
    app = open_page("you")
    app.main.button(key=f"end_session_{first}").click().run()
    stand = [find_session(house.tandem, token, now=now()) is not None for token in (ben[0], *others)]
    assert stand == [True, False, True, True]
    app.main.button(key="end_other_sessions").click().run()
    stand = [find_session(house.tandem, token, now=now()) is not None for token in (ben[0], *others)]
    assert stand == [True, False, False, False]
    assert not [one for one in app.main.button if one.key == "end_other_sessions"]


def test_who_is_in_no_project_has_a_page_all_the_same(open_page, data_dir, monkeypatch, cheap_passwords):
    add_owner(data_dir)
    token = add_member(data_dir)
    monkeypatch.setattr("pages._actor.read_cookies", lambda: {NAME: token})
    assert "You are in no project yet" in read_texts(open_page("you"))


def test_whoever_is_out_sees_nothing_of_it(open_page, house, ben):
    app = open_page("you")
    with opened(house.data_dir) as tandem:
        sign_out(tandem, ben[0], now=now())
    app.run()
    assert [title.value for title in app.title] == ["You are signed out"]
    assert "ben" not in read_texts(app).lower().replace("been", "")
