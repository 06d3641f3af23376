"""The demo's Prometheus: the HTTP API of version 2.42 over a SampleSource, as pure functions of request and clock.

``handle`` takes method, path and parameters and returns status, headers and body; ``noc.demo.server`` puts it on a
port. Its clock is the demo's: the Date header, the default query time and the newest visible sample all follow it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from noc.demo import encoding
from noc.demo.encoding import Reply, failure, success, text_reply
from noc.demo.failing import Failure, healthy, refusal
from noc.demo.parameters import BadParameter, Params, Range, duration, first, moment
from noc.demo.promql import (
    Edges,
    ExecutionError,
    Options,
    ParseError,
    UnsupportedError,
    evaluate_instant,
    evaluate_range,
    syntax,
)
from noc.demo.promql.labelset import value_of
from noc.demo.samples import LabelMatcher, Samples, SampleSource
from noc.model.clock import Clock
from noc.model.errors import QueryError
from noc.model.ports import Metadata, Target
from noc.model.series import Labels

RuleGroups = Callable[[float], Sequence[Mapping[str, object]]]
"""Rule groups, or alerts, as the API shows them at a time (unix seconds)."""


def no_rules(_now: float) -> Sequence[Mapping[str, object]]:
    return ()


@dataclass(frozen=True)
class UntilNow:
    """A source without the future: a world that is a function of time knows tomorrow, a database does not."""

    source: SampleSource
    now: float

    def select(self, matchers: Sequence[LabelMatcher], start: float, end: float) -> list[Samples]:
        return self.source.select(matchers, start, min(end, self.now)) if start <= self.now else []

    def label_names(self) -> set[str]:
        return self.source.label_names()

    def series(self, matchers: Sequence[LabelMatcher], start: float, end: float) -> list[Labels]:
        return self.source.series(matchers, start, min(end, self.now)) if start <= self.now else []


@dataclass(frozen=True)
class PrometheusApi:
    """One emulated server.

    ``scrape_interval`` and ``retention`` are seconds; label and series look-ups without a range search the retention.
    ``fail``, ``rules``, ``alerts`` and ``targets`` are asked with the clock's time at every request; without ``targets`` the
    series ``up`` tell.
    """

    source: SampleSource
    clock: Clock
    scrape_interval: float = 15.0
    edges: Edges = "2.x"
    metadata: Mapping[str, Metadata] = field(default_factory=dict)
    rules: RuleGroups = no_rules
    alerts: RuleGroups = no_rules
    targets: Callable[[float], Sequence[Target]] | None = None
    fail: Callable[[float], Failure] = healthy
    evaluation_interval: float = 60.0
    retention: float = 86400.0
    version: str = "2.42.0"

    def handle(self, method: str, path: str, params: Params) -> Reply:
        """Answer one request; never raises for what a client can send."""
        now = self.clock.now()
        refused = refusal(self.fail(now), now)
        if refused is not None:
            return refused
        endpoint, methods, params = self._route(path, params)
        if endpoint is None:
            return text_reply(404, "404 page not found\n", now)
        if method not in methods:
            return text_reply(405, "Method Not Allowed\n", now, Allow=", ".join(sorted((*methods, "OPTIONS"))))
        return self._answer(endpoint, params, now)

    def _answer(self, endpoint: Endpoint, params: Params, now: float) -> Reply:
        try:
            data = endpoint(self, params, now)
        except (ExecutionError, UnsupportedError) as fault:
            return failure(422, "execution", str(fault), now)
        except ParseError as fault:
            return failure(400, "bad_data", f"1:1: parse error: {fault}", now)
        except QueryError as fault:
            return failure(400, "bad_data", str(fault), now)
        return data if isinstance(data, Reply) else success(data, now)

    def _route(self, path: str, params: Params) -> tuple[Endpoint | None, tuple[str, ...], Params]:
        if path in _PROBES:
            return _PROBES[path], ("GET", "HEAD"), params
        if not path.startswith("/api/v1/"):
            return None, (), params
        rest = path.removeprefix("/api/v1/")
        parts = rest.split("/")
        if len(parts) == 3 and (parts[0], parts[2]) == ("label", "values") and parts[1]:
            return _label_values, ("GET",), {**params, "name": [parts[1]]}
        return _ENDPOINTS.get(rest), ("GET", "POST") if rest in _FORMS else ("GET",), params

    def options(self) -> Options:
        return Options(edges=self.edges, subquery_step=self.evaluation_interval)

    def targets_by_up(self, now: float) -> list[Target]:
        """Scrape targets and their health as the newest ``up`` has them."""
        up = evaluate_instant("up", now, self.visible(now), self.options())
        return [
            _target_of(points.labels, up=bool(points.values[0]), interval=self.scrape_interval) for points in up.points
        ]

    def visible(self, now: float) -> UntilNow:
        return UntilNow(self.source, now)

    def series(self, matchers: Sequence[LabelMatcher], params: Params, now: float) -> list[Labels]:
        """Series with samples between the parameters ``start`` and ``end``."""
        start, end = moment(params, "start", now - self.retention), moment(params, "end", now)
        return self.visible(now).series(matchers, start, end) if start <= end else []


Endpoint = Callable[[PrometheusApi, Params, float], object]


def _query(api: PrometheusApi, params: Params, now: float) -> object:
    at = moment(params, "time", now)
    _check_timeout(params)
    try:
        result = evaluate_instant(first(params, "query"), at, api.visible(now), api.options())
    except ParseError as fault:
        raise BadParameter("query", f"1:1: parse error: {fault}") from fault
    return encoding.query_data(result)


def _query_range(api: PrometheusApi, params: Params, now: float) -> object:
    span = Range.of(params)
    _check_timeout(params)
    result = evaluate_range(first(params, "query"), span.start, span.end, span.step, api.visible(now), api.options())
    return encoding.query_data(result)


def _check_timeout(params: Params) -> None:
    """The demo answers faster than any timeout, but refuses a malformed one."""
    if first(params, "timeout"):
        duration(params, "timeout")


def _selectors(params: Params) -> list[tuple[LabelMatcher, ...]]:
    found = []
    for text in params.get("match[]", ()):
        try:
            found.append(syntax.series_selector(text))
        except ParseError as fault:
            raise BadParameter("match[]", f"1:1: parse error: {fault}") from fault
    return found


def _matched(api: PrometheusApi, params: Params, now: float, *extra: LabelMatcher) -> set[Labels]:
    found: set[Labels] = set()
    for matchers in _selectors(params) or [()]:
        found.update(api.series((*matchers, *extra), params, now))
    return found


def _labels(api: PrometheusApi, params: Params, now: float) -> object:
    if not any(params.get(name) for name in ("match[]", "start", "end")):
        return sorted(api.source.label_names())
    return sorted({name for labels in _matched(api, params, now) for name, _ in labels})


def _label_values(api: PrometheusApi, params: Params, now: float) -> object:
    name = first(params, "name")
    if not syntax.is_label_name(name):
        raise QueryError(f'invalid label name: "{name}"')
    found = _matched(api, params, now, LabelMatcher(name, "!=", ""))
    return sorted({value_of(labels, name) for labels in found})


def _series(api: PrometheusApi, params: Params, now: float) -> object:
    if not params.get("match[]"):
        raise QueryError("no match[] parameter provided")
    return [dict(labels) for labels in sorted(_matched(api, params, now))]


def _metadata(api: PrometheusApi, params: Params, now: float) -> object:
    wanted, text = first(params, "metric"), first(params, "limit")
    limit = -1
    if text:
        try:
            limit = int(text)
        except ValueError as fault:
            raise QueryError("limit must be a number") from fault
    names = [name for name in sorted(api.metadata) if wanted in ("", name)]
    return {
        name: [{"type": entry.type, "help": entry.help, "unit": entry.unit}]
        for name in (names if limit < 0 else names[:limit])
        for entry in (api.metadata[name],)
    }


def _targets(api: PrometheusApi, params: Params, now: float) -> object:
    shown = first(params, "state").lower() != "dropped"
    targets = [_target(target, now) for target in (api.targets or api.targets_by_up)(now)] if shown else []
    return {"activeTargets": targets, "droppedTargets": []}


def _target_of(labels: Labels, *, up: bool, interval: float) -> Target:
    job, instance = value_of(labels, "job"), value_of(labels, "instance")
    error = "" if up else f'Get "http://{instance}/metrics": dial tcp {instance}: connect: connection refused'
    return Target(job, instance, "up" if up else "down", error, interval)


def _target(target: Target, now: float) -> Mapping[str, object]:
    url = f"http://{target.instance}/metrics"
    interval = f"{target.interval:g}s"
    discovered = {
        "__address__": target.instance,
        "__metrics_path__": "/metrics",
        "__scheme__": "http",
        "__scrape_interval__": interval,
        "__scrape_timeout__": interval,
        "job": target.job,
    }
    return {
        "discoveredLabels": discovered,
        "labels": {"instance": target.instance, "job": target.job},
        "scrapePool": target.job,
        "scrapeUrl": url,
        "globalUrl": url,
        "lastError": target.error,
        "lastScrape": datetime.fromtimestamp(now - now % target.interval, UTC).isoformat().replace("+00:00", "Z"),
        "lastScrapeDuration": 0.01,
        "health": target.health,
        "scrapeInterval": interval,
        "scrapeTimeout": interval,
    }


def _rules(api: PrometheusApi, params: Params, now: float) -> object:
    kind = first(params, "type").lower()
    if kind not in ("", "alert", "record"):
        raise BadParameter("type", f'not supported value "{kind}"')
    wanted = {"alert": ("alerting",), "record": ("recording",)}.get(kind, ("alerting", "recording"))
    groups = []
    for group in api.rules(now):
        rules = group.get("rules")
        kept = [rule for rule in rules if rule.get("type") in wanted] if isinstance(rules, Sequence) else []
        groups.append({**group, "rules": kept})
    return {"groups": groups}


def _alerts(api: PrometheusApi, params: Params, now: float) -> object:
    return {"alerts": list(api.alerts(now))}


def _build_information(api: PrometheusApi, params: Params, now: float) -> object:
    return {
        "version": api.version,
        "revision": "",
        "branch": "HEAD",
        "buildUser": "",
        "buildDate": "20230131-00:00:00",
        "goVersion": "go1.19.5",
    }


def _format_query(api: PrometheusApi, params: Params, now: float) -> object:
    try:
        return syntax.parse(first(params, "query")).prettify()
    except ParseError as fault:
        raise BadParameter("query", f"1:1: parse error: {fault}") from fault


def _exemplars(api: PrometheusApi, params: Params, now: float) -> object:
    start, end = moment(params, "start", now - api.retention), moment(params, "end", now)
    if end < start:
        raise QueryError("end timestamp must not be before start timestamp")
    syntax.parse(first(params, "query"))
    return []


def _healthy(api: PrometheusApi, params: Params, now: float) -> object:
    return text_reply(200, "Prometheus Server is Healthy.\n", now)


def _ready(api: PrometheusApi, params: Params, now: float) -> object:
    return text_reply(200, "Prometheus Server is Ready.\n", now)


_PROBES: Mapping[str, Endpoint] = {"/-/healthy": _healthy, "/-/ready": _ready}

_ENDPOINTS: Mapping[str, Endpoint] = {
    "query": _query,
    "query_range": _query_range,
    "labels": _labels,
    "series": _series,
    "metadata": _metadata,
    "targets": _targets,
    "rules": _rules,
    "alerts": _alerts,
    "status/buildinfo": _build_information,
    "format_query": _format_query,
    "query_exemplars": _exemplars,
}

_FORMS = frozenset({"query", "query_range", "labels", "series", "format_query", "query_exemplars"})
