"""Where log lines are opened from: an alert, a chart, a row, a line. Pages open over the one at hand; Escape leads back.

A key acts on what stood under the cursor when it was pressed; :mod:`noc.ui.logactions` is the half that shows rows whole.
"""

from __future__ import annotations

from dataclasses import replace

from noc.catalogue.events import read
from noc.catalogue.loglinks import alert_lines, field_of, metric_lines, only, whole
from noc.config.alertpanels import AlertPanel
from noc.config.logpanels import LogPanel, LogsSpec, TopSpec
from noc.config.panels import QueryPanel
from noc.engine.variables import held
from noc.model.errors import NocError
from noc.model.logs import LogLine
from noc.model.series import Labels
from noc.model.text import clean
from noc.runtime import Page
from noc.ui import logpages, pointing
from noc.ui.blockactions import BlockActions
from noc.ui.feedactions import FeedActions
from noc.ui.panels.logwords import line_of
from noc.ui.panels.top import TopRow, row_of
from noc.ui.state import View

NOWHERE = "no log lines are known for this; the catalogue's `logs` names them"


def title_of(row: TopRow) -> str:
    """The values a row stands for, raw."""
    return " ".join(row.values)


class LogLeads(BlockActions, FeedActions):
    """Mixed into the wall's actions."""

    def act(self, id: str) -> None:
        raise NotImplementedError  # Actions has it

    def show_page(self, page: Page, view: View) -> None:
        """Open a page over the one at hand."""
        self.board.enter(page, view)
        self.wall.rearrange()

    def zoom_list(self, panel: str) -> None:
        """A list on the whole glass; a list that is there alone goes back, as a zoomed panel does."""
        if len(self.board.page.layout.panels) == 1 and self.board.trail:
            self.act("back")
            return
        page = logpages.alone(self.board.page, panel)
        self.show_page(page, replace(self.board.view, layout=page.name, focus=panel, page=0))

    # -- what is under the cursor

    def chosen_line(self) -> LogLine | None:
        """The log line under the cursor of the focused feed."""
        focused = self._focused()
        if focused is None or not isinstance(focused[1], LogsSpec):
            return None
        key = self._row_key(focused[0])
        return line_of(self.board.data(focused[0]), key) if key is not None else None

    def chosen_top(self) -> TopRow | None:
        """The row under the cursor of the focused top list."""
        focused = self._focused()
        if focused is None or not isinstance(focused[1], TopSpec):
            return None
        key = self._row_key(focused[0])
        return row_of(self.board.data(focused[0]), key) if key is not None else None

    def _row_key(self, panel: str) -> str | None:
        """The row that has the cursor."""
        return self.board.desk.of(panel).cursor

    def seen_row(self) -> None:
        """A focused list without a cursor puts it on its first row: what a key acts on is always seen."""
        focused = self._focused()
        if focused is None or not isinstance(focused[1], (LogsSpec, TopSpec)) or self._row_key(focused[0]) is not None:
            return
        keys = pointing.row_keys(self.board, focused[0])
        if keys:
            pointing.choose(self.board, focused[0], keys[0])
            self.wall.redraw()

    def _log_query(self, panel: str, spec: LogsSpec | LogPanel) -> str:
        """The log query that feeds a panel, filled in as it is asked: in a page made of it no variable stands."""
        plan = self.board.plans.get(panel)
        if isinstance(spec, LogsSpec):
            return whole(plan.feed.expr) if plan is not None and plan.feed is not None else ""
        return whole(self.board.filled(spec.queries[0].query or "")) if spec.queries else ""

    def _span(self, panel: str) -> float:
        """Seconds that a panel shows."""
        plan = self.board.plans.get(panel)
        return plan.span if plan is not None and plan.span else self.board.span

    # -- lines of a moment

    def do_log_lines(self) -> None:
        if not self.runtime.log_servers:
            self.wall.say("no Loki is configured; --loki URL, or noc init")
            return
        try:
            self._lines()
        except NocError as error:
            self.wall.say(str(error))

    def _lines(self) -> None:
        self.seen_row()
        focused = self._focused()
        if focused is None or isinstance(focused[1], AlertPanel):
            self._alert_lines()
        elif isinstance(focused[1], LogsSpec):
            line = self.chosen_line()
            if line is None:
                self.wall.say("there are no lines here")
            else:
                self.lines_around(focused[0], focused[1], line)
        elif isinstance(focused[1], TopSpec):
            row = self.chosen_top()
            if row is None:
                self.wall.say("there are no rows here")
            else:
                self.row_lines(focused[0], focused[1], row)
        elif isinstance(focused[1], QueryPanel):
            self.panel_lines(focused[0], focused[1], pointing.row_labels(self.board, focused[0]))
        else:
            self.wall.say("this panel has no log lines behind it")

    def _alert_lines(self) -> None:
        """The lines around the moment an alert fired, of its labels."""
        entries = self.wall.actions.chosen()
        if not entries:
            return
        alert = entries[0].alert
        shared = dict(alert.labels)
        for entry in entries[1:]:
            shared = {name: value for name, value in shared.items() if entry.alert.label(name) == value}
        self.alert_lines(alert.name, tuple(sorted(shared.items())), alert.starts_at)

    def alert_lines(self, name: str, labels: Labels, at: float) -> None:
        """The lines of an alert's labels around a moment (unix seconds)."""
        query = alert_lines(name, labels, self.runtime.catalogue())
        if not query:
            self.wall.say(NOWHERE)
            return
        page = logpages.lines_page(f"lines of {name} at {logpages.moment(at, self.board.look.tz)}", query, None)
        self._around(page, at, logpages.BEFORE_ALERT, logpages.AFTER_ALERT)

    def panel_lines(self, panel: str, spec: QueryPanel, labels: dict[str, str]) -> None:
        """The lines behind a chart or a value: of the minute under the time cursor, else of the last one."""
        view, now = self.board.view, self.runtime.clock.now()
        at = view.mark or view.end or view.paused_at or now
        if isinstance(spec, LogPanel):
            query = self._log_query(panel, spec)
            for name, value in labels.items():
                query = only(query, name, value) if value else query
            source = spec.source
        else:
            catalogue, source = self.runtime.catalogue(), None
            names = [item.metric for item in spec.queries if item.metric]
            metric = next((catalogue[name] for name in names if name in catalogue and catalogue[name].logs), None)
            query = metric_lines(metric, {**held(spec.where, self.board.values), **labels}, catalogue)
        if not query:
            self.wall.say(NOWHERE)
            return
        title = f"lines of {self.board.panel_title(panel)} at {logpages.moment(at, self.board.look.tz)}"
        half = logpages.MINUTE / 2
        self._around(logpages.lines_page(title, query, source), at, half, half)

    def _around(self, page: Page, at: float, before: float, after: float) -> None:
        now = self.runtime.clock.now()
        self.show_page(page, logpages.around(self.board.view, page, at, before, after, now))

    def lines_around(self, panel: str, spec: LogsSpec, line: LogLine) -> None:
        """The same feed, half a minute before and after a line."""
        at = logpages.line_moment(line)
        title = f"lines at {logpages.moment(at, self.board.look.tz)}"
        page = logpages.lines_page(title, self._log_query(panel, spec), spec.source)
        self._around(page, at, logpages.MINUTE / 2, logpages.MINUTE / 2)

    # -- rows of a top list

    def row_lines(self, panel: str, spec: TopSpec, row: TopRow) -> None:
        """The lines that a row counts, over the same range."""
        query = self._log_query(panel, spec)
        for name, value in row.labels:
            query = only(query, name, value)
        page = logpages.lines_page(f"lines of {clean(title_of(row), 60)}", query, spec.source)
        self.show_page(page, logpages.live(self.board.view, page, self._span(panel)))

    def address(self, panel: str, address: str, query: str, field: str, source: str | None) -> None:
        """An address found in a panel: what it reached and its lines, over the same range."""
        endpoint = field_of("endpoint", self.runtime.catalogue())
        page = logpages.address_page(address, query, field, endpoint, source)
        self.show_page(page, logpages.live(self.board.view, page, self._span(panel)))

    # -- a line

    def trace(self, line: LogLine, source: str | None) -> None:
        """All lines of a line's trace, over all streams."""
        trace = read(line).trace_id
        if not trace:
            self.wall.say("this line names no trace")
            return
        page = logpages.trace_page(trace, logpages.trace_query(line, trace), source)
        at, wide = logpages.line_moment(line), logpages.AROUND_TRACE
        self._around(page, at, wide, wide)

    def tenant(self, company: str) -> None:
        """A tenant's panels."""
        self.wall.actions.open_layout("tenant", values={"company_id": company}, trail=True)
