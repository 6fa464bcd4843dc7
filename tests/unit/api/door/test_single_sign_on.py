"""hitl.api.door.single_sign_on: only whom the provider confirms, for a sign-in that this browser began, and once."""

import pytest

from hitl.adapters import openid
from hitl.domain.session_cookie import NAME
from hitl.loop.people import deactivate_person
from hitl.loop.sign_in import find_session
from tests.accounts import OWNER, add_owner, now, opened
from tests.small_provider import CLIENT, small_provider

LEAVE, CALLBACK, COOKIE = "/auth/sso", "/auth/sso/callback", "tandem_sso"


@pytest.fixture
def provider(own_data_folder, monkeypatch):
    """A provider that Tandem is told of, and somebody who has an account already."""
    openid.forget_providers()
    add_owner(own_data_folder)
    with small_provider() as running:
        monkeypatch.setenv("TANDEM_SSO_ISSUER", running.url)
        monkeypatch.setenv("TANDEM_SSO_CLIENT_ID", CLIENT)
        monkeypatch.setenv("TANDEM_SSO_NAME", "House account")
        yield running


def leave(browser, provider, asked="/"):
    """Off to the provider and agreed there; what the browser is sent back with."""
    answer = browser.get(LEAVE, params={"next": asked})
    assert answer.status_code == 303
    code, query = provider.authorize(answer.headers["location"])
    return {"code": code, "state": query["state"]}


def whose(data_dir, token):
    with opened(data_dir) as tandem:
        return find_session(tandem, token, now=now()).person_id


def test_without_a_provider_there_is_no_button_and_no_way(browser, own_data_folder):
    add_owner(own_data_folder)
    assert "/auth/sso" not in browser.get("/auth/sign-in").text
    assert [browser.get(path).status_code for path in (LEAVE, CALLBACK)] == [404, 404]


def test_the_button_names_the_provider_and_keeps_the_page(browser, provider):
    text = browser.get("/auth/sign-in?next=/review").text
    assert "Sign in with House account" in text
    assert 'href="/auth/sso?next=/review"' in text


def test_who_comes_back_has_a_session_of_their_own(browser, provider, own_data_folder):
    told = leave(browser, provider, "/review?project=small")
    answer = browser.get(CALLBACK, params=told)
    assert (answer.status_code, answer.headers["location"]) == (303, "/review?project=small")
    person = whose(own_data_folder, browser.cookies[NAME])
    browser.cookies.clear()
    browser.get(CALLBACK, params=leave(browser, provider))
    assert whose(own_data_folder, browser.cookies[NAME]) == person != OWNER.id


def test_the_way_back_is_tied_to_the_browser_that_left(browser, make_browser, provider):
    """Login CSRF: an attacker's own code and state sign no victim in."""
    told = leave(browser, provider)
    answer = make_browser().get(CALLBACK, params=told)
    assert (answer.status_code, NAME in answer.cookies) == (400, False)
    assert "not begun in this browser" in answer.text
    assert browser.get(CALLBACK, params={**told, "state": "x"}).status_code == 400
    assert browser.get(CALLBACK, params={"code": told["code"]}).status_code == 400


def test_an_answer_counts_once(browser, provider):
    told = leave(browser, provider)
    assert browser.get(CALLBACK, params=told).status_code == 303
    again = browser.get(CALLBACK, params=told, headers={"Cookie": f"{COOKIE}={told['state']}"})
    assert (again.status_code, "Begin again" in again.text) == (404, True)


def test_the_state_is_a_cookie_of_the_door_alone(browser, provider):
    cookie = browser.get(LEAVE).headers["set-cookie"]
    assert "HttpOnly; Max-Age=600; Path=/auth/sso; SameSite=lax" in cookie


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"error": "access_denied"}, "House account did not let you in (access_denied)"),
        ({"error": "<script>alert(1)</script>"}, "House account did not let you in (error)"),
        ({"iss": "https://evil.example", "code": "c"}, "another provider"),
        ({}, "sent no code"),
        ({"code": "x" * 5_000}, "sent no code"),
        ({"code": "invented"}, "could not confirm who you are"),
    ],
    ids=str,
)
def test_an_answer_that_confirms_nobody_is_explained(browser, provider, told, said):
    state = leave(browser, provider)["state"]
    answer = browser.get(CALLBACK, params={"state": state, **told})
    assert answer.status_code in {400, 401}
    assert said in answer.text
    assert "<script" not in answer.text
    assert NAME not in browser.cookies


def test_a_token_that_lies_signs_nobody_in(browser, provider):
    provider.claims = {"nonce": "of another sign-in"}
    assert browser.get(CALLBACK, params=leave(browser, provider)).status_code == 400
    assert NAME not in browser.cookies


def test_unknown_people_are_refused_where_they_are_not_to_join(browser, provider, monkeypatch):
    monkeypatch.setenv("TANDEM_SSO_CREATE", "no")
    answer = browser.get(CALLBACK, params=leave(browser, provider))
    assert answer.status_code == 401
    assert "you have no open account in this Tandem" in answer.text


def test_whose_account_is_closed_is_refused(browser, provider, own_data_folder):
    browser.get(CALLBACK, params=leave(browser, provider))
    person_id = whose(own_data_folder, browser.cookies[NAME])
    with opened(own_data_folder) as tandem:
        deactivate_person(tandem, person_id=person_id, actor=OWNER, now=now())
    browser.cookies.clear()
    assert browser.get(CALLBACK, params=leave(browser, provider)).status_code == 401


def test_a_provider_that_is_away_is_explained(browser, provider, monkeypatch):
    monkeypatch.setenv("TANDEM_SSO_ISSUER", "http://127.0.0.1:9")
    answer = browser.get(LEAVE)
    assert (answer.status_code, "House account could not confirm" in answer.text) == (502, True)


def test_the_provider_is_told_the_public_address(make_browser, provider, monkeypatch):
    monkeypatch.setenv("TANDEM_ADDRESS", "https://desk.example.org")
    answer = make_browser(host="desk.example.org").get(LEAVE)
    _code, query = provider.authorize(answer.headers["location"])
    assert query["redirect_uri"] == "https://desk.example.org/auth/sso/callback"
    assert "Secure" in answer.headers["set-cookie"]


def test_without_any_account_single_sign_on_is_closed(make_browser, monkeypatch):
    monkeypatch.setenv("TANDEM_SSO_ISSUER", "https://id.example.org")
    monkeypatch.setenv("TANDEM_SSO_CLIENT_ID", CLIENT)
    assert make_browser(peer="10.0.0.7").get(LEAVE).status_code == 403
