"""View-models as charts: data, a Vega-Lite spec and one sentence for those who can't see it."""

from hitl.charts.confidence import BRUSH, draw_histogram
from hitl.charts.labels import draw_class_counts
from hitl.charts.learning_curve import draw_learning_curve
from hitl.charts.palette import DARK, LIGHT, Chart, Palette, pick_palette
from hitl.charts.progress import draw_progress
from hitl.charts.quality import HIGHEST_CLASS_COUNT, draw_confusion, draw_reliability
from hitl.charts.threshold import draw_threshold

__all__ = [
    "BRUSH",
    "DARK",
    "HIGHEST_CLASS_COUNT",
    "LIGHT",
    "Chart",
    "Palette",
    "draw_class_counts",
    "draw_confusion",
    "draw_histogram",
    "draw_learning_curve",
    "draw_progress",
    "draw_reliability",
    "draw_threshold",
    "pick_palette",
]
