"""One meaning, one colour: blue is the machine, orange are people, in every chart."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from hitl.views.formatting import chart_number_format

_LEGEND_ENTRY, _AXIS_WIDTH, _USUAL_WIDTH = 118, 70, 480


@dataclass(frozen=True)
class Palette:
    """The colours of one theme."""

    machine: str
    people: str
    people_strong: str
    people_soft: str
    settled: str
    series: tuple[str, ...]
    rule: str
    text: str
    background: str
    ramp: tuple[str, str]


@dataclass(frozen=True)
class Chart:
    """What a page draws: the rows, the Vega-Lite spec without them, and the text alternative.

    ``note`` is a sentence to print beside the chart, where it can be misread without; else empty.
    """

    data: pd.DataFrame
    spec: dict[str, Any]
    alt: str
    note: str = ""


LIGHT = Palette(
    machine="#3457d5",
    people="#e5884b",
    people_strong="#a94f16",
    people_soft="#f5c9a4",
    settled="#b3bccb",
    series=("#0f766e", "#a21caf", "#65a30d", "#7c3aed", "#be123c", "#854d0e"),
    rule="#5d6b82",
    text="#111726",
    background="#ffffff",
    ramp=("#eef1fb", "#3457d5"),
)
DARK = Palette(
    machine="#7d97ff",
    people="#e0a06a",
    people_strong="#b8622a",
    people_soft="#f4d6b8",
    settled="#566174",
    series=("#2dd4bf", "#e879f9", "#a3e635", "#a78bfa", "#fb7185", "#d6b36a"),
    rule="#9aa6ba",
    text="#e7eaf2",
    background="#11141b",
    ramp=("#1a2138", "#7d97ff"),
)


def frame(palette: Palette, *, height: int) -> dict[str, Any]:
    """What every spec begins with: ``height`` pixels are the plot's alone, and its words can be read in this theme.

    Legends and axis titles come on top of the height and never squeeze the bars. Marks say nothing to screen readers,
    which get the text alternative instead of one phrase a bar.
    """
    words = {"labelColor": palette.rule, "titleColor": palette.rule}
    return {
        "autosize": {"type": "fit-x", "contains": "padding"},
        "padding": {"left": 4, "right": 8, "top": 4, "bottom": 4},
        "height": height,
        "config": {
            "aria": False,
            "axis": {**words, "titleFontWeight": 400},
            "legend": words,
            "locale": {"number": chart_number_format()},
        },
    }


def legend_row(count: int) -> dict[str, Any]:
    """A legend of ``count`` entries above the plot, in as many columns as there is room for.

    The room is the container's: the plot's own width changes while the legend is being laid out.
    """
    room = f"(containerSize()[0] || {_USUAL_WIDTH}) - {_AXIS_WIDTH}"
    return {
        "title": None,
        "orient": "top",
        "symbolType": "square",
        "labelLimit": 180,
        "columns": {"expr": f"clamp(floor(({room}) / {_LEGEND_ENTRY}), 1, {max(count, 1)})"},
    }


def pick_palette(theme: str | None) -> Palette:
    """The palette of a theme, ``"dark"`` or ``"light"``; light where the theme is not known."""
    return DARK if theme == "dark" else LIGHT
