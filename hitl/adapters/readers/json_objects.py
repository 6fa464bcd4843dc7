"""JSON that is neither a list nor one object a line: objects over several lines, and one object that holds a table.

A single object is loaded as a whole: it may hold a list of records under a name, a list for each column, the rows and
the names of columns apart, or an object for each column.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from hitl.adapters.readers.json_text import Found, JsonText, as_found, is_table, read_table
from hitl.adapters.readers.table import ReadOptions, Table, quote_names
from hitl.domain.errors import BadInput
from hitl.domain.language import _

_COLUMNS, _DATA = "columns", "data"


def read_json_objects(stream: BinaryIO, *, name: str, options: ReadOptions) -> Table:
    """The records of objects one behind the other, or of the table that the only one holds; numbered from 1.

    Raises
    ------
    BadInput
        It breaks the rules of JSON, or no table is recognised in it.
    """

    def read() -> Iterator[Found]:
        return _read_objects(JsonText(stream, options.encoding or "utf-8"), name)

    if len(found := _take_two(read())) > 1:
        return read_table(read, name=name, kind=_("JSON objects"), options=options)
    if not found or found[0].fault:
        wanted = _("{name} is no JSON that can be read as a table. Wanted: a list of objects, or one object a line.")
        raise BadInput(wanted.format(name=name))
    records, remarks = _find_records(found[0].value, name)
    return read_table(
        lambda: (as_found(number, one) for number, one in enumerate(records, start=1)),
        name=name,
        kind=_("a JSON object"),
        options=options,
        remarks=remarks,
    )


def _take_two(found: Iterator[Found]) -> list[Found]:
    taken = []
    for one in found:
        taken.append(one)
        if len(taken) == 2:
            break
    return taken


def _read_objects(text: JsonText, name: str) -> Iterator[Found]:
    try:
        number = 0
        if text.peek() != "{":
            return
        while text.peek():
            number += 1
            yield as_found(number, text.decode(name, number))
            if text.peek() == ",":
                text.skip()
    finally:
        text.detach()


def _find_records(held: Mapping[str, Any], name: str) -> tuple[Sequence[Any], tuple[str, ...]]:
    """The records of an object that holds a table, with notes on what was left out."""
    lists = [key for key, value in held.items() if isinstance(value, list) and value and isinstance(value[0], dict)]
    if len(lists) == 1:
        return held[lists[0]], _beside(held, lists[0])
    if len(lists) > 1:
        several = _("{name} holds several lists: {names}. Save the one you want alone.")
        raise BadInput(several.format(name=name, names=quote_names(lists)))
    rows = _rows_apart(held) or _rows_of_lists(held) or _rows_of_objects(held)
    if rows:
        return rows, ()
    if is_table(held):
        nested = _(
            "{name} holds one object of lists or objects, whose rows can't be told. Save it as a list of objects."
        )
        raise BadInput(nested.format(name=name))
    return [held], ()


def _beside(held: Mapping[str, Any], key: str) -> tuple[str, ...]:
    others = [other for other in held if other != key]
    read = _("The list '{key}' is read.").format(key=key[:60])
    left = _("Beside it and left out: {names}.").format(names=quote_names(others))
    return (f"{read} {left}",) if others else (read,)


def _rows_apart(held: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Names of columns in one list, rows in another."""
    columns, data = held.get(_COLUMNS), held.get(_DATA)
    if not isinstance(columns, list) or not isinstance(data, list) or len({str(one) for one in columns}) < len(columns):
        return []
    if any(not isinstance(row, list) or len(row) != len(columns) for row in data):
        return []
    return [dict(zip(map(str, columns), row, strict=True)) for row in data]


def _rows_of_lists(held: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A list for each column, all of the same length."""
    lengths = {len(value) if isinstance(value, list) else -1 for value in held.values()}
    if len(lengths) != 1 or lengths & {-1, 0}:
        return []
    return [dict(zip(held, row, strict=True)) for row in zip(*held.values(), strict=True)]


def _rows_of_objects(held: Mapping[str, Any]) -> list[dict[str, Any]]:
    """An object for each column, its values by number of row."""
    if not held or not all(isinstance(value, dict) and value for value in held.values()):
        return []
    places = list(next(iter(held.values())))
    if not all(place.isdecimal() for place in places) or any(list(column) != places for column in held.values()):
        return []
    return [{column: held[column][place] for column in held} for place in places]
