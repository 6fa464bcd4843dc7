"""A file of any kind opened as one table: what it is shows in its first bytes, its name decides where they don't."""

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from hitl.adapters.readers.csv_text import read_csv
from hitl.adapters.readers.json_objects import read_json_objects
from hitl.adapters.readers.json_text import holds_lines, read_json_lines, read_json_list
from hitl.adapters.readers.parquet import read_parquet
from hitl.adapters.readers.table import Reading, ReadOptions, Table
from hitl.adapters.readers.text_encoding import UNREADABLE, find_encoding, mark_of, require_encoding
from hitl.adapters.readers.unpack import Content, is_data, size_of, spool, unpack_gzip, unpack_zip
from hitl.adapters.readers.workbooks import read_workbook
from hitl.adapters.readers.zip_images import ZipImages, is_image_member
from hitl.domain.errors import BadInput, NotFound
from hitl.domain.language import _, later, ngettext

SUFFIXES = ("csv", "tsv", "txt", "tab", "json", "jsonl", "ndjson", "xlsx", "xlsm", "xls", "ods", "parquet", "gz", "zip")
"""The name endings of files that can be read, without the dot."""

_HEAD_BYTES = 1 << 16
_TABLE_SUFFIXES = tuple(f".{suffix}" for suffix in SUFFIXES if suffix not in {"txt", "gz", "zip"})
_ABOUT = ("readme", "read_me", "license", "licence", "about", "notice")
_JSON_SUFFIXES = (".json", ".jsonl", ".ndjson")
_LINES_SUFFIXES = (".jsonl", ".ndjson")
_JSON = re.compile(r'\[\s*\{|\{\s*"[^"\n]*"\s*:')
_MARKUP = re.compile(r"<(?:!|\?xml|(?:html|head|body|table|meta|style|div|svg|rss|xsl)\b|(\w+)>\s*<)", re.IGNORECASE)
_TAR_MARK = (257, b"ustar")
_FOREIGN = (
    (b"%PDF", later("a PDF")),
    (b"\x89PNG", later("an image")),
    (b"\xff\xd8\xff", later("an image")),
    (b"GIF8", later("an image")),
    (b"BZh", later("packed with bzip2")),
    (b"\xfd7zXZ", later("packed with xz")),
    (b"\x28\xb5\x2f\xfd", later("packed with zstd")),
    (b"7z\xbc\xaf", later("a 7z archive")),
    (b"Rar!", later("a RAR archive")),
    (b"SQLite format 3", later("an SQLite database")),
    (b"ARROW1", later("an Arrow file")),
    (b"{\\rtf", later("a text document")),
    (b"PARE", later("a locked Parquet file")),
    (b"\x89HDF", later("an HDF5 file")),
    (b"\x93NUMPY", later("a NumPy file")),
    (b"\x80\x04\x95", later("a Python pickle")),
    (b"\x80\x05\x95", later("a Python pickle")),
    (b"Obj\x01", later("an Avro file")),
    (b"$FL2", later("an SPSS file")),
    (b"<stata_dta>", later("a Stata file")),
)
_WANTED = later("CSV, JSON, Excel, OpenDocument or Parquet, plain or packed as .gz or .zip")


@contextmanager
def open_table(
    source: Path | BinaryIO, *, name: str | None = None, options: ReadOptions | None = None
) -> Iterator[Table]:
    """The table in a file, open for one pass; a stream stays open for its opener.

    Memory does not grow with the file, except for workbooks (a sheet) and Parquet (a row group).

    Parameters
    ----------
    source : Path or seekable binary stream
    name : str, optional
        What messages call the file; its ending helps to tell formats apart. A path has a name already.
    options : ReadOptions, optional
        What is known or chosen; the rest is found out.

    Raises
    ------
    NotFound
        There is no such file.
    BadInput
        It is no table that can be read; the message says what to do.
    """
    chosen = options or ReadOptions()
    chosen.require_sound()
    if not isinstance(source, Path):
        yield _read(Content(source, name or _("the file")), chosen)
        return
    try:
        stream = source.open("rb")
    except FileNotFoundError:
        raise NotFound(_("There is no file {source}. Check the path.").format(source=source)) from None
    except OSError as error:
        raise BadInput(
            _("{source} can't be read: {strerror}. Name a file that you may read.").format(
                source=source, strerror=error.strerror
            )
        ) from None
    with stream:
        yield _read(Content(stream, name or source.name), chosen)


def _read(content: Content, options: ReadOptions) -> Table:
    if not size_of(content.stream):
        raise BadInput(_("{name} is empty. Choose a file with at least one record.").format(name=content.name))
    head = _head(content)
    if head.startswith(b"\x1f\x8b"):
        return _read_inside(unpack_gzip(content.stream, name=content.name), options)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _read_zip(content, options)
    return _read_plain(content, head, options)


def _read_zip(content: Content, options: ReadOptions) -> Table:
    try:
        archive = zipfile.ZipFile(content.stream)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise BadInput(
            _("{name} is damaged and can't be unpacked. Copy or download it again.").format(name=content.name)
        ) from None
    kind = _workbook_kind(archive)
    if kind == "xlsb":
        raise BadInput(
            _("{name} is a binary Excel workbook. Save it as .xlsx and try again.").format(name=content.name)
        )
    if kind:
        return read_workbook(content.stream, kind=kind, name=content.name, options=options)
    if any(is_image_member(info) for info in archive.infolist()):
        return _read_images(archive, content.name, options)
    return _read_inside(unpack_zip(archive, name=content.name, member=options.member), options)


