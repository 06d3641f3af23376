"""What a panel is drawn from: its spec, the results of its queries, the window, the look. Frozen, no Textual."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING

from noc.actions.intent import Pending
from noc.charts.charset import UNICODE, Charset
from noc.config.alerting import Alerting
from noc.config.alertpanels import AlertPanel
from noc.config.logpanels import LogsSpec
from noc.config.panels import PanelBase, QueryPanel
from noc.config.statepanels import ChecksSpec, StatusGridSpec
from noc.engine.alertfilter import Filter
from noc.engine.alertfilter import parse as parse_filter
from noc.engine.book import Book, Entry
from noc.engine.plan import PlannedQuery
from noc.model.checks import CheckState
from noc.model.logs import Feed
from noc.model.markers import Marker
from noc.model.palette import Palette
from noc.model.results import Result, State
from noc.model.series import Series
from noc.model.severity import Severity, worst
from noc.model.text import clean
from noc.model.thresholds import Threshold, severity_of
from noc.ui.panels.kept import per_book
from noc.ui.panels.tally import tally

if TYPE_CHECKING:
    from noc.engine.origin import Origin


def _nowhere(address: str) -> Origin | None:
    return None


JUST_NOW = 62.0
"""Seconds for which a new line may still change what the title row says of its last minute."""


@dataclass(frozen=True, slots=True)
class Look:
    """How things are drawn: colours, glyphs, zone, and what is said of an address."""

    palette: Palette
    charset: Charset = UNICODE
    tz: tzinfo = UTC
    origin: Callable[[str], Origin | None] = field(default=_nowhere, compare=False)
    """Where an address comes from, as far as it is known."""
    scale: int = 1
    """1 at the desk; 2 or 3 seen from afar: larger digits, fewer cards."""


@dataclass(frozen=True, slots=True)
class Response:
    """How soon an alert is to be acknowledged, and how long to be watched after it resolved, in seconds; None: no target."""

    ack_within: float | None = None
    watch_after: float | None = None
    unit: str = "short"
    """Of the rule's value."""


@dataclass(frozen=True, slots=True)
class Alerts:
    """What panels of alerts are drawn from: the book, and what this wall and its viewer add to it."""

    book: Book
    settings: Alerting = field(default_factory=Alerting)
    pending: Mapping[str, Pending] = field(default_factory=dict)
    """By entry key: what was asked and is not so yet, or why it failed."""
    responses: Mapping[str, Response] = field(default_factory=dict)
    """By alert name, from the catalogue; an alert's own annotations ``ack_within`` and ``watch_after`` go before."""
    me: str = ""
    read_only: bool = False
    hushed: bool = False
    """The bell is off."""
    cursor: str | None = None
    """The key of the row under the cursor, while the panel has the focus."""
    order: tuple[str, ...] | None = None
    """Keys of the rows in the order they had when the list got the focus; None: as they come. New ones wait."""
    typed: str = ""
    """A filter typed on this panel, added to its own."""
    closed: frozenset[str] = frozenset()
    """Keys of groups that are folded."""


@dataclass(frozen=True, slots=True)
class Logs:
    """What a panel of log lines is drawn from: the feed, and what its viewer did with it."""

    feed: Feed
    """As it is now, or as it was when it was made to stand still."""
    standing: bool = False
    """It stands still: paused, or somebody works in it."""
    paused: bool = False
    """It stands still because somebody said so."""
    waiting: int = 0
    """Lines that came since it stands still."""
    cursor: str | None = None
    """The key of the line under the cursor, while the panel has the focus."""
    typed: str = ""
    """A filter typed on this panel, added to its own."""
    wrap: bool = False
    """Wrapped the other way than its spec says."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A planned query and what is known of its answer."""

    planned: PlannedQuery
    result: Result


