"""How good a version is: errors between classes, and how honest its confidence is."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from hitl.charts.palette import Chart, Palette, frame
from hitl.domain.language import _
from hitl.views.formatting import number
from hitl.views.measures import Confusion, ReliabilityBin
from hitl.views.wording import percent

HIGHEST_CLASS_COUNT = 20
_CELL = 30
_LEVEL_LETTERS = 28
_ALL_NAMED = 12


def draw_confusion(confusion: Confusion, palette: Palette) -> Chart:
    """A heat map of labels against predictions; each row adds up to its class's labels."""
    rows = []
    for label, counts in zip(confusion.class_names, confusion.counts, strict=True):
        total = sum(counts)
        for prediction, count in zip(confusion.class_names, counts, strict=True):
            share = count / total if total else 0.0
            rows.append({"label": label, "prediction": prediction, "n": count, "share": share, "total": total})
    names = list(confusion.class_names)
    right = sum(row[index] for index, row in enumerate(confusion.counts))
    total = sum(map(sum, confusion.counts))
    spec = {
        **frame(palette, height=max(120, _CELL * len(names))),
        "encoding": {
            "x": _axis("prediction", _("Model's answer"), names, 0 if _fits_level(names) else -40),
            "y": _axis("label", _("Label"), names, 0),
        },
        "layer": [_cells(palette), _cell_counts(palette)],
    }
    return Chart(
        pd.DataFrame(rows),
        spec,
        _("Confusion matrix: {right} of {total} labels answered right.").format(
            right=number(right), total=number(total)
        ),
    )


def draw_reliability(bins: Sequence[ReliabilityBin], palette: Palette) -> Chart:
    """Share right against mean confidence, with 95 % intervals; on the diagonal the confidence is honest."""
    rows = [
        {
            "confidence": row.confidence,
            "right": row.accuracy.value,
            "low": row.accuracy.low,
            "high": row.accuracy.high,
            "n": row.accuracy.count,
        }
        for row in bins
    ]
    spec = {**frame(palette, height=260), "layer": [_diagonal(palette), *_points_with_intervals(palette)]}
    total = sum(row.accuracy.count for row in bins)
    worst = max(bins, key=lambda row: abs(row.accuracy.value - row.confidence), default=None)
    alt = _("Reliability: no labels yet.")
    if worst:
        alt = _(
            "Reliability on {total} labels; widest gap where the model is {confidence} sure and {value} is right."
        ).format(total=number(total), confidence=percent(worst.confidence), value=percent(worst.accuracy.value))
    return Chart(pd.DataFrame(rows, columns=["confidence", "right", "low", "high", "n"]), spec, alt)


def _fits_level(names: list[str]) -> bool:
    return sum(map(len, names)) <= _LEVEL_LETTERS


def _axis(field: str, title: str, names: list[str], angle: int) -> dict[str, Any]:
    axis: dict[str, Any] = {"labelLimit": 110, "labelAngle": angle, "ticks": False, "domain": False, "orient": "left"}
    axis |= {"labelOverlap": len(names) > _ALL_NAMED}
    if field == "prediction":
        axis |= {"orient": "bottom"}
    return {"field": field, "type": "nominal", "sort": names, "title": title, "axis": axis}


def _cells(palette: Palette) -> dict[str, Any]:
    return {
        "mark": {"type": "rect", "stroke": palette.background, "strokeWidth": 2},
        "encoding": {
            "color": {
                "field": "share",
                "type": "quantitative",
                "scale": {"domain": [0, 1], "range": list(palette.ramp)},
                "legend": None,
            },
            "tooltip": [
                {"field": "label", "type": "nominal", "title": _("label")},
                {"field": "prediction", "type": "nominal", "title": _("model's answer")},
                {"field": "n", "type": "quantitative", "title": _("items")},
                {"field": "share", "type": "quantitative", "title": _("share of this label"), "format": ".0%"},
            ],
        },
    }


def _cell_counts(palette: Palette) -> dict[str, Any]:
    return {
        "transform": [{"filter": "datum.n > 0"}],
        "mark": {"type": "text", "fontSize": 12},
        "encoding": {
            "text": {"field": "n", "type": "quantitative", "format": ","},
            "color": {
                "condition": {"test": "datum.share > 0.55", "value": palette.background},
                "value": palette.text,
            },
        },
    }


def _diagonal(palette: Palette) -> dict[str, Any]:
    return {
        "data": {"values": [{"a": 0, "b": 0}, {"a": 1, "b": 1}]},
        "mark": {"type": "line", "strokeDash": [4, 3], "color": palette.rule, "strokeWidth": 1},
        "encoding": {"x": {"field": "a", "type": "quantitative"}, "y": {"field": "b", "type": "quantitative"}},
    }


def _points_with_intervals(palette: Palette) -> list[dict[str, Any]]:
    tooltip = [
        {"field": "confidence", "type": "quantitative", "title": _("confidence"), "format": ".0%"},
        {"field": "right", "type": "quantitative", "title": _("right"), "format": ".0%"},
        {"field": "low", "type": "quantitative", "title": _("95 % from"), "format": ".0%"},
        {"field": "high", "type": "quantitative", "title": _("95 % to"), "format": ".0%"},
        {"field": "n", "type": "quantitative", "title": _("labels (n)"), "format": ","},
    ]
    return [
        {
            "mark": {"type": "rule", "color": palette.machine, "strokeWidth": 2, "opacity": 0.6},
            "encoding": {"x": _confidence(), "y": _share_right("low"), "y2": {"field": "high"}},
        },
        {
            "mark": {"type": "point", "filled": True, "color": palette.machine, "size": 90, "opacity": 1},
            "encoding": {"x": _confidence(), "y": _share_right("right"), "tooltip": tooltip},
        },
    ]


def _confidence() -> dict[str, Any]:
    return {
        "field": "confidence",
        "type": "quantitative",
        "title": _("Model confidence (mean of the group)"),
        "scale": {"domain": [0, 1]},
        "axis": {"format": "%", "tickCount": 5, "grid": False},
    }


def _share_right(field: str) -> dict[str, Any]:
    return {
        "field": field,
        "type": "quantitative",
        "title": _("Share right"),
        "scale": {"domain": [0, 1]},
        "axis": {"format": "%", "tickCount": 5},
    }
