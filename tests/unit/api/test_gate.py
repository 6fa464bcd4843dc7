"""hitl.api.gate: without accounts the local owner gets in and nobody else; with accounts, whoever has a session."""

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from hitl.api.gate import REFUSED_CLOSE_CODE, SIGN_IN_CLOSE_CODE, Gate
from hitl.api.visitor import LOCAL_OWNER_KEY, SESSION_KEY
from hitl.domain.people import LOCAL_OWNER
from hitl.domain.session_cookie import NAME
from hitl.loop.people import deactivate_person
from hitl.loop.sign_in import sign_out
from tests.accounts import OWNER, add_member, add_owner, now, opened

PROXY_HEADERS = [
    {"Forwarded": "for=192.0.2.1"},
    {"X-Forwarded-For": "127.0.0.1"},
    {"X-Forwarded-Host": "localhost"},
    {"X-Forwarded-Proto": "https"},
    {"X-Real-IP": "127.0.0.1"},
    {"Via": "1.1 proxy"},
]
DESK = "desk.example.org"
STREAM = "/_stcore/stream"
FOR_PROGRAMS = ["/api/v1/image/a/b", "/_stcore/health", "/_stcore/upload_file/a/b", "/media/x.png", "/component/a/b.js"]
PAGES = ["/", "/review", "/review?project=small&page=2", "/nowhere"]


async def show_request(request: Request) -> JSONResponse:
    session = request.scope.get(SESSION_KEY)
    shown = {"headers": dict(request.headers), "owner": request.scope.get(LOCAL_OWNER_KEY)}
    return JSONResponse({**shown, "person": session.person_id if session else None})


async def greet(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text("hello")
    await websocket.close()


INNER = Starlette(
    routes=[
        WebSocketRoute(STREAM, greet),
        Route("/{path:path}", show_request, methods=["GET", "POST"]),
    ]
)


def make_client(*, peer="127.0.0.1", host="localhost:8501", token=None):
    cookies = {NAME: token} if token else None
    base_url = f"http://{host}"
    return TestClient(Gate(INNER), base_url=base_url, client=(peer, 50000), cookies=cookies, follow_redirects=False)


@pytest.fixture
def session(own_data_folder):
    """The token of the first owner's session."""
    return add_owner(own_data_folder)


@pytest.fixture
def desk(monkeypatch):
    """People reach Tandem at a name of its own."""
    monkeypatch.setenv("TANDEM_ADDRESS", f"http://{DESK}")


# nobody has an account


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("host", ["localhost", "localhost:8501", "127.0.0.1:8501", "[::1]:8501", "LOCALHOST"])
def test_the_local_owner_gets_in(peer, host):
    answer = make_client(peer=peer).get("/", headers={"Host": host})
    assert (answer.status_code, answer.json()["owner"]) == (200, True)


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "10.0.0.7:8501", "", "[::2]", "["]
)
def test_a_host_that_is_not_ours_is_refused(host):
    assert make_client().get("/", headers={"Host": host}).status_code == 403


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "http://localhost:8501]"])
def test_an_origin_that_is_no_address_is_refused(origin):
    assert make_client().get("/", headers={"Origin": origin}).status_code == 403


@pytest.mark.parametrize("peer", ["10.0.0.7", "::ffff:10.0.0.7", "2001:db8::1", "testclient", ""])
@pytest.mark.parametrize("path", ["/", "/review", "/auth/sign-in", "/auth/set-up", "/_stcore/health", "/api/v1/x"])
def test_a_peer_on_another_machine_reads_that_it_is_being_set_up(peer, path):
    answer = make_client(peer=peer).get(path)
    assert answer.status_code == 403
    assert "being set up" in answer.text


@pytest.mark.parametrize("headers", PROXY_HEADERS)
def test_what_a_proxy_passed_on_is_not_the_local_owner(headers):
    answer = make_client().get("/", headers=headers)
    assert (answer.status_code, "being set up" in answer.text) == (403, True)


