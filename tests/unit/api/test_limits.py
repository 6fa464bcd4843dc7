"""hitl.api.limits: what a peer sends is refused when it is too often, too large, packed or too slow."""

from contextlib import suppress

import anyio
import pytest
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from hitl.api import limits
from hitl.api.limits import FAILED_SIGN_INS_A_MINUTE, LARGEST_BODY, LARGEST_REVIEW, MACHINE_FACTOR, Limits, largest_body
from hitl.api.review import LARGEST_BODY as LARGEST_ASKED
from hitl.domain.web_path import serve_under

DEPLOYED = ("10.0.0.7", 50000)
HTML = {"accept": "text/html,application/xhtml+xml"}


async def count_bytes(request):
    return PlainTextResponse(str(len(await request.body())))


async def sign_in(request):
    return PlainTextResponse("", status_code=int(request.query_params.get("status", "401")))


async def greet(websocket):
    await websocket.accept()
    await websocket.close()


INNER = Starlette(
    routes=[
        Route("/auth/sign-in", sign_in, methods=["GET", "POST"]),
        WebSocketRoute("/_stcore/stream", greet),
        Route("/{path:path}", count_bytes, methods=["GET", "POST", "PUT"]),
    ]
)


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def few(monkeypatch):
    """Three requests a minute."""
    monkeypatch.setattr(limits, "REQUESTS_A_MINUTE", 3)


@pytest.fixture
def make_client(clock):
    """A function that makes clients of one server."""
    server = Limits(INNER, clock=clock)
    return lambda peer=DEPLOYED: TestClient(server, base_url="http://localhost", client=peer)


def test_a_peer_that_asks_too_often_is_told_when_to_come_again(make_client, clock, few):
    client = make_client()
    assert [client.get("/").status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = client.get("/")
    assert (refused.headers["retry-after"], refused.headers["cache-control"]) == ("20", "no-store")
    assert refused.json() == {"error": "Too many requests in a short time. Wait 20 seconds and try again."}
    clock.now += 20
    assert client.get("/").status_code == 200


def test_people_read_a_page_and_programs_json(make_client, few):
    client = make_client()
    for _ in range(3):
        client.get("/")
    assert "Wait 20 seconds" in client.get("/", headers=HTML).text
    assert client.get("/", headers=HTML).headers["content-type"].startswith("text/html")
    assert client.get("/").headers["content-type"] == "application/json"


def test_another_peer_is_not_held_up_and_this_machine_stands_for_many(make_client, few):
    for _ in range(4):
        make_client().get("/")
    assert make_client().get("/").status_code == 429
    assert make_client(("10.0.0.8", 50000)).get("/").status_code == 200
    local = [make_client(("127.0.0.1", 50000)).get("/").status_code for _ in range(3 * MACHINE_FACTOR + 1)]
    assert local == [200] * 3 * MACHINE_FACTOR + [429]


def test_an_address_that_a_proxys_header_names_gets_no_allowance_of_its_own(make_client, few):
    """uvicorn writes such an address with the port 0."""
    answers = [make_client((f"192.0.2.{n}", 0)).get("/").status_code for n in range(3 * MACHINE_FACTOR + 1)]
    assert answers[-1] == 429


def test_a_network_of_ipv6_is_one_peer(make_client, few):
    answers = [make_client((f"2001:db8::{n:x}", 50000)).get("/").status_code for n in range(4)]
    assert answers[-1] == 429
    assert make_client(("2001:db8:0:1::1", 50000)).get("/").status_code == 200


def test_a_websocket_too_many_is_closed(make_client, few):
    client = make_client()
    for _ in range(3):
        client.get("/")
    with pytest.raises(WebSocketDisconnect) as refused, client.websocket_connect("/_stcore/stream"):
        pass
    assert refused.value.code == 4429


def test_failed_sign_ins_are_few_and_successful_ones_are_free(make_client, clock):
    client = make_client()
    for _ in range(3 * FAILED_SIGN_INS_A_MINUTE):
        assert client.post("/auth/sign-in?status=303").status_code == 303
    tried = [client.post("/auth/sign-in").status_code for _ in range(FAILED_SIGN_INS_A_MINUTE + 1)]
    assert tried == [401] * FAILED_SIGN_INS_A_MINUTE + [429]
    assert client.get("/review").status_code == 200
    clock.now += 1
    assert client.post("/auth/sign-in").status_code == 401


def test_what_is_too_large_by_its_own_word_is_not_read(make_client):
    answer = make_client().post("/x", content=b"a" * (LARGEST_BODY + 1))
    assert (answer.status_code, answer.headers["connection"]) == (413, "close")
    assert "64 kB" in answer.json()["error"]
    assert make_client().post("/x", content=b"a" * LARGEST_BODY).text == str(LARGEST_BODY)


def test_the_length_said_is_not_believed(make_client):
    def pieces():
        for _ in range(LARGEST_BODY // 4096 + 1):
            yield b"a" * 4096

    assert make_client().post("/x", content=pieces()).status_code == 413


@pytest.mark.parametrize("length", ["99999999999999999999999999", "65537"])
def test_a_length_beyond_every_number_is_refused(make_client, length):
    assert make_client().post("/x", content=b"a", headers={"content-length": length}).status_code == 413


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "gzip, gzip", "GZIP"])
def test_a_packed_body_is_refused(make_client, encoding):
    assert make_client().post("/x", content=b"x", headers={"content-encoding": encoding}).status_code == 415


