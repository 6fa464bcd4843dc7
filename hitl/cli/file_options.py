"""What the command line says about reading a file, and a file that comes from stdin."""

import inspect
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated, Any

import typer

from hitl.adapters.readers import ReadOptions
from hitl.adapters.readers.date_styles import DateStyle
from hitl.adapters.readers.number_styles import NumberStyle
from hitl.domain.errors import BadInput, StoreUnusable
from hitl.domain.language import _

Encoding = Annotated[str | None, typer.Option("--encoding", metavar="NAME", help="utf-8, cp1252 …; else found out.")]
Delimiter = Annotated[
    str | None, typer.Option("--delimiter", metavar="CHAR", help="What parts cells, or 'tab'; else found out.")
]
Quote = Annotated[str | None, typer.Option("--quote", metavar="CHAR", help="What stands around cells; else found out.")]
Header = Annotated[
    bool | None, typer.Option("--header/--no-header", help="Whether row 1 names the columns; else found out.")
]
Sheet = Annotated[str | None, typer.Option("--sheet", metavar="NAME", help="Sheet of a workbook; else the first.")]
Member = Annotated[str | None, typer.Option("--member", metavar="NAME", help="File inside a zip that holds several.")]
DecimalComma = Annotated[
    list[str] | None, typer.Option("--decimal-comma", metavar="COL", help="Its numbers are written like 1.234,56.")
]
DecimalPoint = Annotated[
    list[str] | None, typer.Option("--decimal-point", metavar="COL", help="Its numbers are written like 1,234.56.")
]

DayFirst = Annotated[
    list[str] | None, typer.Option("--day-first", metavar="COL", help="Its dates are written like 31/12/2024.")
]
MonthFirst = Annotated[
    list[str] | None, typer.Option("--month-first", metavar="COL", help="Its dates are written like 12/31/2024.")
]

STDIN = Path("-")


@dataclass(frozen=True)
class FileChoices:
    """What was said about a file: how it is read, and how columns of numbers and dates are written."""

    options: ReadOptions
    numbers: Mapping[str, NumberStyle]
    dates: Mapping[str, DateStyle] = field(default_factory=dict)

    def to_args(self) -> dict[str, object]:
        """The same for an import job."""
        numbers = {column: style.value for column, style in self.numbers.items()}
        dates = {column: style.value for column, style in self.dates.items()}
        return {"options": self.options.to_json(), "numbers": numbers, "dates": dates}


def read_choices(
    *,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    quote: Quote = None,
    header: Header = None,
    sheet: Sheet = None,
    member: Member = None,
    decimal_comma: DecimalComma = None,
    decimal_point: DecimalPoint = None,
    day_first: DayFirst = None,
    month_first: MonthFirst = None,
) -> FileChoices:
    """What the options of the command line say; their declarations are this signature.

    Raises
    ------
    BadInput
        The delimiter or the quote is not one character, or a column has a decimal comma and a decimal point.
    """
    mark = "\t" if delimiter in {"tab", "\\t"} else delimiter
    options = ReadOptions(encoding, mark, quote, header, sheet, member)
    options.require_sound()
    comma, point = decimal_comma or [], decimal_point or []
    both = set(comma) & set(point)
    if both:
        raise BadInput(
            _("The column '{both}' can't have a decimal comma and a decimal point. Give it one.").format(both=min(both))
        )
    numbers = {**dict.fromkeys(comma, NumberStyle.COMMA), **dict.fromkeys(point, NumberStyle.POINT)}
    return FileChoices(options, numbers, _read_dates(day_first or [], month_first or []))


def _read_dates(day_first: Sequence[str], month_first: Sequence[str]) -> dict[str, DateStyle]:
    both = set(day_first) & set(month_first)
    if both:
        message = _("The column '{column}' can't have the day first and the month first. Give it one.")
        raise BadInput(message.format(column=min(both)))
    days, months = dict.fromkeys(day_first, DateStyle.DAY_FIRST), dict.fromkeys(month_first, DateStyle.MONTH_FIRST)
    return {**days, **months}


def with_options(name: str, read: Callable[..., Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A decorator: the command with the options of ``read``, whose result it gets under the name."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        added = inspect.signature(read).parameters
        own = [one for one in inspect.signature(command).parameters.values() if one.name != name]
        declared = [*own, *(one.replace(kind=inspect.Parameter.POSITIONAL_OR_KEYWORD) for one in added.values())]

        @wraps(command)
        def run(**given: Any) -> None:
            made = read(**{option: given.pop(option) for option in added})
            command(**given, **{name: made})

        run.__signature__ = inspect.Signature(declared)  # type: ignore[attr-defined]  # what Typer reads
        run.__annotations__ = {one.name: one.annotation for one in declared}
        return run

    return decorate


with_file_options = with_options("choices", read_choices)


@contextmanager
def file_or_stdin(file: Path, *, folder: Path) -> Iterator[Path]:
    """The file itself; for ``-`` what comes in on stdin, kept in the folder meanwhile.

    Raises
    ------
    StoreUnusable
        The folder has no room for it.
    """
    if file != STDIN:
        yield file
        return
    with NamedTemporaryFile(dir=folder, prefix=".stdin-", suffix=".part") as kept:
        try:
            shutil.copyfileobj(sys.stdin.buffer, kept)
            kept.flush()
        except OSError as error:
            raise StoreUnusable(
                _("What came in can't be kept in {folder} ({strerror}).").format(
                    folder=folder, strerror=error.strerror or error
                )
            ) from error
        yield Path(kept.name)
