"""Charts: valid Vega-Lite, what they add up to, one meaning one colour, words for those who can't see them."""

import altair as alt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl.charts import (
    DARK,
    LIGHT,
    draw_class_counts,
    draw_confusion,
    draw_histogram,
    draw_progress,
    draw_reliability,
    draw_threshold,
    pick_palette,
)
from hitl.charts.confidence import find_cut
from hitl.views.histogram import FLAGGED, Histogram, HistogramBin
from hitl.views.labels import ClassCount
from hitl.views.measures import Confusion, Rate, ReliabilityBin
from hitl.views.settings_policy import ThresholdPoint, ThresholdPreview
from hitl.views.versions import VersionPoint


def bar(low, high, counts):
    return HistogramBin(low, high, counts, sum(counts.get(route, 0) for route in FLAGGED))


HISTOGRAM = Histogram(
    bins=(
        bar(0.6, 0.7, {"low_confidence": 3, "audit": 1}),
        bar(0.9, 1.0, {"auto_accept": 5, "resolved": 2}),
    ),
    item_count=11,
    threshold=0.9,
)
CLASSES = (ClassCount(1, "spam", 3, 4, 2, False), ClassCount(2, "ham", 0, 1, 0, False))
CONFUSION = Confusion(("spam", "ham"), ((8, 2), (0, 5)))
BINS = (ReliabilityBin(0.6, Rate(0.5, 0.3, 0.7, 20)), ReliabilityBin(0.9, Rate(0.95, 0.8, 0.99, 20)))
PREVIEW = ThresholdPreview(0.8, 10, 6, (ThresholdPoint(0.0, 10, 1.0), ThresholdPoint(0.8, 6, 0.6)), 0.9, 4)
POINTS = (
    VersionPoint("Version 1", Rate(0.9, 0.85, 0.93, 100), "test labels that came with the data", is_champion=True),
    VersionPoint("Version 2", Rate(0.92, 0.87, 0.95, 100), "test labels that came with the data", is_champion=False),
)
CHARTS = {
    "histogram": lambda palette: draw_histogram(HISTOGRAM, palette),
    "classes": lambda palette: draw_class_counts(CLASSES, palette),
    "confusion": lambda palette: draw_confusion(CONFUSION, palette),
    "reliability": lambda palette: draw_reliability(BINS, palette),
    "threshold": lambda palette: draw_threshold(PREVIEW, palette),
    "progress": lambda palette: draw_progress(POINTS, palette),
}


def colours_of(layer):
    scale = layer["encoding"]["color"]["scale"]
    return dict(zip(scale["domain"], scale["range"], strict=True))


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("name", CHARTS)
def test_every_spec_is_valid_and_has_words(name, palette):
    chart = CHARTS[name](palette)
    values = chart.data.to_dict("records")
    alt.LayerChart.from_dict({**chart.spec, "data": {"values": values}})
    assert chart.alt.endswith(".")
    assert not chart.data.empty


def test_the_bars_add_up_to_all_items():
    data = CHARTS["histogram"](LIGHT).data
    assert data["n"].sum() == HISTOGRAM.item_count
    assert data.groupby("lo")["y1"].max().tolist() == [4, 7]


def test_people_are_orange_and_the_machine_is_blue_in_every_chart():
    bars = colours_of(CHARTS["histogram"](LIGHT).spec["layer"][0])
    areas = colours_of(CHARTS["threshold"](LIGHT).spec["layer"][0])
    labels = colours_of(CHARTS["classes"](LIGHT).spec["layer"][0])
    assert bars["auto-accepted"] == areas["answered by the model"] == LIGHT.machine
    assert bars["low confidence"] == areas["to review"] == labels["from people"] == LIGHT.people


def test_a_legend_names_only_what_is_in_the_chart():
    only_machine = Histogram((bar(0.9, 1.0, {"auto_accept": 5}),), 5, 0.9)
    assert list(colours_of(draw_histogram(only_machine, LIGHT).spec["layer"][0])) == ["auto-accepted"]