def test_the_set_up_link_is_open_from_elsewhere(desk):
    assert make_client(peer="10.0.0.7", host=DESK).get("/auth/link/abc").json()["owner"] is False


def test_another_sites_page_cannot_use_the_owners_browser():
    assert make_client().get("/", headers={"Origin": "http://evil.example"}).status_code == 403
    assert make_client().get("/", headers={"Origin": "http://localhost:9999"}).status_code == 403
    assert make_client().get("/", headers={"Origin": "null"}).status_code == 403
    assert make_client().get("/", headers={"Origin": "http://localhost:8501"}).status_code == 200


def test_the_refusal_says_where_to_go_and_loads_nothing():
    answer = make_client().get("/projects", headers={"Host": "evil.example"})
    assert answer.headers["content-type"].startswith("text/html")
    assert "ssh -L" in answer.text
    assert "To add people" in answer.text
    assert "TANDEM_ADDRESS" in answer.text
    assert not any(mark in answer.text for mark in ("src=", "@import", "url(", "<script", "<link"))


def test_the_refusal_repeats_nothing_of_the_request():
    answer = make_client().get("/<b>x</b>", headers={"Host": "evil.example"})
    assert "evil.example" not in answer.text
    assert "<b>x</b>" not in answer.text


def connect(headers, *, token=None, host="localhost:8501", peer="127.0.0.1"):
    client = make_client(token=token, host=host, peer=peer)
    return client.websocket_connect(f"ws://{host}{STREAM}", headers=headers)


def close_code(headers, **options):
    with pytest.raises(WebSocketDisconnect) as refused, connect(headers, **options):
        pass
    return refused.value.code


def test_the_websocket_opens_for_the_local_owner():
    with connect({"origin": "http://localhost:8501"}) as socket:
        assert socket.receive_text() == "hello"


@pytest.mark.parametrize("headers", [{"host": "evil.example"}, {"origin": "http://evil.example"}, *PROXY_HEADERS])
def test_the_websocket_is_closed_for_everybody_else(headers):
    assert close_code(headers) == REFUSED_CLOSE_CODE


def test_health_answers_a_local_probe_under_any_name_but_not_as_the_owner():
    answer = make_client().get("/healthz", headers={"Host": "desk.example.org"})
    assert (answer.status_code, answer.json()["owner"]) == (200, False)


