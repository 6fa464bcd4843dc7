"""hitl.api.session_limits: one session can't take the desk from the others, and no reviewer ever meets the bound."""

import anyio
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from hitl.api import session_limits
from hitl.api.session_limits import LARGEST_MESSAGE, SessionLimits
from hitl.api.visitor import LOCAL_OWNER_KEY, SESSION_KEY
from hitl.domain.accounts import Session


async def answer(_request):
    return PlainTextResponse("x")


async def echo(websocket):
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(str(len(await websocket.receive_bytes())))
    except WebSocketDisconnect:
        pass


INNER = Starlette(routes=[WebSocketRoute("/stream", echo), Route("/{path:path}", answer)])


class World:
    """The server and the time."""

    def __init__(self):
        self.now, self.paused = 0.0, []
        self.server = SessionLimits(INNER, clock=lambda: self.now, pause=self.pause)

    async def pause(self, seconds):
        self.paused.append(seconds)
        self.now += seconds

    def as_session(self, number):
        session = None if number is None else Session(number, 1, "password", "", "", "", "")
        return self.enter({SESSION_KEY: session, LOCAL_OWNER_KEY: False})

    def as_local_owner(self):
        return self.enter({SESSION_KEY: None, LOCAL_OWNER_KEY: True})

    def enter(self, known):
        async def gate(scope, receive, send):
            await self.server({**scope, **known}, receive, send)

        return TestClient(gate, base_url="http://localhost")


@pytest.fixture
def world():
    return World()


def test_a_session_that_asks_too_often_waits_and_nobody_else_does(world, monkeypatch):
    monkeypatch.setattr(session_limits, "REQUESTS_A_MINUTE", 3)
    assert [world.as_session(1).get("/").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert world.as_session(1).get("/").headers["retry-after"] == "20"
    assert world.as_session(2).get("/").status_code == 200
    assert world.as_local_owner().get("/").status_code == 200


def test_who_has_no_session_shares_no_allowance_with_others(world, monkeypatch):
    monkeypatch.setattr(session_limits, "REQUESTS_A_MINUTE", 1)
    assert [world.as_session(None).get("/").status_code for _ in range(5)] == [200] * 5


def test_a_reviewer_with_fast_keys_all_day_never_waits(world):
    """A request each 50 ms, and each quarter of an hour a page of 200 images."""
    allowed = world.server._requests
    for step in range(8 * 3600 * 20):
        world.now = step / 20
        requests = 200 if step % 18_000 == 0 else 1
        assert all(allowed.take("1", session_limits.REQUESTS_A_MINUTE) == 0.0 for _ in range(requests))


def test_a_message_that_is_too_large_closes_the_page(world):
    with world.as_session(1).websocket_connect("/stream") as stream:
        stream.send_bytes(bytes(LARGEST_MESSAGE))
        assert stream.receive_text() == str(LARGEST_MESSAGE)
        stream.send_bytes(bytes(LARGEST_MESSAGE + 1))
        with pytest.raises(WebSocketDisconnect) as closed:
            stream.receive_text()
    assert closed.value.code == 1009


def test_a_page_that_sends_too_much_is_read_more_slowly_and_loses_nothing(world, monkeypatch):
    monkeypatch.setattr(session_limits, "MESSAGES_A_MINUTE", 60)
    with world.as_session(1).websocket_connect("/stream") as stream:
        for _ in range(63):
            stream.send_bytes(b"abc")
        assert [stream.receive_text() for _ in range(63)] == ["3"] * 63
    assert world.paused == pytest.approx([1.0, 1.0, 1.0])


def test_so_many_pages_are_open_and_no_more(world, monkeypatch):
    monkeypatch.setattr(session_limits, "MOST_STREAMS", 1)
    client = world.as_session(1)
    with client.websocket_connect("/stream"):
        with pytest.raises(WebSocketDisconnect) as refused, client.websocket_connect("/stream"):
            pass
        assert refused.value.code == 4429
        with world.as_session(2).websocket_connect("/stream"):
            pass
    with client.websocket_connect("/stream"):
        pass
    assert not world.server._streams


def test_the_lifespan_passes():
    seen = []

    async def app(scope, receive, send):
        seen.append(scope["type"])

    anyio.run(SessionLimits(app), {"type": "lifespan"}, None, None)
    assert seen == ["lifespan"]
