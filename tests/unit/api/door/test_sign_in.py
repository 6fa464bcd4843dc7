"""hitl.api.door.sign_in: a new session for whoever knows the password, and nothing for anybody else."""

import re

import anyio
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from hitl.api.door import turns
from hitl.api.gate import Gate
from hitl.api.routes import place_routes
from hitl.domain.session_cookie import NAME
from hitl.domain.web_path import serve_under
from hitl.loop.sign_in import find_session
from tests.accounts import PASSWORD, add_owner, begin_session, now, opened

SIGN_IN = "/auth/sign-in"


@pytest.fixture(autouse=True)
def _owner(own_data_folder):
    add_owner(own_data_folder)


def enter(browser, *, login="ann", password=PASSWORD, headers=None, **more):
    return browser.post(SIGN_IN, data={"login": login, "password": password, **more}, headers=headers or {})


def stands(data_dir, token):
    with opened(data_dir) as tandem:
        return find_session(tandem, token, now=now()) is not None


def test_the_form_needs_no_script_and_asks_for_what_a_password_keeper_knows(browser):
    text = browser.get(f"{SIGN_IN}?next=/review").text
    assert "<script" not in text
    assert 'autocomplete="username"' in text
    assert 'autocomplete="current-password"' in text
    assert 'name="next" value="/review"' in text
    assert '<html lang="en">' in text


def test_every_page_of_the_door_is_kept_by_no_browser_and_runs_no_script(browser):
    for path in (SIGN_IN, "/auth/sign-out", "/auth/link/x", "/auth/sso"):
        answer = browser.get(path)
        assert answer.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "script-src" not in answer.headers["content-security-policy"]


def test_whoever_knows_the_password_gets_a_cookie_that_only_the_server_reads(browser):
    answer = enter(browser, next="/review?project=small")
    assert (answer.status_code, answer.headers["location"]) == (303, "/review?project=small")
    cookie = answer.headers["set-cookie"]
    assert re.fullmatch(f"{NAME}=[\\w-]{{43}}; HttpOnly; Max-Age=604800; Path=/; SameSite=lax", cookie)


def test_where_the_address_is_https_the_cookie_never_travels_in_the_clear(make_browser, monkeypatch):
    monkeypatch.setenv("TANDEM_ADDRESS", "https://desk.example.org")
    cookie = enter(make_browser(host="desk.example.org", scheme="https")).headers["set-cookie"]
    assert cookie.startswith(f"__Host-{NAME}=")
    assert "; Secure" in cookie
    assert "Domain" not in cookie


@pytest.mark.parametrize(
    "wrong", [{"password": "x"}, {"login": "nobody"}, {"login": ""}, {"password": ""}, {"password": "x" * 9000}]
)
def test_whatever_is_wrong_the_words_are_the_same_and_nothing_is_given(browser, wrong):
    answer = enter(browser, **wrong)
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers
    assert (
        re.search('role="alert" id="error">([^<]*)', answer.text)[1]
        == re.search('role="alert" id="error">([^<]*)', enter(browser, login="someone", password="else").text)[1]
    )


def test_the_password_is_not_shown_again_and_the_name_is_only_text(browser):
    text = enter(browser, login='"><script>alert(1)</script>', password="my secret words").text
    assert "my secret words" not in text
    assert "<script" not in text
    assert "&lt;script&gt;" in text


def test_a_session_that_somebody_else_put_there_is_not_taken_over(browser):
    """Session fixation: the id after signing in is never one that was known before."""
    browser.cookies.set(NAME, "x" * 43)
    token = enter(browser).cookies[NAME]
    assert token != "x" * 43


def test_signing_in_again_ends_the_session_of_before(browser, own_data_folder):
    first = enter(browser).cookies[NAME]
    second = enter(browser).cookies[NAME]
    assert (stands(own_data_folder, first), stands(own_data_folder, second)) == (False, True)


def test_whoever_is_signed_in_goes_on_at_once(browser, own_data_folder):
    browser.cookies.set(NAME, begin_session(own_data_folder, "ann"))
    answer = browser.get(f"{SIGN_IN}?next=/review")
    assert (answer.status_code, answer.headers["location"]) == (303, "/review")


@pytest.mark.parametrize("asked", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_nobody_is_sent_to_another_site_after_signing_in(browser, asked):
    assert enter(browser, next=asked).headers["location"] == "/"


@pytest.mark.parametrize("headers", [{"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}], ids=str)
def test_another_sites_form_signs_nobody_in_and_nobody_out(browser, own_data_folder, headers):
    """Login CSRF: a victim must not end up in the attacker's account."""
    assert enter(browser, headers=headers).status_code == 403
    token = enter(browser).cookies[NAME]
    assert browser.post("/auth/sign-out", data={}, headers=headers).status_code == 403
    assert stands(own_data_folder, token)


def test_signing_out_asks_first_and_ends_the_session(browser, own_data_folder):
    token = enter(browser).cookies[NAME]
    assert browser.get("/auth/sign-out").status_code == 200
    assert stands(own_data_folder, token)
    answer = browser.post("/auth/sign-out", content="", headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status_code == 200
    assert f'{NAME}=""' in answer.headers["set-cookie"]
    assert not stands(own_data_folder, token)


def test_a_body_that_is_too_large_is_refused(browser):
    assert enter(browser, more="x" * 20_000).status_code == 413


def test_when_very_many_wait_the_next_one_is_told_so(browser, monkeypatch):
    monkeypatch.setattr(turns, "MOST_WAITING", 0)
    answer = enter(browser)
    assert (answer.status_code, "try again" in answer.text) == (503, True)


def test_below_a_path_the_cookie_is_for_that_path_alone(own_data_folder, monkeypatch):
    serve_under("/tandem")
    try:
        server = Gate(Starlette(routes=place_routes("/tandem")))
        browser = TestClient(server, base_url="http://localhost", client=("127.0.0.1", 1), follow_redirects=False)
        sent = browser.get("/tandem/review")
        assert sent.headers["location"] == "/tandem/auth/sign-in?next=/tandem/review"
        form = {"login": "ann", "password": PASSWORD, "next": "/tandem/review"}
        answer = browser.post("/tandem/auth/sign-in", data=form)
        assert answer.headers["location"] == "/tandem/review"
        assert "Path=/tandem;" in answer.headers["set-cookie"]
    finally:
        serve_under("")


def test_the_pages_speak_the_browsers_language(browser, catalogue):
    catalogue("de", {"Sign in": "Anmelden", "Password": "Passwort"})
    text = browser.get(SIGN_IN, headers={"Accept-Language": "de-DE,de;q=0.9"}).text
    assert '<html lang="de">' in text
    assert "<h1>Anmelden</h1>" in text


def test_a_thread_waits_for_its_turn_and_no_request_does():
    """While two passwords are checked, everything else goes on."""

    async def race():
        began, may_end = anyio.Event(), anyio.Event()

        def check():
            anyio.from_thread.run_sync(began.set)
            anyio.from_thread.run(may_end.wait)
            return "checked"

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(turns.in_turn, check)
            await began.wait()
            assert await anyio.to_thread.run_sync(lambda: "answered") == "answered"
            may_end.set()

    anyio.run(race)
