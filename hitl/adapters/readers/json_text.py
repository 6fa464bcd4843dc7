"""JSON lines and lists of JSON objects as tables: nested fields by their dotted path, lists as JSON text.

The columns are the fields of all records, so a file is read twice: once for its fields, once for its values.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import TextIOWrapper
from typing import Any, BinaryIO

from hitl.adapters.readers.csv_text import open_lines
from hitl.adapters.readers.table import (
    Reading,
    ReadOptions,
    Table,
    limit_rows,
    name_columns,
    read_record,
    require_columns,
)
from hitl.adapters.readers.text_encoding import UNREADABLE, mark_of
from hitl.domain.errors import BadInput
from hitl.domain.language import _
from hitl.domain.rows import Reject, Row

RECORD_LIMIT = 32_000_000
DEPTH_LIMIT = 100

_CHUNK_CHARACTERS = 1 << 18
_BLANKS = re.compile(r"[ \t\r\n]*")


class _Number(str):
    """A number or NaN as it is written: no digit is lost."""

    __slots__ = ()


class _Twice(dict[str, Any]):
    """An object in which a field stands twice."""


class _Unfit(Exception):
    """The reason why a record can't be a row."""


@dataclass(frozen=True)
class Found:
    """A record's number with its value, or with the reason why there is none."""

    number: int
    value: Any = None
    fault: str = ""
    text: str = ""


def read_json_lines(stream: BinaryIO, *, name: str, options: ReadOptions) -> Table:
    """One object a line; rows are numbered as lines.

    Raises
    ------
    BadInput
        There are too many fields.
    """

    def read() -> Iterator[Found]:
        return _read_lines(open_lines(stream, name=name, encoding=options.encoding or "utf-8"))

    return read_table(read, name=name, kind="JSON lines", options=options)


def holds_lines(stream: BinaryIO, *, name: str, options: ReadOptions) -> bool:
    """Whether the text is one object a line: some line holds one, and it is not all there is of a table in columns."""
    lines = open_lines(stream, name=name, encoding=options.encoding or "utf-8")
    if _goes_on(next((line.strip() for line in lines if line.strip()), "")):
        return False
    found = _read_lines(open_lines(stream, name=name, encoding=options.encoding or "utf-8"))
    first = next((one for one in found if not one.fault), None)
    return first is not None and (first.number > 1 or next(found, None) is not None or not is_table(first.value))


def is_table(record: Mapping[str, Any]) -> bool:
    """Whether an object holds no value of its own: lists and objects alone."""
    return (bool(record) and all(isinstance(value, (list, dict)) for value in record.values())) or any(
        isinstance(value, list) and bool(value) and isinstance(value[0], dict) for value in record.values()
    )


def _goes_on(line: str) -> bool:
    """Whether a line breaks off within JSON that is sound so far."""
    try:
        _DECODER.decode(line)
    except RecursionError:
        return False
    except json.JSONDecodeError as error:
        return error.pos >= len(line)
    return False


def read_json_list(stream: BinaryIO, *, name: str, options: ReadOptions) -> Table:
    """A list of objects; rows are numbered from 1.

    Raises
    ------
    BadInput
        It breaks the rules of JSON, holds no object, or there are too many fields.
    """

    def read() -> Iterator[Found]:
        return _read_list(JsonText(stream, options.encoding or "utf-8"), name)

    return read_table(read, name=name, kind="a JSON list", options=options)


def read_table(
    read: Callable[[], Iterator[Found]], *, name: str, kind: str, options: ReadOptions, remarks: Sequence[str] = ()
) -> Table:
    """The table of the records that ``read`` gives each time it is called; ``remarks`` join its notes."""
    paths = _list_paths(read(), name)
    columns, notes = name_columns(paths, name=name)
    records = limit_rows(_read_rows(read(), paths, columns), name=name)
    return Table(columns, records, Reading(kind, options, notes=(*notes, *remarks)))


def _list_paths(found: Iterator[Found], name: str) -> list[str]:
    paths: dict[str, None] = {}
    for one in found:
        if one.fault:
            continue
        try:
            paths.update(dict.fromkeys(flatten(one.value)))
        except _Unfit:
            continue
        require_columns(len(paths), name=name)
    if not paths:
        raise BadInput(
            _("{name} holds no record with a field. Wanted: a list of objects, or one object a line.").format(name=name)
        )
    return list(paths)


def _read_rows(found: Iterator[Found], paths: Sequence[str], columns: Sequence[str]) -> Iterator[Row | Reject]:
    for one in found:
        if one.fault:
            yield Reject(one.number, "", one.fault, (one.text,))
            continue
        try:
            cells = flatten(one.value)
        except _Unfit as unfit:
            yield Reject(one.number, "", str(unfit), (as_text(one.value),))
            continue
        yield read_record(one.number, columns, [cells.get(path, "") for path in paths])


def flatten(record: Mapping[str, Any]) -> dict[str, str]:
    """The cells of a record by dotted path.

    >>> flatten({"id": "a", "who": {"name": "B", "tags": ["x", None]}, "gone": None})
    {'id': 'a', 'who.name': 'B', 'who.tags': '["x", null]', 'gone': ''}
    """
    cells: dict[str, str] = {}
    _flatten_into(cells, record, "", 1)
    return cells


