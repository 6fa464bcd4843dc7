"""How sure the model is of all items, and what a threshold makes of it."""

from typing import Any

import pandas as pd

from hitl.charts.palette import Chart, Palette
from hitl.views.explore import Histogram
from hitl.views.settings_policy import ThresholdPreview
from hitl.views.wording import percent

SERIES = {
    "auto_accept": "auto-accepted",
    "low_confidence": "low confidence",
    "novel": "novel",
    "audit": "audit",
    "resolved": "already resolved",
}
BRUSH = "brush"


def draw_histogram(histogram: Histogram, palette: Palette, *, height: int = 260) -> Chart:
    """Bars of items over the model's confidence, stacked by route, with the threshold and a brush on x."""
    spec = {
        "height": height,
        "params": [{"name": BRUSH, "select": {"type": "interval", "encodings": ["x"]}, "views": ["bars"]}],
        "layer": [_bars(palette), *_threshold_layers(histogram.threshold, palette)],
    }
    return Chart(_stack(histogram), spec, _describe(histogram))


def draw_threshold(preview: ThresholdPreview, palette: Palette, *, height: int = 220) -> Chart:
    """Two areas that add up to all items: what the model would answer and what people would, by threshold."""
    rows = [
        {"threshold": point.threshold, "from": start, "to": end, "who": who, "n": end - start, "share": share}
        for point in preview.points
        for who, start, end, share in (
            ("answered by the model", 0, point.accepted_count, point.coverage),
            ("to review", point.accepted_count, preview.item_count, 1 - point.coverage),
        )
    ]
    spec = {"height": height, "layer": [_areas(palette), *_threshold_layers(preview.threshold, palette)]}
    alt = (
        f"At a threshold of {percent(preview.threshold)} the model answers {preview.accepted_count:,} of "
        f"{preview.item_count:,} items; {preview.review_count:,} go to people."
    )
    return Chart(pd.DataFrame(rows), spec, alt)


def _stack(histogram: Histogram) -> pd.DataFrame:
    rows: list[dict[str, object]] = []
    for column in histogram.bins:
        base = 0
        for series, name in SERIES.items():
            count = column.counts.get(series, 0)
            if count:
                top = base + count
                rows.append({"lo": column.low, "hi": column.high, "y0": base, "y1": top, "n": count, "route": name})
            base += count
    return pd.DataFrame(rows, columns=["lo", "hi", "y0", "y1", "n", "route"])


def _bars(palette: Palette) -> dict[str, Any]:
    names = list(SERIES.values())
    colours = [palette.machine, palette.people, palette.people_strong, palette.people_soft, palette.settled]
    return {
        "name": "bars",
        "mark": {"type": "bar", "orient": "vertical", "strokeWidth": 1},
        "encoding": {
            "x": {
                "field": "lo",
                "type": "quantitative",
                "bin": "binned",
                "title": "Model confidence",
                "scale": {"domain": [0, 1]},
                "axis": {"format": "%", "tickCount": 5, "grid": False},
            },
            "x2": {"field": "hi"},
            "y": {
                "field": "y0",
                "type": "quantitative",
                "stack": None,
                "title": "Items",
                "axis": {"tickCount": 4, "tickMinStep": 1, "format": "~s"},
            },
            "y2": {"field": "y1"},
            "color": {
                "field": "route",
                "type": "nominal",
                "scale": {"domain": names, "range": colours},
                "legend": {"title": None, "orient": "top", "columns": 5, "labelLimit": 140, "symbolType": "square"},
            },
            "stroke": {
                "condition": {"test": "datum.route === 'audit'", "value": palette.people_strong},
                "value": None,
            },
            "strokeDash": {"condition": {"test": "datum.route === 'audit'", "value": [2, 2]}, "value": [1, 0]},
            "opacity": {"condition": {"param": BRUSH, "value": 1}, "value": 0.35},
            "tooltip": [
                {"field": "route", "type": "nominal", "title": "route"},
                {"field": "n", "type": "quantitative", "title": "items", "format": ","},
                {"field": "lo", "type": "quantitative", "title": "from", "format": ".1%"},
                {"field": "hi", "type": "quantitative", "title": "to", "format": ".1%"},
            ],
        },
    }


def _areas(palette: Palette) -> dict[str, Any]:
    return {
        "mark": {"type": "area", "interpolate": "step-after", "line": True, "fillOpacity": 0.85},
        "encoding": {
            "x": {
                "field": "threshold",
                "type": "quantitative",
                "title": "Threshold (model confidence)",
                "scale": {"domain": [0, 1]},
                "axis": {"format": "%", "tickCount": 5, "grid": False},
            },
            "y": {
                "field": "from",
                "type": "quantitative",
                "stack": None,
                "title": "Items",
                "axis": {"tickCount": 4, "tickMinStep": 1, "format": "~s"},
            },
            "y2": {"field": "to"},
            "color": {
                "field": "who",
                "type": "nominal",
                "scale": {
                    "domain": ["answered by the model", "to review"],
                    "range": [palette.machine, palette.people],
                },
                "legend": {"title": None, "orient": "top", "labelLimit": 180, "symbolType": "square"},
            },
            "tooltip": [
                {"field": "threshold", "type": "quantitative", "title": "threshold", "format": ".0%"},
                {"field": "who", "type": "nominal", "title": "items"},
                {"field": "n", "type": "quantitative", "title": "count", "format": ","},
                {"field": "share", "type": "quantitative", "title": "share", "format": ".1%"},
            ],
        },
    }


def _threshold_layers(threshold: float | None, palette: Palette) -> list[dict[str, Any]]:
    if threshold is None:
        return []
    right_half = threshold > 0.5
    values = {"values": [{"t": min(threshold, 1.0), "label": f"threshold {percent(threshold)}"}]}
    x = {"field": "t", "type": "quantitative"}
    return [
        {"data": values, "mark": {"type": "rule", "strokeDash": [4, 3], "color": palette.rule}, "encoding": {"x": x}},
        {
            "data": values,
            "mark": {
                "type": "text",
                "align": "right" if right_half else "left",
                "baseline": "top",
                "dx": -5 if right_half else 5,
                "dy": 2,
                "color": palette.rule,
                "fontSize": 12,
            },
            "encoding": {"x": x, "y": {"value": 0}, "text": {"field": "label"}},
        },
    ]


def _describe(histogram: Histogram) -> str:
    totals = {name: sum(column.counts.get(key, 0) for column in histogram.bins) for key, name in SERIES.items()}
    parts = ", ".join(f"{count:,} {name}" for name, count in totals.items() if count)
    threshold = "" if histogram.threshold is None else f" The threshold is {percent(histogram.threshold)}."
    return f"Model confidence of {histogram.item_count:,} items: {parts or 'none'}.{threshold}"
