"""Small images and zips of them, made for a test; a project of images driven through the real verbs."""

import io
import struct
import zipfile
import zlib

import numpy as np
from PIL import Image

from hitl.adapters.image_keeper import ImageKeeper
from hitl.adapters.readers import open_table
from hitl.domain.fields import Field, Role
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.ingest import publish_import, stage_rows
from hitl.loop.projects import create_project
from hitl.store.connection import open_project
from tests.small_project import START, SmallProject

FIELDS = (Field("id", Role.ID), Field("picture", Role.IMAGE), Field("label", Role.LABEL))


def encoded(image, kind="PNG", **options):
    """The image as a file's bytes."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def bars(number, *, upright, side=40, kind="PNG"):
    """A picture of bars, upright or lying, each number with another one."""
    pixels = np.full((side, side), 250 - number % 40, dtype=np.uint8)
    pixels[:, 4 + number % 8 :: 9] = number % 60
    return encoded(Image.fromarray(pixels if upright else pixels.T), kind)


def zip_of_files(files, *, compression=zipfile.ZIP_DEFLATED):
    """A zip of path → bytes or text."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for path, data in files.items():
            archive.writestr(path, data)
    return buffer.getvalue()


def zip_of_bars(count, *, labelled=None):
    """A zip with a table in a folder and pictures beside it."""
    files = {f"set/img/{n}.png": bars(n, upright=n % 2 == 0) for n in range(count)}
    rows = "".join(
        f"b{n},img/{n}.png,{('upright', 'lying')[n % 2] if labelled is None or n < labelled else ''}\n"
        for n in range(count)
    )
    return zip_of_files({"set/table.csv": f"id,picture,label\n{rows}", **files})


def forged_png(width, height):
    """A PNG that claims to be large and holds nothing."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 1_000)), (b"IEND", b"")]
    parts = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


class ImageProject(SmallProject):
    """A project of pictures; imports go through the reader, the keeper and the verbs."""

    def __init__(
        self, data_dir, *, slug="pictures", count=40, labelled=30, fields=FIELDS, class_names=("upright", "lying")
    ):
        self.data_dir, self.slug, self.actor = data_dir, slug, LOCAL_OWNER
        self.clock, self.requests = START, 0
        create_project(
            data_dir,
            slug=self.slug,
            name="Pictures",
            fields=fields,
            class_names=class_names,
            audit_rate=0.0,
            actor=self.actor,
            now=START,
        )
        self.db = open_project(data_dir, self.slug)
        self.fields = fields
        if count:
            self.add_zip(zip_of_bars(count, labelled=labelled))

    def add_zip(self, data):
        """Import a zip; what it brought."""
        with open_table(io.BytesIO(data), name="pictures.zip") as table:
            import_id = stage_rows(
                self.db,
                rows=table.records,
                file_name="pictures.zip",
                file_sha256="0" * 64,
                request_id=self.request(),
                actor=self.actor,
                now=self.now(),
                keep_images=ImageKeeper(table.images, self.folder, self.fields).keep,
            )
        return publish_import(self.db, import_id=import_id, actor=self.actor, now=self.now())
