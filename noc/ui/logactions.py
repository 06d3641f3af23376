"""What the keys of a line, or of a row of what is counted in lines, do: show it whole, follow it, offer a menu, copy it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from noc.catalogue.events import Event, read
from noc.catalogue.loglinks import field_of
from noc.config.logpanels import LogsSpec, TopSpec
from noc.engine.logplan import labels_of
from noc.model.errors import NocError
from noc.model.logs import LogLine
from noc.model.text import clean
from noc.ui import logpages, pointing
from noc.ui.logleads import LogLeads, title_of
from noc.ui.panels.logwords import listed
from noc.ui.panels.top import TopRow
from noc.ui.screens.deaf import Question
from noc.ui.screens.event import EventScreen
from noc.ui.screens.picker import Choice


@dataclass(frozen=True, slots=True)
class Lead:
    """Where a row leads: words for a menu, and what is done."""

    words: str
    go: Callable[[], object]
    hint: str = ""


class LogActions(LogLeads):
    """Mixed into the wall's actions."""

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
            self.address(focused[0], row.address, self._log_query(focused[0], focused[1]), field, focused[1].source)
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
            spec = self.board.page.layout.panels.get(panel)
            if id is not None and isinstance(spec, LogsSpec):  # on this very line, though the list may have moved on
                self.wall.actions.focus_panel(panel)
                pointing.choose(self.board, panel, screen.line.key)
                self._act_on(id, panel, spec, screen.line)

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

    def _act_on(self, id: str, panel: str, spec: LogsSpec, line: LogLine) -> None:
        """A key of a line that was shown whole."""
        if id == "panel.drill":
            self.trace(line, spec.source)
        elif id == "log.lines":
            self.lines_around(panel, spec, line)
        else:
            self._offer_leads(self._line_title(line), self._line_leads(panel, spec, line))

    def origin_words(self, address: str) -> str:
        """Country and kind of an address, in a few words."""
        found = self.board.look.origin(address)
        return clean(found.words, 60) if found is not None else ""

    # -- menus

    def log_menu(self) -> bool:
        """The menu of a line or of a row of a top list; False where the focus is on neither kind of list."""
        self.seen_row()
        focused = self._focused()
        line, row = self.chosen_line(), self.chosen_top()
        if focused is not None and line is not None and isinstance(focused[1], LogsSpec):
            self._offer_leads(self._line_title(line), self._line_leads(focused[0], focused[1], line))
        elif focused is not None and row is not None and isinstance(focused[1], TopSpec):
            self._offer_leads(clean(title_of(row), 80), self._row_leads(focused[0], focused[1], row))
        else:
            return self._nothing_here()
        return True

    def _nothing_here(self) -> bool:
        """A focused list of lines or of what is counted in them without a row under the cursor: it is said."""
        focused = self._focused()
        if focused is None or not isinstance(focused[1], (LogsSpec, TopSpec)):
            return False
        self.wall.say(f"there are no {'lines' if isinstance(focused[1], LogsSpec) else 'rows'} here")
        return True

    def _line_title(self, line: LogLine) -> str:
        return f"line of {logpages.moment(logpages.line_moment(line), self.board.look.tz)}"

    def _offer_leads(self, title: str, leads: Sequence[Lead]) -> None:
        choices = [Choice(str(index), one.words, one.hint) for index, one in enumerate(leads)]

        def take(found: tuple[str, ...] | None) -> None:
            if found:
                try:
                    leads[int(found[0])].go()
                except NocError as error:  # a query that its Loki reads and noc does not
                    self.wall.say(str(error))

        self._push(Question(title, choices, self.runtime.clock.monotonic), take)

    def _line_leads(self, panel: str, spec: LogsSpec, line: LogLine) -> list[Lead]:
        event = read(line)
        leads = [Lead("the whole line", lambda: self.show_event(panel, line), "Enter")]
        if event.trace_id:
            leads.append(Lead(f"its trace {clean(event.trace_id, 40)}", lambda: self.trace(line, spec.source), "d"))
        leads.append(Lead("the lines of that minute", lambda: self.lines_around(panel, spec, line), "l"))
        leads.append(Lead("copy the line", lambda: self._copied(clean(line.text, 100_000)), "y"))
        return leads + self._event_leads(panel, event, self._log_query(panel, spec), spec.source)

    def _event_leads(self, panel: str, event: Event, query: str, source: str | None) -> list[Lead]:
        leads = []
        address, company = event.address, event.company
        if address:
            field, all_lines = field_of("ip_address", self.runtime.catalogue()), logpages.streams(query)
            leads.append(
                Lead(
                    f"address {address}: endpoints, lines",
                    lambda: self.address(panel, address, all_lines, field, source),
                )
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
                Lead(
                    "its endpoints and lines", lambda: self.address(panel, row.address, query, field, spec.source), "d"
                )
            )
        company = labels.get(field_of("company_id", self.runtime.catalogue()), "")
        if company:
            leads.append(Lead(f"tenant {clean(company, 20)}: its panels", lambda: self.tenant(company)))
        leads.append(Lead("copy the row", lambda: self._copied(clean(title_of(row), 200)), "y"))
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
        """Copy the line or row under the cursor, harmless to paste; False where the focus is on neither kind of list."""
        self.seen_row()
        line, row = self.chosen_line(), self.chosen_top()
        if line is not None:
            self._copied(clean(line.text, 100_000))
        elif row is not None:
            self._copied(clean(title_of(row), 200))
        else:
            return self._nothing_here()
        return True

    def _copied(self, text: str) -> None:
        self.wall.app.copy_to_clipboard(text)
        self.wall.say(f"copied: {clean(text, 120)}")
