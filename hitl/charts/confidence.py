"""How sure the model is of all items, and what a threshold makes of it."""

from typing import Any

import pandas as pd

from hitl.charts.palette import PLOT_SIZED, Chart, Palette
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
_BY_MODEL, _BY_PEOPLE = "answered by the model", "to review"
_ITEMS_AXIS: dict[str, Any] = {
    "type": "quantitative",
    "stack": None,
    "title": "Items",
    "axis": {"tickCount": 4, "tickMinStep": 1, "format": "~s"},
}
_LEGEND: dict[str, Any] = {"title": None, "orient": "top", "labelLimit": 180, "symbolType": "square", "offset": 24}


def draw_histogram(histogram: Histogram, palette: Palette, *, height: int = 210) -> Chart:
    """Bars of items over the model's confidence, stacked by route, with the threshold and a brush on x."""
    data = _stack(histogram)
    lowest = min([*data["lo"].tolist(), histogram.threshold if histogram.threshold is not None else 1.0], default=0.0)
    begin = max(0, int(lowest * 10 + 1e-9)) / 10
    spec = {
        **PLOT_SIZED,
        "height": height,
        "params": [{"name": BRUSH, "select": {"type": "interval", "encodings": ["x"]}, "views": ["bars"]}],
        "layer": [
            _bars(palette, shown=set(data["route"]), begin=begin),
            *_threshold_layers(histogram.threshold, palette, middle=(1 + begin) / 2),
        ],
    }
    return Chart(data, spec, _describe(histogram))


def draw_threshold(preview: ThresholdPreview, palette: Palette, *, height: int = 220) -> Chart:
    """Two areas that add up to all items: what the model would answer and what people would, by threshold."""
    rows = [
        {"threshold": point.threshold, "from": start, "to": end, "who": who, "n": end - start, "share": share}
        for point in preview.points
        for who, start, end, share in (
            (_BY_MODEL, 0, point.accepted_count, point.coverage),
            (_BY_PEOPLE, point.accepted_count, preview.item_count, 1 - point.coverage),
        )
    ]
    spec = {
        **PLOT_SIZED,
        "height": height,
        "layer": [_areas(palette), *_threshold_layers(preview.threshold, palette, middle=0.5)],
    }
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


def _bars(palette: Palette, *, shown: set[str], begin: float) -> dict[str, Any]:
    x = {
        "field": "lo",
        "type": "quantitative",
        "bin": "binned",
        "title": "Model confidence",
        "scale": {"domain": [begin, 1]},
        "axis": {"format": "%", "tickCount": 5, "grid": False},
    }
    return {
        "name": "bars",
        "mark": {"type": "bar", "orient": "vertical", "strokeWidth": 1},
        "encoding": {
            "x": x,
            "x2": {"field": "hi"},
            "y": {"field": "y0", **_ITEMS_AXIS},
            "y2": {"field": "y1"},
            "color": _route_colours(palette, shown),
            **_audit_outline(palette),
            "opacity": {"condition": {"param": BRUSH, "value": 1}, "value": 0.35},
            "tooltip": [
                {"field": "route", "type": "nominal", "title": "route"},
                {"field": "n", "type": "quantitative", "title": "items", "format": ","},
                {"field": "lo", "type": "quantitative", "title": "from", "format": ".1%"},
                {"field": "hi", "type": "quantitative", "title": "to", "format": ".1%"},
            ],
        },
    }


def _route_colours(palette: Palette, shown: set[str]) -> dict[str, Any]:
    colours = [palette.machine, palette.people, palette.people_strong, palette.people_soft, palette.settled]
    pairs = [(name, colour) for name, colour in zip(SERIES.values(), colours, strict=True) if name in shown]
    return {
        "field": "route",
        "type": "nominal",
        "scale": {"domain": [name for name, _ in pairs], "range": [colour for _, colour in pairs]},
        "legend": {**_LEGEND, "columns": 2},
    }


def _audit_outline(palette: Palette) -> dict[str, Any]:
    """A second cue beside the colour: items drawn at random have a dashed outline."""
    is_audit = "datum.route === 'audit'"
    return {
        "stroke": {"condition": {"test": is_audit, "value": palette.people_strong}, "value": None},
        "strokeDash": {"condition": {"test": is_audit, "value": [2, 2]}, "value": [1, 0]},
    }


def _areas(palette: Palette) -> dict[str, Any]:
    x = {
        "field": "threshold",
        "type": "quantitative",
        "title": "Threshold (model confidence)",
        "scale": {"domain": [0, 1]},
        "axis": {"format": "%", "tickCount": 5, "grid": False},
    }
    colours = {"domain": [_BY_MODEL, _BY_PEOPLE], "range": [palette.machine, palette.people]}
    return {
        "mark": {"type": "area", "interpolate": "step-after", "fillOpacity": 0.9},
        "encoding": {
            "x": x,
            "y": {"field": "from", **_ITEMS_AXIS},
            "y2": {"field": "to"},
            "color": {"field": "who", "type": "nominal", "scale": colours, "legend": _LEGEND},
            "tooltip": [
                {"field": "threshold", "type": "quantitative", "title": "threshold", "format": ".0%"},
                {"field": "who", "type": "nominal", "title": "items"},
                {"field": "n", "type": "quantitative", "title": "count", "format": ","},
                {"field": "share", "type": "quantitative", "title": "share", "format": ".1%"},
            ],
        },
    }


def _threshold_layers(threshold: float | None, palette: Palette, *, middle: float) -> list[dict[str, Any]]:
    if threshold is None:
        return []
    side, shift = ("right", 3) if threshold > middle else ("left", -3)
    values = {"values": [{"t": min(threshold, 1.0), "label": f"threshold {percent(threshold)}"}]}
    x = {"field": "t", "type": "quantitative"}
    words = {"type": "text", "align": side, "baseline": "bottom", "dx": shift, "dy": -4, "fontSize": 12}
    return [
        {"data": values, "mark": {"type": "rule", "strokeDash": [4, 3], "color": palette.rule}, "encoding": {"x": x}},
        {
            "data": values,
            "mark": {**words, "color": palette.rule},
            "encoding": {"x": x, "y": {"value": 0}, "text": {"field": "label"}},
        },
    ]


def _describe(histogram: Histogram) -> str:
    totals = {name: sum(column.counts.get(key, 0) for column in histogram.bins) for key, name in SERIES.items()}
    parts = ", ".join(f"{count:,} {name}" for name, count in totals.items() if count)
    threshold = "" if histogram.threshold is None else f" The threshold is {percent(histogram.threshold)}."
    return f"Model confidence of {histogram.item_count:,} items: {parts or 'none'}.{threshold}"
