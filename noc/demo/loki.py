"""The demo's Loki: the HTTP API of version 3 over a LineSource, as pure functions of request and clock.

``answer`` takes a whole request; ``noc.demo.server`` puts it on a port, ``noc.demo.lokitail`` adds the websocket. What the
demo does not evaluate is refused as Loki refuses: 400 with plain text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs

import numpy as np

from noc.catalogue.logql import LogQuery, parse, written
from noc.demo import lokibodies as bodies
from noc.demo.encoding import Reply, text_reply
from noc.demo.failing import Failure, healthy, refusal
from noc.demo.logql.answers import Reader, ordered, points
from noc.demo.logql.extraction import matchers
from noc.demo.logql.kept import Kept
from noc.demo.logql.source import LineSource
from noc.demo.lokiparameters import Range, backward, bounds, limit, moment
from noc.demo.lokistats import stats
from noc.demo.parameters import Params, first
from noc.demo.promql.values import Scalar
from noc.demo.request import Request
from noc.demo.samples import LabelMatcher
from noc.model.clock import Clock
from noc.model.errors import QueryError
from noc.model.logs import SECOND, LogLine
from noc.model.series import Labels

ROOT = "/loki/api/v1/"
FLAGS = "x-loki-response-encoding-flags"
TENANT = "x-scope-orgid"
_SIX_HOURS = 6 * 3600 * SECOND
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class UntilNow:
    """A source without the future: a world that is a function of time knows tomorrow, a database does not."""

    source: LineSource
    now: int

    def lines(self, matchers: Sequence[LabelMatcher], start: int, end: int) -> Iterator[LogLine]:
        last = min(end, self.now + 1)
        return self.source.lines(matchers, start, last) if start < last else iter(())

    def streams(self, matchers: Sequence[LabelMatcher], start: int, end: int) -> list[Labels]:
        last = min(end, self.now + 1)
        return self.source.streams(matchers, start, last) if start < last else []


@dataclass(frozen=True)
class LokiApi:
    """One emulated server.

    ``fail`` is asked with the clock's time at every request. With ``tenants`` every question must name one, whichever;
    a request without is refused. ``version`` is empty as that of the recorded server.
    """

    source: LineSource
    clock: Clock
    fail: Callable[[float], Failure] = healthy
    tenants: bool = False
    version: str = ""
    kept: Kept = field(default_factory=Kept, repr=False, compare=False)
    """Samples of the past: what a source has said of it does not change."""

    def answer(self, request: Request) -> Reply:
        """Answer one request; never raises for what a client can send."""
        now = self.clock.now()
        broken = self.fail(now)
        if broken == 429:
            return text_reply(429, "too many outstanding requests", now, Connection="close")
        refused = refusal(broken, now)
        if refused is not None:
            return refused
        endpoint, params = self._route(request.path, parameters(request))
        if endpoint is None:
            return text_reply(404, "404 page not found\n", now)
        if request.method not in ("GET", "POST", "HEAD"):
            return text_reply(405, "", now)
        if self.tenants and endpoint not in _OPEN and not request.headers.get(TENANT):
            return text_reply(401, "no org id\n", now)
        try:
            return endpoint(Asked(self, params, now, bodies.CATEGORIZE in request.headers.get(FLAGS, "")))
        except QueryError as fault:
            return bodies.refused(str(fault), now)

    def _route(self, path: str, params: Params) -> tuple[Endpoint | None, Params]:
        if path == "/ready":
            return _ready, params
        parts = path.removeprefix(ROOT).split("/") if path.startswith(ROOT) else []
        if len(parts) == 3 and (parts[0], parts[2]) == ("label", "values") and parts[1]:
            return _label_values, {**params, "name": [parts[1]]}
        return _ENDPOINTS.get("/".join(parts)), params


def parameters(request: Request) -> Params:
    """Those of URL and form."""
    if not request.headers.get("content-type", "").startswith(_FORM):
        return request.params
    form = parse_qs(request.body.decode("utf-8", "replace"), keep_blank_values=True)
    return {name: [*form.get(name, ()), *request.params.get(name, ())] for name in {**form, **request.params}}


@dataclass(frozen=True)
class Asked:
    """One request on its way: ``now`` is unix seconds, ``apart`` whether labels are to be kept apart by kind."""

    api: LokiApi
    params: Params
    now: float
    apart: bool

    @property
    def moment(self) -> int:
        """Now in nanoseconds."""
        return nanoseconds(self.now)

    @property
    def source(self) -> UntilNow:
        return UntilNow(self.api.source, self.moment)

    def reader(self) -> Reader:
        return Reader(self.source, self.api.kept, self.moment)

    def selector(self, text: str) -> list[LabelMatcher]:
        query = parse(text)
        if not isinstance(query, LogQuery) or query.stages:
            raise QueryError("only label matchers are supported")
        return matchers(query.matchers)


Endpoint = Callable[[Asked], Reply]


def nanoseconds(seconds: float) -> int:
    return round(seconds * 1e6) * 1000


def _query_range(asked: Asked) -> Reply:
    span = Range.of(asked.params, asked.moment)
    query = parse(first(asked.params, "query"))
    span.check_length()
    reader = asked.reader()
    splits = max(1, -(-(span.end - span.start) // (3600 * SECOND)))
    if isinstance(query, LogQuery):
        span.check_lines()
        if span.backward:
            rows = reader.newest(query, span.start, span.end, span.limit)
        else:
            rows = [row for row, _ in zip(reader.oldest(query, span.start, span.end), range(span.limit), strict=False)]
        cost = stats(reader.tally.lines, reader.tally.bytes, len(rows), splits)
        return bodies.streams(rows, cost, asked.now, apart=asked.apart)
    start, end = span.grid()
    steps = np.arange(start, end + 1, span.step, dtype=np.int64)
    found = points(reader.samples(query, steps), steps)
    cost = stats(reader.tally.lines, reader.tally.bytes, len(found), splits)
    return bodies.samples("matrix", bodies.matrix(found), cost, asked.now)


def _query(asked: Asked) -> Reply:
    limit(asked.params)
    at = moment(asked.params, "time", asked.moment)
    backward(asked.params)
    query = parse(first(asked.params, "query"))
    if isinstance(query, LogQuery):
        raise QueryError(
            "log queries are not supported as an instant query type, please change your query to a range query type"
        )
    reader, steps = asked.reader(), np.array([at], dtype=np.int64)
    value = reader.samples(query, steps)
    found = ordered(query, points(value, steps))
    cost = stats(reader.tally.lines, reader.tally.bytes, len(found), 0)
    if isinstance(value, Scalar):
        return bodies.samples("scalar", bodies.scalar(found[0]), cost, asked.now)
    return bodies.samples("vector", bodies.vector(found), cost, asked.now)


def _streams(asked: Asked, since: int = _SIX_HOURS) -> set[Labels]:
    """Streams of the window that the parameters ``match[]`` or ``query`` select; all of them without."""
    start, end = bounds(asked.params, asked.moment, since)
    texts = [*asked.params.get("match[]", ()), *asked.params.get("match", ()), *asked.params.get("query", ())]
    found: set[Labels] = set()
    for selector in [asked.selector(text) for text in texts if text] or [[]]:
        found.update(asked.source.streams(selector, start, end))
    return found


def _labels(asked: Asked) -> Reply:
    return bodies.success(sorted({name for labels in _streams(asked) for name, _ in labels}), asked.now)


def _label_values(asked: Asked) -> Reply:
    name = first(asked.params, "name")
    return bodies.success(sorted({dict(labels).get(name, "") for labels in _streams(asked)} - {""}), asked.now)


def _series(asked: Asked) -> Reply:
    return bodies.success([dict(labels) for labels in sorted(_streams(asked))], asked.now)


def _index_stats(asked: Asked) -> Reply:
    start, end = bounds(asked.params, asked.moment)
    selector = asked.selector(first(asked.params, "query"))
    lines, size, streams = 0, 0, set()
    for line in asked.source.lines(selector, start, end):
        lines += 1
        size += len(line.text.encode("utf-8", "surrogatepass"))
        streams.add(line.labels)
    figures = {"streams": len(streams), "chunks": len(streams), "bytes": size, "entries": lines}
    return bodies.json_reply(figures, asked.now)


def _format_query(asked: Asked) -> Reply:
    text = written(parse(first(asked.params, "query")))
    return bodies.json_reply({"status": "success", "data": text}, asked.now, "application/json; charset=utf-8")


def _build_information(asked: Asked) -> Reply:
    names = ("revision", "branch", "buildUser", "buildDate")
    info = {"version": asked.api.version, **dict.fromkeys(names, ""), "goVersion": "go1.27.3"}
    return bodies.json_reply(info, asked.now, "application/json")


def _ready(asked: Asked) -> Reply:
    return text_reply(200, "ready\n", asked.now)


def _patterns(asked: Asked) -> Reply:
    """As a server whose pattern ingester is off."""
    return text_reply(404, "", asked.now)


_OPEN: tuple[Endpoint, ...] = (_ready, _build_information)
"""Endpoints that ask for no tenant."""

_ENDPOINTS: dict[str, Endpoint] = {
    "query_range": _query_range,
    "query": _query,
    "labels": _labels,
    "label": _labels,
    "series": _series,
    "index/stats": _index_stats,
    "format_query": _format_query,
    "status/buildinfo": _build_information,
    "patterns": _patterns,
}
