"""Images inside a zip, found by the paths that a table names; nothing outside the zip is ever looked at."""

import difflib
import re
import stat
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath

from hitl.adapters.image_files import MOST_BYTES, SUFFIXES, UnfitImage
from hitl.adapters.readers.unpack import DAMAGED, is_data, is_locked
from hitl.domain.errors import BadInput
from hitl.domain.language import _
from hitl.domain.rows import Row

MOST_IMAGES = 200_000
MOST_UNPACKED_BYTES = 32 << 30
PATH_COLUMN, LABEL_COLUMN, IMAGE_COLUMN = "file", "folder", "image"

_DRIVE = re.compile(r"[A-Za-z]:|[A-Za-z][A-Za-z0-9+.-]*://")
_COMPARED_NAMES = 5_000


class ZipImages:
    """The images of a zip, by their paths.

    Parameters
    ----------
    archive : ZipFile
        Open for as long as this is used.
    name : str
        What messages call the zip.
    table : str
        The path of the table inside, from which paths in it may begin; empty without one.

    Attributes
    ----------
    is_table : bool
        Whether the images themselves are the rows.

    Raises
    ------
    BadInput
        There are too many images, or they would unpack to too much.
    """

    def __init__(self, archive: zipfile.ZipFile, *, name: str, table: str = "") -> None:
        self._archive = archive
        self.is_table = not table
        self._base = str(PurePosixPath(table).parent) if table else "."
        members = [info for info in archive.infolist() if is_image_member(info)]
        if len(members) > MOST_IMAGES:
            raise BadInput(
                _("{name} holds {count} images; up to {most} can be imported at once. Split it.").format(
                    name=name, count=f"{len(members):,}", most=f"{MOST_IMAGES:,}"
                )
            )
        if sum(info.file_size for info in members) > MOST_UNPACKED_BYTES:
            raise BadInput(
                _("{name} unpacks to more than {most} GB. Split it into several files.").format(
                    name=name, most=MOST_UNPACKED_BYTES >> 30
                )
            )
        self._members: dict[str, zipfile.ZipInfo | None] = {}
        for info in members:
            path = _composed(info.filename)
            self._members[path] = None if path in self._members else info
        self._folded = {path.casefold(): path for path in self._members}

    def __len__(self) -> int:
        return len(self._members)

    @property
    def paths(self) -> list[str]:
        """All paths in the zip, in the order in which people count: 2 before 10."""
        return sorted(self._members, key=_by_number)

    def holds(self, cell: str) -> bool:
        """Whether a cell names one of the images."""
        try:
            self._find(cell.strip())
        except UnfitImage:
            return False
        return True

    def read(self, cell: str) -> tuple[str, bytes]:
        """The path in the zip that a cell names, and the bytes there.

        Raises
        ------
        UnfitImage
            It leads out of the zip, names nothing in it, or what it names can't be unpacked; the message says what
            to do.
        """
        path = self._find(cell.strip())
        info = self._members[path]
        if info is None:
            raise UnfitImage(_("The zip holds '{path}' twice. Pack it again.").format(path=path))
        if stat.S_IFMT(info.external_attr >> 16) not in {0, stat.S_IFREG}:
            raise UnfitImage(_("'{path}' in the zip is a link, not a file. Pack the image itself.").format(path=path))
        if info.file_size > MOST_BYTES:
            raise UnfitImage(
                _("'{path}' has {size} MB; up to {most} MB an image can be imported. Make it smaller.").format(
                    path=path, size=f"{info.file_size >> 20:,}", most=MOST_BYTES >> 20
                )
            )
        return path, self._unpack(info, path)

    def rows(self) -> Iterator[Row]:
        """A row for each image of a zip without a table: its path, its folder where folders tell classes, the image."""
        with_labels = LABEL_COLUMN in self.columns()
        for number, path in enumerate(self.paths, start=1):
            folder = PurePosixPath(path).parent.name
            label = {LABEL_COLUMN: folder} if with_labels else {}
            yield Row(number, {PATH_COLUMN: path, **label, IMAGE_COLUMN: path})

    def columns(self) -> tuple[str, ...]:
        """The columns of ``rows``."""
        middle = (LABEL_COLUMN,) if len(self.folders()) > 1 else ()
        return (PATH_COLUMN, *middle, IMAGE_COLUMN)

    def folders(self) -> set[str]:
        """The names of the folders that images lie in; empty for those in none."""
        return {PurePosixPath(path).parent.name for path in self._members}

    def _find(self, cell: str) -> str:
        if "\0" in cell or "\\" in cell or cell.startswith("/") or _DRIVE.match(cell):
            raise UnfitImage(
                _("'{path}' is no path inside the zip. Write paths with /, beginning at the table or the zip.").format(
                    path=_shown(cell)
                )
            )
        parts = [part for part in _composed(cell).split("/") if part not in {"", "."}]
        if ".." in parts:
            raise UnfitImage(
                _("'{path}' leads out of its folder by '..'. Write the path from the zip's own root.").format(
                    path=_shown(cell)
                )
            )
        wanted = "/".join(parts)
        beside = f"{self._base}/{wanted}"
        found = next((path for path in (beside, wanted) if path in self._members), None)
        if found is None:
            raise UnfitImage(self._missing(wanted, beside))
        return found

    def _missing(self, wanted: str, beside: str) -> str:
        near = next((self._folded[path.casefold()] for path in (beside, wanted) if path.casefold() in self._folded), "")
        if not near and len(self._members) <= _COMPARED_NAMES:
            names = list(self._members)
            close = [difflib.get_close_matches(path, names, n=1, cutoff=0.8) for path in (beside, wanted)]
            near = next((found[0] for found in close if found), "")
        if near:
            return _("The zip holds no image '{path}'. Did you mean '{near}'?").format(
                path=_shown(wanted), near=_shown(near)
            )
        return _("The zip holds no image '{path}'. Put it in, or mend the path.").format(path=_shown(wanted))

    def _unpack(self, info: zipfile.ZipInfo, path: str) -> bytes:
        try:
            with self._archive.open(info) as stream:
                return stream.read(MOST_BYTES + 1)
        except DAMAGED as error:
            if is_locked(error):
                message = _("'{path}' in the zip is locked with a password. Pack it without one.")
            else:
                message = _("'{path}' in the zip is damaged. Pack or copy it again.")
            raise UnfitImage(message.format(path=path)) from None


def is_image_member(info: zipfile.ZipInfo) -> bool:
    """Whether a member of a zip has the name of an image."""
    return is_data(info) and PurePosixPath(info.filename).suffix.lower() in SUFFIXES


def _composed(path: str) -> str:
    """The path with its letters composed: some systems pack ä as a and two dots."""
    return unicodedata.normalize("NFC", path)


def _by_number(path: str) -> list[tuple[int, int, str]]:
    return [
        (1, int(part), "") if part.isdecimal() and len(part) < 19 else (0, 0, part) for part in re.split(r"(\d+)", path)
    ]


def _shown(path: str) -> str:
    return path if len(path) <= 80 else f"{path[:79]}…"
