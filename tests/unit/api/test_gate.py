"""hitl.api.gate: the local owner gets in, nobody else."""

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from hitl.api.gate import LOCAL_OWNER_KEY, REFUSED_CLOSE_CODE, Gate, is_loopback_address, is_loopback_host

PROXY_HEADERS = [
    {"Forwarded": "for=192.0.2.1"},
    {"X-Forwarded-For": "127.0.0.1"},
    {"X-Forwarded-Host": "localhost"},
    {"X-Forwarded-Proto": "https"},
    {"X-Real-IP": "127.0.0.1"},
    {"Via": "1.1 proxy"},
]


async def show_request(request: Request) -> JSONResponse:
    return JSONResponse({"headers": dict(request.headers), "owner": request.scope.get(LOCAL_OWNER_KEY)})


async def greet(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text("hello")
    await websocket.close()


INNER = Starlette(
    routes=[Route("/", show_request), Route("/healthz", show_request), WebSocketRoute("/_stcore/stream", greet)]
)


def make_client(*, peer="127.0.0.1", host="localhost:8501"):
    return TestClient(Gate(INNER), base_url=f"http://{host}", client=(peer, 50000))


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("host", ["localhost", "localhost:8501", "127.0.0.1:8501", "[::1]:8501", "LOCALHOST"])
def test_the_local_owner_gets_in(peer, host):
    answer = make_client(peer=peer).get("/", headers={"Host": host})
    assert (answer.status_code, answer.json()["owner"]) == (200, True)


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "10.0.0.7:8501", "", "[::2]"]
)
def test_a_host_that_is_not_loopback_is_refused(host):
    assert make_client().get("/", headers={"Host": host}).status_code == 403


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "http://localhost:8501]"])
def test_an_origin_that_is_no_address_is_refused(origin):
    assert make_client().get("/", headers={"Origin": origin}).status_code == 403


@pytest.mark.parametrize("peer", ["10.0.0.7", "::ffff:10.0.0.7", "2001:db8::1", "testclient", ""])
def test_a_peer_on_another_machine_is_refused(peer):
    assert make_client(peer=peer).get("/").status_code == 403


@pytest.mark.parametrize("headers", PROXY_HEADERS)
def test_what_a_proxy_passed_on_is_refused(headers):
    assert make_client().get("/", headers=headers).status_code == 403


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
    assert not any(mark in answer.text for mark in ("src=", "@import", "url(", "<script", "<link"))


def test_the_refusal_repeats_nothing_of_the_request():
    answer = make_client().get("/<b>x</b>", headers={"Host": "evil.example"})
    assert "evil.example" not in answer.text
    assert "<b>x</b>" not in answer.text


def connect(headers):
    return make_client().websocket_connect("ws://localhost:8501/_stcore/stream", headers=headers)


def test_the_websocket_opens_for_the_local_owner():
    with connect({"origin": "http://localhost:8501"}) as socket:
        assert socket.receive_text() == "hello"


@pytest.mark.parametrize("headers", [{"host": "evil.example"}, {"origin": "http://evil.example"}, *PROXY_HEADERS])
def test_the_websocket_is_closed_for_everybody_else(headers):
    with pytest.raises(WebSocketDisconnect) as refused, connect(headers):
        pass
    assert refused.value.code == REFUSED_CLOSE_CODE


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


def test_two_host_headers_are_one_too_many():
    assert not is_loopback_host(["localhost", "localhost"])


@pytest.mark.parametrize("address", ["localhost", "127.0.0.1:80", "0.0.0.0", "169.254.1.1"])
def test_only_loopback_addresses_are_local(address):
    assert not is_loopback_address(address)
