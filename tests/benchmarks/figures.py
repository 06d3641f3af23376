"""What a benchmark hands back: figures with their aims, baselines and noise; as a table and as JSON."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True, slots=True)
class Spread:
    """Least, middle and greatest of the repeats of one measurement, and how many there were."""

    least: float
    middle: float
    greatest: float
    repeats: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        return cls(min(values), median(values), max(values), len(values))

    def scaled(self, factor: float) -> Spread:
        return Spread(self.least * factor, self.middle * factor, self.greatest * factor, self.repeats)

    def __str__(self) -> str:
        return f"{_short(self.least)}/{_short(self.middle)}/{_short(self.greatest)} of {self.repeats}"


@dataclass(frozen=True, slots=True)
class Baseline:
    """What the same work costs in another way, measured in the same run."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value. ``aim`` is an upper limit of the value; ``gain`` is how many times under the baseline it has
    to be. A figure without either only informs."""

    name: str
    value: float
    unit: str
    aim: float | None = None
    gain: float | None = None
    baseline: Baseline | None = None
    spread: Spread | None = None

    @property
    def ratio(self) -> float | None:
        """How many times the baseline is the value."""
        return self.baseline.value / self.value if self.baseline and self.value else None

    @property
    def reached(self) -> bool | None:
        """Whether the aim is reached; None without one."""
        if self.gain is not None:
            return self.ratio is not None and self.ratio >= self.gain
        return None if self.aim is None else self.value <= self.aim

    def cells(self) -> tuple[str, ...]:
        """The figure as a row of the table."""
        aim = f">= {_short(self.gain)}x" if self.gain is not None else f"<= {_short(self.aim)}" if self.aim else ""
        word = {True: "yes", False: "NO", None: ""}[self.reached]
        base = f"{_short(self.baseline.value)} ({self.baseline.name})" if self.baseline else ""
        ratio = f"{_short(self.ratio)}x" if self.ratio else ""
        return self.name, f"{_short(self.value)} {self.unit}", aim, word, base, ratio, str(self.spread or "")

    def facts(self) -> dict[str, object]:
        """The figure as JSON."""
        spread = self.spread
        return {
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "aim": self.aim,
            "gain": self.gain,
            "reached": self.reached,
            "ratio": self.ratio,
            "baseline": {"name": self.baseline.name, "value": self.baseline.value} if self.baseline else None,
            "spread": {"min": spread.least, "median": spread.middle, "max": spread.greatest, "repeats": spread.repeats}
            if spread
            else None,
        }


HEADINGS = ("figure", "measured", "aim", "reached", "baseline", "ratio", "min/median/max")


@dataclass(frozen=True, slots=True)
class Report:
    """One benchmark's outcome: what was done in words, the figures, remarks about them."""

    name: str
    words: str
    figures: tuple[Figure, ...]
    remarks: tuple[str, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)

    def text(self) -> str:
        rows = [HEADINGS, *(figure.cells() for figure in self.figures)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
        return "\n".join([f"{self.name}: {self.words}", *("  " + line for line in lines), *self._remarked()])

    def _remarked(self) -> list[str]:
        return [f"  - {remark}" for remark in self.remarks]

    def json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "words": self.words,
            "figures": [figure.facts() for figure in self.figures],
            "remarks": list(self.remarks),
            **self.facts,
        }


def machine() -> dict[str, object]:
    """What the figures were measured on, and how busy it is now."""
    return {
        "cpus": os.cpu_count(),
        "load": [round(one, 2) for one in os.getloadavg()],
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()}",
    }


def _short(value: float | None) -> str:
    """Three digits are as many as a measurement has."""
    if value is None:
        return ""
    if value and abs(value) < 1000:
        return f"{value:.3g}"
    return f"{value:,.0f}"
