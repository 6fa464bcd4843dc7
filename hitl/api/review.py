"""The route the review deck calls: decisions in, fresh cards out.

    POST /api/v1/review/{slug}
    {"ops": [...], "want": 8, "holding": [assignment ids], "release": [assignment ids],
     "unexplained": [assignment ids], "mark": "..."}

200 is answered with

    answers     [{"request_id", "outcome", "message"}] in the order of ops; outcome is committed, surplus or refused
    deck        cards for the reviewer that are not held yet, in queue order (``hitl.views.review.Card``)
    whys        why the model says so (``hitl.views.why.Why``) by assignment id, of those that were unexplained
    stale       the held assignment ids that are no longer the reviewer's, sorted
    progress    {"waiting", "reviewed_by_me_today", "skipped_by_me"}; the last is null while there are cards
    rest        {"title", "text", "links": [{"page", "text"}]} when there is no card at all, else null
    cold_start  a sentence on the way to a first model, null once a version predicts
    version_id  the version whose predictions the cards show, or null

and everything else with ``{"error": one sentence}``: 400 the request can't be read, 403 not allowed or from another
site, 404 no such project, 409 the project was made anew, 503 its database can't be used now.

Each op is a transaction of its own, in order; one that is refused keeps none of the others back. One whose request_id
is known is answered as before and written once, so a deck that has heard nothing sends it again.
"""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import anyio
from sqlite_utils import Database
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route
from starlette.types import Scope

from hitl.api.review_request import Op, ReviewRequest, parse_review_request
from hitl.api.same_origin import require_same_origin
from hitl.api.visitor import acting_in
from hitl.domain.audit import Via, acting_through
from hitl.domain.clock import utc_now
from hitl.domain.errors import BadInput, Conflict, HitlError, NotFound, NotPermitted, StoreUnusable
from hitl.domain.language import _
from hitl.domain.people import Actor
from hitl.loop import review
from hitl.settings import read_settings
from hitl.store.connection import open_project, open_tandem, project_folder
from hitl.views.hints import with_hints
from hitl.views.overview import read_people
from hitl.views.review import (
    lost_assignments,
    read_cards,
    read_champion_id,
    read_cold_start,
    read_held_whys,
    read_mark,
    read_progress,
    read_quick_progress,
    read_rest,
)

LARGEST_BODY = 2 * 2**20
REFUSED = "refused"
_STATUSES: dict[type[HitlError], int] = {
    BadInput: 400,
    NotPermitted: 403,
    NotFound: 404,
    StoreUnusable: 503,
}


async def sync_review(request: Request) -> JSONResponse:
    """Carry out what a reviewer did and hand over the next cards."""
    try:
        require_same_origin(request.headers)
        asked = parse_review_request(await _read_body(request))
        slug, data_dir = request.path_params["slug"], read_settings().data_dir
        with acting_through(Via.API):
            reply = await anyio.to_thread.run_sync(_carry_out, request.scope, data_dir, slug, asked, utc_now())
    except HitlError as error:
        return _json({"error": str(error)}, _status_of(error))
    return _json(reply, 200)


routes: list[BaseRoute] = [Route("/api/v1/review/{slug}", sync_review, methods=["POST"])]


def _status_of(error: HitlError) -> int:
    return next((status for kind, status in _STATUSES.items() if isinstance(error, kind)), 409)


def _json(content: dict[str, Any], status_code: int) -> JSONResponse:
    return JSONResponse(content, status_code=status_code, headers={"cache-control": "no-store"})


async def _read_body(request: Request) -> bytes:
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST_BODY:
                raise BadInput(
                    _("The body is larger than {largest_body} MiB. Send fewer decisions at once.").format(
                        largest_body=LARGEST_BODY // 2**20
                    )
                )
    except ClientDisconnect as error:
        raise BadInput(_("The connection ended before the whole request was here. Nothing of it was done.")) from error
    return bytes(body)


