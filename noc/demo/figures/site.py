"""What every exporter's figures are built from, and the gateway's traffic that several of them follow."""

from __future__ import annotations

from dataclasses import dataclass

from noc.catalogue.contract import Contract
from noc.demo.flows import Effects, Rhythm, Shapes
from noc.demo.incidents import Incidents
from noc.demo.targets import ScrapeTarget

COMPANIES = 24
_BY_SIZE = (3, 7, 1, 12, 5, 2, 18, 9, 14, 4, 21, 6, 10, 16, 8, 11, 23, 13, 15, 20, 17, 19, 22, 24)
_WEIGHTS = {str(company): (rank + 1.6) ** -0.9 for rank, company in enumerate(_BY_SIZE)}

TENANT_SHARES: dict[str, float] = {
    company: _WEIGHTS[company] / sum(_WEIGHTS.values()) for company in sorted(_WEIGHTS, key=int)
}
"""Each company's share of the traffic: few big ones, a long tail."""

SUFFERER = str(_BY_SIZE[1])
"""The company that a broken release hits hardest."""


@dataclass(frozen=True)
class Traffic:
    """An endpoint's requests per second on average, their rhythm, and the usual time to answer (seconds, median)."""

    per_second: float
    median: float
    rhythm: Rhythm = "people"


TRAFFIC: dict[str, Traffic] = {
    "/api/v2/bookings": Traffic(5.5, 0.145),
    "/api/v2/bookings/{id}": Traffic(15.0, 0.070),
    "/api/v2/bookings/{id}/reschedule": Traffic(1.6, 0.130),
    "/api/v2/bookings/{id}/cancel": Traffic(1.1, 0.120),
    "/api/v2/availability": Traffic(30.0, 0.105),
    "/api/v2/services": Traffic(12.0, 0.060),
    "/api/v2/calcom/sync": Traffic(2.2, 0.150),
    "/api/v1/bookings": Traffic(2.4, 0.150),
    "/api/v1/customers": Traffic(6.0, 0.080),
    "/api/v1/calls": Traffic(4.5, 0.085),
    "/api/auth/login": Traffic(0.9, 0.130),
    "/api/zeitinfo": Traffic(3.0, 0.012, "machines"),
    "/webhook": Traffic(2.2, 0.045, "machines"),
    "/calcom/webhook": Traffic(1.4, 0.045, "machines"),
    "/stripe/webhook": Traffic(1.3, 0.040, "machines"),
    "/health": Traffic(0.6, 0.008, "flat"),
}
API_PER_SECOND = sum(traffic.per_second for traffic in TRAFFIC.values())


@dataclass(frozen=True)
class Site:
    """One target in its world."""

    shapes: Shapes
    incidents: Incidents
    contract: Contract
    target: ScrapeTarget

    @property
    def zero(self) -> float:
        """When the scenario begins (unix seconds)."""
        return self.incidents.zero

    @property
    def key(self) -> str:
        """What makes this target's noise its own."""
        return f"{self.target.job} {self.target.instance}"

    @property
    def host(self) -> str:
        return self.target.instance.partition(":")[0]

    @property
    def part(self) -> float:
        """The share of the job's traffic that this instance takes: the first ones a little more."""
        instances = self.contract.jobs[self.target.job].instances
        weights = [1.0 - 0.08 * number for number in range(len(instances))]
        return weights[instances.index(self.target.instance)] / sum(weights)

    def push(self, knob: str, factor: float = 1.0) -> Effects:
        return self.incidents.push(knob, factor)

    def share(self, knob: str, per_second: float, rhythm: Rhythm = "people") -> Effects:
        return self.incidents.share(knob, per_second, rhythm)

    def buckets(self, name: str) -> tuple[float, ...]:
        return self.contract.series[name].buckets

    def values(self, name: str, label: str) -> tuple[str, ...]:
        return self.contract.series[name].labels[label].values
