"""How sure the model is of all items, and what becomes of them."""

import json
from dataclasses import dataclass
from typing import Any

import pandas as pd

from hitl.charts.palette import Chart, Palette, frame, legend_row
from hitl.charts.threshold import ROOM_FOR_WORDS, items_axis, threshold_layers
from hitl.domain.language import _
from hitl.domain.records import Route
from hitl.views.formatting import number
from hitl.views.histogram import BY_ROUTE, Histogram, HistogramBin
from hitl.views.wording import ROUTE_NAMES, percent

BRUSH = "brush"
_MOST_CUT = 3
_TOO_TALL = 6
_ROOM_ABOVE_FLAGGED = 3
_ROOM_ABOVE_REST = 1.15
_WORTH_CUTTING = 2


@dataclass(frozen=True)
class Cut:
    """Where the axis of items ends, and the bars that go on beyond it."""

    top: float
    bars: tuple[HistogramBin, ...]


def draw_histogram(
    histogram: Histogram, palette: Palette, *, height: int = 210, brushed: tuple[float, float] | None = None
) -> Chart:
    """Bars of items over the model's confidence, stacked by series, with the threshold and a brush on x.

    Where a few bars are so tall that those of flagged items could not be seen, the axis ends early: the tall bars get
    a gap and their count above them, and the axis and ``note`` say so.
    """
    cut = find_cut(histogram)
    data = _stack(histogram, top=cut.top if cut else None)
    lowest = min([*data["lo"].tolist(), histogram.threshold if histogram.threshold is not None else 1.0], default=0.0)
    begin = max(0, int(lowest * 10 + 1e-9)) / 10
    lift = ROOM_FOR_WORDS - 5 if cut else 4
    spec = {
        **frame(palette, height=height),
        "params": [_brush(brushed)],
        "layer": [
            _bars(palette, _colours(histogram, palette, shown=set(data["route"])), begin=begin, cut=cut),
            *_cut_layers(cut, palette),
            *threshold_layers(histogram.threshold, palette, middle=(1 + begin) / 2, lift=lift),
        ],
    }
    note = _explain_cut(cut)
    return Chart(data, spec, f"{_describe(histogram)} {note}".strip(), note)


def find_cut(histogram: Histogram) -> Cut | None:
    """Where to end the axis so that bars of flagged items can be seen; None where they can be seen in full."""
    flagged = max([column.flagged_count for column in histogram.bins], default=0)
    heights = sorted((column.count for column in histogram.bins), reverse=True)
    if not flagged or heights[0] <= _TOO_TALL * flagged:
        return None
    rest = heights[_MOST_CUT] if len(heights) > _MOST_CUT else 0
    top = max(_ROOM_ABOVE_FLAGGED * flagged, _ROOM_ABOVE_REST * rest)
    if heights[0] < _WORTH_CUTTING * top:
        return None
    return Cut(top, tuple(column for column in histogram.bins if column.count > top))


def _brush(brushed: tuple[float, float] | None) -> dict[str, Any]:
    begun = {"value": {"x": list(brushed)}} if brushed else {}
    return {"name": BRUSH, "select": {"type": "interval", "encodings": ["x"]}, "views": ["bars"], **begun}


def _stack(histogram: Histogram, *, top: float | None) -> pd.DataFrame:
    rows: list[dict[str, object]] = []
    for column in histogram.bins:
        base = 0
        for series, name in histogram.series.items():
            count = column.counts.get(series, 0)
            ends = [float(edge if top is None else min(edge, top)) for edge in (base, base + count)]
            if count:
                place = {"lo": column.low, "hi": column.high, "y0": ends[0], "y1": ends[1]}
                rows.append({**place, "n": count, "all": column.count, "route": name})
            base += count
    return pd.DataFrame(rows, columns=["lo", "hi", "y0", "y1", "n", "all", "route"])


def _tooltip() -> list[dict[str, Any]]:
    return [
        {"field": "route", "type": "nominal", "title": _("route")},
        {"field": "n", "type": "quantitative", "title": _("items"), "format": ","},
        {"field": "all", "type": "quantitative", "title": _("of all in this bar"), "format": ","},
        {"field": "lo", "type": "quantitative", "title": _("from"), "format": ".1%"},
        {"field": "hi", "type": "quantitative", "title": _("to"), "format": ".1%"},
    ]


