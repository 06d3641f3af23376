"""What the keys of log work do: from an alert, a chart or a row to lines, from a line to its trace, from an address on.

A key acts on what stood under the cursor when it was pressed. Pages open over the one at hand; Escape leads back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from noc.catalogue.events import Event, read
from noc.catalogue.loglinks import alert_lines, field_of, metric_lines, only
from noc.config.alertpanels import AlertPanel
from noc.config.logpanels import LogPanel, LogsSpec, TopSpec
from noc.config.panels import QueryPanel
from noc.engine.logplan import labels_of
from noc.model.errors import NocError
from noc.model.logs import LogLine
from noc.model.series import Labels
from noc.model.text import clean
from noc.runtime import Page
from noc.ui import logpages, pointing
from noc.ui.blockactions import BlockActions
from noc.ui.feedactions import FeedActions
from noc.ui.panels.logwords import line_of, listed
from noc.ui.panels.top import TopRow, row_of
from noc.ui.screens.deaf import Question
from noc.ui.screens.event import EventScreen
from noc.ui.screens.picker import Choice
from noc.ui.state import View

NOWHERE = "no log lines are known for this; the catalogue's `logs` names them"


@dataclass(frozen=True, slots=True)
class Lead:
    """Where a row leads: words for a menu, and what is done."""

    words: str
    go: Callable[[], object]
    hint: str = ""


def title_of(row: TopRow) -> str:
    """The values a row stands for, raw."""
    return " ".join(row.values)


class LogActions(BlockActions, FeedActions):
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
        """The log query that feeds a panel, filled in as it is asked."""
        plan = self.board.plans.get(panel)
        if isinstance(spec, LogsSpec):
            return plan.feed.expr if plan is not None and plan.feed is not None else ""
        return self.board.filled(spec.queries[0].query or "") if spec.queries else ""

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
        at = view.mark or view.end or now
        if isinstance(spec, LogPanel):
            query = self._log_query(panel, spec)
            for name, value in labels.items():
                query = only(query, name, value) if value else query
            source = spec.source
        else:
            catalogue, source = self.runtime.catalogue(), None
            names = [item.metric for item in spec.queries if item.metric]
            metric = next((catalogue[name] for name in names if name in catalogue and catalogue[name].logs), None)
            query = metric_lines(metric, labels, catalogue)
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
        self.show_page(page, logpages.live(self.board.view, page, spec.range))

    def address(self, address: str, query: str, field: str, source: str | None) -> None:
        """An address: what it reached and its lines."""
        endpoint = field_of("endpoint", self.runtime.catalogue())
        page = logpages.address_page(address, query, field, endpoint, source)
        self.show_page(page, logpages.live(self.board.view, page))

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

    def opened_log_row(self) -> bool:
        """Enter on a line shows it whole; on a row of a top list its lines. A list that is alone has nothing to zoom."""
        if len(self.board.page.layout.panels) == 1:
            self.seen_row()
        focused = self._focused()
        line, row = self.chosen_line(), self.chosen_top()
        if focused is None or (line is None and row is None):
            return False
        if line is not None:
            self.show_event(focused[0], line)
        elif row is not None and isinstance(focused[1], TopSpec):
            self.row_lines(focused[0], focused[1], row)
        return True

    def followed_log_row(self) -> bool:
        """``d`` on a line: its trace; on a row of addresses: the address."""
        self.seen_row()
        focused = self._focused()
        line, row = self.chosen_line(), self.chosen_top()
        if focused is not None and line is not None and isinstance(focused[1], LogsSpec):
            self.trace(line, focused[1].source)
            return True
        if focused is not None and row is not None and isinstance(focused[1], TopSpec) and row.address:
            field = labels_of(focused[1])[0]
            self.address(row.address, self._log_query(focused[0], focused[1]), field, focused[1].source)
            return True
        return False

    def show_event(self, panel: str, line: LogLine) -> None:
        """A line whole, with the keys of its row; the cursor goes along."""
        lines: Sequence[LogLine] = listed(self.board.data(panel))
        at = next((index for index, one in enumerate(lines) if one.key == line.key), None)
        if at is None:
            lines, at = (line,), 0
        ids = {"panel.drill": "trace", "log.lines": "that minute", "alert.menu": "menu"}
        own = [key for key in self.wall.keys if key.id in ids and key.keys]
        hints = "  ".join([*(f"{key.label} {ids[key.id]}" for key in own), "n p next, before", "y copy", "Esc"])

        def then(id: str | None) -> None:
            if id:
                self.wall.actions.focus_panel(panel)
                self.act(id)

        screen = EventScreen(
            lines,
            at,
            self.board.look,
            acts={name: key.id for key in own for name in key.keys},
            hints=hints,
            origin=self.origin_words,
            seen=lambda one: pointing.choose(self.board, panel, one.key),
        )
        self._push(screen, then)

    def origin_words(self, address: str) -> str:
        """Country and kind of an address, in a few words."""
        found = self.board.look.origin(address)
        return clean(" ".join(part for part in (found.name, found.note) if part), 60) if found is not None else ""

    # -- menus

    def log_menu(self) -> bool:
        """The menu of a line or of a row of a top list; False where neither is under the cursor."""
        self.seen_row()
        focused = self._focused()
        line, row = self.chosen_line(), self.chosen_top()
        if focused is None:
            return False
        panel, spec = focused
        if line is not None and isinstance(spec, LogsSpec):
            leads, title = (
                self._line_leads(panel, spec, line),
                f"line of {logpages.moment(logpages.line_moment(line), self.board.look.tz)}",
            )
        elif row is not None and isinstance(spec, TopSpec):
            leads, title = self._row_leads(panel, spec, row), clean(title_of(row), 80)
        else:
            return False
        choices = [Choice(str(index), one.words, one.hint) for index, one in enumerate(leads)]

        def take(found: tuple[str, ...] | None) -> None:
            if found:
                leads[int(found[0])].go()

        self._push(Question(title, choices, self.runtime.clock.monotonic), take)
        return True

    def _line_leads(self, panel: str, spec: LogsSpec, line: LogLine) -> list[Lead]:
        event = read(line)
        leads = [Lead("the whole line", lambda: self.show_event(panel, line), "Enter")]
        if event.trace_id:
            leads.append(Lead(f"its trace {clean(event.trace_id, 40)}", lambda: self.trace(line, spec.source), "d"))
        leads.append(Lead("the lines of that minute", lambda: self.lines_around(panel, spec, line), "l"))
        leads.append(Lead("copy the line", self.copy_log_row, "y"))
        return leads + self._event_leads(event, self._log_query(panel, spec), spec.source)

    def _event_leads(self, event: Event, query: str, source: str | None) -> list[Lead]:
        leads = []
        address, company = event.address, event.company
        if address:
            field, all_lines = field_of("ip_address", self.runtime.catalogue()), logpages.streams(query)
            leads.append(
                Lead(f"address {address}: endpoints, lines", lambda: self.address(address, all_lines, field, source))
            )
        if company:
            leads.append(Lead(f"tenant {clean(company, 20)}: its panels", lambda: self.tenant(company)))
        if address:
            leads += self.block_leads(address)
        return leads

    def _row_leads(self, panel: str, spec: TopSpec, row: TopRow) -> list[Lead]:
        leads = [Lead("its lines", lambda: self.row_lines(panel, spec, row), "Enter")]
        query, labels = self._log_query(panel, spec), dict(row.labels)
        if row.address:
            field = labels_of(spec)[0]
            leads.append(
                Lead("its endpoints and lines", lambda: self.address(row.address, query, field, spec.source), "d")
            )
        company = labels.get(field_of("company_id", self.runtime.catalogue()), "")
        if company:
            leads.append(Lead(f"tenant {clean(company, 20)}: its panels", lambda: self.tenant(company)))
        leads.append(Lead("copy the row", self.copy_log_row, "y"))
        if row.address:
            leads += self.block_leads(row.address)
        return leads

    def block_leads(self, address: str) -> list[Lead]:
        """Blocking an address, the last in its menu; a wall that may not write does not offer it."""
        if not self.blocks_here:
            return []
        return [Lead(f"block {address} ...", lambda: self.block(address), "writes")]

    # -- what a feed looks like

    def copy_log_row(self) -> bool:
        """Copy the line or row under the cursor, harmless to paste."""
        self.seen_row()
        line, row = self.chosen_line(), self.chosen_top()
        if line is None and row is None:
            return False
        text = clean(line.text, 100_000) if line is not None else clean(title_of(row), 200) if row is not None else ""
        self.wall.app.copy_to_clipboard(text)
        self.wall.say(f"copied: {clean(text, 120)}")
        return True
