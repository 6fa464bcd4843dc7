"""The answer to a request that is too much: a plain page for people, JSON for programs; the connection is closed."""

import math

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.types import Scope

from hitl.api.door.page import DoorPage, answer_page
from hitl.domain.language import _


def answer_too_much(scope: Scope, status: int, problem: str, *, wait_seconds: float = 0.0) -> Response:
    """The answer with its status; where waiting helps it says for how long (Retry-After)."""
    if "text/html" in Headers(scope=scope).get("accept", ""):
        answer: Response = answer_page(DoorPage(title=_("That was too much"), texts=(problem,)), status)
    else:
        answer = JSONResponse({"error": problem}, status, {"cache-control": "no-store"})
    answer.headers["connection"] = "close"
    if wait_seconds:
        answer.headers["retry-after"] = str(math.ceil(wait_seconds))
    return answer


def too_often(wait_seconds: float) -> str:
    """The sentence for who asks too often."""
    return _("Too many requests in a short time. Wait {seconds} seconds and try again.").format(
        seconds=math.ceil(wait_seconds)
    )
