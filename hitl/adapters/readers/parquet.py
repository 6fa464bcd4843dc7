"""Parquet files as tables of text: every value as it is written out in full, lists and objects as JSON text."""

import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, BinaryIO

from hitl.adapters.readers.table import ROW_LIMIT, Reading, ReadOptions, Table, name_columns, read_record
from hitl.domain.errors import BadInput
from hitl.domain.language import _
from hitl.domain.rows import Reject, Row

ROW_GROUP_LIMIT = 4 << 30
_BATCH_BYTES = 16 << 20
_MOST_ROWS_AT_ONCE = 2_000
_ZERO_FRACTION = re.compile(r"\.0+(?=$|[Z+-])")


def read_parquet(stream: BinaryIO, *, name: str, options: ReadOptions) -> Table:
    """The columns and records of a Parquet file; rows are numbered from 1. One row group at a time is in memory.

    Raises
    ------
    BadInput
        It is damaged, locked or too large.
    """
    from pyarrow import ArrowException  # noqa: PLC0415  costs 0.2 s, and most files are CSV
    from pyarrow.parquet import ParquetFile  # noqa: PLC0415

    stream.seek(0)
    try:
        file = ParquetFile(stream)
        schema = file.schema_arrow
    except (ArrowException, OSError, ValueError) as error:
        raise _damaged(name) from error
    _check_size(file.metadata, name)
    columns, notes = name_columns(schema.names, name=name)
    return Table(columns, _read_rows(file, columns, name), Reading("Parquet", options, notes=notes))


def _check_size(metadata: Any, name: str) -> None:
    if metadata.num_rows > ROW_LIMIT:
        raise BadInput(
            _("{name} has more than {row_limit:,} rows. Split it into several files.").format(
                name=name, row_limit=ROW_LIMIT
            )
        )
    for group in range(metadata.num_row_groups):
        if metadata.row_group(group).total_byte_size > ROW_GROUP_LIMIT:
            raise BadInput(
                _("{name} has a row group of more than {row_group_limit} GB. Write it with smaller row groups.").format(
                    name=name, row_group_limit=ROW_GROUP_LIMIT >> 30
                )
            )


def _read_rows(file: Any, columns: Sequence[str], name: str) -> Iterator[Row | Reject]:
    from pyarrow import ArrowException  # noqa: PLC0415

    number = 0
    try:
        for batch in file.iter_batches(batch_size=_batch_rows(file.metadata)):
            texts = [_read_texts(batch.column(place)) for place in range(batch.num_columns)]
            for cells in zip(*texts, strict=True):
                number += 1
                yield read_record(number, columns, cells)
    except (ArrowException, OSError, ValueError, OverflowError) as error:
        raise _damaged(_("{name} after row {number:,}").format(name=name, number=number)) from error


def _batch_rows(metadata: Any) -> int:
    groups = [metadata.row_group(place) for place in range(metadata.num_row_groups)]
    row_bytes = max((group.total_byte_size / max(group.num_rows, 1) for group in groups), default=1.0)
    return int(min(max(_BATCH_BYTES / max(row_bytes, 1.0), 1), _MOST_ROWS_AT_ONCE))


def _read_texts(array: Any) -> list[str]:
    """A column's values as text, "" where there is none."""
    import pyarrow as pa  # noqa: PLC0415

    if isinstance(array.type, pa.BaseExtensionType):
        array = array.storage
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    for applies, read in _CONVERTERS:
        if any(getattr(pa.types, test)(array.type) for test in applies):
            return read(array)
    return _as_written(array)


def _as_written(array: Any) -> list[str]:
    from pyarrow import large_string  # noqa: PLC0415

    return ["" if text is None else text for text in array.cast(large_string()).to_pylist()]


def _as_time(array: Any) -> list[str]:
    return [_ZERO_FRACTION.sub("", text.replace(" ", "T", 1)) for text in _as_written(array)]


def _as_decimal(array: Any) -> list[str]:
    return ["" if value is None else f"{value:f}" for value in array.to_pylist()]


def _as_bytes(array: Any) -> list[str]:
    return ["" if value is None else value.decode("utf-8", "surrogateescape") for value in array.to_pylist()]


def _as_duration(array: Any) -> list[str]:
    from pyarrow import int64  # noqa: PLC0415

    return ["" if value is None else f"{value} {array.type.unit}" for value in array.cast(int64()).to_pylist()]


def _as_json(array: Any) -> list[str]:
    return [
        "" if value is None else json.dumps(value, ensure_ascii=False, default=_plain) for value in array.to_pylist()
    ]


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    return b64encode(value).decode("ascii") if isinstance(value, bytes) else str(value)


_CONVERTERS: tuple[tuple[tuple[str, ...], Callable[[Any], list[str]]], ...] = (
    (("is_timestamp", "is_time"), _as_time),
    (("is_decimal",), _as_decimal),
    (("is_binary", "is_large_binary", "is_fixed_size_binary", "is_binary_view"), _as_bytes),
    (("is_duration",), _as_duration),
    (("is_nested",), _as_json),
)


def _damaged(name: str) -> BadInput:
    return BadInput(
        _("{name} can't be read as Parquet: it is damaged, locked or of a kind not known here. Write it again.").format(
            name=name
        )
    )
