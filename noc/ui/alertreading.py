"""What the keys of alert work choose and show: the row under the cursor, an alert whole, its runbook, links, the hours.

A key acts on what stood under the cursor when it was pressed: the entries are taken then, and dialogs repeat them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from noc.actions import ack
from noc.actions.runbook import Command, commands, markdown, values_of
from noc.catalogue.runbooks import NAME, Runbook
from noc.config.alertpanels import AlertPanel
from noc.engine import bell, digest
from noc.engine.book import Entry
from noc.model.alerts import Silence, SilenceState
from noc.model.errors import ActionError, ConfigError, NocError
from noc.model.text import clean
from noc.ui import pointing
from noc.ui.board import Board
from noc.ui.panels.alertwords import entries_of, silence_of
from noc.ui.panels.data import PanelData
from noc.ui.runbookoffers import offers, wanted
from noc.ui.screens.deaf import Question
from noc.ui.screens.detail import Detail, Look, RunbookScreen
from noc.ui.screens.picker import Choice, Picker
from noc.ui.screens.sheets import Reading, text_canvas

if TYPE_CHECKING:
    from noc.runtime import AlertDesk, Runtime
    from noc.ui.screens.wall import Wall

ROW_ACTIONS = (
    "alert.ack", "alert.stage", "alert.silence", "alert.extend", "alert.expire", "alert.runbook", "alert.links",
    "log.lines", "alert.copy", "alert.window", "alert.emergency", "alert.undo", "history",
)  # fmt: skip
"""What the menu of a row offers, in this order."""

HOURS = 8 * 3600.0
STEP = 60.0  # seconds between two points of the recorded history


class AlertReading:
    """The half of alert work that writes nothing to a server; :class:`AlertActions` is the other."""

    wall: Wall
    runtime: Runtime

    @property
    def board(self) -> Board:
        raise NotImplementedError  # Actions has it

    def act(self, id: str) -> None:
        raise NotImplementedError

    def log_menu(self) -> bool:
        raise NotImplementedError  # LogActions has it

    def copy_log_row(self) -> bool:
        raise NotImplementedError

    def _push(self, screen: Screen[Any], then: Callable[[Any], None] | None = None) -> None:
        raise NotImplementedError

    # -- what is under the cursor

    @property
    def _alerting(self) -> AlertDesk | None:
        if self.runtime.alerting is None:
            self.wall.say("no Alertmanager is configured; --alertmanager URL, or noc init")
        return self.runtime.alerting

    def chosen_key(self) -> str | None:
        """The row under the cursor. Without one the first row of the first list gets the cursor: what a key would act on
        is always seen before it acts."""
        board = self.board
        focus = board.view.focus
        panels = board.page.layout.panels
        lists = [
            one
            for one in board.order
            if isinstance(panels[one], AlertPanel) and pointing.row_keys(board, one) is not None
        ]
        panel = focus if focus in lists else next(iter(lists), None)
        if panel is None:
            self.wall.say("no list of alerts on this layout; g opens alerts")
            return None
        keys = pointing.row_keys(board, panel) or []
        cursor = board.desk.of(panel).cursor
        if panel == focus and cursor is not None:
            return cursor
        alerts = (key for key in keys if not key.startswith("/") and self._entries(panel, key))
        first = next(alerts, keys[0] if keys else None)
        if first is None:
            self.wall.say("nothing is listed")
            return None
        self.wall.actions.focus_panel(panel)
        pointing.choose(board, panel, first)
        self.wall.redraw()
        return first

    def _held_key(self) -> str | None:
        """The row that has the cursor, if the focused panel is a list with one."""
        focus = self.board.view.focus
        panels = self.board.page.layout.panels
        lists = (
            focus is not None
            and isinstance(panels[focus], AlertPanel)
            and pointing.row_keys(self.board, focus) is not None
        )
        return self.board.desk.of(focus).cursor if lists and focus is not None else None

    def _entries(self, panel: str, key: str) -> tuple[Entry, ...]:
        return entries_of(self.board.data(panel), key)

    def chosen(self) -> tuple[Entry, ...]:
        """The alerts under the cursor: one, or those of a group."""
        key = self.chosen_key()
        focus = self.board.view.focus
        if key is None or focus is None:
            return ()
        found = self._entries(focus, key)
        if not found and not key.startswith(("silence:", "finding:")):
            self.wall.say("that alert is gone")
        return found

    def _chosen_silences(self) -> list[Silence]:
        """The silence under the cursor, or those that hide the alert under it."""
        key = self.chosen_key()
        focus = self.board.view.focus
        if key is None or focus is None:
            return []
        one = silence_of(self.board.data(focus), key)
        if one is not None:
            return [one]
        known = {found.id: found for entry in self._entries(focus, key) for found in entry.silences}
        return [found for found in known.values() if found.state is not SilenceState.EXPIRED]

    # -- keys that read

    def show_alert(self, panel: str, entry: Entry) -> None:
        """Put the cursor on an alert and show it whole."""
        self.wall.actions.focus_panel(panel)
        pointing.choose(self.board, panel, entry.key)
        self.show_detail(panel, entry)

    def show_detail(self, panel: str, entry: Entry) -> None:
        """The alert whole, with the keys of its row."""
        key = entry.key
        ids = ("alert.ack", "alert.silence", "alert.expire", "alert.stage", "alert.runbook", "log.lines", "alert.links")
        own = [one for one in self.wall.keys if one.id in ids and one.keys]
        acts = {name: one.id for one in own for name in one.keys}
        hints = "  ".join([*(f"{one.label} {one.short or one.id.partition('.')[2]}" for one in own), "y copy", "Esc"])
        book = self._runbook(entry)
        screen = Detail(
            self._looked(panel, key),
            markdown(book, values_of(entry.alert.labels)) if book is not None else "",
            self.board.look.palette,
            copied=self._six_lines,
            acts=acts,
            hints=hints,
        )

        def then(id: str | None) -> None:
            if id:  # on this very alert, though the list may have moved on beneath
                self.wall.actions.focus_panel(panel)
                pointing.choose(self.board, panel, key)
                self.act(id)

        self._push(screen, then)

    def _looked(self, panel: str, key: str) -> Look:
        """An alert by its fingerprint: as it is at the moment, then as it ended, then no more."""

        def look() -> tuple[Entry | None, PanelData]:
            book = self.board.desk.book
            ended = (one for one in book.resolved if one.alert.fingerprint == key)
            return book.by_key.get(key) or next(ended, None), self.board.data(panel)

        return look

    def _six_lines(self, entry: Entry) -> str:
        return digest.six_lines(entry, self.runtime.clock.now(), self.board.look.tz, self.runtime.environment.name)

    def _runbook_name(self, entry: Entry) -> str:
        """The runbook an alert names: its annotation, else the catalogue's."""
        name = entry.alert.annotation("runbook")
        if NAME.fullmatch(name):
            return name
        rows = [one for _, one in self.runtime.catalogue().rules() if one.alert == entry.alert.name]
        return (rows[0].runbook or "") if rows else ""

    def _runbook(self, entry: Entry) -> Runbook | None:
        name = self._runbook_name(entry)
        if not name or self.runtime.alerting is None:
            return None
        try:
            return self.runtime.alerting.runbook(name)
        except ConfigError:
            return None

    def do_alert_runbook(self) -> None:
        desk = self._alerting
        if desk is None:
            return
        key = self.chosen_key()
        finding = next((one for one in desk.poller.book.findings if one.key == key), None)
        entries = self.chosen() if finding is None and key is not None else ()
        if finding is None and not entries:
            return
        labels = entries[0].alert.labels if entries else ()
        name = finding.runbook if finding is not None else self._runbook_name(entries[0])
        if not name:
            self.wall.say("this alert names no runbook of noc's; o shows its links")
            return
        try:
            found = desk.runbook(name)
            desk.audit.opened_runbook(name, key or "", desk.runner.author)
        except ConfigError as error:
            self.wall.say(str(error.faults[0]))
            return
        except ActionError as error:
            self.wall.say(str(error))
            return
        look = self._looked(self.board.view.focus or self.board.order[0], entries[0].key) if entries else None

        def filled(more: Mapping[str, str]) -> tuple[str, Sequence[Command]]:
            values = {**values_of(labels, more), **more}  # chosen because what the label says does not fit
            return markdown(found, values), commands(found, values)

        screen = RunbookScreen(f"Runbook: {found.title}", filled, self.board.look.palette, look)
        self._push(screen)
        names = wanted(found, values_of(labels))
        if entries and names:
            self.wall.run_worker(self._offer(screen, entries[0], names), group="offers", exclusive=True)

    async def _offer(self, screen: RunbookScreen, entry: Entry, names: dict[str, str]) -> None:
        """Ask the log for what may fill a runbook's placeholders; a runbook without answers stays what it is."""
        alert = entry.alert
        try:
            screen.offered(await offers(self.runtime, alert.name, alert.labels, alert.starts_at, names))
        except NocError as error:
            screen.offered({}, str(error))

    def do_alert_links(self) -> None:
        entries = self.chosen()
        if not entries:
            return
        links = links_of(entries[0])
        if not links:
            self.wall.say("this alert has no links")
            return
        choices = [Choice(url, name, url) for name, url in links]

        def copy(found: tuple[str, ...] | None) -> None:
            if found:
                self.wall.app.copy_to_clipboard(found[0])
                self.wall.say(f"copied: {clean(found[0], 160)}")

        self._push(Picker("Links (Enter copies)", choices), copy)

    def do_alert_menu(self) -> None:
        if self.log_menu():
            return
        known = {key.id: key for key in self.wall.keys}
        choices = [
            Choice(
                id,
                known[id].words,
                "   ".join([known[id].label] * bool(known[id].keys) + ["writes"] * known[id].writes),
            )
            for id in ROW_ACTIONS
            if id in known
        ]
        entries = self.chosen()
        title = ack.listed(entries) if entries else "What to do"
        menu = Question(title, choices, self.runtime.clock.monotonic)
        self._push(menu, lambda found: self.act(found[0]) if found else None)

    def do_alert_copy(self) -> None:
        if self.copy_log_row():
            return
        entries = self.chosen()
        if entries:
            self.wall.app.copy_to_clipboard("\n\n".join(self._six_lines(one) for one in entries[:10]))
            self.wall.say("copied as six lines" if len(entries) == 1 else f"copied {min(10, len(entries))} alerts")

    def do_history(self) -> None:
        if self._alerting is not None:
            self.wall.run_worker(self._history(), group="history", exclusive=True)

    async def _history(self) -> None:
        """The last eight hours: the wall's own log, and what Prometheus recorded before it began."""
        desk, now = self.runtime.alerting, self.runtime.clock.now()
        assert desk is not None
        spans: Sequence[digest.Span] = ()
        source = next(iter(self.runtime.sources.values()), None)
        if source is not None:
            end = now // STEP * STEP
            try:
                answer = await source.range('ALERTS{alertstate="firing"}', end - HOURS, end, STEP)
                spans = digest.spans_of(answer.series, STEP)
            except NocError as error:
                self.wall.say(f"only what this wall saw: {error}")
        text = digest.hours(
            desk.poller.book, now=now, tz=self.board.look.tz, environment=self.runtime.environment.name, spans=spans
        )
        screen = Reading("The last 8 hours", text_canvas(text), self.board.look.palette, copied=text)
        self._push(screen)

    def do_bell(self) -> None:
        desk = self._alerting
        if desk is None:
            return
        now = self.runtime.clock.now()
        if desk.bell.off(now):
            desk.bell.unhush()
            self.wall.say("the bell rings again")
        else:
            short = self.runtime.tv and self.runtime.read_only
            desk.bell.hush(now, bell.TV_HUSHED if short else bell.HUSHED)
            self.wall.say(f"bell off for {'10 minutes' if short else '8 hours'}; b brings it back")
        self.wall.redraw()


_URL = re.compile(r"https?://[^\s\x00-\x1f]+")


def links_of(entry: Entry) -> list[tuple[str, str]]:
    """Name and URL of everything an alert links to; http and https alone."""
    found = [("runbook", entry.alert.annotation("runbook_url")), ("rule", entry.alert.generator_url)]
    found += [(name, text) for name, text in entry.alert.annotations if name not in ("runbook_url", "runbook")]
    return [(clean(name, 40), url) for name, url in found if _URL.fullmatch(url)]
