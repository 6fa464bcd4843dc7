"""How a file is read, in words."""

from collections.abc import Iterator

from hitl.adapters.readers import Reading, ReadOptions
from hitl.domain.language import _, later

ENCODING_NAMES = {
    "utf-8": "UTF-8",
    "utf-16-le": later("UTF-16 (little endian)"),
    "utf-16-be": later("UTF-16 (big endian)"),
    "cp1252": later("Windows-1252 (Western Europe)"),
    "latin-1": later("Latin-1 (ISO 8859-1)"),
}
DELIMITER_NAMES = {",": "Comma  ,", ";": "Semicolon  ;", "\t": later("Tab"), "|": "Bar  |"}


def reading_text(reading: Reading) -> str:
    """How a file is read, in one line.

    >>> reading_text(Reading("CSV", ReadOptions(encoding="cp1252", delimiter=";", has_header=True)))
    'Read as CSV: Windows-1252 (Western Europe), semicolon between cells, the first row names the columns'
    """
    return _("Read as {kind}").format(kind=reading.kind) + (
        "" if not (parts := list(_parts(reading.options))) else f": {', '.join(parts)}"
    )


def _parts(options: ReadOptions) -> Iterator[str]:
    if options.member:
        yield options.member
    if options.encoding:
        yield ENCODING_NAMES.get(options.encoding, options.encoding)
    if options.delimiter:
        yield _("{lower} between cells").format(
            lower=DELIMITER_NAMES.get(options.delimiter, options.delimiter).split()[0].lower()
        )
    if options.sheet:
        yield f"sheet {options.sheet}"
    if options.has_header is not None:
        yield _("the first row names the columns") if options.has_header else _("no row of names")
