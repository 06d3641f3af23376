"""Samples out of lines: what a range aggregation counts, one series for each label set it tells apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from noc.catalogue.logql import LogQLError
from noc.catalogue.logql.syntax import Grouping, Matcher, RangeAggregation, Unwrap
from noc.demo.goregexp import complaint
from noc.demo.logql import conditions, gonumber
from noc.demo.logql.row import Row
from noc.demo.logql.source import LineSource
from noc.demo.logql.stages import Pipeline, hinted, required
from noc.demo.samples import LabelMatcher
from noc.model.logs import LogLine
from noc.model.series import Labels

FAULT = "SampleExtractionErr"

Times = NDArray[np.int64]
Values = NDArray[np.float64]

_READERS: dict[str, Callable[[str], float]] = {
    "": gonumber.number,
    "bytes": gonumber.size,
    "duration": gonumber.seconds,
    "duration_seconds": gonumber.seconds,
}
_BYTES = ("bytes_over_time", "bytes_rate")


@dataclass
class Extracted:
    """Samples by series: nanoseconds, ascending, and values. ``faults`` are lines that a stage could not read, in order.

    ``lines`` and ``bytes`` count everything that was looked at.
    """

    series: dict[Labels, tuple[Times, Values]] = field(default_factory=dict)
    faults: list[tuple[int, Labels]] = field(default_factory=list)
    lines: int = 0
    bytes: int = 0


def matchers(selector: Sequence[Matcher]) -> list[LabelMatcher]:
    """A selector as the sources of lines take it; raises LogQLError for an expression that is none."""
    for one in selector:
        words = complaint(one.value, whole=True) if one.op in ("=~", "!~") else ""
        if words:
            raise LogQLError(words)
    return [LabelMatcher(one.name, one.op, one.value) for one in selector]


class Extractor:
    """Reads the samples of one range aggregation. ``grouping`` is the aggregation's own, or that of the sum around it.

    Windows and offset do not matter here: the samples of a span are the same for all of them.
    """

    def __init__(self, node: RangeAggregation, grouping: Grouping | None, *, summed: bool = False) -> None:
        self.matchers = matchers(node.query.matchers)
        self._pipeline = Pipeline(node.query.stages, _wanted(node, grouping, summed=summed))
        self._unwrap = node.unwrap
        self._filters = [conditions.test(one) for one in node.unwrap.filters] if node.unwrap else []
        self._read = _READERS[node.unwrap.conversion] if node.unwrap else gonumber.number
        self._bytes = node.op in _BYTES
        self._keys = _Keys(grouping, node.unwrap, summed=summed)

    def run(self, source: LineSource, start: int, end: int) -> Extracted:
        """Samples of lines with start <= at < end."""
        found = Extracted()
        takes, tests = self._pipeline.takes, self._pipeline.text_tests
        plain = self._unwrap is None and not self._pipeline.row_tests
        streams: dict[Labels, dict[str, str]] = {}
        gathered: dict[Labels, tuple[list[int], list[float]]] = {}
        for line in source.lines(self.matchers, start, end):
            found.lines += 1
            found.bytes += len(line.text)
            if tests and not takes(line.text):
                continue
            stream = streams.get(line.labels)
            if stream is None:
                stream = streams[line.labels] = dict(line.labels)
            if plain:
                key, value = self._keys.of_line(line, stream), _size(line.text) if self._bytes else 1.0
            else:
                row = Row(line, stream)
                sample = self._sample(row)
                if sample is None:
                    continue
                if row.error:
                    found.faults.append((line.at, row.labels()))
                    continue
                key, value = self._keys.of_row(row), sample
            held = gathered.get(key)
            if held is None:
                held = gathered[key] = ([], [])
            held[0].append(line.at)
            held[1].append(value)
        found.series = {key: (np.array(at, np.int64), np.array(values)) for key, (at, values) in gathered.items()}
        return found

    def _sample(self, row: Row) -> float | None:
        """A row's value, or None where it does not count."""
        if not self._pipeline.passes(row):
            return None
        if self._unwrap is None:
            return _size(row.text) if self._bytes else 1.0
        text, value = row.get(self._unwrap.name), 0.0
        if not text:
            return None
        try:
            value = self._read(text)
        except ValueError as fault:
            row.fail(FAULT, str(fault))
        return value if all(passes(row) for passes in self._filters) else None


def _size(text: str) -> float:
    return float(len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass")))


def _wanted(node: RangeAggregation, grouping: Grouping | None, *, summed: bool) -> frozenset[str] | None:
    """The labels that the query needs, None where it needs all: Loki's hints to its parsers."""
    names = list(required(node.query.stages))
    if node.unwrap is not None:
        names += [node.unwrap.name, *(name for one in node.unwrap.filters for name in conditions.names(one))]
    if node.op == "absent_over_time" or (summed and grouping == Grouping()):
        return hinted(names)
    if grouping is None or grouping.without or not grouping.names:
        return None
    return hinted([*names, *grouping.names])


class _Keys:
    """Which series a line belongs to."""

    def __init__(self, grouping: Grouping | None, unwrap: Unwrap | None, *, summed: bool) -> None:
        self._by: tuple[str, ...] | None = None
        self._without: frozenset[str] = frozenset()
        if grouping is not None and not grouping.without and (grouping.names or summed):
            self._by = tuple(sorted(set(grouping.names)))
        else:
            dropped = grouping.names if grouping is not None and grouping.without else ()
            self._without = frozenset((*dropped, *([unwrap.name] if unwrap else ())))
        self._known: dict[object, Labels] = {}

    def of_line(self, line: LogLine, stream: dict[str, str]) -> Labels:
        """For a line that no stage has changed."""
        if self._by is None:
            key: object = (line.labels, line.metadata)
            known = self._known.get(key)
            if known is None:
                known = self._known[key] = self.of_row(Row(line, stream))
            return known
        if not self._by:
            return ()
        beside = dict(line.metadata)
        return self._named(tuple((beside.get(name) if name not in stream else stream[name]) or "" for name in self._by))

    def of_row(self, row: Row) -> Labels:
        if self._by is None:
            return tuple(pair for pair in row.labels() if pair[0] not in self._without)
        return self._named(tuple(row.get(name) or "" for name in self._by))

    def _named(self, values: tuple[str, ...]) -> Labels:
        known = self._known.get(values)
        if known is None:
            pairs = zip(self._by or (), values, strict=True)
            known = self._known[values] = tuple((name, value) for name, value in pairs if value)
        return known
