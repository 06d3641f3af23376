"""What happened beside the numbers: annotations of the settings and the layout, asked for with the panels' own queries.

Their failures never reach a chart: they are said once, in the header.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from noc.config.annotations import Annotation, FileAnnotation, LogAnnotation, SeriesAnnotation
from noc.engine.feeds import Feeds
from noc.engine.logplan import loki_named
from noc.engine.markfile import MarkFile
from noc.engine.marks import changes, distinct, of_lines, spans, windowed
from noc.engine.plan import Scraped
from noc.engine.store import Store
from noc.engine.variables import Values, builtins, interpolate
from noc.model.errors import QueryError, SourceError
from noc.model.logs import FeedQuery, Follow
from noc.model.markers import Marker
from noc.model.query import Demand, Query, QueryKind
from noc.model.text import clean
from noc.model.timerange import TimeWindow, nice_step

POINTS = 2880
"""Grid points of an annotation's series at most: beside a chart of a day, those of an hour still mark within 30 seconds."""

ALIKE = 1 / 60
"""Share of the window within which equal marks are one: an hour's charts join what follows within a minute."""


@dataclass(frozen=True, slots=True)
class _Aimed:
    """An annotation and what it asks: one of a query, a feed, a file; ``fault`` says why none."""

    spec: Annotation
    query: Query | None = None
    feed: FeedQuery | None = None
    file: MarkFile | None = None
    fault: str = ""


class Annotations:
    """The marks of what is open. :meth:`aim` says what to ask, :meth:`markers` what is known."""

    def __init__(
        self,
        store: Store,
        servers: Mapping[str, Scraped],
        logs: Mapping[str, Scraped],
        feeds: Feeds | None = None,
        always: Sequence[Annotation] = (),
    ) -> None:
        self._store = store
        self._servers = servers
        self._logs = logs
        self._feeds = feeds
        self._always = tuple(always)
        self._aimed: tuple[_Aimed, ...] = ()
        self._files: dict[FileAnnotation, MarkFile] = {}
        self._span = 0.0
        self._known: tuple[object, tuple[Marker, ...]] = (None, ())

    def aim(self, specs: Sequence[Annotation], values: Values, window: TimeWindow) -> None:
        """The annotations of a layout beside those of the settings, over a window that all charts lie in."""
        wanted = tuple(dict.fromkeys((*self._always, *specs)))
        self._span = window.span
        self._files = {spec: self._file(spec) for spec in wanted if isinstance(spec, FileAnnotation)}
        self._aimed = tuple(self._at(spec, values, window) for spec in wanted)

    @property
    def demands(self) -> frozenset[Demand]:
        """What the poller has to watch."""
        return frozenset(
            Demand(one.query, one.spec.refresh)
            for one in self._aimed
            if one.query is not None and isinstance(one.spec, SeriesAnnotation)
        )

    @property
    def followed(self) -> frozenset[FeedQuery]:
        """What the feeds have to follow."""
        return frozenset(one.feed for one in self._aimed if one.feed is not None)

    def look(self) -> bool:
        """Look whether a file changed; once a second is often enough."""
        looked = [file.look() for file in self._files.values()]  # each of them
        return any(looked)

    def markers(self, start: float, end: float) -> tuple[Marker, ...]:
        """The marks that reach into a window (unix seconds), oldest first; beyond fifty the oldest are one that counts."""
        if not self._aimed:
            return ()
        return windowed(self._all(), start, end)

    @property
    def notice(self) -> str:
        """The first thing that is wrong with an annotation, in words; empty while all is well."""
        for one in self._aimed:
            fault = one.fault or (one.file.notice if one.file is not None else "")
            error = self._error(one)
            if error is not None:
                fault = error.cause
            if fault:
                return clean(f"marks: {fault}", 200)
        return ""

    def _file(self, spec: FileAnnotation) -> MarkFile:
        known = self._files.get(spec)
        if known is None:
            known = MarkFile(spec.path, spec.mark)
            known.look()
        return known

    def _at(self, spec: Annotation, values: Values, window: TimeWindow) -> _Aimed:
        if isinstance(spec, FileAnnotation):
            return _Aimed(spec, file=self._files[spec])
        try:
            return self._asked(spec, values, window)
        except QueryError as error:
            return _Aimed(spec, fault=str(error))

    def _asked(self, spec: SeriesAnnotation | LogAnnotation, values: Values, window: TimeWindow) -> _Aimed:
        logged = isinstance(spec, LogAnnotation)
        source = loki_named(spec.source, self._logs) if logged else self._server(spec.source)
        scrape = (self._logs if logged else self._servers)[source].scrape_interval
        step = nice_step(window.span, POINTS, scrape)
        own = builtins(step=step, span=window.span, scrape_interval=scrape)
        text = interpolate(spec.query, {**values, **own})
        if isinstance(spec, SeriesAnnotation):
            return _Aimed(spec, Query(source, text, QueryKind.RANGE, step, window.span, window.end))
        feed = FeedQuery(source, text, window.span, window.end, spec.limit, Follow.POLL, spec.refresh)
        return _Aimed(spec, feed=feed)

    def _server(self, name: str | None) -> str:
        if not self._servers:
            raise QueryError("no Prometheus is configured")
        chosen = name or next(iter(self._servers))
        if chosen not in self._servers:
            raise QueryError(f"no Prometheus named {chosen}; configured: {', '.join(self._servers)}")
        return chosen

    def _error(self, one: _Aimed) -> SourceError | None:
        if one.query is not None:
            return self._store.result(one.query).error
        if one.feed is not None and self._feeds is not None:
            return self._feeds.feed(one.feed).error
        return None

    def _all(self) -> tuple[Marker, ...]:
        """Every mark known, in order; made anew when an answer, a feed or a file moved."""
        key = tuple((one.spec, one.query, one.feed, self._version(one)) for one in self._aimed)
        if key != self._known[0]:
            found = [mark for one in self._aimed for mark in self._marks(one)]
            self._known = (key, tuple(distinct(found, self._span * ALIKE)))
        return self._known[1]

    def _version(self, one: _Aimed) -> object:
        if one.query is not None:
            return self._store.result(one.query).version
        if one.feed is not None:
            return self._feeds.feed(one.feed).version if self._feeds is not None else 0
        return one.file.markers if one.file is not None else ()

    def _marks(self, one: _Aimed) -> Sequence[Marker]:
        spec = one.spec
        if isinstance(spec, SeriesAnnotation) and one.query is not None:
            series, step = self._store.result(one.query).series, one.query.step
            if spec.above is not None:
                return spans(series, spec.above, step, spec.mark, spec.text)
            return changes(series, step, spec.mark, spec.text)
        if isinstance(spec, LogAnnotation) and one.feed is not None and self._feeds is not None:
            return of_lines(self._feeds.feed(one.feed).lines, spec.mark, spec.text)
        return one.file.markers if one.file is not None else ()
