"""How a file is read, in words."""

from collections.abc import Iterator

from hitl.adapters.readers import Reading, ReadOptions
from hitl.domain.language import Words, _, later

ENCODING_NAMES = Words(
    {
        "utf-8": later("UTF-8"),
        "utf-16-le": later("UTF-16 (little endian)"),
        "utf-16-be": later("UTF-16 (big endian)"),
        "cp1252": later("Windows-1252 (Western Europe)"),
        "latin-1": later("Latin-1 (ISO 8859-1)"),
    }
)
DELIMITER_NAMES = Words({",": later("Comma  ,"), ";": later("Semicolon  ;"), "\t": later("Tab"), "|": later("Bar  |")})
_BETWEEN = Words(
    {
        ",": later("comma between cells"),
        ";": later("semicolon between cells"),
        "\t": later("tab between cells"),
        "|": later("bar between cells"),
    }
)


def reading_text(reading: Reading) -> str:
    """How a file is read, in one line.

    >>> reading_text(Reading("CSV", ReadOptions(encoding="cp1252", delimiter=";", has_header=True)))
    'Read as CSV: Windows-1252 (Western Europe), semicolon between cells, the first row names the columns'
    """
    parts = ", ".join(_parts(reading.options))
    if not parts:
        return _("Read as {kind}").format(kind=reading.kind)
    return _("Read as {kind}: {details}").format(kind=reading.kind, details=parts)


def _parts(options: ReadOptions) -> Iterator[str]:
    if options.member:
        yield options.member
    if options.encoding:
        yield ENCODING_NAMES.get(options.encoding, options.encoding)
    if options.delimiter:
        yield _BETWEEN.get(options.delimiter) or _("{sign} between cells").format(sign=options.delimiter)
    if options.sheet:
        yield _("sheet {name}").format(name=options.sheet)
    if options.has_header is not None:
        yield _("the first row names the columns") if options.has_header else _("no row of names")
