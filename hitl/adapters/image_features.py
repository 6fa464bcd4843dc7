"""What images look like to a model, computed once an image and kept in the project's folder."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hitl.adapters.image_files import read_pixels
from hitl.adapters.image_folder import read_image
from hitl.adapters.kept_vectors import KeptVectors, Keys, keys_of, remove_other_recipes
from hitl.domain.fields import Field, Role
from hitl.domain.images import ImageRef

KIND = "images"
BATCH_IMAGES = 128

Describe = Callable[[NDArray[np.uint8]], NDArray[np.float32]]


class ImageFeatures:
    """The features of a project's images.

    Parameters
    ----------
    folder : Path
        The project's.
    recipe : str
        Names the way in which ``describe`` describes images.
    feature_count : int
    describe : callable
        Pixels of some images, shape (n_images, side, side, 3), to their features, shape (n_images, feature_count).
    """

    def __init__(self, folder: Path, *, recipe: str, feature_count: int, describe: Describe) -> None:
        self._folder = folder
        self._describe = describe
        self._kept = KeptVectors(folder, KIND, recipe, size=feature_count)

    def fill(
        self,
        rows: Sequence[Mapping[str, Any]],
        fields: Sequence[Field],
        *,
        tick: Callable[[int, int], None] = lambda done, total: None,  # noqa: ARG005
    ) -> list[Mapping[str, Any]]:
        """Field values of items with features in place of image references; what is not an image stays as it is.

        Parameters
        ----------
        tick : callable (done, total)
            Told how many of the images that had no features yet are described; may raise to stop.

        Raises
        ------
        NotFound, UnfitImage
            An image is missing or damaged.
        StoreUnusable
            The folder can't be written or the disk is full.
        """
        names = [field.name for field in fields if field.role is Role.IMAGE]
        if not names:
            return list(rows)
        found = [{name: ImageRef.parse(row.get(name)) for name in names} for row in rows]
        images = list({one.sha256: one for refs in found for one in refs.values() if one is not None}.values())
        keys = _keys(one.sha256 for one in images)
        self._add([images[place] for place in self._kept.missing(keys)], tick)
        features = dict(zip((one.sha256 for one in images), self._kept.take(keys), strict=True))
        return [
            {**row, **{name: image and features[image.sha256] for name, image in refs.items()}}
            for row, refs in zip(rows, found, strict=True)
        ]

    def _add(self, missing: Sequence[ImageRef], tick: Callable[[int, int], None]) -> None:
        todo = iter(missing)
        done = 0
        while batch := list(islice(todo, BATCH_IMAGES)):
            pixels = np.stack([read_pixels(read_image(self._folder, one.sha256, one.kind)) for one in batch])
            self._kept.append(_keys(one.sha256 for one in batch), self._describe(pixels))
            done += len(batch)
            tick(done, len(missing))
        if missing:
            self._kept.refresh()


def erase_features(folder: Path, hashes: Collection[str], *, recipe: str, feature_count: int) -> None:
    """The records of some images are noughts; files of other recipes, which nobody reads, are gone.

    Raises
    ------
    StoreUnusable
        The file can't be written.
    """
    remove_other_recipes(folder, KIND, recipe)
    KeptVectors(folder, KIND, recipe, size=feature_count).erase(_keys(hashes))


def _keys(hashes: Iterable[str]) -> Keys:
    return keys_of(bytes.fromhex(sha256) for sha256 in hashes)
