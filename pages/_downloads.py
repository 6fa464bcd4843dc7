"""Files that a browser asks for when the run that drew the button is long over."""

from collections.abc import Callable
from functools import partial

from hitl.domain.clock import utc_now
from hitl.views.visitor import find_actor_now
from pages._actor import token_here
from pages._session import DeskContext


def made_then(desk: DeskContext, make: Callable[..., bytes]) -> Callable[..., bytes]:
    """``make`` with ``actor`` as whoever is here when the browser asks; who may no more by then is refused."""
    token = token_here(secure=desk.address.startswith("https://"))
    return partial(_make, desk, token, make)


def _make(desk: DeskContext, token: str | None, make: Callable[..., bytes], **options: object) -> bytes:
    actor = find_actor_now(desk.data_dir, token, slug=desk.slug, now=utc_now())
    return make(actor=actor, **options)
