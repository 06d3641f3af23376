"""Whether the demo's evaluator and a real Prometheus answer alike: same label sets, same times, values within 1e-9.

Any list of expressions can be run over any samples: start ``prometheus_with_history(samples)`` and call ``compare_*`` for each.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import orjson

from noc.demo.prometheus import PrometheusApi
from noc.demo.samples import Samples, SampleTable
from noc.model.clock import FixedClock
from noc.model.series import Labels, labels_of

TOLERANCE = 1e-9
BORDER = re.compile(r"(?:[<>]=?|[=!]=)\s*(-?[0-9.]+(?:e[+-]?[0-9]+)?)\b")
"""The number that an expression compares with."""


@dataclass(frozen=True)
class Pair:
    """A real server and the demo's API over the same samples. ``url`` is the real one's."""

    url: str
    api: PrometheusApi
    client: httpx.Client

    def ask(self, endpoint: str, **params: str) -> tuple[dict[str, object], dict[str, object]]:
        """Both answers to one request, the real one first."""
        real = orjson.loads(self.client.post(f"{self.url}/api/v1/{endpoint}", data=params).content)
        reply = self.api.handle("POST", f"/api/v1/{endpoint}", {name: [value] for name, value in params.items()})
        return real, orjson.loads(reply.body)


@contextmanager
def paired(url: str, samples: Sequence[Samples], now: float | None = None) -> Iterator[Pair]:
    """The demo's API over ``samples`` beside the server at ``url``; its clock stands at ``now``, by default a day after them."""
    at = max(float(series.times[-1]) for series in samples) + 86400 if now is None else now
    with httpx.Client(timeout=30) as client:
        yield Pair(url, PrometheusApi(SampleTable(samples), FixedClock(at)), client)


def compare_instant(pair: Pair, expr: str, at: float, *, ordered: bool = False) -> None:
    """Assert that both answer an instant query alike, errors included; ``ordered``: series in the same order too."""
    _compare(*pair.ask("query", query=expr, time=f"{at:.3f}"), f"{expr} @ {at}", ordered=ordered)


def compare_range(pair: Pair, expr: str, start: float, end: float, step: float) -> None:
    """Assert that both answer a range query alike, errors and the order of series included."""
    answers = pair.ask("query_range", query=expr, start=f"{start:.3f}", end=f"{end:.3f}", step=f"{step}")
    _compare(*answers, f"{expr} from {start} to {end} by {step}", ordered=True)


def _compare(real: dict, ours: dict, what: str, *, ordered: bool) -> None:
    assert ours["status"] == real["status"], f"{what}: real {_brief(real)}, ours {_brief(ours)}"
    if real["status"] == "error":
        assert ours["errorType"] == real["errorType"], what
        if "parse error" not in real["error"]:  # the parsers word and place those differently
            assert _stable(ours["error"]) == _stable(real["error"]), what
        return
    assert ours["data"]["resultType"] == real["data"]["resultType"], what
    kind, expected, got = real["data"]["resultType"], real["data"]["result"], ours["data"]["result"]
    if kind in ("scalar", "string"):
        expected, got = [{"metric": {}, "value": expected}], [{"metric": {}, "value": got}]
    expected_labels, got_labels = [labels_of(s["metric"]) for s in expected], [labels_of(s["metric"]) for s in got]
    assert len(set(got_labels)) == len(got_labels), f"{what}: a label set twice"
    if ordered:
        assert got_labels == expected_labels, what
    else:
        assert sorted(got_labels) == sorted(expected_labels), what
    series = dict(zip(got_labels, got, strict=True))
    for labels, one in zip(expected_labels, expected, strict=True):
        _compare_points(_points(one), _points(series[labels]), labels, what, kind)


def _stable(error: str) -> str:
    """An error without the label sets it names: in a range query Prometheus goes through series in random order."""
    return re.sub(r"\{.*\}", "", error)


def _points(series: dict) -> list[tuple[float, str]]:
    return series["values"] if "values" in series else [series["value"]]


def _compare_points(expected: list, got: list, labels: Labels, what: str, kind: str) -> None:
    both = {time for time, _ in expected} & {time for time, _ in got}
    borders = [float(number) for number in BORDER.findall(what)]
    for time, value in (*expected, *got):  # one bit decides which side of a threshold a quotient of equal sums falls on
        near = time in both or any(alike(border, float(value)) for border in borders)
        assert near, f"{what}: only one has {dict(labels)} at {time}: {value}"
    expected, got = ([point for point in points if point[0] in both] for points in (expected, got))
    assert [time for time, _ in got] == [time for time, _ in expected], f"{what}: times of {dict(labels)}"
    for (time, value), (_, ours) in zip(expected, got, strict=True):
        same = ours == value if kind == "string" else alike(float(value), float(ours))
        assert same, f"{what}: {dict(labels)} at {time}: real {value}, ours {ours}"


def alike(expected: float, got: float) -> bool:
    """Equal within 1e-9 relatively; NaN equals NaN, infinities must agree in sign."""
    if math.isnan(expected) or math.isnan(got):
        return math.isnan(expected) and math.isnan(got)
    return expected == got or math.isclose(expected, got, rel_tol=TOLERANCE, abs_tol=1e-300)


def _brief(answer: dict) -> str:
    return str(answer)[:300]
