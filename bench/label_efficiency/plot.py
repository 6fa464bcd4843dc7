"""The curves of a run as an SVG picture: a panel a set, a line a contender."""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

import numpy as np

SHOWN = {
    "tandem": ("Tandem", "#3b5bdb", 2.6),
    "TypiClust → margin, tuned head": ("TypiClust → margin, tuned head", "#e8590c", 1.6),
    "margin, tuned head": ("margin, tuned head", "#2b8a3e", 1.6),
    "random, bare scikit-learn": ("random, bare scikit-learn", "#868e96", 1.6),
}
COLUMNS = 3
PANEL = (300, 210)
LEFT, TOP, RIGHT, BOTTOM = 44, 30, 14, 34
LEGEND_HEIGHT = 34
LOWEST, HIGHEST, MOST_DECISIONS = 0.4, 1.05, 600
GREY = "#868e96"  # read on white and on black
TEXT = f'font-family="sans-serif" font-size="11" fill="{GREY}"'


def draw_curves(rows: Sequence[dict[str, Any]]) -> str:
    """Accuracy as a share of what all labels give, by decisions: medians over the seeds.

    Parameters
    ----------
    rows : sequence of dict
        With set, contender, full and curve, as ``measure`` yields them.
    """
    sets = list(dict.fromkeys(row["set"] for row in rows))
    width = COLUMNS * PANEL[0]
    height = LEGEND_HEIGHT + -(-len(sets) // COLUMNS) * PANEL[1]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" {TEXT}>',
        "<title>Accuracy by decisions, as a share of what all labels give</title>",
        *_legend(),
    ]
    for place, name in enumerate(sets):
        x, y = place % COLUMNS * PANEL[0], LEGEND_HEIGHT + place // COLUMNS * PANEL[1]
        parts += [f'<g transform="translate({x} {y})">', *_axes(name)]
        parts += [_line(contender, [row for row in rows if row["set"] == name]) for contender in reversed(SHOWN)]
        parts.append("</g>")
    return "\n".join([*parts, "</svg>", ""])


def _legend() -> Iterator[str]:
    x = LEFT
    for label, colour, width in SHOWN.values():
        yield f'<path d="M{x} 16h18" stroke="{colour}" stroke-width="{width}"/>'
        yield f'<text x="{x + 24}" y="20">{escape(label)}</text>'
        x += 60 + 6 * len(label)


def _axes(name: str) -> Iterator[str]:
    yield f'<text x="{LEFT}" y="{TOP - 10}" font-weight="bold">{escape(name)}</text>'
    for share in (0.4, 0.6, 0.8, 1.0):
        _x, y = _place(0, share)
        yield f'<path d="M{LEFT} {y:.1f}H{PANEL[0] - RIGHT}" stroke="{GREY}" stroke-opacity=".3"/>'
        yield f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{share:.0%}</text>'
    for decisions in (0, 200, 400, 600):
        x, y = _place(decisions, LOWEST)
        yield f'<text x="{x:.1f}" y="{y + 16:.1f}" text-anchor="middle">{decisions}</text>'


def _line(contender: str, rows: Sequence[dict[str, Any]]) -> str:
    """A run that ended, having had enough, stays where it was."""
    curves = [(np.array(row["curve"], dtype=float), row["full"]) for row in rows if row["contender"] == contender]
    if not curves:
        return ""
    decisions = max((curve[:, 0] for curve, _full in curves), key=len)
    shares = [np.interp(decisions, curve[:, 0], curve[:, 1] / full) for curve, full in curves]
    points = [_place(*one) for one in zip(decisions, np.median(shares, axis=0), strict=True)]
    _label, colour, width = SHOWN[contender]
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    return f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-linejoin="round"/>'


def _place(decisions: float, share: float) -> tuple[float, float]:
    across, down = PANEL[0] - LEFT - RIGHT, PANEL[1] - TOP - BOTTOM
    up = (min(max(share, LOWEST), HIGHEST) - LOWEST) / (HIGHEST - LOWEST)
    return LEFT + across * decisions / MOST_DECISIONS, TOP + down * (1 - up)
