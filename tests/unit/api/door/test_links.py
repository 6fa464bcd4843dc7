"""hitl.api.door.links: a link works once; used, expired, withdrawn or invented ones are answered alike."""

import pytest

from hitl.domain.people import LOCAL_OWNER
from hitl.domain.session_cookie import NAME
from hitl.loop.access_links import invite, make_reset_link, make_setup_link, withdraw_links
from hitl.loop.sign_in import find_session
from tests.accounts import OWNER, PASSWORD, add_member, add_owner, now, opened

NEW = "nine purple ladders hum"


@pytest.fixture
def invitation(own_data_folder):
    """The path of an invitation for ben."""
    add_owner(own_data_folder)
    with opened(own_data_folder) as tandem:
        return f"/auth/link/{invite(tandem, name='Ben', login='ben', actor=OWNER, now=now()).token}"


def join(browser, path, **form):
    return browser.post(path, data={"name": "Ben B.", "password": NEW, "again": NEW, **form})


def test_an_invitation_shows_name_and_login_and_lets_in(browser, invitation):
    text = browser.get(invitation).text
    assert 'value="Ben"' in text
    assert 'value="ben"' in text
    assert 'autocomplete="new-password"' in text
    answer = join(browser, invitation)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert len(answer.cookies[NAME]) == 43


def test_reading_a_link_does_not_use_it_up(browser, invitation):
    assert [browser.get(invitation).status_code for _ in range(3)] == [200, 200, 200]


def test_a_link_works_once(browser, make_browser, invitation):
    join(browser, invitation)
    assert make_browser().get(invitation).status_code == 404
    assert join(make_browser(), invitation, password=PASSWORD, again=PASSWORD).status_code == 404


def test_used_withdrawn_and_invented_links_are_answered_alike(make_browser, own_data_folder, invitation):
    with opened(own_data_folder) as tandem:
        gone = invite(tandem, name="Cem", login="cem", actor=OWNER, now=now())
        withdraw_links(tandem, person_id=gone.person_id, actor=OWNER, now=now())
    join(make_browser(), invitation)
    paths = [invitation, f"/auth/link/{gone.token}", "/auth/link/invented", "/auth/link/%00", "/auth/link/" + "x" * 500]
    answers = [make_browser().get(path) for path in paths]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"again": "other words entirely"}, "The two passwords differ"),
        ({"password": "short", "again": "short"}, "it needs 12"),
        ({"password": "", "again": ""}, "Type a password"),
        ({"name": "  "}, "name"),
    ],
)
def test_what_does_not_fit_is_said_and_the_link_still_works(browser, invitation, form, said):
    answer = join(browser, invitation, **form)
    assert (answer.status_code, said in answer.text) == (400, True)
    assert join(browser, invitation).status_code == 303


def test_the_login_of_an_invitation_cannot_be_chosen(browser, own_data_folder, invitation):
    join(browser, invitation, login="ann")
    browser.cookies.clear()
    form = {"login": "ben", "password": NEW}
    assert browser.post("/auth/sign-in", data=form).status_code == 303


def test_another_sites_form_uses_no_link_up(browser, invitation):
    answer = browser.post(invitation, data={"password": NEW, "again": NEW}, headers={"Origin": "http://evil.example"})
    assert answer.status_code == 403
    assert browser.get(invitation).status_code == 200


def test_a_new_password_ends_all_sessions_of_before(browser, own_data_folder):
    add_owner(own_data_folder)
    token = add_member(own_data_folder)
    with opened(own_data_folder) as tandem:
        person_id = find_session(tandem, token, now=now()).person_id
        path = f"/auth/link/{make_reset_link(tandem, person_id=person_id, actor=OWNER, now=now()).token}"
    assert "Choose a new password" in browser.get(path).text
    assert browser.post(path, data={"password": NEW, "again": NEW}).status_code == 303
    with opened(own_data_folder) as tandem:
        assert find_session(tandem, token, now=now()) is None


def test_the_set_up_link_makes_the_first_account_from_another_machine(make_browser, own_data_folder, monkeypatch):
    monkeypatch.setenv("TANDEM_ADDRESS", "http://desk.example.org")
    with opened(own_data_folder) as tandem:
        path = f"/auth/link/{make_setup_link(tandem, actor=LOCAL_OWNER, now=now()).token}"
    browser = make_browser(host="desk.example.org", peer="10.0.0.7")
    assert browser.get("/").status_code == 403
    answer = browser.post(path, data={"name": "Ann", "login": "ann", "password": PASSWORD, "again": PASSWORD})
    assert answer.status_code == 303
    assert browser.get("/healthz").json()["databases"] == {"tandem": "ok"}


def test_the_local_owner_sets_up_without_a_link(browser, make_browser):
    assert "Set up this Tandem" in browser.get("/auth/set-up").text
    form = {"name": "Ann", "login": "Ann@desk.example", "password": PASSWORD, "again": PASSWORD}
    wrong = browser.post("/auth/set-up", data={**form, "again": "else"})
    assert (wrong.status_code, 'value="Ann@desk.example"' in wrong.text) == (400, True)
    assert browser.post("/auth/set-up", data=form).status_code == 303
    other = make_browser()
    assert other.get("/auth/set-up").headers["location"] == "/"
    assert other.post("/auth/set-up", data={**form, "login": "eve"}).status_code == 303
    assert NAME not in other.cookies


def test_names_in_a_link_are_only_text(browser, own_data_folder):
    add_owner(own_data_folder)
    with opened(own_data_folder) as tandem:
        link = invite(tandem, name="<b>B</b>", login='"onfocus=x', actor=OWNER, now=now())
    text = browser.get(f"/auth/link/{link.token}").text
    assert "<b>" not in text
    assert '"onfocus' not in text
