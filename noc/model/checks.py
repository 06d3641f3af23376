"""What a health check found. Frozen values; who asks is a Prober."""

from __future__ import annotations

from dataclasses import dataclass, field

from noc.model.severity import Severity


@dataclass(frozen=True, slots=True)
class Finding:
    """One assertion: its words (``services UP``), and what was found instead; empty when it holds."""

    what: str
    failure: str = ""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One probe. ``at`` in unix seconds of this machine, ``duration`` in seconds until the whole body was read."""

    at: float
    duration: float
    status: int | None = None
    """HTTP status; None when there was no answer."""
    findings: tuple[Finding, ...] = ()
    """Every condition that was tested, failures too: status, latency, body."""
    error: str = ""
    """Why there was no answer at all."""
    certificate: float | None = None
    """Unix seconds at which the certificate ends; None without TLS."""
    drift: float | None = None
    """Seconds by which the endpoint's own clock is ahead, where a timestamp was tested."""
    services: tuple[tuple[str, str], ...] = ()
    """Services and their states, as the body named them."""
    more_services: int = 0
    """Services the body named and nobody keeps."""

    @property
    def ok(self) -> bool:
        """Whether every condition held."""
        return not self.error and not any(finding.failure for finding in self.findings)


@dataclass(frozen=True, slots=True)
class CheckState:
    """A check of the settings and what is known of it."""

    name: str
    title: str
    url: str
    """Without credentials."""
    interval: float
    within: float | None
    severity: Severity
    last: CheckResult | None = None
    since: float | None = None
    """Unix seconds since when it has been as good or bad as it is."""
    history: tuple[bool, ...] = field(default=())
    """The last probes, the newest last: good or not."""
    certificate_bound: float = 1_209_600.0
    """A certificate that ends sooner (seconds) is MEDIUM."""
