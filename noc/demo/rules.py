"""The rules of the catalogue running on the embedded world: what its Prometheus shows, records and sends (2.42)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote_plus

import numpy as np

from noc.catalogue.rules import CONDITION, AlertRule, RecordingRule, Rule, RuleGroup
from noc.demo import gotime
from noc.demo.episodes import Chronicle, Episode, Watched
from noc.demo.goformat import sample_value
from noc.demo.promql import evaluate_range
from noc.demo.received import ReceivedAlert
from noc.demo.samples import STALE_BITS, LabelMatcher, Samples, SampleSource, selected
from noc.model.errors import QueryError
from noc.model.series import Labels, labels_of

RESENT = timedelta(minutes=4)
"""How far ahead Prometheus dates the end of an alert it sends (alerts.md 4)."""

_STALE = float(np.array([STALE_BITS], dtype=np.uint64).view(np.float64)[0])
_OWN = ("ALERTS", "ALERTS_FOR_STATE", CONDITION)


class RunningRules:
    """Rule groups over a chronicle: the API's lists, the series rules write, the alerts that are sent."""

    def __init__(self, chronicle: Chronicle, url: str = "http://demo:9090") -> None:
        self.chronicle = chronicle
        self._url = url

    # -- as the API shows them

    def groups(self, now: float) -> Sequence[Mapping[str, object]]:
        """``/api/v1/rules``."""
        alive = self._alive(now)
        return [self._group(group, alive, now) for group in self.chronicle.groups]

    def alerts(self, now: float) -> Sequence[Mapping[str, object]]:
        """``/api/v1/alerts``."""
        return [_alert_json(rule, one, now) for rule, found in self._alive(now) for one in found]

    def _alive(self, now: float) -> list[tuple[Watched, list[Episode]]]:
        return [(rule, [one for one in found if one.alive(now)]) for rule, found in self.chronicle.episodes(now, now)]

    def _group(
        self, group: RuleGroup, alive: Sequence[tuple[Watched, list[Episode]]], now: float
    ) -> Mapping[str, object]:
        last = gotime.nanoseconds(now // group.interval * group.interval)
        by_rule = {id(rule.rule): (rule, found) for rule, found in alive}
        return {
            "name": group.name,
            "file": "/etc/prometheus/rules.yml",
            "rules": [_rule_json(rule, by_rule.get(id(rule)), last, now) for rule in group.rules],
            "interval": group.interval,
            "limit": 0,
            "evaluationTime": 0.001 * len(group.rules),
            "lastEvaluation": last,
        }

    # -- what is sent

    def sent(self, now: float) -> Sequence[ReceivedAlert]:
        """What an Alertmanager has been sent by now: firing alerts, their end four minutes after the last evaluation."""
        out = []
        for rule, found in self._alive(now):
            at = gotime.utc(now // rule.interval * rule.interval)
            for one in found:
                if one.firing(now) and one.fired_at is not None:
                    out.append(
                        ReceivedAlert(
                            one.labels,
                            gotime.utc(one.fired_at),
                            at + RESENT,
                            at,
                            labels_of(expanded(rule.rule.annotations, one.seen, one.value(now))),
                            f"{self._url}/graph?g0.expr={quote_plus(rule.rule.expr)}&g0.tab=1",
                        )
                    )
        return out

    # -- what rules write

    def names(self) -> tuple[str, ...]:
        """Names of the series that rules write."""
        records = [
            rule.record for group in self.chronicle.groups for rule in group.rules if isinstance(rule, RecordingRule)
        ]
        return tuple(dict.fromkeys((*_OWN, *records)))

    def samples(self, name: str, start: float, end: float, source: SampleSource) -> list[Samples]:
        """The series of one of these names between two moments."""
        if name == CONDITION:
            return list(self._conditions(start, end))
        if name == "ALERTS":
            return [
                one for rule, found in self.chronicle.episodes(start, end) for one in _alerts(rule, found, start, end)
            ]
        if name == "ALERTS_FOR_STATE":
            return [
                one
                for rule, found in self.chronicle.episodes(start, end)
                for one in _for_state(rule, found, start, end)
            ]
        for group in self.chronicle.groups:
            for rule in group.rules:
                if isinstance(rule, RecordingRule) and rule.record == name:
                    return _recorded(rule, group.interval, start, end, source)
        return []

    def _conditions(self, start: float, end: float) -> list[Samples]:
        out = []
        for rule, labels, points in self.chronicle.conditions(start, end):
            if points:
                named = labels_of({**dict(labels), "__name__": CONDITION})
                out.append(_marked(named, points, rule.interval, end))
        return out


@dataclass(frozen=True)
class RuledSource:
    """A world together with what its rules write, as one database."""

    world: SampleSource
    rules: RunningRules

    def select(self, matchers: Sequence[LabelMatcher], start: float, end: float) -> list[Samples]:
        """All matching series of both; rules are evaluated only where their names can match."""
        out = self.world.select(matchers, start, end)
        named = [matcher for matcher in matchers if matcher.name == "__name__"]
        for name in self.rules.names():
            if named and all(matcher.matches(name) for matcher in named):
                found = self.rules.samples(name, start, end, self)
                out += [one for one in found if selected(one.labels, matchers)]
        return out

    def label_names(self) -> set[str]:
        return self.world.label_names() | {"alertname", "alertstate", "severity", "category"}

    def series(self, matchers: Sequence[LabelMatcher], start: float, end: float) -> list[Labels]:
        out = list(self.world.series(matchers, start, end))
        named = [matcher for matcher in matchers if matcher.name == "__name__"]
        for name in self.rules.names():
            if all(matcher.matches(name) for matcher in named):
                found = self.rules.samples(name, start, end, self)
                out += [one.labels for one in found if selected(one.labels, matchers)]
        return out


def _grid(start: float, end: float, interval: float) -> list[float]:
    first = -(-start // interval) * interval
    return [first + index * interval for index in range(int((end - first) // interval) + 1)] if end >= first else []


def _marked(labels: Labels, points: Sequence[tuple[float, float]], interval: float, end: float) -> Samples:
    """Samples with a stale marker after each run that ends before ``end``: what a rule no longer writes is gone at once."""
    times: list[float] = []
    values: list[float] = []
    for index, (at, value) in enumerate(points):
        times.append(at)
        values.append(value)
        after = points[index + 1][0] if index + 1 < len(points) else math.inf
        if after > at + interval * 1.5 and at + interval <= end:
            times.append(at + interval)
            values.append(_STALE)
    return Samples(labels, np.array(times), np.array(values))


def _alerts(rule: Watched, found: Sequence[Episode], start: float, end: float) -> list[Samples]:
    """``ALERTS``: 1 while pending, and as another series while firing."""
    points: dict[Labels, list[tuple[float, float]]] = {}
    for one in found:
        for at in _grid(max(start, one.active_at), min(end, one.ended_at or math.inf), rule.interval):
            if one.alive(at):
                state = "firing" if one.firing(at) else "pending"
                named = labels_of({**dict(one.labels), "__name__": "ALERTS", "alertstate": state})
                points.setdefault(named, []).append((at, 1.0))
    return [_marked(labels, sorted(held), rule.interval, end) for labels, held in points.items()]


def _for_state(rule: Watched, found: Sequence[Episode], start: float, end: float) -> list[Samples]:
    """``ALERTS_FOR_STATE``: since when an alert is active, in whole unix seconds."""
    points: dict[Labels, list[tuple[float, float]]] = {}
    for one in found:
        named = labels_of({**dict(one.labels), "__name__": "ALERTS_FOR_STATE"})
        for at in _grid(max(start, one.active_at), min(end, one.ended_at or math.inf), rule.interval):
            if one.alive(at):
                points.setdefault(named, []).append((at, float(int(one.active_at))))
    return [_marked(labels, sorted(held), rule.interval, end) for labels, held in points.items()]


def _recorded(rule: RecordingRule, interval: float, start: float, end: float, source: SampleSource) -> list[Samples]:
    grid = _grid(start, end, interval)
    if not grid:
        return []
    result = evaluate_range(rule.expr, grid[0], grid[-1], interval, source)
    out = []
    for one in result.points:
        labels = labels_of({**dict(one.labels), **rule.labels, "__name__": rule.record})
        points = list(zip((one.times / 1000.0).tolist(), one.values.tolist(), strict=True))
        out.append(_marked(labels, points, interval, end))
    return out


# -- as JSON


def _rule_json(rule: Rule, alive: tuple[Watched, list[Episode]] | None, last: str, now: float) -> dict[str, Any]:
    common: dict[str, Any] = {"health": "ok", "evaluationTime": 0.001, "lastEvaluation": last}
    if not isinstance(rule, AlertRule):
        labels = {"labels": dict(rule.labels)} if rule.labels else {}
        return {"name": rule.record, "query": rule.expr, **labels, **common, "type": "recording"}
    found = [_alert_json(alive[0], one, now) for one in alive[1]] if alive else []
    state = "firing" if any(one["state"] == "firing" for one in found) else "pending" if found else "inactive"
    return {
        "state": state,
        "name": rule.alert,
        "query": rule.expr,
        "duration": rule.for_,
        "keepFiringFor": rule.keep_firing_for,
        "labels": dict(rule.labels),
        "annotations": dict(rule.annotations),
        "alerts": found,
        **common,
        "type": "alerting",
    }


def _alert_json(rule: Watched, one: Episode, now: float) -> dict[str, Any]:
    out: dict[str, Any] = {
        "labels": dict(one.labels),
        "annotations": expanded(rule.rule.annotations, one.seen, one.value(now)),
        "state": "firing" if one.firing(now) else "pending",
        "activeAt": gotime.nanoseconds(one.active_at),
        "value": _go_value(one.value(now)),
    }
    kept = one.kept_since(now, rule.interval)
    return {**out, "keepFiringSince": gotime.nanoseconds(kept)} if kept is not None else out


def _go_value(value: float) -> str:
    """As the API writes an alert's value: Go's ``%e`` with the fewest digits."""
    if not math.isfinite(value):
        return sample_value(value)
    return next(
        found for precision in range(18) if float(found := f"{value:.{precision}e}") == value or precision == 17
    )


# -- annotations


_EXPRESSION = re.compile(r"\{\{\s*(.*?)\s*\}\}")
_LABEL = re.compile(r"\$labels\.([A-Za-z_]\w*)")
_PRINTF = re.compile(r'printf "%\.(\d)f"')


def expanded(annotations: Mapping[str, str], labels: Labels, value: float) -> dict[str, str]:
    """Annotations with their templates filled; QueryError for what noc's rules never use."""
    known = dict(labels)
    return {
        name: _EXPRESSION.sub(lambda found: _filled(found[1], known, value), text) for name, text in annotations.items()
    }


def _filled(text: str, labels: Mapping[str, str], value: float) -> str:
    head, *pipes = [part.strip() for part in text.split("|")]
    label = _LABEL.fullmatch(head)
    if label is not None and not pipes:
        return labels.get(label[1], "")
    if head == "$value" and not pipes:
        return _plain(value)
    if head == "$value" and len(pipes) == 1:
        printf = _PRINTF.fullmatch(pipes[0])
        if printf is not None:
            return _go(value, f".{printf[1]}f")
        if pipes[0] in _PIPES:
            return _PIPES[pipes[0]](value)
    raise QueryError(f"the demo does not fill the template {{{{ {text} }}}}")


def _go(value: float, form: str) -> str:
    """A format that Go and Python share, but for what is not finite."""
    return format(value, form) if math.isfinite(value) else sample_value(value)


def _plain(value: float) -> str:
    """Go's ``%v``: the fewest digits that are this number, with an exponent from a million on and below 0.0001."""
    text = _go_value(value)
    if not math.isfinite(value):
        return text
    digits, exponent = len(text.partition("e")[0].lstrip("-").replace(".", "")), int(text.partition("e")[2])
    return text if exponent < -4 or exponent >= 6 else f"{value:.{max(digits - 1 - exponent, 0)}f}"


def _percentage(value: float) -> str:
    return f"{_go(value * 100, '.4g')}%"


def _humanized(value: float) -> str:
    """Go's humanizeDuration."""
    if not math.isfinite(value):
        return _go(value, ".4g")
    if value == 0:
        return "0s"
    if abs(value) >= 1:
        whole, sign = int(abs(value)), "-" if value < 0 else ""
        seconds, minutes = whole % 60, whole // 60 % 60
        hours, days = whole // 3600 % 24, whole // 86400
        if days:
            return f"{sign}{days}d {hours}h {minutes}m {seconds}s"
        if hours:
            return f"{sign}{hours}h {minutes}m {seconds}s"
        if minutes:
            return f"{sign}{minutes}m {seconds}s"
        return f"{sign}{abs(value):.4g}s"
    prefix = ""
    for prefix in ("m", "u", "n", "p", "f", "a", "z", "y"):  # noqa: B007  the one it ends on is the answer
        value *= 1000
        if abs(value) >= 1:
            break
    return f"{value:.4g}{prefix}s"


_PIPES: dict[str, Callable[[float], str]] = {"humanizePercentage": _percentage, "humanizeDuration": _humanized}