@dataclass(frozen=True, slots=True)
class PanelData:
    """Everything one panel shows at one moment. ``start`` and ``end`` are unix seconds of its window."""

    id: str
    title: str
    spec: PanelBase
    asked: tuple[Asked, ...]
    now: float
    start: float
    end: float
    look: Look
    hidden: frozenset[str] = frozenset()
    cursor: float | None = None
    row: int | None = None
    chosen: str | None = None
    """The key of the row under the cursor, while the panel has the focus: for lists that are drawn from series."""
    fault: str = ""
    """Why nothing could be asked at all: an unknown variable, an unknown server."""
    table: bool = False
    alerts: Alerts | None = None
    """For panels of alerts."""
    logs: Logs | None = None
    """For panels of log lines."""
    fired: tuple[Entry, ...] = ()
    """For the history: what fires now, or did within the hour; Prometheus's record is a step behind."""
    markers: tuple[Marker, ...] = ()
    """What happened in the window: deployments, incidents, notes."""
    checks: tuple[CheckState, ...] | None = None
    """What this wall's own health checks found; None where it does not probe."""

    def role(self, role: str) -> list[Asked]:
        """The queries that play a role: main, trend, delta, ghost."""
        return [asked for asked in self.asked if asked.planned.role == role]

    @property
    def dropped(self) -> int:
        """Series the servers named and the wall does not keep: the pictures count them with what they leave out."""
        return sum(asked.result.dropped for asked in self.role("main"))

    @property
    def query_spec(self) -> QueryPanel:
        assert isinstance(self.spec, QueryPanel)
        return self.spec

    @property
    def unit(self) -> str:
        return self.query_spec.unit or "short"

    @property
    def thresholds(self) -> tuple[Threshold, ...]:
        spec = self.spec
        if not isinstance(spec, QueryPanel):
            return ()
        return tuple(threshold.threshold() for threshold in spec.thresholds or ())

    def thresholds_of(self, index: int) -> tuple[Threshold, ...]:
        """What the values of the index-th query are held against."""
        return tuple(threshold.threshold() for threshold in self.query_spec.thresholds_of(index))

    def unit_of(self, index: int) -> str:
        """The unit of the index-th query: its own, else the panel's."""
        spec = self.query_spec
        own = spec.queries[index].unit if index < len(spec.queries) else None
        return own or self.unit

    def decimals_of(self, index: int) -> int | None:
        """Decimals of the values of the index-th query: its own, else the panel's."""
        spec = self.query_spec
        own = spec.queries[index].decimals if index < len(spec.queries) else None
        return spec.decimals if own is None else own


@dataclass(frozen=True, slots=True)
class Reading:
    """The current value of one series as the server gave it, under its name."""

    name: str
    series: Series
    index: int
    value: float | None
    severity: Severity


_PLACE = re.compile(r"\{\{\s*([^}]+?)\s*\}\}")


def names(series: Sequence[Series], templates: Sequence[str | None], fallback: str) -> list[str]:
    """A short name for each series: its template filled in, else the labels in which the series differ."""
    differing = _differing([one for one, template in zip(series, templates, strict=True) if not template])
    out = []
    for one, template in zip(series, templates, strict=True):
        if template:
            labels = dict(one.labels)
            text = _PLACE.sub(lambda match: labels.get(match[1], ""), template)  # noqa: B023
        else:
            text = " ".join(value for key, value in one.labels if key in differing) or one.name or fallback
        out.append(clean(text, 120))
    return out


def _differing(series: Sequence[Series]) -> set[str]:
    """Label names whose values are not all the same."""
    if len(series) < 2:
        return set()
    keys = {key for one in series for key, _ in one.labels if key != "__name__"}
    varying = {key for key in keys if len({one.label(key) for one in series}) > 1}
    return varying or ({"__name__"} if len({one.name for one in series}) > 1 else set())


def readings(data: PanelData, role: str = "main") -> list[Reading]:
    """The last value of every series of a role, in the order of the queries and of the servers' answers."""
    pairs = [(asked.planned, one) for asked in data.role(role) for one in asked.result.series]
    titles = names([one for _, one in pairs], [planned.legend for planned, _ in pairs], data.title)
    return [
        Reading(name, one, planned.index, one.last, severity_of(one.last, data.thresholds_of(planned.index)))
        for name, (planned, one) in zip(titles, pairs, strict=True)
    ]


def mapped(data: PanelData, value: float | None) -> tuple[str, Severity | None] | None:
    """The words and severity a value mapping gives, if one matches."""
    if value is None:
        return None
    for mapping in data.query_spec.mappings:
        if mapping.matches(value):
            return clean(mapping.text, 60), mapping.severity
    return None


def severity(data: PanelData) -> Severity:
    """The panel's state: the worst of its current values, mappings included; of what is loud in a panel of alerts."""
    if data.alerts is not None:
        loud = [run.severity for run in tally(data.alerts.book, shown(data)).runs if run.loud]
        return worst([*loud, *(finding.severity for finding in data.alerts.book.findings)])
    if not isinstance(data.spec, QueryPanel):
        return Severity.OK
    found = []
    for asked in data.role("main"):
        levels = data.thresholds_of(asked.planned.index)
        for series in asked.result.series:
            words = mapped(data, series.last)
            found.append(words[1] if words and words[1] else severity_of(series.last, levels))
    return worst(found)


_STATE_ORDER = (State.ERROR, State.STALE, State.WARNING, State.NODATA, State.LOADING, State.FRESH)


