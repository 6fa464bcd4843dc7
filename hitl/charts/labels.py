"""How many labels each class has, and where they came from."""

import json
from collections.abc import Sequence
from typing import Any

import pandas as pd

from hitl.charts.palette import Chart, Palette, frame, legend_row
from hitl.domain.language import _, later
from hitl.views.formatting import number
from hitl.views.labels import ClassCount

ROW_HEIGHT = 26
_ROOM_FOR_TOTALS = 1.12
_PEOPLE, _IMPORTED, _TEST = later("from people"), later("imported"), later("kept for testing")
_COLUMNS = ["class", "from", "to", "n", "source", "total"]


def draw_class_counts(classes: Sequence[ClassCount], palette: Palette) -> Chart:
    """A bar a class, people's labels, imported ones and those kept for testing stacked, the total beside it."""
    data = pd.DataFrame([part for row in classes for part in _parts(row)], columns=_COLUMNS)
    y = {
        "field": "class",
        "type": "nominal",
        "sort": [row.shown_name for row in classes],
        "title": None,
        "axis": {"labelLimit": 150, "ticks": False, "domain": False},
    }
    shown = set(data["source"][data["n"] > 0])
    end = max([row.total for row in classes], default=0) * _ROOM_FOR_TOTALS
    spec = {
        **frame(palette, height=ROW_HEIGHT * max(1, len(classes))),
        "encoding": {"y": y},
        "layer": [_bars(palette, shown=shown, end=end), _totals(palette)],
    }
    totals = ", ".join(f"{row.shown_name} {number(row.total)}" for row in classes)
    return Chart(data, spec, _("Labelled items by class: {totals}.").format(totals=totals or _("none yet")))


def _parts(row: ClassCount) -> list[dict[str, object]]:
    edges = (
        (_PEOPLE, 0, row.people_count),
        (_IMPORTED, row.people_count, row.learnable_count),
        (_TEST, row.learnable_count, row.total),
    )
    return [
        {"class": row.shown_name, "from": start, "to": end, "n": end - start, "source": _(source), "total": row.total}
        for source, start, end in edges
    ]


def _bars(palette: Palette, *, shown: set[str], end: float) -> dict[str, Any]:
    colours = {_PEOPLE: palette.people, _IMPORTED: palette.settled, _TEST: palette.rule}
    domain = [source for source in colours if _(source) in shown] or [_PEOPLE]
    x = {
        "field": "from",
        "type": "quantitative",
        "stack": None,
        "title": _("Labelled items"),
        "scale": {"domain": [0, max(end, 1)], "nice": False},
        "axis": {"tickCount": 4, "tickMinStep": 1},
    }
    return {
        "transform": [{"filter": "datum.n > 0"}],
        "mark": {"type": "bar", "height": 14, "cornerRadius": 2},
        "encoding": {
            "x": x,
            "x2": {"field": "to"},
            "color": {
                "field": "source",
                "type": "nominal",
                "scale": {"domain": [_(source) for source in domain], "range": [colours[source] for source in domain]},
                "legend": legend_row(len(domain)),
            },
            "tooltip": [
                {"field": "class", "type": "nominal", "title": _("class")},
                {"field": "source", "type": "nominal", "title": _("labels")},
                {"field": "n", "type": "quantitative", "title": _("count"), "format": ","},
            ],
        },
    }


def _totals(palette: Palette) -> dict[str, Any]:
    return {
        "transform": [{"filter": f"datum.source === {json.dumps(_(_PEOPLE))}"}],
        "mark": {"type": "text", "align": "left", "dx": 5, "color": palette.text},
        "encoding": {
            "x": {"field": "total", "type": "quantitative"},
            "text": {"field": "total", "type": "quantitative", "format": ","},
        },
    }
