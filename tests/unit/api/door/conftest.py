"""A client of the whole door behind the gate, as a browser would be: it keeps cookies and follows no redirect."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from hitl.api import routes
from hitl.api.gate import Gate
from hitl.api.reader import SpeakToReader

SERVER = Starlette(routes=routes.routes, middleware=[Middleware(SpeakToReader), Middleware(Gate)])


@pytest.fixture
def make_browser():
    """A function that makes a browser on this machine."""

    def make(host="localhost:8501", peer="127.0.0.1", scheme="http"):
        return TestClient(SERVER, base_url=f"{scheme}://{host}", client=(peer, 50000), follow_redirects=False)

    return make


@pytest.fixture
def browser(make_browser):
    return make_browser()
