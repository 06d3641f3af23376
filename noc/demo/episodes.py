"""When each alert of a rule was pending, fired and resolved: the state machine of a Prometheus that had run all along.

The world is a function of time, so the conditions of a whole hour are computed once, the hour's future included (they
look back only); what is shown stops at the clock. Equal moments give equal alerts, whatever was asked before.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from noc.catalogue.rules import CONDITION, AlertRule, RecordingRule, RuleGroup
from noc.demo.promql import QueryResult, evaluate_ranges
from noc.demo.samples import SampleSource
from noc.model.alerts import WATCHDOG
from noc.model.series import Labels, labels_of

HOUR = 3600
LOOK_BACK = 5
"""Hours of conditions before a moment that decide its state: longer than any scenario keeps an alert firing."""

_HOURS_KEPT = 64
_HOURS_AT_ONCE = 12
"""How many hours are evaluated in one go: what an evaluation costs in memory grows with them."""

Points = Mapping[Labels, tuple[tuple[float, float], ...]]
"""(time, value) pairs of a condition by the labels of its series, at the steps where it holds."""


@dataclass(frozen=True, slots=True)
class Watched:
    """An alert rule with the expression its condition comes from, in its group. Seconds."""

    rule: AlertRule
    condition: str
    labels: Mapping[str, str]
    group: str
    interval: float

    @property
    def severity(self) -> str:
        return self.rule.labels.get("severity", "")


def watched(groups: Sequence[RuleGroup]) -> tuple[Watched, ...]:
    """Every alert rule; one that reads a record gets the record's own expression."""
    records: dict[tuple[str, str], RecordingRule] = {}
    out = []
    for group in groups:
        for rule in group.rules:
            if isinstance(rule, RecordingRule):
                if rule.record == CONDITION:
                    records[rule.labels["alertname"], rule.labels["severity"]] = rule
                continue
            record = records.get((rule.alert, rule.labels.get("severity", "")))
            reads = record is not None and rule.expr.startswith(CONDITION)
            expr, labels = (record.expr, record.labels) if record is not None and reads else (rule.expr, {})
            out.append(Watched(rule, expr, labels, group.name, group.interval))
    return tuple(out)


@dataclass(frozen=True, slots=True)
class Episode:
    """One life of an alert. ``fired_at`` is None for one that never got so far; ``ended_at`` for one still alive."""

    labels: Labels
    active_at: float
    fired_at: float | None
    ended_at: float | None
    values: tuple[tuple[float, float], ...]
    """(time, value) while the condition held."""
    seen: Labels = ()
    """Labels of the condition's series: what templates call ``$labels``, without the rule's own."""

    def alive(self, at: float) -> bool:
        return self.active_at <= at and (self.ended_at is None or at < self.ended_at)

    def firing(self, at: float) -> bool:
        return self.alive(at) and self.fired_at is not None and self.fired_at <= at

    def value(self, at: float) -> float:
        """The condition's value when it held last."""
        return next((value for time, value in reversed(self.values) if time <= at), self.values[0][1])

    def kept_since(self, at: float, interval: float) -> float | None:
        """Since when it fires without its condition; None while that holds."""
        last = max(time for time, _ in self.values if time <= at)
        away = last + interval
        return away if self.firing(at) and away <= at else None


