"""Lines of the health checks: one for every probe of section 3.2, as the gateway's health-check.log has them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from noc.demo.events.dice import seed_of, throws
from noc.demo.events.line import Told, application, json_line, trace_of
from noc.demo.events.occurrences import MICROS, Columns, Occurrence
from noc.demo.events.scene import Scene, Telling
from noc.demo.samples import LabelMatcher
from noc.demo.world import World
from noc.model.logs import LogLine

HEALTHY = application("application", "health_check", "info")
UNHEALTHY = application("application", "health_check", "error")

_SITE = "https://api.example.com"


class Probes:
    """The probes of a world as events: counted under the endpoint, the status and the milliseconds it took."""

    def __init__(self, world: World) -> None:
        self._world = world

    def columns(self, start: float, end: float) -> tuple[Columns, list[dict[str, str]]]:
        """Probes with start < at <= end (unix seconds), and the labels their ``told`` points into."""
        labels: list[dict[str, str]] = []
        parts = []
        start += 1e-4  # scrapes happen at whole milliseconds
        for status in self._world.select([LabelMatcher("__name__", "=", "probe_http_status_code")], start, end):
            instance = dict(status.labels)["instance"]
            (took,) = self._world.select(
                [LabelMatcher("__name__", "=", "probe_duration_seconds"), LabelMatcher("instance", "=", instance)],
                start,
                end,
            )
            at = np.round(status.times * MICROS).astype(np.int64)
            seed = np.full(len(at), seed_of(self._world.seed, instance), dtype=np.uint64)
            first = throws(seed, at)
            told = np.arange(len(labels), len(labels) + len(at))
            endpoint = instance.removeprefix(_SITE)
            for code, seconds in zip(status.values.tolist(), took.values.tolist(), strict=True):
                labels.append({"endpoint": endpoint, "status": f"{code:.0f}", "took": f"{seconds * 1000:.0f}"})
            parts.append(Columns(at, told, at, first, throws(first, at), np.zeros(len(at), dtype=np.bool_)))
        return Columns.joined(parts), labels


def _checked(_scene: Scene, event: Occurrence, _before: Occurrence | None) -> Iterator[LogLine]:
    status = int(event.labels["status"])
    context = {
        "endpoint": event.labels["endpoint"],
        "status_code": status,
        "duration_ms": int(event.labels["took"]),
        "healthy": status == 200,
    }
    told = Told("health", "low" if status == 200 else "high", context, "Health check")
    yield json_line(HEALTHY if status == 200 else UNHEALTHY, event.at, trace_of(event), event.second, told)


TELLING = Telling("health_check", "probe_http_status_code", (HEALTHY, UNHEALTHY), _checked)
