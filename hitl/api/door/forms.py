"""What a form of the door sends: read within bounds of size and time, and only from our own pages."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

import anyio
from starlette.requests import ClientDisconnect, Request

from hitl.api.door.turns import TooMany
from hitl.api.same_origin import require_own_form
from hitl.domain.errors import BadInput, Conflict, HitlError, NotFound, NotPermitted, SignInRefused, StoreUnusable
from hitl.domain.language import _

LARGEST_FORM = 16 * 1024
SLOWEST_SECONDS = 10.0
MOST_FIELDS = 20
_FORM_TYPE = "application/x-www-form-urlencoded"


class TooSlow(BadInput):
    """The body did not arrive in time."""


class TooLarge(BadInput):
    """The body is larger than any form of ours."""


_STATUSES: tuple[tuple[type[HitlError], int], ...] = (
    (TooSlow, 408),
    (TooLarge, 413),
    (SignInRefused, 401),
    (NotPermitted, 403),
    (NotFound, 404),
    (Conflict, 409),
    (StoreUnusable, 503),
    (TooMany, 503),
)


def status_of(error: HitlError) -> int:
    """The HTTP status of an answer that tells an error of ours; 400 for what was typed."""
    return next((status for kind, status in _STATUSES if isinstance(error, kind)), 400)


async def read_form(request: Request) -> Mapping[str, str]:
    """The fields by name; of a field sent twice the first.

    Raises
    ------
    NotPermitted
        Another site's page sent it.
    BadInput
        It is no plain form, larger than ``LARGEST_FORM`` bytes, or did not arrive within ``SLOWEST_SECONDS``.
    """
    require_own_form(request.headers)
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != _FORM_TYPE:
        raise BadInput(_("This is not what the page's form sends. Open the page again and use its form."))
    try:
        with anyio.fail_after(SLOWEST_SECONDS):
            body = await _read_body(request)
    except TimeoutError as error:
        raise TooSlow(_("The form took too long to arrive. Send it again.")) from error
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError as error:  # half a character, or too many fields
        raise BadInput(_("The form can't be read. Open the page again and use its form.")) from error
    return dict(reversed(pairs))


async def _read_body(request: Request) -> bytes:
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST_FORM:
                raise TooLarge(_("The form is too large. Shorten what you typed and send it again."))
    except ClientDisconnect as error:
        raise BadInput(_("The connection ended before the whole form was here. Send it again.")) from error
    return bytes(body)
