"""How right the versions are, one after the other."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from hitl.charts.palette import Chart, Palette, frame
from hitl.domain.language import _
from hitl.views.versions import VersionPoint
from hitl.views.wording import percent

_COLUMNS = ["version", "accuracy", "low", "high", "n", "source"]
_OFFSET = {"field": "source", "type": "nominal"}


def draw_progress(points: Sequence[VersionPoint], palette: Palette) -> Chart:
    """Accuracy with its 95 % interval by version; the shape tells what it was measured on."""
    rows = [_row(point) for point in points]
    names = list(dict.fromkeys(_name(point) for point in points))
    x = {"field": "version", "type": "ordinal", "sort": names, "title": None, "axis": {"labelAngle": 0}}
    spec = {
        **frame(palette, height=180),
        "encoding": {"x": x, "xOffset": _OFFSET},
        "layer": [_intervals(palette), _points(palette)],
    }
    last = points[-1] if points else None
    alt = _("Accuracy by version: nothing measured yet.")
    if last:
        alt = _("Accuracy by version; the latest, {name}, has {value}.").format(
            name=last.name, value=percent(last.accuracy.value, 1)
        )
    return Chart(pd.DataFrame(rows, columns=_COLUMNS), spec, alt)


def _row(point: VersionPoint) -> dict[str, object]:
    return {
        "version": _name(point),
        "accuracy": point.accuracy.value,
        "low": point.accuracy.low,
        "high": point.accuracy.high,
        "n": point.accuracy.count,
        "source": point.source_name,
    }


def _name(point: VersionPoint) -> str:
    return _("{name} (in use)").format(name=point.name) if point.is_champion else point.name


def _accuracy(field: str) -> dict[str, Any]:
    return {
        "field": field,
        "type": "quantitative",
        "title": _("Accuracy"),
        "scale": {"zero": False},
        "axis": {"format": "%", "tickCount": 5},
    }


def _intervals(palette: Palette) -> dict[str, Any]:
    return {
        "mark": {"type": "rule", "color": palette.machine, "strokeWidth": 2, "opacity": 0.6},
        "encoding": {"y": _accuracy("low"), "y2": {"field": "high"}},
    }


def _points(palette: Palette) -> dict[str, Any]:
    legend = {"title": None, "orient": "top", "labelLimit": 300, "columns": 3}
    return {
        "mark": {"type": "point", "filled": True, "color": palette.machine, "size": 90, "opacity": 1},
        "encoding": {
            "y": _accuracy("accuracy"),
            "shape": {"field": "source", "type": "nominal", "legend": legend},
            "tooltip": [
                {"field": "version", "type": "nominal", "title": _("version")},
                {"field": "accuracy", "type": "quantitative", "title": _("accuracy"), "format": ".1%"},
                {"field": "low", "type": "quantitative", "title": _("95 % from"), "format": ".1%"},
                {"field": "high", "type": "quantitative", "title": _("95 % to"), "format": ".1%"},
                {"field": "n", "type": "quantitative", "title": _("labels (n)"), "format": ","},
                {"field": "source", "type": "nominal", "title": _("measured by")},
            ],
        },
    }
