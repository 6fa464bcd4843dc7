"""Changing one's own password: a page of the door, so that no password passes through a page of Streamlit.

GET  /auth/password   the form; whoever is not signed in goes to sign-in first
POST /auth/password   done, and all other sessions over; or the form again: 400, 403, 404, 408, 409, 413, 503
"""

from collections.abc import Mapping

from sqlite_utils import Database
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from hitl.access import actor_in
from hitl.adapters.passwords import LONGEST, SHORTEST, check_password
from hitl.api.door.entering import with_tandem
from hitl.api.door.forms import read_form, status_of
from hitl.api.door.own_path import with_next
from hitl.api.door.page import DoorPage, Field, Form, Link, answer_page
from hitl.api.door.turns import in_turn
from hitl.api.visitor import LOCAL_OWNER_KEY, SESSION_KEY
from hitl.domain.accounts import Session
from hitl.domain.clock import utc_now
from hitl.domain.errors import BadInput, HitlError
from hitl.domain.language import _
from hitl.domain.web_path import web_path
from hitl.loop.people import change_password
from hitl.settings import read_settings
from hitl.store.people import find_person

ADDRESS = "/auth/password"


class Misfit(BadInput):
    """What was typed into one field can't be used; the message stands below it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


async def show_form(request: Request) -> Response:
    """The form."""
    return _to_sign_in(request) if _session_of(request) is None else answer_page(_form_page(None))


async def change(request: Request) -> Response:
    """The password is another one, and every other session of the person is over."""
    session = _session_of(request)
    if session is None:
        return _to_sign_in(request)
    try:
        typed = await read_form(request)
        _check_typed(typed)
        settings = read_settings()
        await in_turn(lambda: with_tandem(settings, lambda tandem: _change(tandem, session, typed)))
    except HitlError as error:
        return answer_page(_form_page(error), status_of(error))
    return answer_page(_done_page())


routes: list[BaseRoute] = [
    Route(ADDRESS, show_form, methods=["GET"]),
    Route(ADDRESS, change, methods=["POST"]),
]


def _session_of(request: Request) -> Session | None:
    session = request.scope.get(SESSION_KEY)
    return session if isinstance(session, Session) else None


def _to_sign_in(request: Request) -> Response:
    """The local owner, who has no password, goes to the front page."""
    is_local_owner = request.scope.get(LOCAL_OWNER_KEY)
    address = web_path("/") if is_local_owner else with_next(web_path("/auth/sign-in"), web_path("/you"))
    return RedirectResponse(address, 303, {"cache-control": "no-store"})


def _check_typed(typed: Mapping[str, str]) -> None:
    if not typed.get("old"):
        raise Misfit("old", _("Type the password that you have now."))
    if not typed.get("password"):
        raise Misfit("password", _("Type a new password, twice."))
    if typed["password"] != typed.get("again", ""):
        raise Misfit("again", _("The two new passwords differ. Type the same one twice."))


def _change(tandem: Database, session: Session, typed: Mapping[str, str]) -> None:
    actor, now = actor_in(tandem, session.person_id, None), utc_now()
    person = find_person(tandem, session.person_id)
    try:
        check_password(typed["password"], known=(actor.name, (person and person.login) or ""))
    except BadInput as error:
        raise Misfit("password", str(error)) from error
    try:
        change_password(
            tandem, old=typed["old"], new=typed["password"], keep_session_id=session.id, actor=actor, now=now
        )
    except BadInput as error:
        raise Misfit("old", str(error)) from error


def _form_page(problem: HitlError | None) -> DoorPage:
    """What was typed is never in it again."""
    wrong = {problem.field: str(problem)} if isinstance(problem, Misfit) else {}
    rules = _(
        "At least {shortest} characters, not one of the common ones, not your name. Four words that have nothing to do "
        "with each other are a good one."
    ).format(shortest=SHORTEST)
    return DoorPage(
        title=_("Change your password"),
        texts=(_("You stay signed in here; all your other sessions end."),),
        error=str(problem) if problem and not wrong else "",
        form=Form(
            action=web_path(ADDRESS),
            button=_("Change the password"),
            fields=(
                _field("old", _("Password you have now"), "current-password", wrong),
                _field("password", _("New password"), "new-password", wrong, hint=rules, shortest=SHORTEST),
                _field("again", _("The new password again"), "new-password", wrong),
            ),
        ),
        divider=_("or"),
        buttons=(Link(web_path("/you"), _("Leave it as it is")),),
    )


def _field(
    name: str, label: str, autocomplete: str, wrong: Mapping[str, str], *, hint: str = "", shortest: int = 0
) -> Field:
    return Field(
        name,
        label,
        autocomplete,
        kind="password",
        hint=hint,
        shortest=shortest,
        longest=LONGEST,
        error=wrong.get(name, ""),
    )


def _done_page() -> DoorPage:
    return DoorPage(
        title=_("Your password is changed"),
        texts=(_("All your other sessions are over; sign in there with the new password."),),
        buttons=(Link(web_path("/you"), _("Back to your page")),),
    )
