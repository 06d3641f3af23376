"""Where each panel leads with ``d``: its own link, else what its row names, else what is behind its numbers. No Textual.

A lead is words and a target; :mod:`noc.ui.leadactions` goes there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from noc.catalogue.loglinks import whole
from noc.config.alertpanels import AlertHistorySpec, AlertPanel, AlertsSpec, IncidentsSpec
from noc.config.logpanels import LogPanel, LogsSpec
from noc.config.panels import QueryPanel, TextSpec, TimeseriesSpec
from noc.config.sharepanels import HeatmapSpec
from noc.config.statepanels import ClockSpec, StateTimelineSpec
from noc.engine.book import Entry
from noc.model.errors import NocError
from noc.model.severity import worst
from noc.model.text import clean
from noc.runtime import Page
from noc.ui import logpages, pointing
from noc.ui.panels.alertwords import entries_of
from noc.ui.panels.data import shown
from noc.ui.seriespages import alerts_page, metric_page, series_page

if TYPE_CHECKING:
    from noc.ui.board import Board

BY_LABEL = (
    ("company_id", "tenant", "tenant"),
    ("context_company_id", "tenant", "tenant"),
    ("ip_address", "address", "address"),
    ("context_ip_address", "address", "address"),
)
"""A row's label, the layout that shows its value whole, and what the value is."""

VARIABLES = {"tenant": "company_id", "address": "ip_address"}
"""The variable of such a layout that takes the value."""

ALERTS = "alerts"
"""The layout of alerts."""

AROUND = 1800.0
"""Seconds shown before and after an alert began."""


@dataclass(frozen=True, slots=True)
class Lead:
    """``words`` say where it goes, for a footer or a menu. Exactly one target: a layout (with variables, and a filter
    typed on its list of alerts), a page made on the spot, an alert's panel at a moment, or an action of the table."""

    words: str
    layout: str = ""
    values: tuple[tuple[str, str], ...] = ()
    typed: str = ""
    page: Page | None = None
    alert: str = ""
    at: float | None = None
    act: str = ""


def lead(board: Board, panel: str) -> Lead | None:
    """Where a panel leads; None for text and clocks without a link of their own."""
    spec = board.page.layout.panels[panel]
    entry = _entry(board, panel) if isinstance(spec, (AlertsSpec, IncidentsSpec)) else None
    if entry is not None and board.desk.of(panel).cursor is not None:
        return _to_alert(entry)
    own = pointing.drill(board, panel)
    if own is not None:
        layout, values = own
        carried = ", ".join(clean(value, 40) for value in values.values())
        return Lead(f"{layout} {carried}".strip(), layout=layout, values=tuple(values.items()))
    if isinstance(spec, (TextSpec, ClockSpec)):
        return None
    labels = _row(board, panel)
    named = _by_label(board, labels)
    if named is not None:
        return named
    if entry is not None:
        return _to_alert(entry)
    if isinstance(spec, AlertPanel):
        return _to_alerts(board, panel)
    if isinstance(spec, (LogsSpec, LogPanel)):
        return _to_lines(board, panel, spec)
    return _to_series(board, panel, labels)


def _entry(board: Board, panel: str) -> Entry | None:
    """The alert under the cursor of a list, else its first one."""
    data = board.data(panel)
    key = board.desk.of(panel).cursor
    found = entries_of(data, key) if key is not None else shown(data)
    return found[0] if found else None


def _to_alert(entry: Entry) -> Lead:
    name = entry.alert.name
    return Lead(f"{clean(name, 60)} where it began", alert=name, at=entry.alert.starts_at)


def _row(board: Board, panel: str) -> dict[str, str]:
    """The labels of the row under the cursor; none where no row has it."""
    data = board.data(panel)
    return pointing.row_labels(board, panel) if data.row is not None or data.chosen is not None else {}


