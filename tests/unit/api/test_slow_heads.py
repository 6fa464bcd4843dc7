"""hitl.api.slow_heads: whoever sends half a request and then nothing loses the connection; others keep theirs."""

import asyncio

import pytest
import uvicorn
from uvicorn.protocols.http.auto import AutoHTTPProtocol
from uvicorn.protocols.http.h11_impl import H11Protocol

from hitl.api import slow_heads

PATIENCE = 0.2


async def answer(scope, receive, send):
    if scope["path"] == "/long":
        await asyncio.sleep(3 * PATIENCE)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    for name in ("connection_made", "data_received"):
        monkeypatch.setattr(H11Protocol, name, getattr(H11Protocol, name))
    monkeypatch.setattr(slow_heads, "HEAD_SECONDS", PATIENCE)
    slow_heads.close_slow_heads()


def talk(*words):
    """What a server answers to words sent with a pause before each of them; the connection stays open meanwhile."""

    async def run():
        config = uvicorn.Config(answer, port=0, log_level="critical", lifespan="off", http="h11")
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.005)
        reader, writer = await asyncio.open_connection(*server.servers[0].sockets[0].getsockname())
        for word in words:
            writer.write(word)
            await asyncio.sleep(PATIENCE / 5)
        heard = await asyncio.wait_for(reader.read(), 20)
        writer.close()
        server.should_exit = True
        await serving
        return heard

    return asyncio.run(run())


def test_the_web_server_is_the_one_that_is_guarded():
    assert AutoHTTPProtocol is H11Protocol


@pytest.mark.parametrize("words", [(), (b"GET / HT",), (b"GET / HTTP/1.1\r\n", b"a: b\r\n", b"c: d\r\n", b"e: f\r\n")])
def test_a_head_that_does_not_end_is_answered_by_nothing(words):
    assert talk(*words) == b""


def test_a_second_head_on_the_same_connection_has_no_longer():
    whole = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    assert talk(whole, b"GET /again HTTP/1.1\r\n", b"a: b\r\n").count(b"HTTP/1.1 200") == 1


def test_a_request_that_takes_long_to_answer_is_not_cut_off():
    heard = talk(b"GET /long HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert heard.endswith(b"ok")
