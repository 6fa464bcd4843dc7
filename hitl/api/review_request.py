"""What the review deck may send: read strictly, before anything is done with it."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hitl.domain.errors import BadInput
from hitl.domain.language import _
from hitl.loop.review import LONGEST_COMMENT, Shown

MOST_OPS = 100
MOST_CARDS = 48
MOST_HELD = 100
LARGEST_ID = 2**63 - 1
LONGEST_MARK = 64
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_OP_PARTS = {"request_id", "kind", "item_id", "assignment_id", "class_id", "target", "comment", "shown"}
_KINDS = {
    "label": {"item_id", "assignment_id", "class_id", "comment", "shown"},
    "cannot_tell": {"item_id", "assignment_id", "comment", "shown"},
    "skip": {"item_id", "assignment_id", "shown"},
    "undo": {"item_id", "target"},
    "return_skipped": set[str](),
}
_NEEDED = {"label": {"item_id", "class_id"}, "cannot_tell": {"item_id"}, "skip": {"item_id"}, "undo": {"target"}}


@dataclass(frozen=True)
class Op:
    """One thing a reviewer did; what its kind does not use is None or empty."""

    request_id: str
    kind: str
    item_id: int | None = None
    assignment_id: int | None = None
    class_id: int | None = None
    target: str | None = None
    comment: str = ""
    shown: Shown | None = None


@dataclass(frozen=True)
class ReviewRequest:
    """What a deck sends in one go.

    Attributes
    ----------
    ops : tuple of Op
        At most ``MOST_OPS``, in the order they were made.
    want : int
        How many cards the deck would hold in all, in [0, MOST_CARDS].
    holding, release : tuple of int
        Assignments that the deck holds, and those it gives back.
    mark : str or None
        Which project of that name the deck means.
    unexplained : tuple of int
        Assignments that the deck holds and of which it does not know yet why the model says so.
    """

    ops: tuple[Op, ...]
    want: int
    holding: tuple[int, ...]
    release: tuple[int, ...]
    mark: str | None
    unexplained: tuple[int, ...] = ()


def parse_review_request(body: bytes) -> ReviewRequest:
    """The request that a body holds.

    Raises
    ------
    BadInput
        It is not JSON, or a part of it does not fit; the message names the part.
    """
    content = _object(_decode(body), _("the body"), {"ops", "want", "holding", "release", "mark", "unexplained"})
    ops = _list(content.get("ops", []), "ops", MOST_OPS)
    return ReviewRequest(
        ops=tuple(_op(value, f"ops[{number}]") for number, value in enumerate(ops)),
        want=_integer(content.get("want", 0), "want", 0, MOST_CARDS),
        holding=_ids(content.get("holding", []), "holding"),
        release=_ids(content.get("release", []), "release"),
        mark=None if content.get("mark") is None else _text(content["mark"], "mark", LONGEST_MARK),
        unexplained=_ids(content.get("unexplained", []), "unexplained"),
    )


def _decode(body: bytes) -> Any:
    try:
        return json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise BadInput(_("The body is not JSON. Reload the page.")) from error


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _op(value: Any, where: str) -> Op:
    op = _object(value, where, _OP_PARTS)
    kind = op.get("kind")
    if not isinstance(kind, str) or kind not in _KINDS:
        raise BadInput(
            _("{where}: the kind must be one of {kinds}. Reload the page.").format(where=where, kinds=", ".join(_KINDS))
        )
    missing = sorted(name for name in _NEEDED.get(kind, set()) if op.get(name) is None)
    if missing:
        raise BadInput(
            _("{where}: {kind} needs {missing}. Reload the page.").format(
                where=where, kind=kind, missing=", ".join(missing)
            )
        )
    used = {name: op[name] for name in _KINDS[kind] if op.get(name) is not None}
    return Op(
        request_id=_uuid(op.get("request_id"), f"{where}.request_id"),
        kind=kind,
        **{name: _READERS[name](content, f"{where}.{name}") for name, content in used.items()},
    )


def _shown(value: Any, where: str) -> Shown:
    shown = _object(value, where, {"version_id", "class_id", "confidence"})
    confidence = shown.get("confidence")
    is_share = isinstance(confidence, int | float) and not isinstance(confidence, bool) and 0 <= confidence <= 1
    if confidence is not None and not is_share:
        raise BadInput(_("{where}.confidence must be a share from 0 to 1. Reload the page.").format(where=where))
    return Shown(
        version_id=_id(shown.get("version_id"), f"{where}.version_id"),
        class_id=_id(shown.get("class_id"), f"{where}.class_id"),
        confidence=None if confidence is None else float(confidence),
    )


def _object(value: Any, where: str, names: set[str]) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise BadInput(_("{where} must be a JSON object. Reload the page.").format(where=where))
    unknown = sorted(set(value) - names)
    if unknown:
        shown = ", ".join(unknown)[:200].encode("utf-8", "replace").decode()  # half a character can't be sent back
        raise BadInput(
            _("{where} has parts that are not known here: {shown}. Reload the page.").format(where=where, shown=shown)
        )
    return value


def _list(value: Any, where: str, most: int) -> list[Any]:
    if not isinstance(value, list):
        raise BadInput(_("{where} must be a list. Reload the page.").format(where=where))
    if len(value) > most:
        raise BadInput(
            _("{where} has {value_count:,} entries; {most} fit into one request.").format(
                where=where, value_count=len(value), most=most
            )
        )
    return value


def _ids(value: Any, where: str) -> tuple[int, ...]:
    return tuple(_id(entry, where) for entry in _list(value, where, MOST_HELD))


def _id(value: Any, where: str) -> int:
    return _integer(value, where, 1, LARGEST_ID)


def _integer(value: Any, where: str, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise BadInput(
            _("{where} must be a whole number from {least} to {most}. Reload the page.").format(
                where=where, least=least, most=most
            )
        )
    return value


def _text(value: Any, where: str, longest: int) -> str:
    if not isinstance(value, str):
        raise BadInput(_("{where} must be text. Reload the page.").format(where=where))
    if len(value) > longest:
        raise BadInput(
            _("{where} has {value_count:,} characters; {longest:,} fit. Shorten it.").format(
                where=where, value_count=len(value), longest=longest
            )
        )
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise BadInput(_("{where} holds half a character that can't be stored. Type it again.").format(where=where))
    return value


def _uuid(value: Any, where: str) -> str:
    if not isinstance(value, str) or not _UUID.fullmatch(value):
        raise BadInput(_("{where} must be a UUID in small letters. Reload the page.").format(where=where))
    return value


def _comment(value: Any, where: str) -> str:
    return _text(value, where, LONGEST_COMMENT)


_READERS: dict[str, Callable[[Any, str], Any]] = {
    "item_id": _id,
    "assignment_id": _id,
    "class_id": _id,
    "target": _uuid,
    "comment": _comment,
    "shown": _shown,
}
