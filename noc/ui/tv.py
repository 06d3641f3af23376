"""A wall that walks through a programme: pages that turn, an alert that takes the glass, a person who comes by, the night.

What is due when is decided by ``engine.rotation``; here it is done. Nothing on this path writes.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from noc.config.alertpanels import AlertsSpec, IncidentsSpec
from noc.config.loader import load_programme
from noc.config.programme import Programme
from noc.engine.book import Entry
from noc.engine.escalation import countdown
from noc.engine.rotation import Rotation, Showing, Why, urgent, within
from noc.model.errors import ConfigError, NocError
from noc.model.text import clean
from noc.runtime import Page
from noc.ui.ahead import Stage
from noc.ui.banner import Banner, critical_banner
from noc.ui.dimming import dimmed
from noc.ui.panels.alertwords import incident_lines, lines
from noc.ui.panels.data import PanelData
from noc.ui.state import View

if TYPE_CHECKING:
    from noc.ui.screens.wall import Wall

LEAD = 10.0
"""Seconds a person lives through before a page comes at which its queries are asked; a demo's clock may run faster."""

STEPS = {"layout.next": 1, "layout.previous": -1}
"""Actions that step through the pages, not through all layouts."""


@dataclass(frozen=True, slots=True)
class Words:
    """What the header says of the programme: ``quiet`` from long to short, ``loud`` fills it, ``fault`` is a page or a file
    that cannot be shown."""

    quiet: tuple[str, ...] = ()
    loud: str = ""
    fault: str = ""