def state(data: PanelData) -> State:
    """The panel's state out of its main queries': trouble first; loading only while nothing at all has come."""
    if data.fault:
        return State.ERROR
    if data.alerts is not None:
        return _alert_state(data.alerts, data.now)
    if isinstance(data.spec, LogsSpec):
        return State.LOADING if data.logs is None else data.logs.feed.state(data.now)
    states = {asked.result.state(data.now) for asked in data.role("main")}
    if not states:
        return State.FRESH
    drawn = bool(data.fired) or any(asked.result.series for asked in data.role("main"))
    if drawn:
        states -= {State.NODATA, State.LOADING}
    return next((one for one in _STATE_ORDER if one in states), State.FRESH)


def _alert_state(alerts: Alerts, now: float) -> State:
    """Fresh while any member answers; old answers of all of them are shown as old."""
    members = alerts.book.members
    if not members:
        return State.FRESH
    good = [member.good_at for member in members if member.good_at is not None]
    if not good:
        return State.ERROR if all(member.error is not None for member in members) else State.LOADING
    return State.STALE if now - max(good) > max(2 * alerts.book.interval, 12.0) else State.FRESH


def shown(data: PanelData) -> tuple[Entry, ...]:
    """The firing entries a panel of alerts shows: its own filter and the typed one, both as far as they can be read."""
    if data.alerts is None or not isinstance(data.spec, AlertPanel):
        return ()
    return listed_of(data.alerts.book, data.spec, *chosen_by(data))


def chosen_by(data: PanelData) -> tuple[str, float]:
    """What chooses a panel's entries besides its spec: what is typed, and the second where a filter asks for ages."""
    assert data.alerts is not None and isinstance(data.spec, AlertPanel)
    typed = data.alerts.typed
    return typed, second(data) if "@age" in data.spec.filter + typed else 0.0


def second(data: PanelData) -> float:
    """The whole second of the picture: what depends on time is made anew once in it."""
    return float(int(data.now))


@per_book
def listed_of(book: Book, spec: AlertPanel, typed: str, at: float) -> tuple[Entry, ...]:
    """The entries that a spec's filter and the typed one keep at a moment, in the book's order."""
    if not spec.filter and not typed:
        return book.entries
    keep = chosen(spec.filter, typed)
    return tuple(entry for entry in book.entries if keep(entry, at))


def chosen(own: str, typed: str) -> Callable[[Entry, float], bool]:
    """Whether an entry passes both filters. A filter that cannot be read keeps everything: it is typed just now."""
    filters = [found for text in (own, typed) if text and (found := _filter(text)) is not None]
    return lambda entry, now: all(one.keeps(entry, now) for one in filters)


@lru_cache(maxsize=64)
def _filter(text: str) -> Filter | None:
    try:
        return parse_filter(text)
    except ValueError:
        return None


def age(data: PanelData) -> float | None:
    """Age of the oldest good answer the picture stands on, in seconds."""
    if data.alerts is not None:
        good = [member.good_at for member in data.alerts.book.members if member.good_at is not None]
        return max(0.0, data.now - max(good)) if good else None
    if data.logs is not None:
        return data.logs.feed.age(data.now)
    made = _probed(data)
    if made is not None:
        return max(0.0, data.now - max(made)) if made else None
    drawn = (*data.role("main"), *data.role("burn"))
    return max((one for asked in drawn if (one := asked.result.age(data.now)) is not None), default=None)


def _probed(data: PanelData) -> list[float] | None:
    """When the wall's own health checks that the picture shows were made; None where it shows series."""
    spec, made = data.spec, {one.name: one.last for one in data.checks or () if one.last is not None}
    if isinstance(spec, ChecksSpec) and data.checks is not None:
        return [last.at for name, last in made.items() if not spec.checks or name in spec.checks]
    last = made.get(spec.check or "") if isinstance(spec, StatusGridSpec) else None
    return [last.at] if last is not None and last.services else None


def series_colour(data: PanelData, position: int, index: int) -> str:
    """The colour of the position-th line: a series colour, unless its query says it is a state."""
    spec, palette = data.query_spec, data.look.palette
    own = spec.queries[index].severity if index < len(spec.queries) else None
    return palette.severity(own) if own else palette.series[position % len(palette.series)]


def log_key(data: PanelData) -> object:
    """What of a panel of log lines, or of a list drawn from series, can change its picture, besides its state."""
    logs = data.logs
    if logs is None:
        return data.chosen
    fresh = logs.feed.lines and data.now - logs.feed.lines[-1].seconds < JUST_NOW
    return (
        logs.feed.query,
        logs.feed.version,
        logs.standing,
        logs.paused,
        logs.waiting,
        logs.cursor,
        logs.typed,
        logs.wrap,
        datetime.fromtimestamp(data.now, data.look.tz).date(),
        int(data.now) if fresh else 0,
    )