def test_the_axis_begins_where_the_items_begin():
    bars = CHARTS["histogram"](LIGHT).spec["layer"][0]
    assert bars["encoding"]["x"]["scale"]["domain"] == [0.6, 1]


def skewed(**tallest):
    """Nine flagged items in three bins, and 1,500 that the model is very sure of."""
    low = [bar(0.5 + step / 10, 0.6 + step / 10, {"low_confidence": 2 + step}) for step in range(3)]
    return Histogram((*low, bar(0.9, 1.0, {"auto_accept": 1500, **tallest})), 1509, 0.9)


def test_a_bar_that_hides_the_flagged_ones_is_cut_and_says_so():
    chart = draw_histogram(skewed(audit=3), LIGHT)
    bars = chart.spec["layer"][0]["encoding"]
    assert bars["y"]["scale"]["domain"] == [0, 12]  # three times the flagged items of a bin
    assert bars["y"]["title"] == "Items (axis cut)"
    assert chart.data["y1"].max() == 12
    assert chart.data["n"].sum() == 1512
    assert chart.note == "The tallest bar is cut short; its count stands above it."
    assert chart.spec["layer"][1]["data"]["values"][0]["n"] == 1503
    assert chart.alt.endswith(chart.note)


def test_what_waits_for_people_stands_on_the_axis_of_a_cut_bar():
    data = draw_histogram(skewed(audit=3), LIGHT).data
    assert data.query("lo == 0.9 and route == 'blind check'")[["y0", "y1"]].to_numpy().tolist() == [[0, 3]]


def test_bars_that_can_all_be_seen_are_not_cut():
    assert find_cut(HISTOGRAM) is None
    assert draw_histogram(HISTOGRAM, LIGHT).note == ""
    assert find_cut(Histogram((bar(0.9, 1.0, {"auto_accept": 900}),), 900, 0.9)) is None


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 5_000)), min_size=1, max_size=40))
def test_a_cut_leaves_every_flagged_item_and_all_but_three_bars_whole(counts):
    bins = tuple(
        bar(row / 40, (row + 1) / 40, {"low_confidence": flagged, "auto_accept": sure})
        for row, (flagged, sure) in enumerate(counts)
    )
    cut = find_cut(Histogram(bins, 1, 0.5))
    if cut:
        assert cut.top >= max(flagged for flagged, _ in counts)
        assert 1 <= len(cut.bars) <= 3


def test_an_empty_project_has_charts_too():
    assert draw_histogram(Histogram((), 0, None), LIGHT).data.empty
    assert draw_class_counts((), LIGHT).alt == "Labelled items by class: none yet."
    assert draw_reliability((), LIGHT).alt == "Reliability: no labels yet."
    assert draw_progress((), LIGHT).alt == "Accuracy by version: nothing measured yet."


def test_labels_by_class_are_stacked_by_where_they_came_from():
    spam = CHARTS["classes"](LIGHT).data.query("`class` == 'spam'")
    assert spam[["from", "to"]].to_numpy().tolist() == [[0, 3], [3, 7], [7, 9]]


def test_the_confusion_matrix_counts_rights_and_shares_by_label():
    chart = CHARTS["confusion"](LIGHT)
    assert chart.alt == "Confusion matrix: 13 of 15 labels answered right."
    assert chart.data.query("label == 'spam' and prediction == 'ham'")["share"].tolist() == [0.2]


def test_the_widest_gap_between_sure_and_right_is_told():
    assert "60 % sure and 50 % is right" in CHARTS["reliability"](LIGHT).alt


def test_model_and_people_share_all_items_at_every_threshold():
    data = CHARTS["threshold"](LIGHT).data
    assert data.groupby("threshold")["n"].sum().tolist() == [10, 10]


def test_the_version_in_use_is_named_so():
    assert CHARTS["progress"](LIGHT).data["version"].tolist() == ["Version 1 (in use)", "Version 2"]


def test_the_palette_follows_the_theme():
    assert pick_palette("dark") is DARK
    assert pick_palette("light") is LIGHT
    assert pick_palette(None) is LIGHT
