"""Accuracy against labels: parts of the labels with their band, versions on test labels, a dashed hint."""

from typing import Any

import pandas as pd

from hitl.charts.palette import Chart, Palette, frame
from hitl.domain.language import _
from hitl.views.formatting import number
from hitl.views.learning_curve import CurveMark, LearningCurveView
from hitl.views.wording import percent

_COLUMNS = ["labels", "accuracy", "low", "high", "n", "source", "name"]


def draw_learning_curve(view: LearningCurveView, palette: Palette) -> Chart:
    """The curve with its 95 % band; versions as points of another shape; the hint dashed and in grey."""
    rows = [_row(mark) for mark in (*view.marks, *view.versions)]
    spec = {
        **frame(palette, height=220),
        "layer": [
            _band(palette),
            _line(palette),
            _law(view, palette),
            _intervals(palette),
            _points(palette),
        ],
    }
    last = view.marks[-1] if view.marks else None
    alt = _("Accuracy by number of labels: not made yet.")
    if last:
        alt = _("Accuracy by number of labels; with {count} it is about {share}. {hint}").format(
            count=f"{number(last.label_count)}", share=percent(last.accuracy.value, 1), hint=view.hint
        )
    return Chart(pd.DataFrame(rows, columns=_COLUMNS), spec, alt)


def _row(mark: CurveMark) -> dict[str, object]:
    rate = mark.accuracy
    return {
        "labels": mark.label_count,
        "accuracy": rate.value,
        "low": rate.low,
        "high": rate.high,
        "n": rate.count,
        "source": mark.source_name,
        "name": mark.name,
    }


def _x() -> dict[str, Any]:
    title = _("Labels learned from")
    axis = {"format": ",d", "tickCount": 5, "grid": False}
    return {"field": "labels", "type": "quantitative", "title": title, "axis": axis}


def _y(field: str) -> dict[str, Any]:
    scale = {"zero": False, "nice": True}
    axis = {"format": "%", "tickCount": 5}
    return {"field": field, "type": "quantitative", "title": _("Accuracy"), "scale": scale, "axis": axis}


def _band(palette: Palette) -> dict[str, Any]:
    return {
        "transform": [{"filter": "datum.name === ''"}],
        "mark": {"type": "area", "color": palette.machine, "opacity": 0.15},
        "encoding": {"x": _x(), "y": _y("low"), "y2": {"field": "high"}},
    }


def _line(palette: Palette) -> dict[str, Any]:
    return {
        "transform": [{"filter": "datum.name === ''"}],
        "mark": {"type": "line", "color": palette.machine, "strokeWidth": 2},
        "encoding": {"x": _x(), "y": _y("accuracy")},
    }


def _law(view: LearningCurveView, palette: Palette) -> dict[str, Any]:
    values = [{"labels": count, "accuracy": accuracy} for count, accuracy in view.law]
    return {
        "data": {"values": values},
        "mark": {"type": "line", "color": palette.rule, "strokeDash": [5, 4], "strokeWidth": 1.5},
        "encoding": {"x": _x(), "y": _y("accuracy")},
    }


def _intervals(palette: Palette) -> dict[str, Any]:
    return {
        "transform": [{"filter": "datum.name !== ''"}],
        "mark": {"type": "rule", "color": palette.machine, "strokeWidth": 2, "opacity": 0.6},
        "encoding": {"x": _x(), "y": _y("low"), "y2": {"field": "high"}},
    }


def _points(palette: Palette) -> dict[str, Any]:
    legend = {"title": None, "orient": "top", "labelLimit": 300, "columns": 2}
    return {
        "mark": {"type": "point", "filled": True, "color": palette.machine, "size": 80, "opacity": 1},
        "encoding": {
            "x": _x(),
            "y": _y("accuracy"),
            "shape": {"field": "source", "type": "nominal", "legend": legend},
            "tooltip": [
                {"field": "name", "type": "nominal", "title": _("version")},
                {"field": "labels", "type": "quantitative", "title": _("labels learned from"), "format": ","},
                {"field": "accuracy", "type": "quantitative", "title": _("accuracy"), "format": ".1%"},
                {"field": "low", "type": "quantitative", "title": _("95 % from"), "format": ".1%"},
                {"field": "high", "type": "quantitative", "title": _("95 % to"), "format": ".1%"},
                {"field": "source", "type": "nominal", "title": _("measured by")},
            ],
        },
    }
