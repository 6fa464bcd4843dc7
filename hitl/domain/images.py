"""How an item's field names an image: by the hash of the file that was handed in, and by the path it had there."""

import re
from dataclasses import dataclass
from typing import Self

KINDS = ("png", "jpg", "webp")
"""How images are kept."""

_TEXT = re.compile(rf"([0-9a-f]{{64}})\.({'|'.join(KINDS)}) (.+)", re.DOTALL)
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class ImageRef:
    """An image of a project.

    Attributes
    ----------
    sha256 : str
        Of the file as it was handed in, hexadecimal: equal for equal files, whatever their names.
    kind : str
        One of ``KINDS``: how it is kept.
    path : str
        Where it was in the upload.
    """

    sha256: str
    kind: str
    path: str

    @property
    def text(self) -> str:
        """The reference as an item's field holds it."""
        return f"{self.sha256}.{self.kind} {self.path}"

    @classmethod
    def parse(cls, value: object) -> Self | None:
        """The reference in a field's value, or None where there is no image.

        >>> ImageRef.parse("0" * 64 + ".png cat/1.png").path, ImageRef.parse("cat/1.png")
        ('cat/1.png', None)
        """
        if not isinstance(value, str) or value[64:65] != ".":  # nearly all texts, at no cost
            return None
        found = _TEXT.fullmatch(value)
        return cls(*found.groups()) if found else None


def is_image_hash(text: str) -> bool:
    """Whether a text is the hash of an image, and can be nothing else.

    >>> is_image_hash("0" * 64), is_image_hash("../" * 22)
    (True, False)
    """
    return _SHA256.fullmatch(text) is not None


def model_input(value: object) -> object:
    """What a model sees of a field's value: of an image its content, not its name.

    >>> model_input("0" * 64 + ".png cat/1.png") == model_input("0" * 64 + ".png dog/2.png"), model_input(3)
    (True, 3)
    """
    image = ImageRef.parse(value)
    return image.sha256 if image else value
