"""The request log names route, status and time, never what was asked for."""

import logging

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient

from hitl.api.request_log import RequestLog


def answer(request):
    if request.path_params.get("name") == "broken":
        raise ValueError("canary")
    return PlainTextResponse("ok")


async def listen(socket):
    await socket.accept()
    await socket.close()


OURS = [Route("/api/v1/thing/{name}", answer)]


@pytest.fixture
def client():
    others = [Route("/{page:path}", answer), WebSocketRoute("/_stcore/stream", listen)]
    layer = Middleware(RequestLog, routes=OURS)
    return TestClient(Starlette(routes=[*OURS, *others], middleware=[layer]), raise_server_exceptions=False)


def told(caplog):
    return [(record.levelname, record.msg, record.ids["route"], record.ids["status"]) for record in caplog.records]


def test_our_own_route_is_logged_by_its_pattern_without_name_or_query(client, caplog):
    with caplog.at_level(logging.DEBUG, logger="tandem.request"):
        client.get("/api/v1/thing/canary?text=canary", headers={"cookie": "canary=1"})
    assert told(caplog) == [("INFO", "request", "/api/v1/thing/{name}", 200)]
    assert "canary" not in str([vars(record) for record in caplog.records])


def test_what_breaks_is_a_500_at_level_info(client, caplog):
    with caplog.at_level(logging.DEBUG, logger="tandem.request"):
        client.get("/api/v1/thing/broken")
    assert ("INFO", "request", "/api/v1/thing/{name}", 500) in told(caplog)


def test_pages_and_the_websocket_are_logged_for_those_who_ask_for_more(client, caplog):
    with caplog.at_level(logging.DEBUG, logger="tandem.request"):
        client.get("/explore?item=canary")
        with client.websocket_connect("/_stcore/stream"):
            pass
    assert told(caplog) == [("DEBUG", "request", "/{page}", 200), ("DEBUG", "websocket", "/_stcore/…", 101)]
