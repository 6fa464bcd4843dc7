"""Logs: one line a record, with time, level, event and ids; never what people wrote or files hold.

    tell(LOGGER, "job_ended", job=7, status="done")

    {"time": "2026-…Z", "level": "info", "logger": "tandem.worker", "event": "job_ended", "job": 7, "status": "done"}
    2026-…Z INFO tandem.worker job_ended job=7 status=done

Values are numbers, short names of our own (a kind, a status, a project's address) and paths. An error is told by its
class and by where it was raised: what it says may quote an item, a name or a comment, so its words are left out. The
same holds for what libraries log: their sentence is kept as it stands in their code, without what they fill in.
"""

import json
import logging
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

STYLES = ("text", "json")
LEVELS = ("debug", "info", "warning", "error")
LONGEST_VALUE = 300
_FRAMES = 40
_OURS = "tandem"
_QUIET = {"uvicorn.access": logging.CRITICAL}
_PLAIN_FACTORY = logging.LogRecord


def tell(logger: logging.Logger, event: str, *, level: int = logging.INFO, **named: object) -> None:
    """Log an event with its ids; an error among them is told by its class."""
    logger.log(level, event, extra=ids(**named))


def ids(**named: object) -> dict[str, object]:
    """The ids of an event, as ``logger.exception(event, extra=ids(job=7))`` takes them."""
    return {"ids": named}


def configure_logs(style: str, level: str, *, stream: TextIO | None = None) -> None:
    """Send what this process logs, libraries included, to a stream (stderr) in one style."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(make_formatter(style))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(_OURS).setLevel(level.upper())
    for name, least in _QUIET.items():
        logging.getLogger(name).setLevel(least)
    logging.setLogRecordFactory(_make_record)


def make_formatter(style: str) -> logging.Formatter:
    """The formatter of a style: ``json`` or ``text``."""
    return _JsonLines() if style == "json" else _TextLines()


class _JsonLines(logging.Formatter):
    """A JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        parts = _parts(record)
        trace = {"trace": _trace(record.exc_info[1])} if record.exc_info and record.exc_info[1] else {}
        return json.dumps({**parts, **trace}, ensure_ascii=True, default=str)


class _TextLines(logging.Formatter):
    """A line for people; where an error was raised on the lines after it."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as text."""
        parts = _parts(record)
        head = [str(parts.pop(name)) for name in ("time", "level", "logger", "event")]
        head[1] = head[1].upper()
        line = " ".join([*head, *(f"{name}={_one_line(value)}" for name, value in parts.items())])
        if not record.exc_info or not record.exc_info[1]:
            return line
        places = [f"  {error['error']} {place}" for error in _trace(record.exc_info[1]) for place in error["at"]]
        return "\n".join([line, *places])


def _parts(record: logging.LogRecord) -> dict[str, Any]:
    moment = datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]
    known = getattr(record, "ids", None)
    told = known if known is not None else {"says": _one_line(record.msg), "at": f"{record.filename}:{record.lineno}"}
    return {
        "time": f"{moment}Z",
        "level": record.levelname.lower(),
        "logger": record.name,
        "event": record.msg if known is not None else "message",
        **{name: _value(value) for name, value in told.items()},
    }


def _value(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, BaseException):
        return type(value).__name__
    return _one_line(value)


def _one_line(value: object) -> str:
    """The value on one line, without characters that a terminal obeys."""
    text = str(value)[:LONGEST_VALUE]
    return "".join(letter if letter.isprintable() else " " for letter in text).strip()


def _trace(error: BaseException | None) -> list[dict[str, Any]]:
    """The error and what caused it, outermost first: its class, and where it passed, the innermost place last."""
    found: list[dict[str, Any]] = []
    while error is not None and len(found) < _FRAMES:
        found.append({"error": type(error).__name__, "at": _places(error.__traceback__)})
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return found


def _places(trace: TracebackType | None) -> list[str]:
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{_short(code.co_filename)}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return places[-_FRAMES:]


def _short(path: str) -> str:
    """A source file's path without the machine's folders above it."""
    parts = Path(path).parts
    for mark in ("site-packages", "hitl", "pages"):
        if mark in parts:
            at = parts.index(mark)
            return "/".join(parts[at + (mark == "site-packages") :])
    return Path(path).name


def _make_record(*args: Any, **kwargs: Any) -> logging.LogRecord:
    """A record; a logger that brought its own handlers, as Streamlit's and uvicorn's do, is put in line first."""
    record = _PLAIN_FACTORY(*args, **kwargs)
    logger = logging.getLogger(record.name)
    if logger.handlers and logger is not logging.getLogger() and not record.name.startswith(_OURS):
        logger.handlers[:] = []
        logger.propagate = True
    return record
