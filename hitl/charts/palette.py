"""One meaning, one colour: blue is the machine, orange are people, in every chart."""

from dataclasses import dataclass
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class Palette:
    """The colours of one theme."""

    machine: str
    people: str
    people_strong: str
    people_soft: str
    settled: str
    rule: str
    text: str
    background: str
    ramp: tuple[str, str]


@dataclass(frozen=True)
class Chart:
    """What a page draws: the rows, the Vega-Lite spec without them, and the text alternative."""

    data: pd.DataFrame
    spec: dict[str, Any]
    alt: str


PLOT_SIZED: dict[str, Any] = {"autosize": {"type": "fit-x", "contains": "padding"}}
"""Height means the plot alone: legends and axis titles come on top of it and never squeeze the bars."""

LIGHT = Palette(
    machine="#3457d5",
    people="#e5884b",
    people_strong="#a94f16",
    people_soft="#f5c9a4",
    settled="#b3bccb",
    rule="#5d6b82",
    text="#1c2333",
    background="#ffffff",
    ramp=("#eef1fb", "#3457d5"),
)
DARK = Palette(
    machine="#7d97ff",
    people="#e0a06a",
    people_strong="#b8622a",
    people_soft="#f4d6b8",
    settled="#566174",
    rule="#9aa6ba",
    text="#e7eaf2",
    background="#11141b",
    ramp=("#1a2138", "#7d97ff"),
)


def pick_palette(theme: str | None) -> Palette:
    """The palette of a theme, ``"dark"`` or ``"light"``; light where the theme is not known."""
    return DARK if theme == "dark" else LIGHT
