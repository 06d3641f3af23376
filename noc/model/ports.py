"""What the engine, the doctor and the actions need of the outside, at most four methods each."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from noc.model.alerts import AlertAnswer, RuleAnswer, Silence, SilenceDraft
from noc.model.checks import CheckResult
from noc.model.logs import LogAnswer, TailFrame
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


class LogSource(Protocol):
    """A server that speaks the Loki API, read by lines. Times are unix nanoseconds. Every method raises a SourceError and
    nothing else. The same server answers metric queries as a MetricSource."""

    async def lines(self, query: str, start: int, end: int, limit: int, *, newest: bool = True) -> LogAnswer:
        """Lines of a log query with start <= time < end: the newest ``limit``, or the oldest."""

    def tail(self, query: str, start: int) -> AsyncGenerator[TailFrame, None]:
        """Frames as they arrive, history since ``start`` first; ends by TailClosed or another SourceError, never by itself.
        Closing the generator closes the connection."""

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


class AlertSource(Protocol):
    """One member of an Alertmanager cluster, read. Every method raises a SourceError and nothing else."""

    async def poll(self) -> AlertAnswer:
        """Alerts (by groups, so that time-muted ones are known), silences and status, asked at once."""

    async def silence(self, id: str) -> Silence | None:
        """One silence as the server has it now; None when it knows none of that id."""

    async def aclose(self) -> None:
        """Close connections; later calls raise Unreachable."""


class AlertSink(Protocol):
    """One member of an Alertmanager cluster, written. Each call is one request, never repeated; a SourceError tells why
    it failed: BadQuery is the server's refusal (nothing was done), anything else may have been done."""

    async def create_silence(self, draft: SilenceDraft) -> str:
        """Create a silence, or update one in place when the draft has an id; returns the id the server gave it."""

    async def expire_silence(self, id: str) -> None:
        """End a silence now; one that has ended already is fine."""


class RuleSource(Protocol):
    """A server that runs alert rules."""

    async def rules(self) -> RuleAnswer:
        """Every rule with its health and its pending and firing alerts."""

    async def aclose(self) -> None:
        """Close connections; later calls raise Unreachable."""


class Prober(Protocol):
    """Makes one health check. Never raises: a check that fails is a result."""

    async def probe(self) -> CheckResult:
        """Ask once."""

    async def aclose(self) -> None:
        """Close connections."""
