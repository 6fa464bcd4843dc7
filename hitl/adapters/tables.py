"""Tables written as csv, jsonl or parquet by a file's suffix: streamed, and whole or not at all."""

import csv
import json
import os
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from hitl.domain.errors import BadInput, StoreUnusable
from hitl.domain.language import _

Cell = str | int | float | None
Record = Sequence[Cell]

_BATCH_ROWS = 5_000
_FORMULA_STARTS = (*"=+-@\t\r\n", *"\uff1d\uff0b\uff0d\uff20")
"""The last four are the wide forms, which some spreadsheets take for the others."""


OWN_HEADS = (
    ("id", "revision", "label", "route", "predicted_label", "confidence", "model_version", "file", "row"),
    ("id", "label", "label_key", "source", "decided_by", "decided_at", "comment", "review_count", "cannot_tell"),
    ("id", "model_version", "predicted_label", "confidence", "runner_up", "runner_up_confidence", "novelty"),
    ("decision", "id", "kind", "label", "decided_by", "decided_at", "comment", "undoes_decision"),
)
"""What the first lines of exported tables begin with: by them a reader knows which apostrophes are guards."""


@dataclass(frozen=True)
class Column:
    """A column of a table; ``kind`` is ``str``, ``int`` or ``float``, and any cell may be None."""

    name: str
    kind: type[str] | type[int] | type[float] = str


def write_table(path: Path, *, columns: Sequence[Column], records: Iterable[Record]) -> int:
    """The number of records written to the file, which appears when the last one is safe on disk.

    Raises
    ------
    BadInput
        The suffix is not .csv, .jsonl or .parquet.
    StoreUnusable
        The file can't be written.
    """
    write = _find_writer(path)
    staging = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
    try:
        count = write(staging, columns, records)
        _sync(staging)
        staging.replace(path)
    except OSError as error:
        raise StoreUnusable(
            _(
                "{path} can't be written ({strerror}). Make room, or name a file in a folder that you may write to."
            ).format(path=path, strerror=error.strerror or error)
        ) from error
    finally:
        with suppress(OSError):
            staging.unlink()
    return count


def require_suffix(path: Path) -> None:
    """Nothing, when the suffix names a format that can be written.

    Raises
    ------
    BadInput
        It does not.
    """
    _find_writer(path)


def neutralise(cell: Cell) -> Cell:
    """The cell with a leading apostrophe where a spreadsheet would run it as a formula.

    So has a formula that begins with apostrophes already: ``restore`` takes one off, and every text is as it was.

    >>> neutralise("=1+1"), neutralise("'=1+1"), neutralise("-2.5"), neutralise(-2.5), neutralise("'tis fine")
    ("'=1+1", "''=1+1", '-2.5', -2.5, "'tis fine")
    """
    return f"'{cell}" if isinstance(cell, str) and _is_formula(cell.lstrip("'")) else cell


def restore(cell: str) -> str:
    """A cell as it was before ``neutralise``.

    >>> restore("'=1+1"), restore("''=1+1"), restore("'tis fine"), restore("=1+1")
    ('=1+1', "'=1+1", "'tis fine", '=1+1')
    """
    return cell[1:] if cell.startswith("'") and _is_formula(cell.lstrip("'")) else cell


def is_own_head(line: str) -> bool:
    """Whether the first line of a CSV file is that of a table of items, labels, predictions or decisions from here.

    >>> is_own_head("id,label"), is_own_head(",".join(OWN_HEADS[0]) + ",text")
    (False, True)
    """
    names = line.rstrip("\r\n").split(",")
    return any(names[: len(head)] == list(head) for head in OWN_HEADS)


_Writer = Callable[[Path, Sequence[Column], Iterable[Record]], int]


def _find_writer(path: Path) -> _Writer:
    writers: dict[str, _Writer] = {".csv": _write_csv, ".jsonl": _write_jsonl, ".parquet": _write_parquet}
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise BadInput(
            _("'{name}' must end in .csv, .jsonl or .parquet: the suffix chooses the format.").format(name=path.name)
        )
    return writer


def _write_csv(path: Path, columns: Sequence[Column], records: Iterable[Record]) -> int:
    count = 0
    with path.open("x", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([neutralise(column.name) for column in columns])
        for record in records:
            writer.writerow([neutralise(cell) for cell in record])
            count += 1
    return count


def _write_jsonl(path: Path, columns: Sequence[Column], records: Iterable[Record]) -> int:
    count = 0
    names = [column.name for column in columns]
    with path.open("x", encoding="utf-8", newline="\n") as file:
        for record in records:
            file.write(json.dumps(dict(zip(names, record, strict=True)), ensure_ascii=False) + "\n")
            count += 1
    return count


def _write_parquet(path: Path, columns: Sequence[Column], records: Iterable[Record]) -> int:
    import pyarrow as pa  # noqa: PLC0415  costs 0.2 s, and most exports are CSV
    from pyarrow.parquet import ParquetWriter  # noqa: PLC0415

    types = {str: pa.string(), int: pa.int64(), float: pa.float64()}
    schema = pa.schema([(column.name, types[column.kind]) for column in columns])
    count = 0
    with ParquetWriter(path, schema) as writer:
        for batch in _batches(records):
            cells = list(zip(*batch, strict=True))
            arrays = [pa.array(column, type=field.type) for column, field in zip(cells, schema, strict=True)]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
            count += len(batch)
    return count


def _batches(records: Iterable[Record]) -> Iterator[list[Record]]:
    remaining = iter(records)
    while batch := list(islice(remaining, _BATCH_ROWS)):
        yield batch


def _is_formula(text: str) -> bool:
    return text.startswith(_FORMULA_STARTS) and not _is_number(text)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text.strip() == text


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
