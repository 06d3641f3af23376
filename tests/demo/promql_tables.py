"""Small tables of samples for the evaluator's unit tests, and a short way to ask them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from noc.demo.promql import Options, evaluate_instant, evaluate_range
from noc.demo.samples import STALE_BITS, Samples, SampleTable
from noc.model.series import labels_of

STALE = float(np.array([STALE_BITS], dtype=np.uint64).view(np.float64)[0])


def table(**series: Sequence[float]) -> SampleTable:
    """``name__label_value=[...]``: one sample every 10 s from time 1000."""
    found = []
    for key, values in series.items():
        name, *pairs = key.split("__")
        metric = {"__name__": name} | dict(pair.split("_", 1) for pair in pairs)
        times = 1000.0 + 10.0 * np.arange(len(values))
        found.append(Samples(labels_of(metric), times, np.array(values, dtype=float)))
    return SampleTable(found)


def ask(source: SampleTable, expr: str, at: float = 1050.0, **options: object) -> dict[str, float]:
    """An instant vector as ``{"name{a=1}": value}``."""
    result = evaluate_instant(expr, at, source, Options(**options))  # type: ignore[arg-type]
    return {_shown(series.labels): series.values[0] for series in result.series()}


def ask_range(
    source: SampleTable, expr: str, start: float, end: float, step: float
) -> dict[str, list[tuple[float, float]]]:
    """A matrix as ``{"name{a=1}": [(time, value), ...]}``."""
    result = evaluate_range(expr, start, end, step, source)
    return {_shown(one.labels): list(zip(one.times, one.values, strict=True)) for one in result.series()}


def _shown(labels: tuple[tuple[str, str], ...]) -> str:
    name = dict(labels).get("__name__", "")
    return name + "{" + ",".join(f"{key}={value}" for key, value in labels if key != "__name__") + "}"