def _bars(palette: Palette, colours: dict[str, str], *, begin: float, cut: Cut | None) -> dict[str, Any]:
    x = {
        "field": "lo",
        "type": "quantitative",
        "bin": "binned",
        "title": _("Model confidence"),
        "scale": {"domain": [begin, 1]},
        "axis": {"format": "%", "tickCount": 5, "grid": False},
    }
    y: dict[str, Any] = {"field": "y0", **items_axis()}
    if cut:
        y |= {"title": _("Items (axis cut)"), "scale": {"domain": [0, cut.top], "nice": False}}
    return {
        "name": "bars",
        "mark": {"type": "bar", "orient": "vertical", "strokeWidth": 1},
        "encoding": {
            "x": x,
            "x2": {"field": "hi"},
            "y": y,
            "y2": {"field": "y1"},
            "color": _colour_scale(colours, is_cut=cut is not None),
            **_audit_outline(palette),
            "opacity": {"condition": {"param": BRUSH, "value": 1}, "value": 0.35},
            "tooltip": _tooltip(),
        },
    }


def _colours(histogram: Histogram, palette: Palette, *, shown: set[str]) -> dict[str, str]:
    """The colour of each series that has items; routes and classes keep theirs, others have some that say no route."""
    routes = (palette.people, palette.people_strong, palette.people_soft, palette.machine, palette.settled)
    colours = routes if histogram.split == BY_ROUTE else (*palette.series, palette.settled)
    pairs = zip(histogram.series.items(), colours, strict=False)
    return {name: histogram.colours.get(key, colour) for (key, name), colour in pairs if name in shown}


def _colour_scale(colours: dict[str, str], *, is_cut: bool) -> dict[str, Any]:
    room = ROOM_FOR_WORDS + (ROOM_FOR_WORDS - 8 if is_cut else 0)
    return {
        "field": "route",
        "type": "nominal",
        "scale": {"domain": list(colours), "range": list(colours.values())},
        "legend": {**legend_row(len(colours)), "offset": room},
    }


def _audit_outline(palette: Palette) -> dict[str, Any]:
    """A second cue beside the colour: items drawn at random have a dashed outline."""
    is_audit = f"datum.route === {json.dumps(ROUTE_NAMES[Route.AUDIT])}"
    return {
        "stroke": {"condition": {"test": is_audit, "value": palette.people_strong}, "value": None},
        "strokeDash": {"condition": {"test": is_audit, "value": [2, 2]}, "value": [1, 0]},
    }


def _cut_layers(cut: Cut | None, palette: Palette) -> list[dict[str, Any]]:
    """A gap near the top of each bar that goes on, and its count above it; neighbours' counts take turns in height."""
    if cut is None:
        return []
    gap = {"from": 0.84 * cut.top, "to": 0.89 * cut.top}
    rows = [
        {"lo": bar.low, "hi": bar.high, "middle": (bar.low + bar.high) / 2, "n": bar.count, "row": row % 2, **gap}
        for row, bar in enumerate(cut.bars)
    ]
    y = {"type": "quantitative", "stack": None}
    edges = {
        "x": {"field": "lo", "type": "quantitative", "bin": "binned"},
        "x2": {"field": "hi"},
        "y": {"field": "from", **y},
        "y2": {"field": "to"},
    }
    words = {"type": "text", "baseline": "bottom", "fontSize": 11, "color": palette.text}
    places = {
        "x": {"field": "middle", "type": "quantitative"},
        "y": {"value": 0},
        "text": {"field": "n", "type": "quantitative", "format": ","},
    }
    return [
        {"data": {"values": rows}, "mark": {"type": "rect", "color": palette.background}, "encoding": edges},
        {"data": {"values": rows}, "mark": {**words, "dy": {"expr": "-2 - 10 * datum.row"}}, "encoding": places},
    ]


def _explain_cut(cut: Cut | None) -> str:
    if cut is None:
        return ""
    if len(cut.bars) == 1:
        return _("The tallest bar is cut short; its count stands above it.")
    return _("The {count} tallest bars are cut short; their counts stand above them.").format(count=len(cut.bars))


def _describe(histogram: Histogram) -> str:
    totals = {
        name: sum(column.counts.get(key, 0) for column in histogram.bins) for key, name in histogram.series.items()
    }
    parts = ", ".join(f"{number(count)} {name}" for name, count in totals.items() if count)
    described = _("Model confidence of {item_count} items: {parts}.").format(
        item_count=number(histogram.item_count), parts=parts or _("none")
    )
    if histogram.threshold is None:
        return described
    threshold = _("The threshold is {threshold}.").format(threshold=percent(histogram.threshold))
    return f"{described} {threshold}"