class Chronicle:
    """Episodes of every rule over a source. ``zero``: since when the Watchdog is said to fire (unix seconds).

    Rules are evaluated at the multiples of their interval since 1970; an hour must be one of them.
    """

    def __init__(self, source: SampleSource, groups: Sequence[RuleGroup], zero: float) -> None:
        self._source = source
        self._zero = zero
        self.groups = tuple(groups)
        self._hours: OrderedDict[int, tuple[Points, ...]] = OrderedDict()
        self._told: OrderedDict[tuple[int, int], tuple[tuple[Episode, ...], ...]] = OrderedDict()
        self._lock = threading.Lock()

    @cached_property
    def watched(self) -> tuple[Watched, ...]:
        return watched(self.groups)

    def episodes(self, start: float, end: float) -> Sequence[tuple[Watched, tuple[Episode, ...]]]:
        """What was alive between two moments (unix seconds), by rule; the state at ``start`` is already right."""
        first, last = int(start // HOUR) - LOOK_BACK, int(end // HOUR)
        with self._lock:
            found = self._told.get((first, last))
            if found is None:
                hours = self._conditions_of(first, last)
                found = tuple(
                    tuple(self._lives(rule, [hour[index] for hour in hours], first * HOUR, (last + 1) * HOUR))
                    for index, rule in enumerate(self.watched)
                )
                self._told[first, last] = found
                while len(self._told) > 8:
                    self._told.popitem(last=False)
        return list(zip(self.watched, found, strict=True))

    def conditions(self, start: float, end: float) -> Iterator[tuple[Watched, Labels, tuple[tuple[float, float], ...]]]:
        """Where each recorded condition held between two moments, with its labels."""
        with self._lock:
            hours = self._conditions_of(int(start // HOUR), int(end // HOUR))
        for index, rule in enumerate(self.watched):
            if not rule.labels:
                continue
            series: dict[Labels, list[tuple[float, float]]] = {}
            for hour in hours:
                for labels, points in hour[index].items():
                    series.setdefault(labels, []).extend(points)
            for labels, found in series.items():
                yield rule, labels, tuple(point for point in found if start <= point[0] <= end)

    def _conditions_of(self, first: int, last: int) -> list[tuple[Points, ...]]:
        """The conditions of these hours, both inclusive, all steps of each; call it with the lock held."""
        found = {hour: self._hours[hour] for hour in range(first, last + 1) if hour in self._hours}
        for hour in range(first, last + 1):
            if hour not in found:
                until = hour
                while until < last and until + 1 not in found and until + 1 < hour + _HOURS_AT_ONCE:
                    until += 1
                found.update(self._evaluated(hour, until))
        for hour, points in sorted(found.items()):
            self._hours[hour] = points
            self._hours.move_to_end(hour)
        while len(self._hours) > _HOURS_KEPT:
            self._hours.popitem(last=False)
        return [found[hour] for hour in range(first, last + 1)]

    def _evaluated(self, first: int, last: int) -> dict[int, tuple[Points, ...]]:
        """Conditions by hour. Neighbouring hours and rules of one interval are evaluated together: most of the cost of an
        evaluation is there however short it is, and many rules look at the same rates."""
        hours: dict[int, list[Points]] = {hour: [{}] * len(self.watched) for hour in range(first, last + 1)}
        for interval in sorted({rule.interval for rule in self.watched}):
            rules = [(index, rule) for index, rule in enumerate(self.watched) if rule.interval == interval]
            results = evaluate_ranges(
                [rule.condition for _, rule in rules],
                first * HOUR,
                (last + 1) * HOUR - interval,
                interval,
                self._source,
            )
            for (index, rule), result in zip(rules, results, strict=True):
                for hour, points in _by_hour(rule, result, range(first, last + 1)):
                    hours[hour][index] = points
        return {hour: tuple(points) for hour, points in hours.items()}

    def _lives(self, rule: Watched, hours: Sequence[Points], start: float, end: float) -> Iterator[Episode]:
        series: dict[Labels, list[tuple[float, float]]] = {}
        for hour in hours:
            for labels, points in hour.items():
                series.setdefault(labels, []).extend(points)
        for labels, held in series.items():
            full = labels_of({**dict(labels), **rule.rule.labels, "alertname": rule.rule.alert})
            if rule.rule.alert == WATCHDOG:
                yield Episode(full, self._zero, self._zero, None, tuple(held), labels)
            else:
                for one in lives(full, held, rule.rule.for_, rule.rule.keep_firing_for, rule.interval, end):
                    yield replace(one, seen=labels)


def _by_hour(rule: Watched, result: QueryResult, hours: range) -> Iterator[tuple[int, Points]]:
    """A rule's condition cut at full hours; hours in which it never holds are left out."""
    edges = [hour * HOUR * 1000 for hour in (*hours, hours.stop)]
    found: dict[int, dict[Labels, tuple[tuple[float, float], ...]]] = {}
    for one in result.points:
        labels = dict(one.labels) | dict(rule.labels)
        labels.pop("__name__", None)
        named = labels_of(labels)
        points = list(zip((one.times / 1000.0).tolist(), one.values.tolist(), strict=True))
        cuts = one.times.searchsorted(edges).tolist()
        for hour, low, high in zip(hours, cuts, cuts[1:], strict=False):
            if low < high:
                found.setdefault(hour, {})[named] = tuple(points[low:high])
    yield from found.items()


def lives(
    labels: Labels, held: Sequence[tuple[float, float]], hold: float, keep: float, interval: float, end: float
) -> Iterator[Episode]:
    """The episodes of one alert whose condition held at these steps; those that reach ``end`` have no end yet."""
    run: list[tuple[float, float]] = []
    fired: float | None = None
    for point in held:
        if run:
            gap = point[0] - run[-1][0] > interval * 1.5
            over = run[-1][0] + interval + (_steps(keep, interval) if fired is not None else 0.0)
            if gap and (fired is None or over < point[0]):  # at ``over`` itself a condition that returned comes first
                yield Episode(labels, run[0][0], fired, over, tuple(run))
                run, fired = [], None
        run.append(point)
        if fired is None and point[0] - run[0][0] >= hold:
            fired = point[0]
    if run:
        over = run[-1][0] + interval + (_steps(keep, interval) if fired is not None else 0.0)
        yield Episode(labels, run[0][0], fired, over if over < end else None, tuple(run))


def _steps(seconds: float, interval: float) -> float:
    """The first evaluation at or after so many seconds."""
    return -(-seconds // interval) * interval