def test_health_is_closed_to_other_machines_and_proxies():
    assert make_client(peer="10.0.0.7").get("/healthz").status_code == 403
    assert make_client().get("/healthz", headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 403


def test_identity_headers_of_the_client_are_dropped():
    answer = make_client().get("/", headers={"X-Tandem-User": "admin", "x-tandem-role": "owner", "X-Other": "kept"})
    assert [name for name in answer.json()["headers"] if name.startswith("x-tandem")] == []
    assert answer.json()["headers"]["x-other"] == "kept"


# somebody has an account


@pytest.mark.parametrize("path", PAGES)
def test_whoever_has_a_session_gets_in_as_that_person(session, path):
    answer = make_client(token=session).get(path)
    assert (answer.status_code, answer.json()["person"], answer.json()["owner"]) == (200, LOCAL_OWNER.id, False)


@pytest.mark.parametrize("path", PAGES)
def test_nobody_is_sent_to_sign_in_and_comes_back_to_the_page(session, path):
    answer = make_client().get(path)
    assert answer.status_code == 303
    assert answer.headers["cache-control"] == "no-store"
    there = make_client().get(answer.headers["location"])
    assert there.json()["person"] is None
    assert there.url.path == "/auth/sign-in"
    assert there.url.params.get("next", "/") == path


@pytest.mark.parametrize("path", FOR_PROGRAMS)
def test_a_program_without_a_session_reads_401(session, path):
    answer = make_client().get(path)
    assert (answer.status_code, list(answer.json())) == (401, ["error"])
    assert "sign in again" in answer.json()["error"]


def test_a_form_sent_without_a_session_is_not_sent_elsewhere(session):
    assert make_client().post("/review").status_code == 401


@pytest.mark.parametrize(
    "path", ["/auth/sign-in", "/auth/link/x", "/auth/sso", "/app/static/logo.svg", "/static/js/x.js"]
)
def test_the_door_and_what_it_is_drawn_with_are_open(session, path):
    assert make_client().get(path).status_code == 200


@pytest.mark.parametrize("path", ["/static/index.html", "/authority", "/auth", "/app/other", "/AUTH/sign-in"])
def test_what_only_looks_like_the_door_is_closed(session, path):
    assert make_client().get(path).status_code in {303, 401}


def test_the_websocket_opens_with_a_session_alone(session):
    with connect({"origin": "http://localhost:8501"}, token=session) as socket:
        assert socket.receive_text() == "hello"
    assert close_code({"origin": "http://localhost:8501"}) == SIGN_IN_CLOSE_CODE
    assert close_code({"origin": "http://localhost:8501"}, token="x" * 43) == SIGN_IN_CLOSE_CODE


def test_another_sites_page_cannot_open_the_websocket_with_the_visitors_session(session):
    assert close_code({"origin": "http://evil.example"}, token=session) == REFUSED_CLOSE_CODE


@pytest.mark.parametrize("token", ["", "x" * 43, "'; DROP TABLE sessions; --", "\u00e9" * 20, "a" * 3_000])
def test_a_token_that_nobody_was_given_opens_nothing(session, token):
    headers = {"Cookie": f"{NAME}={token}".encode("latin-1")}
    assert make_client().get("/", headers=headers).status_code == 303


def test_a_session_that_was_signed_out_opens_nothing(session, own_data_folder):
    with opened(own_data_folder) as tandem:
        sign_out(tandem, session, now=now())
    assert make_client(token=session).get("/").status_code == 303


def test_the_session_of_a_closed_account_opens_nothing(session, own_data_folder):
    token = add_member(own_data_folder)
    person = make_client(token=token).get("/").json()["person"]
    with opened(own_data_folder) as tandem:
        deactivate_person(tandem, person_id=person, actor=OWNER, now=now())
    assert make_client(token=token).get("/").status_code == 303


def test_people_come_through_a_proxy_and_its_headers_say_nothing(session, desk):
    for headers in PROXY_HEADERS:
        through = make_client(peer="10.0.0.7", host=DESK, token=session).get("/", headers=headers)
        assert (through.status_code, through.json()["person"]) == (200, LOCAL_OWNER.id)
        assert make_client(peer="10.0.0.7", host=DESK).get("/", headers=headers).status_code == 303


def test_a_host_named_by_a_proxys_header_is_not_believed(session, desk):
    headers = {"Host": "evil.example", "X-Forwarded-Host": DESK}
    assert make_client(token=session).get("/", headers=headers).status_code == 403


def test_on_this_machine_too_everybody_signs_in(session):
    assert make_client().get("/").status_code == 303


def test_where_the_address_is_https_only_the_cookie_bound_to_the_host_counts(session, monkeypatch):
    monkeypatch.setenv("TANDEM_ADDRESS", f"https://{DESK}")
    client = make_client(host=DESK)
    assert client.get("/", headers={"Cookie": f"{NAME}={session}"}).status_code == 303
    assert client.get("/", headers={"Cookie": f"__Host-{NAME}={session}"}).status_code == 200


def test_who_came_cannot_be_said_while_the_database_is_broken(own_data_folder):
    own_data_folder.mkdir()
    (own_data_folder / "tandem.db").write_bytes(b"no database" * 100)
    local, stranger = make_client().get("/"), make_client(peer="10.0.0.7").get("/")
    assert (local.status_code, stranger.status_code) == (503, 503)
    assert "tandem.db" in local.text
    assert "tandem.db" not in stranger.text
    assert make_client().get("/healthz").status_code == 200
