"""Pages made on the spot: the lines behind a thing, a trace, an address. Layouts like any other, with a way back.

A page is opened over the one it came from and lays a crumb; its queries are whole, no variable stands in them.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, tzinfo

from noc.catalogue.loglinks import literal, only
from noc.catalogue.logql import LogQLError, LogQuery, parse, written
from noc.catalogue.metrics import EMPTY
from noc.catalogue.resolve import resolve
from noc.config.layout import Grid, Layout
from noc.model.logs import SECOND, LogLine
from noc.model.text import clean
from noc.runtime import Page
from noc.ui.state import View

MINUTE = 60.0
BEFORE_ALERT, AFTER_ALERT = 90.0, 30.0
"""Seconds of lines around the moment an alert fired: what made it fire came a scrape and an evaluation before."""

AROUND_TRACE = 900.0
"""Seconds before and after a line in which the rest of its trace is looked for."""

LINES = "lines"
"""The panel of lines of every such page; it has the focus when the page opens."""

MADE = "made: "
"""How the names of these pages begin: they can be neither loaded nor reopened by name."""


def lines_page(title: str, query: str, source: str | None) -> Page:
    """The lines of a query under their rate by level."""
    panels: dict[str, dict[str, object]] = {
        "rate": {"kind": "log-rate", "title": "Lines by level", "query": query, "source": source},
        LINES: {"kind": "logs", "title": "Lines", "query": query, "source": source},
    }
    return _page(title, {"rows": [7, "1fr"], "areas": ["rate", "lines"]}, panels)


def trace_page(trace: str, query: str, source: str | None) -> Page:
    """All lines of a trace over all streams, as they happened: the oldest on top."""
    lines: dict[str, object] = {
        "kind": "logs",
        "title": f"Trace {clean(trace, 80)}",
        "query": query,
        "source": source,
        "order": "oldest",
    }
    return _page(f"trace {clean(trace, 40)}", {"areas": [LINES]}, {LINES: lines})


def trace_query(line: LogLine, trace: str) -> str:
    """The log query of a trace: every stream that has the line's first label, and the trace's id in the text."""
    names = [name for name, _ in line.labels]
    label = next((name for name in ("job", "app", "service_name", *names) if name in names), "job")
    return f'{{{label}=~".+"}} |= {literal(trace)}'


def streams(query: str) -> str:
    """All lines of the streams that a log query reads: an address found in a trace has lines outside it."""
    try:
        found = parse(query)
    except LogQLError:
        return query
    return written(replace(found, stages=())) if isinstance(found, LogQuery) else query


def address_page(address: str, query: str, field: str, endpoint: str, source: str | None) -> Page:
    """An address: what it reached, how much it asked over time, its lines."""
    own = only(query, field, address)
    panels: dict[str, dict[str, object]] = {
        "rate": {"kind": "log-rate", "title": "Lines by level", "query": own, "source": source},
        "endpoints": {"kind": "top", "title": "Endpoints", "query": own, "by": endpoint, "source": source},
        LINES: {"kind": "logs", "title": "Lines", "query": own, "source": source},
    }
    grid = {"columns": ["1fr", "1fr"], "rows": [12, "1fr"], "areas": ["endpoints rate", "lines lines"]}
    return _page(f"address {clean(address, 60)}", grid, panels)


def alone(page: Page, panel: str) -> Page:
    """One panel of a page, with the keys of its rows, on the whole glass."""
    grid = Grid(areas=((panel,),))
    spec = page.layout.panels[panel]
    title = spec.title or panel
    layout = page.layout.model_copy(update={"title": title, "grid": grid, "panels": {panel: spec}})
    return Page(MADE + title, layout)


def _page(title: str, grid: dict[str, object], panels: dict[str, dict[str, object]]) -> Page:
    given = {name: {key: value for key, value in panel.items() if value is not None} for name, panel in panels.items()}
    layout = Layout.model_validate({"title": clean(title, 120), "grid": grid, "panels": given})
    return Page(MADE + title, resolve(layout, EMPTY))


def around(view: View, page: Page, at: float, before: float, after: float, now: float) -> View:
    """The view of such a page on the seconds around a moment, which becomes the time cursor; never later than now."""
    end = min(at + after, now)
    fixed = replace(view, layout=page.name, focus=LINES, page=0, values=(), paused_at=None, compare=0.0)
    return replace(fixed.fixed(end - before - after, end, now), mark=at)


def live(view: View, page: Page, span: float | None = None) -> View:
    """The view of such a page that goes on; over a paused picture it ends with it."""
    if view.paused_at is not None:
        view = replace(view, end=view.paused_at, paused_at=None)
    return replace(view, layout=page.name, focus=LINES, page=0, values=(), span=span or view.span)


def moment(at: float, tz: tzinfo = UTC) -> str:
    """A moment as titles say it."""
    return datetime.fromtimestamp(at, tz).strftime("%H:%M:%S")


def line_moment(line: LogLine) -> float:
    return line.at / SECOND
