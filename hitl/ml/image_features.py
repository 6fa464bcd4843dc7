"""What a model sees of an image: histograms of its edges' directions, its greys, and its colours, in a small square.

Edges as in Dalal & Triggs, "Histograms of Oriented Gradients for Human Detection" (2005, doi:10.1109/CVPR.2005.177):
unsigned directions in 8 bins with linear votes, cells of 8 × 8 pixels, blocks of 2 × 2 cells that overlap by one,
each block normalised, clipped at 0.2 and normalised again ("L2-Hys"). Centred differences without smoothing, as
there. Variant: grey values alone, and a small constant under the root so that flat ground stays near zero.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating[Any]]

RECIPE = "edges1"
"""Names this way of describing images; another way needs another name, since descriptions are kept."""
SIDE = 32
CELL = 8
BINS = 8
BLOCK = 2
CLIP = 0.2
FLAT = 0.1
GREY_CELL = 4
COLOUR_CELL = 8

_CELLS = SIDE // CELL
_BLOCKS = _CELLS - BLOCK + 1
EDGE_COUNT = _BLOCKS * _BLOCKS * BLOCK * BLOCK * BINS
GREY_COUNT = (SIDE // GREY_CELL) ** 2
COLOUR_COUNT = 2 * (SIDE // COLOUR_CELL) ** 2
FEATURE_COUNT = EDGE_COUNT + GREY_COUNT + COLOUR_COUNT


def describe_images(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Features of images, one row an image; a grey image has zeros for colours.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (n_images, SIDE, SIDE, 3)
        Red, green, blue.

    Returns
    -------
    ndarray of float32, shape (n_images, FEATURE_COUNT), [-1, 1]
        Edges, then greys around the middle grey, then two differences of colour.

    Examples
    --------
    >>> describe_images(np.full((1, 32, 32, 3), 255, dtype=np.uint8))[0, [0, EDGE_COUNT, -1]].tolist()
    [0.0, 0.5, 0.0]
    """
    colours = pixels.astype(np.float32) / 255.0
    red, green, blue = colours[..., 0], colours[..., 1], colours[..., 2]
    grey = 0.299 * red + 0.587 * green + 0.114 * blue
    parts = [
        _edges(grey),
        _means(grey, GREY_CELL) - 0.5,
        _means(red - green, COLOUR_CELL),
        _means(blue - (red + green) / 2.0, COLOUR_CELL),
    ]
    return np.hstack(parts).astype(np.float32)


def _edges(grey: FloatArray) -> FloatArray:
    """Block-normalised histograms of edge directions, shape (n_images, EDGE_COUNT), [0, 1]."""
    across, down = np.zeros_like(grey), np.zeros_like(grey)
    across[:, :, 1:-1] = grey[:, :, 2:] - grey[:, :, :-2]
    down[:, 1:-1, :] = grey[:, 2:, :] - grey[:, :-2, :]
    strength = np.hypot(across, down)
    place = np.arctan2(down, across) % np.pi * (BINS / np.pi)
    lower = np.floor(place)
    upper_share = place - lower
    votes = np.stack(
        [_votes(strength, lower.astype(np.int8) % BINS, upper_share, number) for number in range(BINS)], axis=-1
    )
    windows = np.lib.stride_tricks.sliding_window_view(votes, (BLOCK, BLOCK), axis=(1, 2))
    blocks = windows.reshape(len(grey), _BLOCKS * _BLOCKS, BLOCK * BLOCK * BINS)
    clipped = np.minimum(_unit(blocks, FLAT), CLIP)
    return np.asarray(_unit(clipped, FLAT), dtype=np.float32).reshape(len(grey), EDGE_COUNT)


def _votes(strength: FloatArray, lower: NDArray[np.int8], upper_share: FloatArray, number: int) -> FloatArray:
    """What each cell's pixels give to one direction, shape (n_images, cells, cells)."""
    share = np.where(lower == number, 1.0 - upper_share, 0.0) + np.where((lower + 1) % BINS == number, upper_share, 0.0)
    cells = (strength * share).reshape(len(strength), _CELLS, CELL, _CELLS, CELL)
    return np.asarray(cells.sum(axis=(2, 4)), dtype=np.float32)


def _unit(blocks: FloatArray, flat: float) -> FloatArray:
    length = np.sqrt((blocks**2).sum(axis=-1, keepdims=True) + flat**2)
    return np.asarray(blocks / length, dtype=np.float32)


def _means(values: FloatArray, cell: int) -> FloatArray:
    count = SIDE // cell
    cells = values.reshape(len(values), count, cell, count, cell).mean(axis=(2, 4))
    return np.asarray(cells).reshape(len(values), count * count)
