"""checks: health checks of endpoints (specification 3.2), as this wall made them itself or as blackbox_exporter saw them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from noc.charts.canvas import Canvas
from noc.charts.checklist import CheckLine, arrange, draw_checklist
from noc.config.statepanels import CHECKED, ChecksSpec
from noc.engine.checks import is_stale, severity_of_check
from noc.model.checks import CheckState
from noc.model.results import State
from noc.model.severity import Severity, worst
from noc.model.text import clean
from noc.model.thresholds import severity_of
from noc.model.units import format_age, format_value
from noc.ui.panels.data import PanelData

NEAR_END = 30 * 86_400.0
"""Seconds of a certificate's life below which its days are shown."""

DRIFTED = 1.0
"""Seconds by which an endpoint's clock may be wrong before it is said, besides half of what its answer took: nobody knows
when in that time it was written."""

_DAY, _HOUR = 86_400.0, 3600.0
_SUCCESS, _DURATION, _STATUS, _CERTIFICATE, _BOUND = range(len(CHECKED))
_NOT_YET = "·"


@dataclass(frozen=True, slots=True)
class CheckRow:
    """What is shown of one check, whoever made it. ``notes`` say what is wrong, or worth knowing, in order."""

    key: str
    name: str
    url: str
    severity: Severity
    known: bool = True
    """Whether it was ever made."""
    failed: bool = False
    duration: float | None = None
    bound: float | None = None
    status: int | None = None
    history: tuple[bool, ...] = ()
    notes: tuple[str, ...] = ()
    stale: bool = False


def row_key(name: str) -> str:
    """What a cursor holds."""
    return f"check:{name}"


def rows_of(data: PanelData) -> list[CheckRow]:
    """The checks in the order of the settings, or of the exporter's answer."""
    if data.checks is None:
        return _exported(data)
    return [_own(state, data) for state in chosen(data)]


def chosen(data: PanelData) -> list[CheckState]:
    """The wall's own checks that the panel shows, in the spec's order where it names some."""
    assert isinstance(data.spec, ChecksSpec)
    states = {state.name: state for state in data.checks or ()}
    if not data.spec.checks:
        return list(states.values())
    return [states[name] for name in data.spec.checks if name in states]


# -- own probes


def _own(state: CheckState, data: PanelData) -> CheckRow:
    last, name = state.last, clean(state.title, 80)
    if last is None:
        return CheckRow(
            row_key(state.name),
            name,
            state.url,
            Severity.OK,
            known=False,
            bound=state.within,
            notes=("not probed yet",),
        )
    stale = is_stale(state, data.now)
    notes = [f"◷ {format_age(data.now - last.at)} old"] if stale else []
    if not last.ok and state.since is not None:
        notes.append(_since(state.since, data))
    notes += [clean(last.error, 200)] if last.error else []
    notes += [clean(finding.failure, 120) for finding in last.findings if finding.failure]
    notes += _certificate(None if last.certificate is None else last.certificate - data.now)
    if last.drift is not None and abs(last.drift) > DRIFTED + last.duration / 2:
        notes.append(f"its clock is {format_value(abs(last.drift), 's')} {'ahead' if last.drift > 0 else 'behind'}")
    return CheckRow(
        row_key(state.name),
        name,
        state.url,
        severity_of_check(state, data.now),
        failed=not last.ok,
        duration=last.duration,
        bound=state.within,
        status=last.status,
        history=state.history,
        notes=tuple(notes),
        stale=stale,
    )


def _since(since: float, data: PanelData) -> str:
    """Relative up to an hour, then clock time (look.md)."""
    age = data.now - since
    if age < _HOUR:
        return f"since {format_age(age)}"
    moment = datetime.fromtimestamp(since, data.look.tz)
    return f"since {moment:%H:%M}" if age < _DAY else f"since {moment.day} {moment:%b %H:%M}"


def _certificate(left: float | None) -> list[str]:
    if left is None or not math.isfinite(left) or left >= NEAR_END:
        return []
    if left <= 0:
        return ["certificate has ended"]
    return [f"certificate ends in {format_age(left)}"]


# -- the exporter's series


def _exported(data: PanelData) -> list[CheckRow]:
    """One row for each value of the spec's label, joined over the queries by their order."""
    assert isinstance(data.spec, ChecksSpec)
    columns: dict[int, dict[str, float]] = {}
    for asked in data.role("main"):
        column = columns.setdefault(asked.planned.index, {})
        for series in asked.result.series:
            if series.last is not None:
                column[series.label(data.spec.label)] = series.last
    urls = list(dict.fromkeys(url for index in (_SUCCESS, _DURATION, _STATUS) for url in columns.get(index, {})))
    shorten = len({urlsplit(url).netloc for url in urls}) == 1
    return [_exported_row(url, columns, data, shorten=shorten) for url in urls]


