"""In which encoding a text file is written: byte order mark, UTF-8 by its rules, else the likeliest legacy one."""

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

from hitl.domain.errors import BadInput
from hitl.domain.language import _

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "cp1252", "latin-1")
"""Those offered first; any other text encoding that Python knows may be named."""

UNREADABLE = "tandem_unreadable"
"""The name of the error handler that turns bytes which are no text into lone surrogates, whatever the encoding."""

_CHUNK_BYTES = 1 << 20
_SCANNED_BYTES = 256 << 20
_SAMPLE_BYTES = 1 << 16
_NUL_SHARE = 0.02
_WESTERN_SHARE = 0.25
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CANDIDATES = [
    *("cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "iso8859_2", "iso8859_5", "iso8859_7"),
    *("koi8_r", "cp850", "cp866", "mac_roman", "cp932", "gb18030", "big5", "euc_jp", "euc_kr"),
]
_HIGH = re.compile(rb"[\x80-\xff]")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_BROKEN = re.compile("[\ud800-\udfff]")
_SIGN_IN_WORD = re.compile(r"(?<=[^\W\d_])[¡-©«-´¶-¹»-¿×÷](?=[^\W\d_])|[\x80-\x9f]")  # no Western word has one


def find_encoding(stream: BinaryIO) -> str:
    """The name of the encoding, from the stream's beginning; the stream is left anywhere.

    UTF-8 is believed when more of its characters are whole than broken; so a damaged row stays one row's fault.
    """
    stream.seek(0)
    head = stream.read(_SAMPLE_BYTES)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    wide = _find_wide(head)
    if wide:
        return wide
    stream.seek(0)
    whole, broken, sample = _count_utf8(stream)
    return "utf-8" if whole >= broken else _find_legacy(sample)


def require_encoding(encoding: str) -> str:
    """Python's name of a text encoding.

    Raises
    ------
    BadInput
        There is none of that name.
    """
    try:
        info = codecs.lookup(encoding)
    except (LookupError, ValueError):
        info = None
    if info is None or not getattr(info, "_is_text_encoding", True) or info.name in {"idna", "punycode", "undefined"}:
        raise BadInput(
            _("There is no encoding '{encoding}'. Name one of {encodings}, or another that Python knows.").format(
                encoding=encoding, encodings=", ".join(ENCODINGS)
            )
        )
    return {"iso8859-1": "latin-1", "utf-8-sig": "utf-8"}.get(info.name, info.name)


def mark_of(encoding: str) -> bytes:
    """The byte order mark that a file in this encoding may begin with."""
    return next((mark for mark, known in _MARKS if known == encoding), b"")


def _count_utf8(stream: BinaryIO) -> tuple[int, int, bytes]:
    """Characters beyond ASCII that are whole, those that are broken, and some lines that hold such."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    whole = broken = 0
    sample = bytearray()
    for chunk in _chunks(stream):
        if chunk.isascii():
            decoder.decode(chunk)
            continue
        text = decoder.decode(chunk)
        bad = len(_BROKEN.findall(text))
        broken += bad
        whole += len(_NOT_ASCII.findall(text)) - bad
        if len(sample) < _SAMPLE_BYTES:
            sample += b"\n".join(line for line in chunk.splitlines() if not line.isascii())[:_SAMPLE_BYTES]
    return whole, broken, bytes(sample)


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    scanned = 0
    while scanned < _SCANNED_BYTES and (chunk := stream.read(_CHUNK_BYTES)):
        scanned += len(chunk)
        yield chunk


def _find_wide(head: bytes) -> str | None:
    """UTF-16 without a mark: delimiters, digits and line ends have a NUL in one of their two bytes, in any script."""
    half = len(head) // 2
    if half < 2:
        return None
    even, odd = head[0::2].count(0) / half, head[1::2].count(0) / half
    line_ends = max(head.count(b"\n"), 1)
    if odd > _NUL_SHARE and even < odd / 10 and 2 * head.count(b"\n\0") >= line_ends:
        return "utf-16-le"
    if even > _NUL_SHARE and odd < even / 10 and 2 * head.count(b"\0\n") >= line_ends:
        return "utf-16-be"
    return None


def _find_legacy(sample: bytes) -> str:
    high_share = len(_HIGH.findall(sample)) / max(len(sample), 1)
    western = _decoded(sample, "cp1252")
    if western is not None and high_share < _WESTERN_SHARE and not _SIGN_IN_WORD.search(western):
        return "cp1252"
    if western is None and high_share < _WESTERN_SHARE and not _SIGN_IN_WORD.search(sample.decode("latin-1")):
        return "latin-1"
    from charset_normalizer import from_bytes  # noqa: PLC0415  costs 0.1 s, and most files are UTF-8

    best = from_bytes(sample, cp_isolation=_CANDIDATES).best()
    found = best.encoding if best else ("cp1252" if western is not None else "latin-1")
    return "cp1252" if western is not None and _decoded(sample, found) == western else require_encoding(found)


def _decoded(sample: bytes, encoding: str) -> str | None:
    try:
        return sample.decode(encoding)
    except UnicodeDecodeError:
        return None


def _escape(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(chr(0xDC00 + byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error(UNREADABLE, _escape)
