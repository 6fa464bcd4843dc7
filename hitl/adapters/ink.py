"""Coarse counts of ink drawn as a picture that a person can read."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 128
_PAPER, _INK, _GREYS = 252.0, 27.0, 6
_MIDDLE, _SHARPNESS = 0.42, 9.0


def draw_ink(shares: NDArray[np.floating]) -> bytes:
    """A PNG of SIDE × SIDE greys with a margin: enlarged smoothly, then given the edge of a pen's stroke.

    Parameters
    ----------
    shares : ndarray of float, shape (n, n), [0, 1]
        How dark each field is.
    """
    framed = Image.fromarray(np.pad(shares, 1).astype(np.float32))
    smooth = np.asarray(framed.resize((SIDE, SIDE), Image.Resampling.BICUBIC), dtype=np.float64)
    none, full = _stroke(np.array([0.0, 1.0]))
    dark = np.clip((_stroke(smooth) - none) / (full - none), 0.0, 1.0)
    greys = np.round((_PAPER - (_PAPER - _INK) * dark) / _GREYS) * _GREYS
    buffer = io.BytesIO()
    Image.fromarray(greys.astype(np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


def _stroke(dark: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1.0 / (1.0 + np.exp(-_SHARPNESS * (dark - _MIDDLE))), dtype=np.float64)