def test_a_decision_of_the_deck_is_never_too_large_for_this_layer_before_its_route_says_so():
    assert largest_body({"path": "/api/v1/review/x"}) == LARGEST_REVIEW > LARGEST_ASKED


def test_below_a_base_path_the_bounds_are_the_same():
    serve_under("/tandem")
    try:
        assert largest_body({"path": "/tandem/api/v1/review/x"}) == LARGEST_REVIEW
        assert largest_body({"path": "/tandem/review"}) == LARGEST_BODY
    finally:
        serve_under("")


async def ask_slowly(pieces, app, clock, *, seconds_each):
    """What is answered to a body whose pieces come with pauses and whose end never comes."""
    waiting, sent = list(pieces), []

    async def receive():
        if not waiting:
            await anyio.sleep_forever()
        clock.now += seconds_each
        return {"type": "http.request", "body": waiting.pop(0), "more_body": True}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/x", "headers": [], "query_string": b"", "client": DEPLOYED}
    await Limits(app, clock=clock)(scope, receive, send)
    return [message["status"] for message in sent if message["type"] == "http.response.start"]


def test_a_body_that_never_ends_is_given_up(monkeypatch, clock):
    monkeypatch.setattr(limits, "SLOWEST_SECONDS", 0.02)
    assert anyio.run(lambda: ask_slowly([b"a"], INNER, clock, seconds_each=0)) == [408]


def test_a_body_that_trickles_is_given_up_although_each_piece_comes_in_time(clock):
    assert anyio.run(lambda: ask_slowly([b"a"] * 100, INNER, clock, seconds_each=10)) == [408]
    assert clock.now < 60


def test_a_large_upload_over_a_slow_line_has_its_time(clock, monkeypatch):
    monkeypatch.setattr(limits, "LARGEST_BODY", 1 << 30)
    received = 0

    async def read(scope, receive, send):
        nonlocal received
        with suppress(ClientDisconnect):
            async for piece in Request(scope, receive).stream():
                received += len(piece)

    pieces = [bytes(limits.SLOWEST_BYTES_A_SECOND)] * 200
    monkeypatch.setattr(limits, "SLOWEST_SECONDS", 1.02)
    assert anyio.run(lambda: ask_slowly(pieces, read, clock, seconds_each=1)) == [408]
    assert received == 200 * limits.SLOWEST_BYTES_A_SECOND


def test_an_app_that_answers_a_cut_off_body_itself_is_not_heard(clock, monkeypatch):
    monkeypatch.setattr(limits, "SLOWEST_SECONDS", 0.02)

    async def stubborn(scope, receive, send):
        while (await receive())["type"] != "http.disconnect":
            pass
        await PlainTextResponse("done")(scope, receive, send)

    assert anyio.run(lambda: ask_slowly([b"a"], stubborn, clock, seconds_each=0)) == [408]


def test_after_the_whole_body_a_client_may_wait_as_long_as_it_likes(clock, monkeypatch):
    monkeypatch.setattr(limits, "SLOWEST_SECONDS", 0.02)
    waits = []

    async def watch_for_the_end(scope, receive, send):
        await receive()
        with anyio.move_on_after(0.05) as patience:
            await receive()
        waits.append(patience.cancelled_caught)
        await PlainTextResponse("x")(scope, receive, send)

    async def ask():
        pieces = [{"type": "http.request", "body": b"", "more_body": False}]
        sent = []

        async def receive():
            return pieces.pop(0) if pieces else await anyio.sleep_forever()

        async def send(message):
            sent.append(message)

        scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b"", "client": DEPLOYED}
        await Limits(watch_for_the_end, clock=clock)(scope, receive, send)
        return sent[0]["status"]

    assert (anyio.run(ask), waits) == (200, [True])