def _flatten_into(cells: dict[str, str], record: Mapping[str, Any], prefix: str, depth: int) -> None:
    if depth > DEPTH_LIMIT:
        raise _Unfit(_too_deep())
    if isinstance(record, _Twice):
        raise _Unfit(_("A field stands twice in one object. Leave one of them out."))
    for key, value in record.items():
        path = f"{prefix}{key}"
        if isinstance(value, dict):
            _flatten_into(cells, value, f"{path}.", depth + 1)
            continue
        if path in cells:
            raise _Unfit(_("Two fields have the path '{path}'. Rename one of them.").format(path=path[:60]))
        cells[path] = _as_cell(value, depth)


def _as_cell(value: Any, depth: int) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return str(value)
    return _as_json(value, depth)


def _as_json(value: Any, depth: int) -> str:
    if depth > DEPTH_LIMIT:
        raise _Unfit(_too_deep())
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, list):
        return "[" + ", ".join(_as_json(one, depth + 1) for one in value) + "]"
    if isinstance(value, dict):
        if isinstance(value, _Twice):
            raise _Unfit(_("A field stands twice in one object. Leave one of them out."))
        pairs = (f"{json.dumps(key, ensure_ascii=False)}: {_as_json(one, depth + 1)}" for key, one in value.items())
        return "{" + ", ".join(pairs) + "}"
    return json.dumps(value, ensure_ascii=False)


def _as_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    return made if len(made) == len(pairs) else _Twice(made)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_as_object, parse_float=_Number, parse_int=_Number, parse_constant=_Number
)


def as_text(value: Any) -> str:
    """A decoded value as JSON again, for the person who looks for it; empty where it is nested too deep."""
    try:
        return _as_json(value, 1)
    except (_Unfit, RecursionError):
        return ""


def _read_lines(lines: Iterator[str]) -> Iterator[Found]:
    for number, line in enumerate(lines, start=1):
        text = line.strip(" \t\r\n")
        if text:
            yield _decode(number, text.removesuffix(","))


def _decode(number: int, text: str) -> Found:
    try:
        return as_found(number, _DECODER.decode(text))
    except RecursionError:
        return Found(number, fault=_too_deep(), text=text)
    except json.JSONDecodeError as error:
        return Found(
            number,
            fault=_("It is not JSON: {msg} at character {pos:,}. Mend the line.").format(
                msg=error.msg, pos=error.pos + 1
            ),
            text=text,
        )


def as_found(number: int, value: Any) -> Found:
    """A decoded value as a record, or as the reason why it is none."""
    if isinstance(value, dict):
        return Found(number, value)
    return Found(
        number, fault=_('An object was expected, like {"text": "…"}. Write the record as one.'), text=as_text(value)
    )


class JsonText:
    """A window on a long text: what was decoded is let go, what is missing is read."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        stream.seek(0)
        mark = mark_of(encoding)
        if not mark or stream.read(len(mark)) != mark:
            stream.seek(0)
        self._reader = TextIOWrapper(stream, encoding=encoding, errors=UNREADABLE)
        self._is_read = False
        self._place = 0
        self.window = ""

    def detach(self) -> None:
        """Give the stream back, open."""
        with suppress(ValueError):  # its opener has closed it already
            self._reader.detach()

    def peek(self) -> str:
        """The next character that is no blank; empty at the end."""
        while True:
            self._place = _BLANKS.match(self.window, self._place).end()  # type: ignore[union-attr]  # it always matches
            if self._place < len(self.window) or not self._read_more():
                return self.window[self._place : self._place + 1]

    def skip(self) -> None:
        """Go on by one character."""
        self._place += 1

    def decode(self, name: str, number: int) -> Any:
        """The value that begins here."""
        while True:
            try:
                value, end = _DECODER.raw_decode(self.window, self._place)
            except RecursionError:
                raise BadInput(
                    _("{name}, record {number:,}: {too_deep}").format(name=name, number=number, too_deep=_too_deep())
                ) from None
            except json.JSONDecodeError as error:
                if len(self.window) - self._place <= RECORD_LIMIT and self._read_more():
                    continue
                raise BadInput(
                    _(
                        "{name}, record {number:,}: it is not JSON ({msg}), so nothing after it can be read. "
                        "Mend it, or save the file as one object a line."
                    ).format(name=name, number=number, msg=error.msg)
                ) from None
            if end == len(self.window) and self._read_more():
                continue
            self._place = end
            return value

    def _read_more(self) -> bool:
        if self._is_read:
            return False
        rest = self.window[self._place :]
        more = self._reader.read(max(_CHUNK_CHARACTERS, len(rest)))
        self._is_read = not more
        self.window, self._place = rest + more, 0
        return bool(more)


def _read_list(text: JsonText, name: str) -> Iterator[Found]:
    try:
        text.peek()
        text.skip()  # the bracket by which the format was recognised
        number = 0
        following = text.peek()
        while following != "]":
            number += 1
            yield as_found(number, text.decode(name, number))
            following = text.peek()
            if following == ",":
                text.skip()
                following = "," if text.peek() == "]" else ""
            elif following != "]":
                following = "," if following else "end"
            if following in {",", "end"}:
                raise BadInput(
                    _(
                        "{name} breaks off or breaks the rules of JSON after record {number:,}. Copy it again, "
                        "or save it as one object a line."
                    ).format(name=name, number=number)
                )
        text.skip()
        if text.peek():
            raise BadInput(_("{name} goes on after its list has ended. Save the list alone.").format(name=name))
    finally:
        text.detach()


def _too_deep() -> str:
    return _("It is nested more than {limit} levels deep. Flatten it.").format(limit=DEPTH_LIMIT)
