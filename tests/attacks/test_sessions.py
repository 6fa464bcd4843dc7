"""Attacks on who somebody is: sessions, sign-in, links, and requests that another site makes a browser send."""

import pytest
from starlette.websockets import WebSocketDisconnect

from hitl.adapters import passwords
from hitl.api.limits import FAILED_SIGN_INS_A_MINUTE
from hitl.loop import sign_in as verbs
from hitl.loop.access_links import invite
from hitl.loop.people import deactivate_person
from tests.accounts import OWNER, PASSWORD, now, opened
from tests.attacks.conftest import COOKIE, DESK, STREAM

FOREIGN = [
    {"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
    {"origin": "null"},
    {"origin": f"https://{DESK}.evil.example"},
    {"origin": f"http://{DESK}:8080"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
]
FORGED_PROXY = [
    {"X-Forwarded-For": "127.0.0.1"},
    {"Forwarded": 'for="127.0.0.1";host=localhost'},
    {"X-Real-IP": "127.0.0.1"},
    {"X-Forwarded-Host": "localhost"},
    {"True-Client-IP": "127.0.0.1"},
    {"X-Original-URL": "/auth/sign-in"},
    {"X-Rewrite-URL": "/auth/sign-in"},
]
FORGED_IDENTITY = ["X-Tandem-User", "X-Tandem-Person", "Remote-User", "X-Forwarded-User", "X-Auth-Request-Email"]
SIGN_IN = {"login": "ben", "password": PASSWORD}


def sign_in(browser, *, headers=None, **form):
    return browser.post("/auth/sign-in", data={**SIGN_IN, **form}, headers=headers)


def person(browser):
    return browser.get("/review").json()["person"] if browser.get("/review").status_code == 200 else None


def person_id(desk, login):
    with opened(desk.data_dir) as tandem:
        return next(tandem.query("SELECT person_id FROM accounts WHERE login = ?", [login]))["person_id"]


def test_session_fixation(desk):
    planted = "planted-by-somebody-else-0123456789abcdef012"
    victim = desk.browser(planted)
    given = sign_in(victim).cookies[COOKIE]
    assert given != planted
    assert person(desk.browser(planted)) is None
    again = sign_in(desk.browser("ann")).cookies[COOKIE]
    assert person(desk.browser(again)) == person_id(desk, "ben")
    assert person(desk.browser("ann")) is None


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_login_csrf(desk, headers):
    victim = desk.browser()
    assert sign_in(victim, headers=headers).status_code == 403
    assert COOKIE not in victim.cookies


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_form_csrf(desk, headers):
    victim = desk.browser("ben")
    assert victim.post("/auth/sign-out", data={"x": "1"}, headers=headers).status_code == 403
    decided = victim.post("/api/v1/review/small", json={"ops": [], "want": 1}, headers=headers)
    assert decided.status_code == 403
    assert person(victim) is not None


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
def test_csrf_by_a_form_that_looks_like_json(desk, kind):
    body = b'{"ops": [], "want": 1, "x": "="}'
    answer = desk.browser("ben").post("/api/v1/review/small", content=body, headers={"content-type": kind})
    assert answer.status_code == 400


def test_cookies_that_other_sites_can_send_or_read(desk):
    cookie = sign_in(desk.browser()).headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert "domain" not in cookie.lower()


@pytest.mark.parametrize("headers", FORGED_PROXY, ids=str)
def test_forged_proxy_headers(desk, headers):
    stranger = desk.browser()
    assert stranger.get("/review", headers=headers).status_code == 303
    assert stranger.get("/api/v1/image/small/x", headers=headers).status_code == 401
    assert stranger.get("/healthz", headers=headers).status_code in {303, 401, 403}


@pytest.mark.parametrize("name", FORGED_IDENTITY)
def test_forged_identity_headers(desk, name):
    assert desk.browser().get("/review", headers={name: "ann"}).status_code == 303
    seen = desk.browser("ben").get("/review", headers={name: "ann"}).json()
    assert seen["person"] == person_id(desk, "ben")
    assert not [header for header in seen["headers"] if header.startswith("x-tandem")]


def connect(desk, who, headers):
    return desk.browser(who).websocket_connect(f"wss://{DESK}{STREAM}", headers=headers)


@pytest.mark.parametrize("who", [None, "x" * 43, "' OR 1=1 --"])
def test_websocket_without_session(desk, who):
    with pytest.raises(WebSocketDisconnect) as refused, connect(desk, who, {"origin": f"https://{DESK}"}):
        pass
    assert refused.value.code == 4401


@pytest.mark.parametrize("origin", ["https://evil.example", "null", f"https://{DESK}.evil.example"])
def test_cross_site_websocket_hijacking(desk, origin):
    with pytest.raises(WebSocketDisconnect) as refused, connect(desk, "ben", {"origin": origin}):
        pass
    assert refused.value.code == 4403


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.nip.example", f"{DESK}.evil.example", "10.0.0.7"])
def test_dns_rebinding(desk, host):
    assert desk.browser("ben", host=host).get("/review").status_code == 403


@pytest.mark.parametrize(
    "host", ["evil.example", f"{DESK}@evil.example", f"{DESK}\tevil.example", f"{DESK}, evil.example"]
)
def test_host_header_injection(desk, host):
    answer = desk.browser().get("/auth/sign-in", headers={"host": host})
    assert "evil.example" not in answer.text + str(answer.headers)
    moved = desk.browser().get("/review", headers={"host": f"{DESK}:80"})
    assert moved.headers["location"].startswith("/auth/sign-in?")


@pytest.mark.parametrize(
    "asked",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/%2f/evil.example/..",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/auth/sign-out",
        "///evil.example",
        "http:evil.example",
    ],
)
def test_open_redirect_through_next(desk, asked):
    sent = sign_in(desk.browser(), next=asked)
    shown = desk.browser("ben").get("/auth/sign-in", params={"next": asked})
    for answer in (sent, shown):
        assert answer.status_code == 303
        place = answer.headers["location"]
        assert place.startswith("/")
        assert not place.startswith(("//", "/\\", "/auth/"))
        assert "evil.example" not in place or place.startswith("/%2f/")


@pytest.mark.parametrize("lines", ["/review\r\nSet-Cookie: a=b", "/review\nX-Evil: 1", "/review%0d%0aX-Evil: 1"])
def test_header_injection(desk, lines):
    for answer in (
        sign_in(desk.browser(), next=lines),
        desk.browser().get("/auth/sign-in", params={"next": lines}),
        desk.browser().get("/" + lines.replace("\r", "%0d").replace("\n", "%0a").lstrip("/")),
    ):
        assert "x-evil" not in answer.headers
        assert not [one for one in answer.headers.get_list("set-cookie") if one.startswith("a=")]


def test_a_one_time_link_used_twice(desk):
    with opened(desk.data_dir) as tandem:
        link = invite(tandem, name="Dee", login="dee", actor=OWNER, now=now())
    form = {"password": PASSWORD, "again": PASSWORD}
    assert desk.browser().post(f"/auth/link/{link.token}", data=form).status_code == 303
    for answer in (
        desk.browser().post(f"/auth/link/{link.token}", data=form),
        desk.browser().get(f"/auth/link/{link.token}"),
        desk.browser().get("/auth/link/never-was"),
    ):
        assert answer.status_code == 404
        assert COOKIE not in answer.cookies


def test_session_after_deactivation(desk):
    with opened(desk.data_dir) as tandem:
        deactivate_person(tandem, person_id=person_id(desk, "ben"), actor=OWNER, now=now())
    victim = desk.browser("ben")
    assert victim.get("/review").status_code == 303
    assert victim.post("/api/v1/review/small", json={"ops": [], "want": 1}).status_code == 401
    with pytest.raises(WebSocketDisconnect), connect(desk, "ben", {"origin": f"https://{DESK}"}):
        pass
    assert sign_in(desk.browser()).status_code == 401


def test_session_after_signing_out(desk):
    assert desk.browser("ben").post("/auth/sign-out", data={"x": "1"}).status_code == 200
    assert person(desk.browser("ben")) is None


def test_cookie_of_another_person(desk):
    browser = desk.browser("ben")
    assert person(browser) == person_id(desk, "ben")
    browser.cookies.set(COOKIE, desk.tokens["cem"], domain=DESK, path="/")
    assert person(browser) == person_id(desk, "cem")
    mixed = f"{COOKIE}={desk.tokens['ben']}; {COOKIE}={desk.tokens['cem']}"
    assert desk.browser().get("/review", headers={"cookie": mixed}).json()["person"] in {
        person_id(desk, "ben"),
        person_id(desk, "cem"),
    }
    for forged in (desk.tokens["ben"][:-1], desk.tokens["ben"] + "=", desk.tokens["ben"].upper()):
        assert person(desk.browser(forged)) is None


def test_cookie_of_another_project(desk):
    """Routes and verbs one by one are in the tests of roles; here: a project says what one that is not there says."""
    browser = desk.browser("ben")
    for ask in (
        lambda slug: browser.post(f"/api/v1/review/{slug}", json={"ops": [], "want": 1}),
        lambda slug: browser.get(f"/api/v1/image/{slug}/{'0' * 64}"),
    ):
        foreign, missing = ask("other"), ask("nowhere")
        assert (foreign.status_code, missing.status_code) == (404, 404)
        assert foreign.text.replace("other", "nowhere") == missing.text


def test_timing_of_unknown_users(desk, monkeypatch):
    """A name that nobody has costs one verification of a password too."""
    checked = []
    plain = passwords.verify_password
    monkeypatch.setattr(verbs, "verify_password", lambda *args: checked.append(args[0] is not None) or plain(*args))
    answers = [sign_in(desk.browser(), login=login, password="wrong wrong wrong") for login in ("ben", "nobody-at-all")]
    assert checked == [True, False]
    assert {answer.status_code for answer in answers} == {401}
    assert answers[0].text.replace("ben", "") == answers[1].text.replace("nobody-at-all", "")


def test_guessing_passwords(desk, monkeypatch):
    """An account shuts after five; over many names a peer has so many failures a minute."""
    monkeypatch.setattr(verbs, "verify_password", lambda *_args: False)
    one = [sign_in(desk.browser(), password="wrong wrong wrong").status_code for _ in range(5)]
    monkeypatch.undo()
    monkeypatch.setenv("TANDEM_DATA", str(desk.data_dir))
    monkeypatch.setenv("TANDEM_ADDRESS", f"https://{DESK}")
    assert one == [401] * 5
    assert sign_in(desk.browser()).status_code == 401
    monkeypatch.setattr(verbs, "verify_password", lambda *_args: False)
    many = [sign_in(desk.browser(), login=f"name-{n}").status_code for n in range(FAILED_SIGN_INS_A_MINUTE)]
    assert set(many) == {401, 429}
    refused = sign_in(desk.browser())
    assert (refused.status_code, int(refused.headers["retry-after"]) > 0) == (429, True)
    assert sign_in(desk.browser(peer="10.0.0.8"), login="x").status_code == 401


@pytest.mark.parametrize("path", ["/", "/review", "/media/x.csv", "/_stcore/health", "/auth/sign-in", "/auth/sign-out"])
def test_cache_of_a_shared_computer(desk, path):
    assert desk.browser("ben").get(path).headers["cache-control"] == "no-store"
    refused = desk.browser("ben").get(f"/api/v1/image/small/{'0' * 64}")
    assert refused.headers["cache-control"] == "no-store"


def test_downgrade_to_http(desk):
    assert "max-age" in desk.browser().get("/auth/sign-in").headers["strict-transport-security"]
    browser = desk.browser()
    sign_in(browser)
    assert browser.get("/review").status_code == 200
    assert browser.get(f"http://{DESK}/review").status_code == 303


def test_framing(desk):
    for path in ("/", "/auth/sign-in", "/review"):
        headers = desk.browser("ben").get(path).headers
        assert headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
