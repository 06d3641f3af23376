"""Queries answered: lines or samples, from a text and a span of time. Times are unix nanoseconds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from noc.catalogue.logql.syntax import Grouping, LogQuery, Metric, RangeAggregation, VectorAggregation
from noc.demo.logql.engine import Evaluator
from noc.demo.logql.extraction import Extracted, Extractor, Times, matchers
from noc.demo.logql.fault import SERIES, LimitError, written
from noc.demo.logql.kept import Kept
from noc.demo.logql.row import Row
from noc.demo.logql.source import LineSource
from noc.demo.logql.stages import Pipeline
from noc.demo.promql.values import Floats, Scalar, Vector
from noc.model.logs import SECOND
from noc.model.series import Labels

_FIRST_LOOK = 60 * SECOND


@dataclass
class Tally:
    """What it cost: lines and bytes looked at."""

    lines: int = 0
    bytes: int = 0

    def add(self, found: Extracted) -> None:
        self.lines += found.lines
        self.bytes += found.bytes


@dataclass(frozen=True)
class Points:
    """One series: the times of its points, ascending, and their values."""

    labels: Labels
    times: Times
    values: Floats


@dataclass
class Reader:
    """Answers from one source. With ``kept``, samples of lines before ``settled`` (nanoseconds) are kept for the next query."""

    source: LineSource
    kept: Kept | None = None
    settled: int = 0
    tally: Tally = field(default_factory=Tally)

    def oldest(self, query: LogQuery, start: int, end: int) -> Iterator[Row]:
        """Rows that pass the pipeline, with start <= at < end, oldest first; nothing is read that is not asked for."""
        selector, pipeline = matchers(query.matchers), Pipeline(query.stages)
        streams: dict[Labels, dict[str, str]] = {}
        for line in self.source.lines(selector, start, end):
            self.tally.lines += 1
            self.tally.bytes += len(line.text)
            if pipeline.takes(line.text):
                row = Row(line, streams.setdefault(line.labels, dict(line.labels)))
                if pipeline.passes(row):
                    yield row

    def newest(self, query: LogQuery, start: int, end: int, limit: int) -> list[Row]:
        """The newest ``limit`` rows, newest first: looked for backwards, each time twice as far."""
        rows: list[Row] = []
        length, until = _FIRST_LOOK, end
        while until > start and len(rows) < limit:
            since = max(start, until - length)
            rows.extend(reversed(list(self.oldest(query, since, until))))
            until, length = since, length * 2
        return rows[:limit]

    def samples(self, expr: Metric, steps: Times) -> Scalar | Vector:
        """A metric query's value at every step."""
        with np.errstate(all="ignore"):
            return Evaluator(steps, self._read).value(expr)

    def _read(self, node: RangeAggregation, grouping: Grouping | None, summed: bool, start: int, end: int) -> Extracted:
        extractor = Extractor(node, grouping, summed=summed)
        if self.kept is None:
            found = extractor.run(self.source, start, end)
        else:
            key = (node.op, node.query, node.unwrap, grouping, summed)
            found = self.kept.read(key, partial(extractor.run, self.source), start, end, self.settled)
        self.tally.add(found)
        return found


def points(value: Scalar | Vector, steps: Times) -> list[Points]:
    """Series with their points, ordered by their labels as Loki writes them; raises LimitError."""
    if isinstance(value, Scalar):
        return [Points((), steps, value.values)]
    if len(value.labels) > SERIES:
        raise LimitError
    found = [
        Points(labels, steps[present], values[present])
        for labels, values, present in zip(value.labels, value.values, value.present, strict=True)
        if present.any()
    ]
    return sorted(found, key=lambda one: written(one.labels))


def ordered(expr: Metric, found: list[Points]) -> list[Points]:
    """An instant answer in the order it is shown: by labels, or by value under ``sort`` and ``sort_desc``."""
    if isinstance(expr, VectorAggregation) and expr.op in ("sort", "sort_desc"):
        return sorted(found, key=lambda one: float(one.values[0]), reverse=expr.op == "sort_desc")
    return found
