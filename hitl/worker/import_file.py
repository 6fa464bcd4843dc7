"""Reading the file of an import job: the same rows at every attempt, by options that the job keeps."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from hitl.adapters.readers import ReadOptions, open_table
from hitl.adapters.readers.number_styles import NumberStyle, find_styles, plain_numbers
from hitl.domain.fields import Field, Role
from hitl.domain.rows import Reject, Row

_NUMBER_ROLES = frozenset({Role.NUMBER, Role.CONFIDENCE})
_TICKED_ROWS = 5_000


def settle_reading(
    path: Path,
    *,
    file_name: str,
    args: Mapping[str, object],
    fields: Sequence[Field],
    tick: Callable[[int], None],
) -> dict[str, object]:
    """How the file is read, complete: the options and the style of each column of numbers, by the whole file.

    What the job's arguments say holds; the rest is found out.
    """
    with open_table(path, name=file_name, options=ReadOptions.from_json(args.get("options"))) as table:
        styles = read_styles(args)
        wanted = [
            field.name
            for field in fields
            if field.role in _NUMBER_ROLES and field.name in table.columns and field.name not in styles
        ]
        if wanted:
            for column, evidence in find_styles(_ticking(table.records, tick), wanted).items():
                styles[column] = evidence.style() or NumberStyle.PLAIN
        return {"options": table.reading.options.to_json(), "numbers": {name: str(one) for name, one in styles.items()}}


@contextmanager
def open_rows(stream: BinaryIO, *, file_name: str, settled: Mapping[str, object]) -> Iterator[Iterator[Row | Reject]]:
    """The rows of a file read as ``settle_reading`` found, numbers in plain form."""
    with open_table(stream, name=file_name, options=ReadOptions.from_json(settled.get("options"))) as table:
        yield plain_numbers(table.records, read_styles(settled))


def read_styles(stored: Mapping[str, object]) -> dict[str, NumberStyle]:
    """The number styles that a job's arguments or result hold."""
    numbers = stored.get("numbers")
    return {str(name): NumberStyle(one) for name, one in numbers.items()} if isinstance(numbers, Mapping) else {}


def _ticking(records: Iterator[Row | Reject], tick: Callable[[int], None]) -> Iterator[Row | Reject]:
    for count, record in enumerate(records, start=1):
        if count % _TICKED_ROWS == 0:
            tick(count)
        yield record
