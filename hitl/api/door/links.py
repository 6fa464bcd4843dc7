"""One-time links: the set-up of the first account, an invitation, a new password.

    GET  /auth/link/{token}   what the link is for, with a form; reading it does not use it up
    POST /auth/link/{token}   303 with a new session, or the form again
    GET  /auth/set-up         the form of the first account for the local owner, who needs no link
    POST /auth/set-up         the same

A link that was used, has expired, was withdrawn or never was is answered alike: 404 and one page.
"""

from collections.abc import Callable, Mapping
from functools import partial

import anyio
from sqlite_utils import Database
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from hitl.api.door.entering import let_in, read_agent, read_own_token, with_tandem
from hitl.api.door.forms import read_form, status_of
from hitl.api.door.link_pages import draw_link_page, draw_set_up_page
from hitl.api.door.page import DoorPage, answer_page
from hitl.api.door.turns import in_turn
from hitl.api.door.words import link_expired_page
from hitl.api.visitor import LOCAL_OWNER_KEY
from hitl.domain.accounts import AccessLink, Person, SignedIn
from hitl.domain.clock import utc_now
from hitl.domain.errors import BadInput, HitlError, NotFound
from hitl.domain.language import _
from hitl.domain.people import LOCAL_OWNER
from hitl.domain.web_path import web_path
from hitl.loop import access_links
from hitl.settings import read_settings


async def show_link(request: Request) -> Response:
    """What the link is for."""
    try:
        link, person = await _read(request)
    except HitlError as error:
        return answer_page(link_expired_page(str(error)), status_of(error))
    return answer_page(draw_link_page(link, person, request.path_params["token"]))


async def use_link(request: Request) -> Response:
    """The password is set, the link used up, and a session begun."""
    token = request.path_params["token"]
    try:
        link, person = await _read(request)
    except HitlError as error:
        return answer_page(link_expired_page(str(error)), status_of(error))

    def again(typed: Mapping[str, str], problem: str) -> DoorPage:
        return draw_link_page(link, person, token, typed=typed, problem=problem)

    return await _enter(request, lambda _tandem: token, again)


async def show_set_up(request: Request) -> Response:
    """The form of the first account; who is not the local owner has nothing to set up here."""
    if not request.scope.get(LOCAL_OWNER_KEY):
        return RedirectResponse(web_path("/"), 303, {"cache-control": "no-store"})
    return answer_page(draw_set_up_page(web_path("/auth/set-up")))


async def set_up(request: Request) -> Response:
    """The first account, for the local owner."""
    if not request.scope.get(LOCAL_OWNER_KEY):
        return RedirectResponse(web_path("/"), 303, {"cache-control": "no-store"})

    def make(tandem: Database) -> str:
        return access_links.make_setup_link(tandem, actor=LOCAL_OWNER, now=utc_now()).token

    again = partial(draw_set_up_page, web_path("/auth/set-up"))
    return await _enter(request, make, again, then=web_path("/people"))


routes: list[BaseRoute] = [
    Route("/auth/link/{token}", show_link, methods=["GET"]),
    Route("/auth/link/{token}", use_link, methods=["POST"]),
    Route("/auth/set-up", show_set_up, methods=["GET"]),
    Route("/auth/set-up", set_up, methods=["POST"]),
]


async def _read(request: Request) -> tuple[AccessLink, Person]:
    token, settings = request.path_params["token"], read_settings()

    def read(tandem: Database) -> tuple[AccessLink, Person]:
        return access_links.read_link(tandem, token, now=utc_now())

    return await anyio.to_thread.run_sync(lambda: with_tandem(settings, read))


async def _enter(
    request: Request,
    find_token: Callable[[Database], str],
    again: Callable[[Mapping[str, str], str], DoorPage],
    *,
    then: str = "",
) -> Response:
    """The link used as the form says, or the form again with what is wrong."""
    settings = read_settings()
    typed: Mapping[str, str] = {}
    try:
        typed = await read_form(request)
        _check_typed_twice(typed)

        def use(tandem: Database) -> SignedIn:
            return _use(tandem, find_token(tandem), typed, request)

        signed_in = await in_turn(lambda: with_tandem(settings, use))
    except NotFound as error:  # somebody was faster
        return answer_page(link_expired_page(str(error)), status_of(error))
    except HitlError as error:
        return answer_page(again(typed, str(error)), status_of(error))
    return let_in(signed_in, then, settings)


def _use(tandem: Database, token: str, typed: Mapping[str, str], request: Request) -> SignedIn:
    return access_links.use_link(
        tandem,
        token,
        password=typed["password"],
        name=typed.get("name"),
        login=typed.get("login"),
        agent=read_agent(request),
        previous_token=read_own_token(request, read_settings()),
        now=utc_now(),
    )


def _check_typed_twice(typed: Mapping[str, str]) -> None:
    if typed.get("password", "") != typed.get("again", ""):
        raise BadInput(_("The two passwords differ. Type the same one twice."))
    if not typed.get("password"):
        raise BadInput(_("Type a password, twice."))
