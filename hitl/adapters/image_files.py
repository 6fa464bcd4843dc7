"""An image file from outside, made harmless: decoded within limits, turned upright, written anew without metadata.

What is kept is never the file that was handed in: EXIF with its place and time, colour profiles, comments, further
frames and anything appended to the file are gone. JPEG stays JPEG with its own quantisation, WebP stays WebP; PNG,
GIF, BMP and TIFF become PNG, which loses nothing. SVG is a program and never taken.
"""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from hitl.domain.errors import BadInput
from hitl.domain.language import _

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".gif", ".webp", ".bmp", ".dib", ".tif", ".tiff"})
FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF")
MOST_BYTES = 64 << 20
MOST_PIXELS = 64_000_000
LONGEST_SIDE = 16_383
"""Of WebP's format; the other formats keep it too, so that every image can be shown everywhere."""
SMALL_SIDE = 256
PIXEL_SIDE = 32

_KIND_OF = {"JPEG": "jpg", "WEBP": "webp"}
_WEBP_QUALITY = 90
_SMALL_QUALITY = 85
_DEEP_MODES = frozenset({"I", "F", "I;16", "I;16B", "I;16L", "I;16N"})
# What Pillow raises on files that are not what they say.
_GARBLED = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    Image.DecompressionBombError,
)


class UnfitImage(BadInput):
    """A file is no image that can be kept; the message says why and what to do."""


@dataclass(frozen=True)
class Picture:
    """An image as it is kept: ``kind`` names its format, ``small`` is a thumbnail where the image is large."""

    kind: str
    data: bytes
    small: bytes | None


def make_picture(data: bytes) -> Picture:
    """The image in a file, upright and without metadata.

    Raises
    ------
    UnfitImage
        It is no image of a known format, damaged, or too large.
    """
    with _opened(data) as image:
        return _pictured(image)


def kept_kind(data: bytes) -> str:
    """How the image in a file would be kept, told by its beginning; raises as ``make_picture``, but for damage."""
    with _opened(data) as image:
        return _KIND_OF.get(str(image.format), "png")


def read_pixels(data: bytes) -> NDArray[np.uint8]:
    """A kept image as a small square of RGB values, its proportions kept, on a ground of its own border's mean.

    Returns
    -------
    ndarray of uint8, shape (PIXEL_SIDE, PIXEL_SIDE, 3)

    Raises
    ------
    UnfitImage
        The file is damaged.
    """
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            image.draft("RGB", (4 * PIXEL_SIDE, 4 * PIXEL_SIDE))
            return _squared(_flat(image))
    except _GARBLED:
        raise UnfitImage(_("An image of this project is damaged. Import it again.")) from None


@contextmanager
def _opened(data: bytes) -> Iterator[Image.Image]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                _require_fit(image)
                yield image
    except UnfitImage:
        raise
    except _GARBLED:
        raise UnfitImage(_complaint(data)) from None


def _pictured(image: Image.Image) -> Picture:
    is_upright = image.getexif().get(0x0112, 1) == 1
    source = image.format
    image.load()
    if source == "JPEG" and image.mode in {"L", "RGB"} and is_upright:
        return Picture("jpg", _saved(image, "JPEG", quality="keep"), _small(image, "JPEG"))
    plain = _plain(ImageOps.exif_transpose(image))
    if source == "JPEG":
        return Picture("jpg", _saved(plain, "JPEG", quality=95), _small(plain, "JPEG"))
    if source == "WEBP":
        return Picture("webp", _saved(plain, "WEBP", quality=_WEBP_QUALITY), _small(plain, "WEBP"))
    return Picture("png", _saved(plain, "PNG"), _small(plain, "PNG"))


