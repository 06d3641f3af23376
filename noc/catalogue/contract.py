"""The contract: which series the catalogue and the layouts need, and which exporter offers them, read from contract.yaml.

The demo's world and the exporter build exactly this; tests hold every query against it.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from noc.catalogue.read import read_bundled
from noc.config.base import Duration, Model

FILE = "contract.yaml"
EVERY_JOB = "*"


class LabelValues(Model):
    """The values of one label, or examples of them and how many there are."""

    values: tuple[str, ...] = Field(min_length=1)
    cardinality: int = Field(ge=1, le=200)


def _values(value: Any) -> Any:
    """A plain list says all the values there are."""
    return {"values": value, "cardinality": len(value)} if isinstance(value, list) else value


Values = Annotated[LabelValues, BeforeValidator(_values)]


class Job(Model):
    """A scrape job: its exporter, its targets, and how often they are asked (seconds)."""

    exporter: str
    interval: Duration
    instances: tuple[str, ...] = Field(min_length=1)
    intervals: dict[str, Duration] = Field(default_factory=dict)
    """Targets asked at another interval."""

    def interval_of(self, instance: str) -> float:
        return self.intervals.get(instance, self.interval)


class Endpoint(Model):
    """A route of the application; webhook routes belong to one provider."""

    path: str
    method: str
    version: str
    provider: str | None = None


class SeriesSpec(Model):
    """One metric family as an exporter offers it."""

    job: str
    type: Literal["counter", "gauge", "histogram", "summary"]
    help: str
    unit: str | None = None
    labels: dict[str, Values]
    buckets: tuple[float, ...] = ()
    """Upper bounds without +Inf."""
    sparse: bool = False
    """A child is born with its first event, so there may be no series at all."""
    instances: tuple[str, ...] = ()
    """Only these targets of the job have it; all by default."""

    @model_validator(mode="after")
    def _buckets_fit(self) -> SeriesSpec:
        if (self.type == "histogram") != bool(self.buckets):
            raise ValueError("a histogram, and nothing else, has buckets")
        if list(self.buckets) != sorted(set(self.buckets)):
            raise ValueError("buckets must ascend")
        return self

    def exposed(self, name: str) -> dict[str, frozenset[str]]:
        """The series names on the wire and each one's labels."""
        labels = frozenset(self.labels) | {"job", "instance"}
        if self.type == "histogram":
            return {f"{name}_bucket": labels | {"le"}, f"{name}_sum": labels, f"{name}_count": labels}
        if self.type == "summary":
            return {name: labels, f"{name}_sum": labels - {"quantile"}, f"{name}_count": labels - {"quantile"}}
        return {name: labels}


class Contract(Model):
    """Jobs, routes and series by name."""

    jobs: dict[str, Job] = Field(min_length=1)
    endpoints: tuple[Endpoint, ...]
    vocabulary: dict[str, LabelValues]
    series: dict[str, SeriesSpec] = Field(min_length=1)

    @model_validator(mode="after")
    def _jobs_exist(self) -> Contract:
        for name, spec in self.series.items():
            if spec.job != EVERY_JOB and spec.job not in self.jobs:
                raise ValueError(f"series {name!r} names the unknown job {spec.job!r}")
        return self

    def exposed(self) -> dict[str, frozenset[str]]:
        """Every series name on the wire and its labels."""
        return {name: labels for family, spec in self.series.items() for name, labels in spec.exposed(family).items()}


def load() -> Contract:
    """The bundled contract. Reads and validates the file each time: callers keep it. ConfigError with file and line."""
    return read_bundled(FILE, Contract)
