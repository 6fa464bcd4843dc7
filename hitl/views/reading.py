"""How a file is read, in words."""

from collections.abc import Iterator

from hitl.adapters.readers import Reading, ReadOptions

ENCODING_NAMES = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16 (little endian)",
    "utf-16-be": "UTF-16 (big endian)",
    "cp1252": "Windows-1252 (Western Europe)",
    "latin-1": "Latin-1 (ISO 8859-1)",
}
DELIMITER_NAMES = {",": "Comma  ,", ";": "Semicolon  ;", "\t": "Tab", "|": "Bar  |"}


def reading_text(reading: Reading) -> str:
    """How a file is read, in one line.

    >>> reading_text(Reading("CSV", ReadOptions(encoding="cp1252", delimiter=";", has_header=True)))
    'Read as CSV: Windows-1252 (Western Europe), semicolon between cells, the first row names the columns'
    """
    return f"Read as {reading.kind}" + ("" if not (parts := list(_parts(reading.options))) else f": {', '.join(parts)}")


def _parts(options: ReadOptions) -> Iterator[str]:
    if options.member:
        yield options.member
    if options.encoding:
        yield ENCODING_NAMES.get(options.encoding, options.encoding)
    if options.delimiter:
        yield f"{DELIMITER_NAMES.get(options.delimiter, options.delimiter).split()[0].lower()} between cells"
    if options.sheet:
        yield f"sheet {options.sheet}"
    if options.has_header is not None:
        yield "the first row names the columns" if options.has_header else "no row of names"