def _require_fit(image: Image.Image) -> None:
    width, height = image.size
    if not width or not height:
        raise UnfitImage(_("The image is empty. Use another copy of it."))
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
        raise UnfitImage(
            _(
                "The image has {width} × {height} pixels; up to {most} million in all and {side} a side can be kept. "
                "Make it smaller."
            ).format(width=width, height=height, most=MOST_PIXELS // 1_000_000, side=LONGEST_SIDE)
        )


def _plain(image: Image.Image) -> Image.Image:
    """The first frame in one of three modes that every format and every browser knows."""
    if image.mode in _DEEP_MODES:
        return _stretched(image)
    if image.mode in {"L", "RGB", "RGBA"} and "transparency" not in image.info:
        return image
    has_alpha = image.mode in {"LA", "PA", "RGBa", "La"} or "transparency" in image.info
    if has_alpha:
        return image.convert("RGBA")
    return image.convert("L" if image.mode in {"1", "L"} else "RGB")


def _stretched(image: Image.Image) -> Image.Image:
    """Greys of more than 8 bits, from the darkest there is to the lightest: scanners seldom use the whole range."""
    values = np.nan_to_num(np.asarray(image, dtype=np.float64))
    low, high = float(values.min()), float(values.max())
    scaled = (values - low) * (255.0 / (high - low)) if high > low else np.zeros_like(values)
    return Image.fromarray(np.round(scaled).astype(np.uint8))


def _saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    """The pixels alone: what Pillow would carry over by itself is taken away first."""
    buffer = io.BytesIO()
    fit = image if kind != "JPEG" or image.mode in {"L", "RGB"} else image.convert("RGB")
    for name in ("icc_profile", "exif", "xmp", "comment", "XML:com.adobe.xmp", "dpi", "photoshop"):
        fit.info.pop(name, None)
    if kind == "PNG":
        fit = _without_info(fit)
    fit.save(buffer, kind, **options)
    return buffer.getvalue()


def _without_info(image: Image.Image) -> Image.Image:
    bare = image.copy()
    bare.info = {}
    return bare


def _small(image: Image.Image, kind: str) -> bytes | None:
    if max(image.size) <= SMALL_SIDE:
        return None
    small = image.copy()
    small.thumbnail((SMALL_SIDE, SMALL_SIDE))
    return _saved(small, kind, **({} if kind == "PNG" else {"quality": _SMALL_QUALITY}))


def _flat(image: Image.Image) -> Image.Image:
    if image.mode == "RGB":
        return image
    if image.mode != "RGBA":
        return image.convert("RGB")
    ground = Image.new("RGBA", image.size, (255, 255, 255, 255))
    return Image.alpha_composite(ground, image).convert("RGB")


def _squared(image: Image.Image) -> NDArray[np.uint8]:
    """Scaled to fit; what is left over is filled with the mean colour of the border, so that no edge appears."""
    scale = PIXEL_SIDE / max(image.size)
    width, height = (max(1, round(side * scale)) for side in image.size)
    pixels = np.asarray(image.resize((width, height), Image.Resampling.BOX), dtype=np.uint8)
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    square = np.empty((PIXEL_SIDE, PIXEL_SIDE, 3), dtype=np.uint8)
    square[:] = np.round(border.mean(axis=0)).astype(np.uint8)
    top, left = (PIXEL_SIDE - height) // 2, (PIXEL_SIDE - width) // 2
    square[top : top + height, left : left + width] = pixels
    return square


def _complaint(data: bytes) -> str:
    start = data[:512].lstrip().lower()
    if start.startswith((b"<svg", b"<?xml", b"<!doctype")):
        return _("This is an SVG drawing or a web page, which can hold programs. Save it as PNG.")
    if data[4:12] in {b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif"}:
        return _("This is a HEIC or AVIF image, which can't be read here. Save it as JPEG or PNG.")
    if not data:
        return _("The image file is empty. Use another copy of it.")
    return _(
        "This is no image that can be read, or it is damaged. Open it on your computer, save it as PNG or JPEG, "
        "and pack the zip again."
    )
