"""What a start tells the console: where Tandem is, and where others can reach it, how the first owner gets in."""

from hitl import __version__
from hitl.api.loopback import is_loopback_address
from hitl.domain.clock import utc_now
from hitl.domain.errors import Conflict
from hitl.domain.language import _
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.access_links import make_setup_link
from hitl.settings import Settings
from hitl.store.connection import open_tandem


def describe_start(settings: Settings, address: str, port: int) -> str:
    """Where Tandem is to be found, and the set-up link where there is one."""
    shown = "localhost" if address in {"127.0.0.1", "0.0.0.0", "::", "::1"} else address  # noqa: S104
    place = f"Tandem {__version__} is ready: {settings.address or f'http://{shown}:{port}{settings.base_path}'}"
    link = make_first_link(settings, address, port)
    return f"{place}\n{link}" if link else place


def make_first_link(settings: Settings, address: str, port: int) -> str | None:
    """What to print at a start: the set-up link; None where the local owner is enough, or somebody has an account.

    Each start makes a new link, which ends the one before. Writes: access_links.

    Parameters
    ----------
    address, port : str, int
        Where the server really listens.
    """
    if not settings.address and (address == "localhost" or is_loopback_address(address)):
        return None
    tandem = open_tandem(settings.data_dir)
    try:
        link = make_setup_link(tandem, actor=LOCAL_OWNER, now=utc_now())
    except Conflict:  # somebody has an account
        return None
    finally:
        tandem.conn.close()
    place = settings.address or f"http://localhost:{port}{settings.base_path}"
    told = _(
        "Nobody has an account yet. Open this link to give yourself the first one; it works once, for 24 hours:\n"
        "  {link}"
    ).format(link=f"{place}/auth/link/{link.token}")
    if settings.address:
        return told
    hint = _(
        "Set TANDEM_ADDRESS to the address that people type: under another one than localhost Tandem refuses them."
    )
    return f"{told}\n{hint}"
