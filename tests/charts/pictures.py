"""Charts as text between bars, and the series the tests draw."""

from __future__ import annotations

from collections.abc import Callable

from noc.charts.canvas import Canvas
from noc.model.series import Series

TWO = 1_763_906_400.0  # 2025-11-23 14:00 UTC


def picture(canvas: Canvas) -> list[str]:
    """The rows of a canvas, trailing blanks cut."""
    return canvas.text().split("\n")


def minutes(value: Callable[[int], float | None] = float, count: int = 61, step: float = 60.0) -> Series:
    """Points up to 14:00, one every ``step`` seconds; None is a missing point."""
    points = [(TWO - (count - 1 - index) * step, value(index)) for index in range(count)]
    return Series.of({}, [(time, found) for time, found in points if found is not None])
