"""Who is signed in is counted by session, before the gate has looked: people behind one proxy hold nobody up."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from hitl.api import admitted, limits
from hitl.api.admitted import Admitted
from hitl.api.gate import Gate
from hitl.api.limits import Limits
from hitl.domain.session_cookie import NAME
from hitl.loop.sign_in import sign_out
from tests.accounts import add_member, add_owner, now, opened
from tests.unit.api.test_limits import Clock, greet

PROXY = ("10.0.0.7", 50000)
FEW = 5


async def answer(_request):
    return PlainTextResponse("in")


@pytest.fixture
def desk(own_data_folder, cheap_passwords, monkeypatch):
    """A server behind the limits and the gate, five requests a minute; the tokens of two people."""
    monkeypatch.setattr(limits, "REQUESTS_A_MINUTE", FEW)
    monkeypatch.setenv("TANDEM_ADDRESS", "http://desk.example.org")
    tokens = [add_owner(own_data_folder), add_member(own_data_folder)]
    routes = [WebSocketRoute("/_stcore/stream", greet), Route("/{path:path}", answer)]
    server = Starlette(routes=routes, middleware=[Middleware(Limits, clock=Clock()), Middleware(Gate)])

    def ask(token=None, count=1):
        cookies = {NAME: token} if token else None
        client = TestClient(server, base_url="http://desk.example.org", client=PROXY, cookies=cookies)
        return [
            client.get("/", headers={"accept": "text/html"}, follow_redirects=False).status_code for _ in range(count)
        ]

    ask.server, ask.folder = server, own_data_folder
    return ask, tokens


def test_each_person_behind_a_proxy_has_an_allowance_of_their_own(desk):
    ask, (ann, ben) = desk
    assert ask(ann, FEW + 2) == [200] * (FEW + 1) + [429]  # the first, by which the gate met her, was given back
    assert ask(ben, FEW + 1) == [200] * (FEW + 1)


def test_strangers_at_the_same_address_do_not_hold_up_who_is_signed_in(desk):
    ask, (ann, ben) = desk
    assert ask(ann) == ask(ben) == [200]
    assert ask(None, FEW + 1) == [303] * FEW + [429]
    assert ask("made-up") == [429]
    assert ask(ann, FEW) == ask(ben, FEW) == [200] * FEW


def test_a_made_up_cookie_is_no_peer_of_its_own(desk):
    ask, _tokens = desk
    assert [ask(f"made-up-{n}")[0] for n in range(FEW + 1)] == [303] * FEW + [429]


def test_an_ended_session_is_counted_with_its_address_again(desk):
    ask, (ann, _ben) = desk
    assert ask(ann) == [200]
    with opened(ask.folder) as tandem:
        sign_out(tandem, ann, now=now())
    assert ask(ann) == [303]
    assert ask(None, FEW + 1) == [303] * FEW + [429]
    assert ask(ann) == [429]


def opens_a_page(ask, token):
    cookies = {NAME: token} if token else None
    client = TestClient(ask.server, base_url="http://desk.example.org", client=PROXY, cookies=cookies)
    try:
        with client.websocket_connect("ws://desk.example.org/_stcore/stream"):
            return True
    except WebSocketDisconnect:
        return False


def test_a_page_of_who_is_signed_in_opens_whatever_strangers_do(desk):
    ask, (ann, _ben) = desk
    ask(ann)
    ask(None, FEW + 1)
    assert opens_a_page(ask, ann)
    assert not opens_a_page(ask, None)


def test_so_many_sessions_are_known_and_no_more(monkeypatch):
    monkeypatch.setattr(admitted, "MOST_SESSIONS", 3)
    known = Admitted()
    for number in range(5):
        known.note(str(number), is_in=True)
    known.note("4", is_in=False)
    assert [str(number) in known for number in range(5)] == [False, False, True, True, False]
    assert len(known) == 2
