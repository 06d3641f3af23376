"""What the engine, the doctor and the actions need of the outside, at most four methods each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from noc.model.series import Answer


class MetricSource(Protocol):
    """A server that speaks the Prometheus query API. Every method raises a SourceError and nothing else."""

    async def instant(self, expr: str, at: float) -> Answer:
        """Evaluate at ``at`` (unix seconds, server's clock): one point a series."""

    async def range(self, expr: str, start: float, end: float, step: float) -> Answer:
        """Evaluate on the grid start, start+step, ... end (both inclusive, unix seconds)."""

    async def label_values(self, label: str, match: str = "", start: float = 0.0, end: float = 0.0) -> tuple[str, ...]:
        """Values of a label (``__name__``: metric names), of the series a selector matches in the window."""

    async def aclose(self) -> None:
        """Close connections; later calls raise Unreachable."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """Type (counter, gauge, histogram, summary, unknown), help and unit of a metric family."""

    type: str
    help: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """One scrape target. ``interval`` in seconds."""

    job: str
    instance: str
    health: str
    error: str = ""
    interval: float = 0.0


class MetricInventory(Protocol):
    """One-shot look-ups for scripts and checks; blocking, never retried."""

    def names(self) -> Sequence[str]: ...

    def label_values(self, label: str) -> Sequence[str]: ...

    def metadata(self) -> Mapping[str, Metadata]: ...

    def targets(self) -> Sequence[Target]: ...