def _read_images(archive: zipfile.ZipFile, name: str, options: ReadOptions) -> Table:
    """A zip of images: with a table that names them, or without one, then the folders may tell their classes."""
    tables = _tables_beside_images(archive)
    if not tables and options.member is None:
        images = ZipImages(archive, name=name)
        reading = Reading(_("zip of images"), options, notes=(_count_images(images),))
        return Table(images.columns(), images.rows(), reading, images)
    content = unpack_zip(archive, name=name, member=options.member, offered=tables or None)
    table = _read_inside(content, options)
    images = ZipImages(archive, name=name, table=content.member or "")
    notes = (*table.reading.notes, _count_images(images))
    return replace(table, images=images, reading=replace(table.reading, notes=notes))


def _tables_beside_images(archive: zipfile.ZipFile) -> tuple[str, ...]:
    """Members that can be the table; plain texts only where there is nothing better, and no read-me."""
    others = [info.filename for info in archive.infolist() if is_data(info) and not is_image_member(info)]
    named = [(name, PurePosixPath(name.lower())) for name in others]
    tables = [name for name, path in named if path.suffix in _TABLE_SUFFIXES]
    texts = [name for name, path in named if path.suffix == ".txt" and not path.stem.startswith(_ABOUT)]
    return tuple(tables or texts)


def _count_images(images: ZipImages) -> str:
    return ngettext("The zip holds {count} image.", "The zip holds {count} images.", len(images)).format(
        count=f"{len(images):,}"
    )


def _workbook_kind(archive: zipfile.ZipFile) -> str | None:
    names = set(archive.namelist())
    if "xl/workbook.bin" in names:
        return "xlsb"
    if "xl/workbook.xml" in names:
        return "xlsx"
    return "ods" if {"content.xml", "mimetype"} <= names else None


def _read_inside(content: Content, options: ReadOptions) -> Table:
    head = _head(content)
    if not head:
        raise BadInput(_("{name} is empty. Choose a file with at least one record.").format(name=content.name))
    settled = replace(options, member=content.member)
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"PAR1")):
        content = replace(content, stream=spool(content))
        table = _read_workbook_or_parquet(content, head, settled)
    elif head.startswith(b"\x1f\x8b"):
        raise BadInput(
            _("{name} is packed twice. Unpack it once, and import what is inside.").format(name=content.name)
        )
    else:
        table = _read_plain(content, head, settled)
    kind = _("{kind}, packed as {packing}").format(kind=table.reading.kind, packing=content.packing)
    return replace(table, reading=replace(table.reading, kind=kind, members=content.members))


def _read_workbook_or_parquet(content: Content, head: bytes, options: ReadOptions) -> Table:
    if not head.startswith(b"PK"):
        return _read_plain(content, head, options)
    try:
        with zipfile.ZipFile(content.stream) as archive:
            kind = _workbook_kind(archive)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        kind = None
    if kind not in {"xlsx", "ods"}:
        raise BadInput(
            _("{name} is packed twice. Unpack it once, and import what is inside.").format(name=content.name)
        )
    return read_workbook(content.stream, kind=kind, name=content.name, options=options)


def _read_plain(content: Content, head: bytes, options: ReadOptions) -> Table:
    stream, name = content.stream, content.name
    if head.startswith(b"PAR1"):
        return read_parquet(stream, name=name, options=options)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return read_workbook(stream, kind="xls", name=name, options=options)
    foreign = next((kind for signature, kind in _FOREIGN if head.startswith(signature)), None)
    if head.startswith(_TAR_MARK[1], _TAR_MARK[0]):
        foreign = later("a tar archive")
    if foreign:
        raise BadInput(
            _("{name} is {foreign}. Wanted: {wanted}.").format(name=name, foreign=_(foreign), wanted=_(_WANTED))
        )
    encoding = require_encoding(options.encoding) if options.encoding else find_encoding(stream)
    return _read_text(stream, head, name=name, options=replace(options, encoding=encoding))


def _read_text(stream: BinaryIO, head: bytes, *, name: str, options: ReadOptions) -> Table:
    encoding = options.encoding or "utf-8"
    start = head.removeprefix(mark_of(encoding)).decode(encoding, UNREADABLE).lstrip()
    if _MARKUP.match(start):
        raise BadInput(_("{name} is a web page or XML. Wanted: {wanted}.").format(name=name, wanted=_(_WANTED)))
    is_named_so = name.lower().endswith(_JSON_SUFFIXES)
    if not is_named_so and not _JSON.match(start):
        return read_csv(stream, name=name, options=options)
    return _read_json(stream, start, name, ReadOptions(encoding=encoding, member=options.member))


def _read_json(stream: BinaryIO, start: str, name: str, options: ReadOptions) -> Table:
    if start.startswith("["):
        return read_json_list(stream, name=name, options=options)
    if name.lower().endswith(_LINES_SUFFIXES) or holds_lines(stream, name=name, options=options):
        return read_json_lines(stream, name=name, options=options)
    return read_json_objects(stream, name=name, options=options)


def _head(content: Content) -> bytes:
    content.stream.seek(0)
    return content.stream.read(_HEAD_BYTES)
