"""The whole server as the network sees it, with people of two projects; only Streamlit's own pages are stood in for.

Each test is named after its attack and passes when the attack is refused or inert. Attacks that need a real browser, a
real web server or the real file formats are in tests/browser, tests/unit and tests/faults too; docs/security.md tells
where what is defended.
"""

import os
import shutil
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
import streamlit
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from hitl.api.layers import build_layers
from hitl.api.routes import place_routes
from hitl.api.visitor import SESSION_KEY
from hitl.domain.people import MemberRole
from hitl.store.connection import Database, open_project
from tests.accounts import add_member, add_owner
from tests.small_project import SmallProject

DESK = "desk.example.org"
COOKIE = "__Host-tandem_session"
STREAM = "/_stcore/stream"
FRONT_END = Path(streamlit.__file__).parent / "static" / "index.html"
ROLES = {"small": {"ben": MemberRole.REVIEWER}, "other": {"cem": MemberRole.OWNER}}


async def show_page(request):
    session = request.scope.get(SESSION_KEY)
    return JSONResponse({"person": session.person_id if session else None, "headers": dict(request.headers)})


async def take_upload(request):
    return PlainTextResponse(str(len(await request.body())))


async def open_stream(websocket):
    await websocket.accept()
    await websocket.send_text("open")
    try:
        await websocket.receive()
    except WebSocketDisconnect:
        return


STREAMLIT = [
    WebSocketRoute(STREAM, open_stream),
    Route("/_stcore/upload_file/{session}/{file}", take_upload, methods=["PUT"]),
    Route("/{page:path}", show_page, methods=["GET", "POST"]),
]


@dataclass
class Desk:
    """A deployed Tandem: its data folder, and the tokens of Ann, who runs it, Ben (small) and Cem (other)."""

    data_dir: Path
    tokens: dict[str, str]

    def __post_init__(self):
        routes = place_routes("")
        layers = build_layers(FRONT_END, routes, is_secure=True)
        self.server = Starlette(routes=[*routes, *STREAMLIT], middleware=layers)

    def browser(self, who=None, *, host=DESK, peer="10.0.0.7", scheme="https"):
        """A browser at another machine, signed in as somebody or nobody; it follows no redirect."""
        made = TestClient(
            self.server,
            base_url=f"{scheme}://{host}",
            client=(peer, 50_000),
            follow_redirects=False,
            raise_server_exceptions=False,
        )
        if who is not None:
            made.cookies.set(COOKIE, self.tokens.get(who, who), domain=host.partition(":")[0], path="/")
        return made


@pytest.fixture(scope="session")
def made_desk(tmp_path_factory):
    """Made once, since passwords take their time: copied for each test."""
    data_dir = tmp_path_factory.mktemp("desk") / "data"
    for slug in ROLES:
        SmallProject(data_dir, slug=slug).db.conn.close()
    tokens = {"ann": add_owner(data_dir)}
    for slug, members in ROLES.items():
        for login, role in members.items():
            tokens[login] = add_member(data_dir, login=login, name=login.capitalize(), roles={slug: role})
    return data_dir, tokens


@pytest.fixture
def desk(made_desk, tmp_path, monkeypatch):
    """A deployed desk of one's own."""
    for name in [name for name in os.environ if name.startswith("TANDEM_")]:
        monkeypatch.delenv(name)
    data_dir, tokens = made_desk
    copied = tmp_path / "data"
    shutil.copytree(data_dir, copied)
    monkeypatch.setenv("TANDEM_DATA", str(copied))
    monkeypatch.setenv("TANDEM_ADDRESS", f"https://{DESK}")
    return Desk(copied, dict(tokens))


@pytest.fixture
def small_db(desk):
    """The database of the project *small*."""
    with closing(open_project(desk.data_dir, "small").conn) as conn:
        yield Database(conn)