def _by_label(board: Board, labels: dict[str, str]) -> Lead | None:
    for label, layout, word in BY_LABEL:
        value = labels.get(label, "")
        if not value or layout not in board.runtime.inventory():
            continue
        variable = VARIABLES[layout]
        if board.page.name == layout and board.values.get(variable) == (value,):
            continue  # it is open already
        return Lead(f"{word} {clean(value, 45)}", layout=layout, values=((variable, value),))
    return None


def _to_alerts(board: Board, panel: str) -> Lead:
    """The list of what a panel of alerts counts; on that list itself: how it came about."""
    spec = board.page.layout.panels[panel]
    if isinstance(spec, (AlertsSpec, IncidentsSpec)) or board.page.name == ALERTS:
        return Lead("alerts over time", page=alerts_page())
    if ALERTS not in board.runtime.inventory():
        return Lead("alerts over time", page=alerts_page())
    if isinstance(spec, AlertHistorySpec):
        return Lead("alerts", layout=ALERTS)
    loud = [one.severity for one in shown(board.data(panel)) if one.loud]
    if not loud:
        return Lead("alerts", layout=ALERTS)
    grave = worst(loud)
    return Lead(f"{grave.word} alerts", layout=ALERTS, typed=f"@severity={grave.value}")


def _to_lines(board: Board, panel: str, spec: LogsSpec | LogPanel) -> Lead:
    """The lines that a panel counts or shows, under their rate; from there those of one moment."""
    if board.page.name.startswith(logpages.MADE):
        return Lead("the lines of that minute", act="log.lines")
    plan = board.plans.get(panel)
    try:
        if isinstance(spec, LogsSpec):
            query = whole(plan.feed.expr) if plan is not None and plan.feed is not None else spec.query or ""
        else:
            query = whole(board.filled(spec.queries[0].query or "")) if spec.queries else ""
    except NocError:  # a variable without a value yet
        return Lead("the lines of that minute", act="log.lines")
    title = f"lines of {board.panel_title(panel)}"
    return Lead("its lines", page=logpages.lines_page(title, query, spec.source))


def _to_series(board: Board, panel: str, labels: dict[str, str]) -> Lead | None:
    """A number leads to its course, a course to what it is made of."""
    spec = board.page.layout.panels[panel]
    if not isinstance(spec, QueryPanel):
        return None
    course = isinstance(spec, (TimeseriesSpec, StateTimelineSpec)) or (isinstance(spec, HeatmapSpec) and spec.x is None)
    if course and not labels:
        logged = any(item.language == "logql" for item in spec.queries)
        if logged and board.runtime.log_servers:
            return Lead("the lines of that minute", act="log.lines")
        return Lead("what changed, by label", act="changed")
    page = series_page(board.page, panel, labels)
    return Lead(page.name.removeprefix(logpages.MADE), page=page)


def alert_place(board: Board, name: str) -> tuple[Page, str]:
    """The page and panel that show what an alert is about: on the layout at hand, else on the first that has it, else a
    page made of its metric, or of its record where the catalogue does not know it."""
    catalogue = board.runtime.catalogue()
    metric = next((key for key, one in catalogue.metrics.items() if one.alert == name), None)
    if metric is None:
        return alerts_page(name), "series"
    pages = [board.page]
    for layout in board.runtime.inventory():
        try:
            pages.append(board.runtime.load(layout))
        except NocError:  # a broken layout of the user's: said where it is opened
            continue
    found = [(page, panel) for page in pages for panel in page.layout.panels if _shows(page, panel, metric)]
    drawn = [one for one in found if isinstance(one[0].layout.panels[one[1]], TimeseriesSpec)]
    return next(iter(drawn or found), (metric_page(catalogue[metric]), "series"))


def _shows(page: Page, panel: str, metric: str) -> bool:
    spec = page.layout.panels[panel]
    if not isinstance(spec, QueryPanel):
        return False
    return spec.metric == metric or any(item.metric == metric for item in spec.queries)