def _exported_row(url: str, columns: Mapping[int, Mapping[str, float]], data: PanelData, *, shorten: bool) -> CheckRow:
    def value(index: int) -> float | None:
        found = columns.get(index, {}).get(url)
        return found if found is not None and math.isfinite(found) else None

    success, duration, status, left = (value(index) for index in (_SUCCESS, _DURATION, _STATUS, _CERTIFICATE))
    bounds = data.thresholds_of(_BOUND) if url in columns.get(_BOUND, {}) else ()
    bound = next((level.value for level in bounds if not level.below), None)
    failed = success is not None and success < 1
    levels = [
        severity_of(left, data.thresholds_of(_CERTIFICATE)),
        severity_of(duration, bounds),
        severity_of(success, data.thresholds_of(_SUCCESS)),
        Severity.HIGH if failed and not data.thresholds_of(_SUCCESS) else Severity.OK,
    ]
    notes = [] if success is not None else ["no result"]
    if failed and not status:
        notes.append("no answer")
    elif failed and status is not None and status < 300:
        notes.append("not the answer it should be")
    if bound is not None and duration is not None and duration >= bound:
        notes.append(f"over {format_value(bound, 's')}")
    return CheckRow(
        row_key(url),
        clean(_short(url) if shorten else url, 80),
        url,
        worst(levels),
        known=success is not None,
        failed=failed,
        duration=duration,
        bound=bound,
        status=int(status) if status else None,
        notes=(*notes, *_certificate(left)),
    )


def _short(url: str) -> str:
    parts = urlsplit(url)
    return parts.path if parts.path.strip("/") else parts.netloc or url


# -- the panel


def lines_of(data: PanelData, rows: Sequence[CheckRow]) -> list[CheckLine]:
    """The rows as they are drawn."""
    palette = data.look.palette
    return [
        CheckLine(
            row.key,
            row.name,
            row.severity.glyph if row.known else _NOT_YET,
            palette.severity(row.severity) if row.known else palette.muted,
            took="" if row.duration is None else format_value(row.duration, "s"),
            bound="" if row.bound is None else f"of {format_value(row.bound, 's')}",
            status=str(row.status or "–") if row.known else "",
            history=row.history,
            words=" · ".join(row.notes),
            rank=row.severity.rank,
            faded=row.stale,
        )
        for row in rows
    ]


def draw(data: PanelData, columns: int, rows: int) -> Canvas:
    look = data.look
    lines = lines_of(data, rows_of(data))
    return draw_checklist(lines, columns, rows, look.palette, look.charset, cursor=data.chosen, more=_dropped(data))


def _dropped(data: PanelData) -> int:
    """Endpoints that an answer had too many of: every query drops the same ones."""
    return max((asked.result.dropped for asked in data.role("main")), default=0) if data.checks is None else 0


def keys(data: PanelData, columns: int, rows: int) -> list[str]:
    """Keys of the rows in the order they are drawn in; those without a place after them."""
    lines = lines_of(data, rows_of(data))
    if len(lines) > rows:
        lines.sort(key=lambda line: -line.rank)
    return [line.key for line in lines]


def row_at(data: PanelData, columns: int, rows: int, y: int) -> str | None:
    """The key of the row drawn at a line of the body; the words beneath a row belong to it."""
    lines = lines_of(data, rows_of(data))
    places = arrange(lines, columns, rows, data.chosen).places
    return next((lines[place.index].key for place in places if place.y == y), None)


def labels(data: PanelData, key: str) -> Mapping[str, str]:
    """The endpoint behind a row, under the label its series have; the check's own name where this wall made it."""
    assert isinstance(data.spec, ChecksSpec)
    found = next((row for row in rows_of(data) if row.key == key), None)
    if found is None:
        return {}
    own = {"check": key.removeprefix("check:")} if data.checks is not None else {}
    return {data.spec.label: found.url, **own}


def severity(data: PanelData) -> Severity:
    """The worst row's."""
    return worst([row.severity for row in rows_of(data)])


def state(data: PanelData) -> State | None:
    """Own probes: loading until the first result, stale once every one is; the exporter's series are judged as everywhere."""
    if data.checks is None:
        return None
    states = chosen(data)
    made = [one for one in states if one.last is not None]
    if not made:
        return State.LOADING if states else State.NODATA
    return State.STALE if all(is_stale(one, data.now) for one in made) else State.FRESH


def ticks(data: PanelData) -> object:
    """Ages and days left grow while nothing is probed: what is written of them."""
    return tuple((row.severity, row.stale, row.notes) for row in rows_of(data)) if data.checks is not None else None
