"""Single sign-on: off to the provider, and back with a code.

    GET /auth/sso?next=/review   303 to the provider; a short-lived cookie ties the way back to this browser
    GET /auth/sso/callback       303 with a new session, or a page that says what to do

The state that comes back must be the one in the cookie: nobody can be signed in as another by a link.
"""

import hmac
from dataclasses import dataclass, replace
from typing import Any

import anyio
from sqlite_utils import Database
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from hitl.adapters.openid import begin_attempt, finish_attempt
from hitl.api.door.entering import let_in, read_agent, read_own_token, with_tandem
from hitl.api.door.forms import status_of
from hitl.api.door.own_path import own_path
from hitl.api.door.page import answer_page
from hitl.api.door.words import no_single_sign_on_page, sso_problem_page
from hitl.api.loopback import is_loopback_host
from hitl.domain.accounts import SignedIn
from hitl.domain.clock import utc_now
from hitl.domain.errors import BadInput, HitlError, SignInRefused
from hitl.domain.language import _
from hitl.domain.single_sign_on import ATTEMPT_LASTS, SingleSignOn
from hitl.domain.web_path import web_path
from hitl.loop.sign_in import sign_in_with_identity
from hitl.loop.single_sign_on import keep_attempt, take_attempt
from hitl.settings import Settings, read_settings

CALLBACK = "/auth/sso/callback"
LONGEST_CODE = 4_000
_COOKIE = "tandem_sso"
_PROVIDER_TURNS = anyio.CapacityLimiter(8)


@dataclass(frozen=True)
class ComeBack:
    """What a browser brought back from the provider."""

    state: str
    code: str
    redirect_uri: str
    agent: str
    previous_token: str | None


async def leave(request: Request) -> Response:
    """Off to the provider."""
    settings = read_settings()
    single = settings.single_sign_on
    if single is None:
        return answer_page(no_single_sign_on_page(), 404)
    redirect_uri = _own_address(request, settings) + CALLBACK
    asked = own_path(request.query_params.get("next", ""))

    def begin() -> tuple[str, str]:
        address, attempt = begin_attempt(single, redirect_uri=redirect_uri)
        with_tandem(settings, lambda tandem: keep_attempt(tandem, replace(attempt, asked=asked), now=utc_now()))
        return address, attempt.state

    try:
        address, state = await anyio.to_thread.run_sync(begin, limiter=_PROVIDER_TURNS)
    except HitlError as error:
        return answer_page(sso_problem_page(str(error)), 502)
    answer = RedirectResponse(address, 303, {"cache-control": "no-store"})
    answer.set_cookie(_COOKIE, state, int(ATTEMPT_LASTS.total_seconds()), **_cookie_place(settings))
    return answer


async def come_back(request: Request) -> Response:
    """Back from the provider: a session for who it says this is."""
    settings = read_settings()
    single = settings.single_sign_on
    if single is None:
        return answer_page(no_single_sign_on_page(), 404)
    try:
        back = _read_answer(request, settings, single)
        signed_in, asked = await anyio.to_thread.run_sync(_finish, settings, single, back, limiter=_PROVIDER_TURNS)
    except HitlError as error:
        answer: Response = answer_page(sso_problem_page(str(error)), status_of(error))
    else:
        answer = let_in(signed_in, asked, settings)
    answer.delete_cookie(_COOKIE, **_cookie_place(settings))
    return answer


routes: list[BaseRoute] = [
    Route("/auth/sso", leave, methods=["GET"]),
    Route(CALLBACK, come_back, methods=["GET"]),
]


def _read_answer(request: Request, settings: Settings, single: SingleSignOn) -> ComeBack:
    """What the browser brought, when it is for the sign-in that it began."""
    told = request.query_params
    if "error" in told:
        sentence = _("{name} did not let you in ({reason}). Try again, or ask whoever looks after your account there.")
        reason = told["error"] if told["error"].replace("_", "").isalpha() else "error"
        raise SignInRefused(sentence.format(name=single.name, reason=reason[:40]))
    state = told.get("state", "")
    if not state or not hmac.compare_digest(state.encode(), request.cookies.get(_COOKIE, "").encode()):
        raise BadInput(_("This sign-in was not begun in this browser, or too long ago. Begin again."))
    if told.get("iss", single.issuer).rstrip("/") != single.issuer.rstrip("/"):  # RFC 9207
        raise BadInput(_("This answer came from another provider than {name}. Begin again.").format(name=single.name))
    code = told.get("code", "")
    if not 0 < len(code) <= LONGEST_CODE:
        raise BadInput(_("{name} sent no code. Begin again.").format(name=single.name))
    return ComeBack(
        state=state,
        code=code,
        redirect_uri=_own_address(request, settings) + CALLBACK,
        agent=read_agent(request),
        previous_token=read_own_token(request, settings),
    )


def _finish(settings: Settings, single: SingleSignOn, back: ComeBack) -> tuple[SignedIn, str]:
    attempt = with_tandem(settings, lambda tandem: take_attempt(tandem, back.state, now=utc_now()))
    found = finish_attempt(single, attempt, code=back.code, redirect_uri=back.redirect_uri, now=utc_now())

    def enter(tandem: Database) -> SignedIn:
        return sign_in_with_identity(
            tandem,
            found,
            may_join=single.creates_people,
            agent=back.agent,
            previous_token=back.previous_token,
            now=utc_now(),
        )

    try:
        return with_tandem(settings, enter), attempt.asked
    except SignInRefused as error:
        sentence = _(
            "{name} knows you, but you have no open account in this Tandem. Ask an administrator of this Tandem to let "
            "you in."
        )
        raise SignInRefused(sentence.format(name=single.name)) from error


def _own_address(request: Request, settings: Settings) -> str:
    """How this browser reaches us: the public address, or this machine's own name, which the gate has checked."""
    host = request.headers.get("host", "")
    is_local = is_loopback_host(request.headers.getlist("host"))
    return f"http://{host}{web_path('')}" if is_local or not settings.address else settings.address.rstrip("/")


def _cookie_place(settings: Settings) -> dict[str, Any]:
    return {"path": web_path("/auth/sso"), "secure": settings.is_secure, "httponly": True, "samesite": "lax"}
