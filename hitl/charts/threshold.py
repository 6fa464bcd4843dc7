"""What a threshold makes of all items: how many the model would answer, and how many people would."""

from typing import Any

import pandas as pd

from hitl.charts.palette import Chart, Palette, frame, legend_row
from hitl.domain.language import _, later
from hitl.views.formatting import number
from hitl.views.settings_policy import ThresholdPreview
from hitl.views.wording import percent

ROOM_FOR_WORDS = 24
"""Pixels between a legend and the plot, for the words on top of the threshold's line."""
_BY_MODEL, _BY_PEOPLE = later("answered by the model"), later("to review")


def items_axis() -> dict[str, Any]:
    """How counts of items stand on an axis."""
    axis = {"tickCount": 4, "tickMinStep": 1, "format": "~s"}
    return {"type": "quantitative", "stack": None, "title": _("Items"), "axis": axis}


def draw_threshold(preview: ThresholdPreview, palette: Palette, *, height: int = 220) -> Chart:
    """Two areas that add up to all items: what the model would answer and what people would, by threshold."""
    by_model, by_people = _(_BY_MODEL), _(_BY_PEOPLE)
    rows = [
        {"threshold": point.threshold, "from": start, "to": end, "who": who, "n": end - start, "share": share}
        for point in preview.points
        for who, start, end, share in (
            (by_model, 0, point.accepted_count, point.coverage),
            (by_people, point.accepted_count, preview.item_count, 1 - point.coverage),
        )
    ]
    layers = [_areas(palette), *threshold_layers(preview.threshold, palette, middle=0.5)]
    alt = _(
        "At a threshold of {threshold} the model answers {accepted_count} of {item_count} items; "
        "{review_count} go to people."
    ).format(
        threshold=percent(preview.threshold),
        accepted_count=number(preview.accepted_count),
        item_count=number(preview.item_count),
        review_count=number(preview.review_count),
    )
    return Chart(pd.DataFrame(rows), {**frame(palette, height=height), "layer": layers}, alt)


def threshold_layers(
    threshold: float | None, palette: Palette, *, middle: float, lift: int = 4
) -> list[dict[str, Any]]:
    """A dashed line at the threshold with its words ``lift`` pixels above the plot; nothing while it is not known."""
    if threshold is None:
        return []
    side, shift = ("right", 3) if threshold > middle else ("left", -3)
    values = {"values": [{"t": min(threshold, 1.0), "label": _("threshold {share}").format(share=percent(threshold))}]}
    x = {"field": "t", "type": "quantitative"}
    words = {"type": "text", "align": side, "baseline": "bottom", "dx": shift, "dy": -lift, "fontSize": 12}
    return [
        {"data": values, "mark": {"type": "rule", "strokeDash": [4, 3], "color": palette.rule}, "encoding": {"x": x}},
        {
            "data": values,
            "mark": {**words, "color": palette.rule},
            "encoding": {"x": x, "y": {"value": 0}, "text": {"field": "label"}},
        },
    ]


def _areas(palette: Palette) -> dict[str, Any]:
    x = {
        "field": "threshold",
        "type": "quantitative",
        "title": _("Threshold (model confidence)"),
        "scale": {"domain": [0, 1]},
        "axis": {"format": "%", "tickCount": 5, "grid": False},
    }
    colours = {"domain": [_(_BY_MODEL), _(_BY_PEOPLE)], "range": [palette.machine, palette.people]}
    legend = {**legend_row(2), "offset": ROOM_FOR_WORDS}
    return {
        "mark": {"type": "area", "interpolate": "step-after", "fillOpacity": 0.9},
        "encoding": {
            "x": x,
            "y": {"field": "from", **items_axis()},
            "y2": {"field": "to"},
            "color": {"field": "who", "type": "nominal", "scale": colours, "legend": legend},
            "tooltip": [
                {"field": "threshold", "type": "quantitative", "title": _("threshold"), "format": ".0%"},
                {"field": "who", "type": "nominal", "title": _("items")},
                {"field": "n", "type": "quantitative", "title": _("count"), "format": ","},
                {"field": "share", "type": "quantitative", "title": _("share"), "format": ".1%"},
            ],
        },
    }
