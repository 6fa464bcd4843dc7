"""The limits at the real web server: what no test of a layer alone can show."""

import socket
import sys
from functools import partial

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from hitl.api.limits import LARGEST_BODY
from hitl.api.session_limits import LARGEST_MESSAGE
from tests.browser import impatient_server
from tests.server import ROOT

PATIENCE = 30


@pytest.fixture
def server(start_server):
    """A server that waits a second for the head of a request."""
    return start_server(command=[sys.executable, impatient_server.__file__], environ={"PYTHONPATH": str(ROOT)})


def hear(server, words):
    """All that the server says to these bytes until it closes the connection; the client never does."""
    heard = b""
    with socket.create_connection(("127.0.0.1", server.port), PATIENCE) as line:
        line.sendall(words)
        while piece := line.recv(65_536):
            heard += piece
    return heard


def test_half_a_request_a_body_too_large_and_a_message_too_large_end_their_connection_alone(server):
    with connect(f"ws://127.0.0.1:{server.port}/_stcore/stream", origin=server.url, subprotocols=["streamlit"]) as page:
        assert hear(server, b"GET / HTTP/1.1\r\nHost: local") == b""
        head = f"POST /auth/sign-out HTTP/1.1\r\nHost: localhost\r\nContent-Length: {LARGEST_BODY + 1}\r\n\r\n"
        assert hear(server, head.encode()).startswith(b"HTTP/1.1 413 ")
        page.send(b"")  # still open, after longer than a head may take
        page.send(bytes(LARGEST_MESSAGE + 1))
        with pytest.raises(ConnectionClosed) as closed:
            list(iter(partial(page.recv, PATIENCE), None))
    assert closed.value.rcvd.code == 1009
    ended = hear(server, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert ended.startswith(b"HTTP/1.1 200 ")
