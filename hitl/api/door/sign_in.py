"""Signing in with name and password, and signing out.

GET  /auth/sign-in?next=/review   the form; who is signed in goes on at once
POST /auth/sign-in                303 with a new session, or the form again: 401 refused, 400, 403, 408, 413, 503
GET  /auth/sign-out               the question
POST /auth/sign-out               the session ended, the cookie taken away
"""

from collections.abc import Mapping

import anyio
from sqlite_utils import Database
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from hitl.adapters.passwords import LONGEST as LONGEST_PASSWORD
from hitl.api.door.cookie import clear_cookie
from hitl.api.door.entering import let_in, read_agent, read_own_token, with_tandem
from hitl.api.door.forms import read_form, status_of
from hitl.api.door.own_path import own_path, with_next
from hitl.api.door.page import DoorPage, Field, Form, Link, answer_page
from hitl.api.door.turns import in_turn
from hitl.api.door.words import problem_page, sign_out_page, signed_out_page
from hitl.api.visitor import SESSION_KEY
from hitl.domain.accounts import LONGEST_LOGIN, SignedIn
from hitl.domain.clock import utc_now
from hitl.domain.errors import HitlError
from hitl.domain.language import _
from hitl.domain.web_path import web_path
from hitl.loop import sign_in as verbs
from hitl.settings import Settings, read_settings


async def show_sign_in(request: Request) -> Response:
    """The form; whoever is signed in already goes on."""
    asked = request.query_params.get("next", "")
    if request.scope.get(SESSION_KEY) is not None:
        return RedirectResponse(own_path(asked), 303, {"cache-control": "no-store"})
    return answer_page(_form_page(read_settings(), asked))


async def sign_in(request: Request) -> Response:
    """A new session for whoever knows name and password; the one that the browser had ends."""
    settings = read_settings()
    form: Mapping[str, str] = {}
    try:
        form = await read_form(request)
        signed_in = await in_turn(lambda: _check(settings, form, request))
    except HitlError as error:
        page = _form_page(settings, form.get("next", ""), login=form.get("login", ""), problem=str(error))
        return answer_page(page, status_of(error))
    return let_in(signed_in, form.get("next", ""), settings)


async def show_sign_out(_request: Request) -> Response:
    """The question."""
    return answer_page(sign_out_page())


async def sign_out(request: Request) -> Response:
    """The session of this browser ends."""
    settings = read_settings()
    try:
        await read_form(request)
        await anyio.to_thread.run_sync(_end, settings, read_own_token(request, settings))
    except HitlError as error:
        return answer_page(problem_page(str(error)), status_of(error))
    answer = answer_page(signed_out_page())
    clear_cookie(answer, secure=settings.is_secure)
    return answer


routes: list[BaseRoute] = [
    Route("/auth/sign-in", show_sign_in, methods=["GET"]),
    Route("/auth/sign-in", sign_in, methods=["POST"]),
    Route("/auth/sign-out", show_sign_out, methods=["GET"]),
    Route("/auth/sign-out", sign_out, methods=["POST"]),
]


def _check(settings: Settings, form: Mapping[str, str], request: Request) -> SignedIn:
    def check(tandem: Database) -> SignedIn:
        return verbs.sign_in(
            tandem,
            login=form.get("login", ""),
            password=form.get("password", "")[: LONGEST_PASSWORD + 1],
            agent=read_agent(request),
            previous_token=read_own_token(request, settings),
            now=utc_now(),
        )

    return with_tandem(settings, check)


def _end(settings: Settings, token: str | None) -> None:
    if token is not None:
        with_tandem(settings, lambda tandem: verbs.sign_out(tandem, token, now=utc_now()))


def _form_page(settings: Settings, asked: str, *, login: str = "", problem: str = "") -> DoorPage:
    single = settings.single_sign_on
    sso = (
        Link(with_next(web_path("/auth/sso"), asked), _("Sign in with {name}").format(name=single.name))
        if single
        else None
    )
    return DoorPage(
        title=_("Sign in"),
        error=problem,
        form=Form(
            action=web_path("/auth/sign-in"),
            button=_("Sign in"),
            fields=(
                Field("login", _("Sign-in name"), "username", value=login[:LONGEST_LOGIN], longest=LONGEST_LOGIN),
                Field("password", _("Password"), "current-password", kind="password", longest=LONGEST_PASSWORD),
            ),
            hidden=(("next", own_path(asked)),),
        ),
        divider=_("or"),
        buttons=(sso,) if sso else (),
        foot=_("No account yet, or the password forgotten? An administrator of this Tandem can make you a link."),
    )
