"""The forms behind one-time links: the first account, an invitation, a new password."""

from collections.abc import Mapping
from types import MappingProxyType

from hitl.adapters.passwords import LONGEST, SHORTEST
from hitl.api.door.page import DoorPage, Field, Form
from hitl.domain.accounts import LONGEST_LOGIN, LONGEST_NAME, AccessLink, LinkKind, Person
from hitl.domain.language import _
from hitl.domain.web_path import web_path

_NOTHING: Mapping[str, str] = MappingProxyType({})


def draw_link_page(
    link: AccessLink, person: Person, token: str, *, typed: Mapping[str, str] = _NOTHING, problem: str = ""
) -> DoorPage:
    """The form that fits the link; ``typed`` is what was typed before, its passwords are not shown again."""
    address = web_path(f"/auth/link/{token}")
    if link.kind is LinkKind.SETUP:
        return draw_set_up_page(address, typed, problem)
    if link.kind is LinkKind.INVITE:
        name = Field("name", _("Your name"), "name", value=typed.get("name", person.name), longest=LONGEST_NAME)
        return DoorPage(
            title=_("Welcome to Tandem"),
            texts=(_("You were invited. Choose a password, and you are in."),),
            error=problem,
            form=Form(address, _("Join"), (name, _own_login(person), *_password_fields())),
        )
    return DoorPage(
        title=_("Choose a new password"),
        texts=(_("You are then signed in here, and signed out everywhere else."),),
        error=problem,
        form=Form(address, _("Save and sign in"), (_own_login(person), *_password_fields())),
    )


def draw_set_up_page(address: str, typed: Mapping[str, str] = _NOTHING, problem: str = "") -> DoorPage:
    """The form of the first account, whose owner runs this Tandem."""
    return DoorPage(
        title=_("Set up this Tandem"),
        texts=(
            _(
                "Give yourself the first account. You become its administrator and the owner of every project that is "
                "here; decisions made on this machine so far are yours. From then on everybody signs in, and you can "
                "add people."
            ),
        ),
        error=problem,
        form=Form(
            address,
            _("Create my account"),
            (
                Field("name", _("Your name"), "name", value=typed.get("name", ""), longest=LONGEST_NAME),
                Field(
                    "login",
                    _("Sign-in name"),
                    "username",
                    value=typed.get("login", ""),
                    longest=LONGEST_LOGIN,
                    hint=_("What you type to sign in: short, or your e-mail address."),
                ),
                *_password_fields(),
            ),
        ),
    )


def _own_login(person: Person) -> Field:
    """Shown, so that a password keeper knows whose password it is; it can't be changed here."""
    return Field("login", _("Sign-in name"), "username", value=person.login or "", is_fixed=True, longest=LONGEST_LOGIN)


def _password_fields() -> tuple[Field, Field]:
    hint = _("At least {shortest} characters. Four words that have nothing to do with each other are a good one.")
    first = Field(
        "password",
        _("Password"),
        "new-password",
        kind="password",
        shortest=SHORTEST,
        longest=LONGEST,
        hint=hint.format(shortest=SHORTEST),
    )
    return first, Field("again", _("The same password again"), "new-password", kind="password", longest=LONGEST)
