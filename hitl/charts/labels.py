"""How many labels each class has, and where they came from."""

from collections.abc import Sequence

import pandas as pd

from hitl.charts.palette import Chart, Palette
from hitl.views.labels import ClassCount

ROW_HEIGHT = 26
_PEOPLE, _IMPORTED, _TEST = "from people", "imported", "kept for testing"


def draw_class_counts(classes: Sequence[ClassCount], palette: Palette) -> Chart:
    """A bar a class, people's labels and imported ones stacked, the total written beside it."""
    rows = [
        {"class": row.name, "from": start, "to": end, "n": end - start, "source": source, "total": row.total}
        for row in classes
        for source, start, end in (
            (_PEOPLE, 0, row.people_count),
            (_IMPORTED, row.people_count, row.learnable_count),
            (_TEST, row.learnable_count, row.total),
        )
    ]
    y = {
        "field": "class",
        "type": "nominal",
        "sort": [row.name for row in classes],
        "title": None,
        "axis": {"labelLimit": 150, "ticks": False, "domain": False},
    }
    spec = {
        "height": ROW_HEIGHT * max(1, len(classes)),
        "encoding": {"y": y},
        "layer": [
            {
                "mark": {"type": "bar", "height": 14, "cornerRadiusEnd": 3},
                "encoding": {
                    "x": {
                        "field": "from",
                        "type": "quantitative",
                        "stack": None,
                        "title": "Labelled items",
                        "axis": {"tickCount": 4, "tickMinStep": 1},
                    },
                    "x2": {"field": "to"},
                    "color": {
                        "field": "source",
                        "type": "nominal",
                        "scale": {
                            "domain": [_PEOPLE, _IMPORTED, _TEST],
                            "range": [palette.people, palette.settled, palette.rule],
                        },
                        "legend": {"title": None, "orient": "top", "symbolType": "square"},
                    },
                    "tooltip": [
                        {"field": "class", "type": "nominal", "title": "class"},
                        {"field": "source", "type": "nominal", "title": "labels"},
                        {"field": "n", "type": "quantitative", "title": "count", "format": ","},
                    ],
                },
            },
            {
                "transform": [{"filter": f"datum.source === '{_PEOPLE}'"}],
                "mark": {"type": "text", "align": "left", "dx": 5, "color": palette.text},
                "encoding": {
                    "x": {"field": "total", "type": "quantitative"},
                    "text": {"field": "total", "type": "quantitative", "format": ","},
                },
            },
        ],
    }
    alt = "Labelled items by class: " + (", ".join(f"{row.name} {row.total:,}" for row in classes) or "none yet") + "."
    return Chart(pd.DataFrame(rows, columns=["class", "from", "to", "n", "source", "total"]), spec, alt)
