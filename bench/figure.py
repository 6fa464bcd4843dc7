"""A measured figure beside what it is compared with, and the bound it must keep."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measurement.

    Attributes
    ----------
    name : str
    value, floor : float
        In ``unit``; the floor is the same work without Tandem, measured in the same run on the same disk.
    bound : float
        The worst value allowed: the largest, or for a rate (unit ends with ``/s``) the smallest.
    """

    name: str
    unit: str
    value: float
    bound: float
    floor: float | None = None

    @property
    def is_rate(self) -> bool:
        return self.unit.endswith("/s")

    @property
    def ratio(self) -> float | None:
        """How many times the floor's time it takes; None without a floor."""
        if self.floor is None:
            return None
        return self.floor / self.value if self.is_rate else self.value / self.floor

    @property
    def is_kept(self) -> bool:
        return self.value >= self.bound if self.is_rate else self.value <= self.bound

    def to_json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "unit": self.unit,
            "value": round(self.value, 3),
            "floor": None if self.floor is None else round(self.floor, 3),
            "ratio": None if self.ratio is None else round(self.ratio, 2),
            "bound": self.bound,
            "kept": self.is_kept,
        }


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which that share of the values lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def draw_table(figures: Sequence[Figure]) -> str:
    """The figures as lines for a terminal; also a table in Markdown."""
    rows = [("figure", "Tandem", "floor", "times the floor", "bound", "kept")]
    rows += [
        (
            figure.name,
            _number(figure.value, figure.unit),
            "" if figure.floor is None else _number(figure.floor, figure.unit),
            "" if figure.ratio is None else f"{figure.ratio:.1f}×",
            ("≥ " if figure.is_rate else "≤ ") + _number(figure.bound, figure.unit),
            "yes" if figure.is_kept else "NO",
        )
        for figure in figures
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [_line(row, widths) for row in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"


def _number(value: float, unit: str) -> str:
    return f"{value:,.0f} {unit}" if value >= 100 else f"{value:.2g} {unit}" if value < 1 else f"{value:.1f} {unit}"