class Tv:
    """Runs beside one wall; asked once a second, on a key, and when alerts change."""

    def __init__(self, wall: Wall, board: Stage, programme: Programme) -> None:
        self._wall = wall
        self._board = board
        self._clock = wall.runtime.clock
        self._given = dict(board.view.values)
        self.rotation = Rotation(programme, board.look.tz)
        self.showing: Showing | None = None
        self._turned = -1
        self._began = self._clock.now()
        self._seen = (self._began, self._clock.monotonic())
        self._pace = 1.0
        self._coming: tuple[int, str | None] | None = None
        self._pages: dict[str, tuple[Path, float, Page]] = {}
        self._failed: dict[str, str] = {}
        self._fault = ""
        self._file = wall.runtime.programme_file
        self._stamp = _stamp(self._file)

    @property
    def programme(self) -> Programme:
        return self.rotation.programme

    @property
    def offset(self) -> tuple[int, int]:
        """Columns and rows by which the picture is moved."""
        return self.showing.offset if self.showing and self.programme.shift else (0, 0)

    @property
    def commands(self) -> bool:
        """Whether the programme says what stands on the glass: nobody is there."""
        return self.showing is not None and not self.showing.held

    # -- once a second

    def tick(self) -> None:
        """Do what is due: a page change, one dialog closed, the next page asked for, the light of the hour."""
        now, app = self._clock.now(), self._wall.app
        self._measure(now)
        self._reload(now)
        alerts = self._urgent()
        over = app.screen is not self._wall and self._wall in app.screen_stack
        last_key = self._wall.last_input
        self.showing = self.rotation.look(now, [*alerts], last_key=last_key, occupied=over)
        if over and now >= self.rotation.here_until(last_key):
            app.screen.dismiss(None)  # one a second: what was left open closes as if by Escape
        if self.showing.turns != self._turned:
            self._turn(now, alerts)
        self._point(alerts)
        self._look_ahead(now, [*alerts])
        self._dim(now)

    def _measure(self, now: float) -> None:
        """How many seconds of the wall's clock pass in one that is lived through."""
        moment = self._clock.monotonic()
        if moment - self._seen[1] >= 0.5:
            self._pace = max(1.0, (now - self._seen[0]) / (moment - self._seen[1]))
            self._seen = (now, moment)

    def _urgent(self) -> dict[str, Entry]:
        desk = self._wall.runtime.alerting
        return urgent(desk.poller.book) if desk is not None else {}

    def _turn(self, now: float, alerts: dict[str, Entry]) -> None:
        """Show what is due; a page that does not open is left out of this round. Where none opens the old wall stays."""
        assert self.showing is not None
        for _ in range(len(self.programme.pages) + 1):
            name = self._layout(self.showing)
            try:
                page = self._page(name)
            except NocError as error:
                self._failed[name] = _why(error)
                self.showing = self.rotation.skipped(now)
                continue
            self._failed.pop(name, None)
            self._board.turn(page, self._view(page, self.showing))
            self._coming = None
            self._wall.turned()
            break
        self._turned = self.showing.turns
        shown = {page.layout for page in self.programme.pages}
        if self.programme.preempt is not None:
            shown.add(self.programme.preempt.layout)
        self._failed = {one: why for one, why in self._failed.items() if one in shown}

    def _layout(self, showing: Showing) -> str:
        preempt = self.programme.preempt
        if showing.alert is not None and preempt is not None:
            return preempt.layout
        return self.programme.pages[showing.page].layout

    def _page(self, name: str) -> Page:
        """A layout, read again only when its file has changed. NocError."""
        if name in self._pages:
            path, stamp, page = self._pages[name]
            if _stamp(path) == stamp:
                return page
            del self._pages[name]
        page = self._wall.runtime.load(name)
        if page.path is not None:
            self._pages[name] = (page.path, _stamp(page.path), page)
        return page

    def _view(self, page: Page, showing: Showing) -> View:
        """The page as its programme wants it: range and variables; those of the command line where it names none."""
        wanted = self.programme.pages[showing.page] if showing.alert is None else None
        own = {name: (value,) for name, value in wanted.variables.items()} if wanted else {}
        values = {name: value for name, value in {**self._given, **own}.items() if name in page.layout.variables}
        return View(page.name, span=wanted.range if wanted else None, values=tuple(sorted(values.items())))

    def _point(self, alerts: dict[str, Entry]) -> None:
        """Keep the cursor on the row of the alert whose page it is. Its list moves on: nobody works in it."""
        entry = alerts.get(self.showing.alert or "") if self.showing else None
        if entry is None or not self.commands:
            return
        board = self._board
        for panel in board.order:
            if not isinstance(board.page.layout.panels[panel], AlertsSpec | IncidentsSpec):
                continue
            key = row_of(board.data(panel), entry.key)
            if key is None:
                continue
            if board.view.focus != panel or panel not in board.rectangles:
                self._wall.actions.focus_panel(panel)
            held = board.desk.of(panel)
            held.cursor, held.order = key, None
            return

    def _look_ahead(self, now: float, alerts: list[str]) -> None:
        """Ask for the next page's queries while this one still stands."""
        assert self.showing is not None
        near = self.commands and now >= self.showing.until - LEAD * self._pace
        coming = self.rotation.coming(alerts) if near else None
        placed = min(self._wall.room) > 0  # at its very first look the glass has no size yet
        if self.commands and placed and not alerts and self.programme.preempt and now < self._warm_until:
            coming = (self.showing.page, "")  # the first alert finds its page full
        if coming == self._coming:
            return
        self._coming = coming
        if coming is None:
            self._board.forget()
            return
        next_ = replace(self.showing, page=coming[0], alert=coming[1])
        with suppress(NocError):  # said when its turn has come
            page = self._page(self._layout(next_))
            self._board.prepare(page, self._view(page, next_), *self._wall.room)
            if page.layout.variables:
                self._wall.run_worker(self._learn, group="coming", exclusive=True)  # type: ignore[arg-type]

    async def _learn(self) -> None:
        ahead = self._board.ahead
        if ahead is not None:
            with suppress(NocError):  # said when its turn has come
                await ahead.load_variables()
            if self._board.ahead is ahead:
                self._board.learnt()

    def _dim(self, now: float) -> None:
        """Less light in the dark hours."""
        board, night = self._board, self.programme.night
        palette, app = self._wall.runtime.palettes[board.look.palette.name], self._wall.vitals.app
        app.worn = None
        if night is not None and within(night.between, now, board.look.tz):
            app.worn = palette = dimmed(palette, night.dim)
        if palette != board.look.palette:
            board.look = replace(board.look, palette=palette)
            self._wall.rearrange()

    def _reload(self, now: float) -> None:
        """The programme's file was edited: taken as it is now; a broken one keeps the old and says why."""
        stamp = _stamp(self._file)
        if self._file is None or stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            programme = load_programme(self._file)
        except ConfigError as error:
            self._fault = f"kept the old programme: {_why(error)}"
            return
        self._fault = ""
        self.rotation.replaced(programme, now)

    @property
    def _warm_until(self) -> float:
        """Until when a wall that starts asks for the alert's page, and no longer than half its first page stands."""
        first = self.showing.until - self._began if self.showing is not None else 0.0
        return self._began + min(LEAD * self._pace, first / 2)

    # -- what a person does

    def act(self, id: str) -> bool:
        """Carry out an action that the programme answers; whether it does."""
        if id not in STEPS or len(self.programme.pages) < 2:
            return False
        self.rotation.step(STEPS[id], self._clock.now())
        self.tick()
        return True

    def pause(self) -> None:
        """Let the page stand, two minutes at most, or go on."""
        now = self._clock.now()
        if self.rotation.paused:
            self.rotation.resume(now)
        else:
            self.rotation.pause(now)
        self.tick()
        self._wall.redraw()

    # -- what is said

    def banners(self) -> list[Banner]:
        """What stands under the header on all pages until it is over."""
        return critical_banner([*self._urgent().values()], self._clock.now())

    def words(self) -> Words:
        """What the header says of the programme now."""
        showing, now = self.showing, self._clock.now()
        if showing is None:
            return Words()
        left = countdown(showing.until - now)
        fault = self._fault or next((f"{one} is left out: {why}" for one, why in self._failed.items()), "")
        at = f"page {showing.number} of {showing.count}" if showing.number else "programme"
        brief = f"{showing.number}/{showing.count}" if showing.number else ""
        if showing.why is Why.PAUSED:
            return Words((at, brief) if showing.count > 1 else (), f"PAUSED {left} left", fault)
        if showing.count < 2 and not self._urgent():
            return Words(fault=fault)
        if showing.why is Why.HERE:
            return Words((f"{at} · goes on in {left}", f"goes on in {left}", f"on in {left}"), "", fault)
        if showing.alert is not None:
            return Words((f"alert's page · {left}", f"alert {left}"), "", fault)
        return Words((f"{at} · {left}", f"{brief} · {left}"), "", fault)


def row_of(data: PanelData, alert: str) -> str | None:
    """The key of the row in which a list shows an alert: its own, else its group's; None where it shows none."""
    listed, _ = lines(data) if isinstance(data.spec, AlertsSpec) else incident_lines(data)
    rows = [line for line in listed if line.row is not None and any(one.key == alert for one in line.row.entries)]
    own = [line for line in rows if line.row is not None and line.row.entry is not None]
    return next((line.key for line in (*own, *reversed(rows))), None)


def _stamp(path: Path | None) -> float:
    """When a file was written; 0 where there is none."""
    try:
        return path.stat().st_mtime if path is not None else 0.0
    except OSError:
        return 0.0


def _why(error: NocError) -> str:
    faults = error.faults if isinstance(error, ConfigError) else []
    if not faults:
        return clean(str(error), 200)
    more = f" (+{len(faults) - 1} more)" if len(faults) > 1 else ""
    return clean(f"{faults[0] if faults[0].line else faults[0].message}{more}", 200)
