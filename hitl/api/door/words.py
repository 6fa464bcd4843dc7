"""What the pages of the door say when nothing is asked: refused, being set up, signed out, a link that has expired."""

from hitl.api.door.page import DoorPage, Form, Link, Section
from hitl.domain.language import _
from hitl.domain.web_path import web_path


def refusal_page(port: int) -> DoorPage:
    """For an address that this Tandem does not answer to; it repeats nothing of the request and loads nothing."""
    return DoorPage(
        title=_("Tandem does not answer under this address"),
        texts=(_("So nothing of the projects is shown here. Whoever looks after Tandem can open this address."),),
        sections=(
            Section(
                _("On the machine Tandem runs on"),
                _("Open this address in a browser of that machine:"),
                f"http://localhost:{port}",
            ),
            Section(
                _("From another machine"),
                _("Open a tunnel, keep it running, and then use the same address in your own browser:"),
                f"ssh -L {port}:localhost:{port} user@this-machine",
            ),
            Section(
                _("To add people"),
                _(
                    "Tell Tandem the address that people type, by a setting of the server, and start it again; "
                    "a proxy in front must pass the name on (the Host header):"
                ),
                "TANDEM_ADDRESS=https://desk.example.org",
            ),
        ),
        loads_files=False,
    )


def being_set_up_page() -> DoorPage:
    """For everybody but the local owner, as long as nobody has an account."""
    return DoorPage(
        title=_("This Tandem is being set up"),
        texts=(
            _("Nobody has an account yet, so there is nothing to sign in to."),
            _(
                "Do you set it up? Open the one-time link that the server printed when it started (look into its log). "
                "It is valid for 24 hours; a new start prints a new one."
            ),
        ),
    )


def broken_page(problem: str) -> DoorPage:
    """When the database of people can't be used."""
    return DoorPage(title=_("Tandem can't look up who you are"), texts=(problem,), loads_files=False)


def sign_out_page() -> DoorPage:
    """The question before signing out."""
    return DoorPage(
        title=_("Sign out?"),
        texts=(
            _("Decisions are already saved. Pages that are still open in this browser close with their next action."),
        ),
        form=Form(action=web_path("/auth/sign-out"), button=_("Sign out")),
        buttons=(Link(web_path("/"), _("Stay signed in")),),
        divider=_("or"),
    )


def signed_out_page() -> DoorPage:
    """After signing out."""
    return DoorPage(
        title=_("You are signed out"),
        texts=(_("Close the window if you share this computer."),),
        buttons=(Link(web_path("/auth/sign-in"), _("Sign in again")),),
    )


def link_expired_page(problem: str) -> DoorPage:
    """For a link that was used, has expired, was withdrawn or never was: all the same."""
    return DoorPage(
        title=_("This link does not work any more"),
        texts=(problem,),
        buttons=(Link(web_path("/auth/sign-in"), _("Go to sign-in")),),
    )


def problem_page(problem: str) -> DoorPage:
    """When something sent to the door can't be used and there is no form to show it in."""
    return DoorPage(
        title=_("That did not work"), texts=(problem,), buttons=(Link(web_path("/auth/sign-in"), _("Go to sign-in")),)
    )


def sso_problem_page(problem: str) -> DoorPage:
    """When single sign-on did not let somebody in."""
    return DoorPage(
        title=_("You are not signed in"),
        error=problem,
        buttons=(
            Link(web_path("/auth/sso"), _("Begin again")),
            Link(web_path("/auth/sign-in"), _("Other ways to sign in")),
        ),
    )


def no_single_sign_on_page() -> DoorPage:
    """When no provider is set up."""
    return DoorPage(
        title=_("There is no single sign-on here"),
        texts=(_("This Tandem is not connected to a sign-on provider."),),
        buttons=(Link(web_path("/auth/sign-in"), _("Go to sign-in")),),
    )
