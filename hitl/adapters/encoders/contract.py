"""What every sentence encoder offers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Encoder:
    """A way to turn texts into vectors that lie close where meanings do.

    Attributes
    ----------
    name, version : str
        Together they name the vectors for ever: another version has another recipe.
    title : str
        What people can look it up by.
    licence : str
        Of the weights, as SPDX names it.
    dimension : int
        The same as in `hitl.domain.fields.EMBEDDING_SIZES`.
    about : str
        What it reads well, and at what price, in a sentence that is marked for the catalogue.
    encode : callable (texts) -> ndarray of float32, shape (n_texts, dimension)
        Rows of unit length; of an empty text zeros. The same texts give the same bits, on one thread. Raises NotFound
        where something is lacking.
    lacking : callable () -> str
        What has to be installed before it can read, in a sentence; empty where nothing. Loads nothing.
    """

    name: str
    version: str
    title: str
    licence: str
    dimension: int
    about: str
    encode: Callable[[Sequence[str]], NDArray[np.float32]]
    lacking: Callable[[], str]

    @property
    def recipe(self) -> str:
        """Name and version in one word, as embedding fields and kept vectors bear it."""
        return f"{self.name}-{self.version}"