def _carry_out(scope: Scope, data_dir: Path, slug: str, asked: ReviewRequest, now: datetime) -> dict[str, Any]:
    actor = acting_in(scope, data_dir, slug)
    db = open_project(data_dir, slug)
    try:
        if asked.mark is not None and asked.mark != read_mark(db):
            raise Conflict(_("This project was made anew since the page was opened. Reload the page."))
        answers = [_answer(db, actor, op, now) for op in asked.ops]
        if asked.release:
            review.release(db, actor=actor, assignment_ids=asked.release, now=now)
        return {"answers": answers, **_deal(db, actor, asked, data_dir, slug, now)}
    finally:
        db.conn.close()


def _names(data_dir: Path, db: Database, viewer: Actor) -> dict[int, str]:
    tandem = open_tandem(data_dir)
    try:
        return read_people(tandem, db=db, viewer=viewer)
    finally:
        tandem.conn.close()


def _deal(db: Database, actor: Actor, asked: ReviewRequest, data_dir: Path, slug: str, now: datetime) -> dict[str, Any]:
    claimed = review.claim(db, actor=actor, count=asked.want, now=now)
    fresh = [assignment for assignment in claimed if assignment.id not in asked.holding]
    cards = read_cards(db, fresh, people=_names(data_dir, db, actor), viewer_id=actor.id)
    is_at_rest = bool(asked.want) and not claimed
    progress = read_progress(db, actor, now) if is_at_rest else read_quick_progress(db, actor, now)
    return {
        "deck": [asdict(card) for card in with_hints(db, project_folder(data_dir, slug), cards)],
        "whys": {held: asdict(why) for held, why in read_held_whys(db, claimed, asked.unexplained).items()},
        "stale": lost_assignments(db, actor, asked.holding),
        "progress": asdict(progress),
        "rest": asdict(read_rest(db, progress)) if is_at_rest else None,
        "cold_start": read_cold_start(db),
        "version_id": read_champion_id(db),
    }


def _answer(db: Database, actor: Actor, op: Op, now: datetime) -> dict[str, str]:
    try:
        outcome, message = _VERBS[op.kind](db, actor, op, now)
    except StoreUnusable:
        raise  # not an answer: the deck keeps the decision and sends it again
    except HitlError as error:
        outcome, message = REFUSED, str(error)
    return {"request_id": op.request_id, "outcome": outcome, "message": message}


def _label(db: Database, actor: Actor, op: Op, now: datetime) -> tuple[str, str]:
    answer = review.decide(
        db,
        actor=actor,
        request_id=op.request_id,
        item_id=op.item_id or 0,
        class_id=op.class_id or 0,
        shown=op.shown,
        assignment_id=op.assignment_id,
        comment=op.comment,
        now=now,
    )
    return answer.outcome, answer.message


def _cannot_tell(db: Database, actor: Actor, op: Op, now: datetime) -> tuple[str, str]:
    answer = review.cannot_tell(
        db,
        actor=actor,
        request_id=op.request_id,
        item_id=op.item_id or 0,
        shown=op.shown,
        assignment_id=op.assignment_id,
        comment=op.comment,
        now=now,
    )
    return answer.outcome, answer.message


def _skip(db: Database, actor: Actor, op: Op, now: datetime) -> tuple[str, str]:
    answer = review.skip(
        db,
        actor=actor,
        request_id=op.request_id,
        item_id=op.item_id or 0,
        assignment_id=op.assignment_id,
        now=now,
    )
    return answer.outcome, answer.message


def _undo(db: Database, actor: Actor, op: Op, now: datetime) -> tuple[str, str]:
    answer = review.undo(db, actor=actor, request_id=op.request_id, target_request_id=op.target or "", now=now)
    return answer.outcome, answer.message


def _return_skipped(db: Database, actor: Actor, op: Op, now: datetime) -> tuple[str, str]:
    review.return_skipped(db, actor=actor, request_id=op.request_id, now=now)
    return review.COMMITTED, ""


_VERBS: dict[str, Callable[[Database, Actor, Op, datetime], tuple[str, str]]] = {
    "label": _label,
    "cannot_tell": _cannot_tell,
    "skip": _skip,
    "undo": _undo,
    "return_skipped": _return_skipped,
}
