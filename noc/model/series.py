"""Series and answers as every layer passes them on."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

Labels = tuple[tuple[str, str], ...]
"""Label pairs sorted by name; the identity of a series."""


def labels_of(metric: Mapping[str, str]) -> Labels:
    """The sorted identity of a label mapping."""
    return tuple(sorted(metric.items()))


@dataclass(frozen=True, slots=True)
class Series:
    """One float array of times (unix seconds, ascending) and one of values, of equal length.

    Gaps are missing timestamps, never NaN padding. NaN and infinities may occur as values, as the server sent them.
    """

    labels: Labels
    times: array[float]
    values: array[float]

    @classmethod
    def of(cls, metric: Mapping[str, str], points: Iterable[tuple[float, float]]) -> Series:
        """A series from a label mapping and (time, value) pairs: tests, demo, small answers."""
        times, values = array("d"), array("d")
        for time, value in points:
            times.append(time)
            values.append(value)
        return cls(labels_of(metric), times, values)

    @property
    def name(self) -> str:
        return dict(self.labels).get("__name__", "")

    @property
    def last(self) -> float | None:
        return self.values[-1] if self.values else None

    def label(self, name: str) -> str:
        """The label's value, or the empty string, as PromQL treats an absent label."""
        for key, value in self.labels:
            if key == name:
                return value
        return ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a metric server answered to one query.

    An instant answer has one point a series. ``partial`` marks answers that leave data out (a dead Thanos store,
    VictoriaMetrics' isPartial, truncation by us): they are shown, but never settle in the store. Points younger than
    ``lateness`` seconds may still change on the server, as its source knows.
    """

    series: tuple[Series, ...]
    warnings: tuple[str, ...] = ()
    infos: tuple[str, ...] = ()
    partial: bool = False
    dropped: int = 0  # series left out by the cap
    lateness: float = 0.0
    server_time: float | None = None  # from the Date header, unix seconds, one-second resolution
    size: int = 0  # bytes of the body as it came over the wire
    samples: int | None = None  # totalQueryableSamples, when statistics were asked for
    stats: Mapping[str, object] = field(default_factory=dict)
