"""The wall itself: draws what changed, hears the keys, opens what lies over it."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Sequence

from textual import events
from textual.app import ComposeResult
from textual.screen import Screen

from noc.charts.canvas import Canvas, Ink
from noc.engine.book import Entry
from noc.engine.grid import Rect
from noc.model.query import Query
from noc.runtime import AlertDesk, Runtime
from noc.ui import pointing
from noc.ui.actions import Actions
from noc.ui.ahead import Stage
from noc.ui.alertwatch import AlertWatch
from noc.ui.banner import Banner, draw_banners
from noc.ui.bindings import Key
from noc.ui.blockactions import DUE_EVERY
from noc.ui.board import Board
from noc.ui.cards import card_or_fault
from noc.ui.compat import bind
from noc.ui.desk import RELEASE_AFTER
from noc.ui.glass import Glass
from noc.ui.header import HeaderData, draw_footer, draw_header, footer_key_at
from noc.ui.heading import heading
from noc.ui.hints import footer_keys
from noc.ui.panels.data import Look
from noc.ui.state import View
from noc.ui.tv import Tv
from noc.ui.views import opened
from noc.ui.vitals import Vitals, settle

NOTICE_SECONDS = 8.0
FOOTER_FROM = 20  # rows below which the footer gives its line to the panels
APART_FROM = 40  # rows from which a TV keeps a free row between what stands under the header and the cards
VARIABLES_AGAIN = 5.0  # seconds between two questions for the values of variables that have none
AT_ONCE = 0.01  # seconds of drawing between two looks at the keys
FEED_EVERY = 0.2  # seconds between two pictures of a feed at least
CALM_AFTER = 10.0  # seconds without a key before tiles may change places


class Wall(Screen[None]):
    """One layout on one glass. Only cells that differ are repainted."""

    AUTO_FOCUS = ""

    def __init__(self, runtime: Runtime, keys: Sequence[Key], view: View, look: Look, alert: str = "") -> None:
        super().__init__()
        self.runtime = runtime
        self.keys = keys
        self.board: Board
        self.tv: Tv | None = None
        if runtime.tv and runtime.programme is not None and runtime.opens is None:  # a view that was named stands
            self.board = stage = Stage(runtime, view, look)
            self.tv = Tv(self, stage, runtime.programme)
        else:
            self.board = Board(runtime, view, look)
        if runtime.opens is not None:
            opened(self.board, runtime.opens, runtime.clock.now())
        self.actions = Actions(self)
        self._drawn: dict[str, object] = {}
        self._focused: str | None = None
        self._ground: object = None
        self._ready = asyncio.Event()
        self._left: list[str] = []
        self._unfinished = False
        self._pulse = False
        self._notice: tuple[str, float] | None = None
        self._pending = False
        self._last_key = float("-inf")
        self._asked_variables = runtime.clock.now()
        self._looked_for_blocks = float("-inf")
        self._unsubscribe: Callable[[], None] | None = None
        self._unfeed: Callable[[], None] | None = None
        self._polling: asyncio.Task[None] | None = None
        self._feeding: asyncio.Task[None] | None = None
        self.watch_alerts = AlertWatch(self)
        self.vitals = Vitals(self)
        self._alert = alert
        self._banners: list[Banner] = []
        bind(self, keys)

    def compose(self) -> ComposeResult:
        yield Glass(id="glass")

    def on_mount(self) -> None:
        self._unsubscribe = self.runtime.store.subscribe(self._changed)
        if self.runtime.feeds is not None:
            self._unfeed = self.runtime.feed_news.subscribe(self._fed)
            self._feeding = asyncio.create_task(self.runtime.feeds.run(), name="feeds")
        self._polling = asyncio.create_task(self.runtime.poller.run(), name="poller")
        self.watch_alerts.start()
        self.vitals.start()
        if self._alert and self.runtime.alerting is not None:
            self.run_worker(self._open_alert(self._alert, self.runtime.alerting), group="opening")
        self.ticking = self.set_interval(1.0, self.tick)
        if self.tv is not None:
            self.tv.tick()
        self._ask_variables()

    async def on_unmount(self) -> None:
        for end in (self._unsubscribe, self._unfeed):
            if end:
                end()
        for task in (self._polling, self._feeding):
            if task:
                task.cancel()
        self.vitals.stop()
        await self.watch_alerts.stop()

    async def _open_alert(self, prefix: str, desk: AlertDesk) -> None:
        """Show one alert whole as soon as it is known."""
        await self._ready.wait()
        await desk.poller.settle(10.0)
        found = desk.poller.book.find(prefix)
        panel = next((one for one in self.board.order if pointing.row_keys(self.board, one) is not None), None)
        if not found or panel is None:
            self.say(f"no alert {prefix} is known")
            return
        self.actions.show_alert(panel, found[0])

    # -- drawing

    @property
    def glass(self) -> Glass:
        return self.query_one("#glass", Glass)

    @property
    def area(self) -> tuple[int, int]:
        """Cells the picture has: one less each way where it moves about, so that nothing is lost at an edge."""
        columns, rows = self.glass.size
        margin = 1 if self.tv is not None and self.tv.programme.shift else 0
        return columns - margin, rows - margin

    @property
    def room(self) -> tuple[int, int]:
        """Cells the panels have."""
        columns, rows = self.area
        return columns, rows - self.top - (1 if self.footer else 0)

    @property
    def footer(self) -> bool:
        return not self.runtime.tv and self.glass.size.height >= FOOTER_FROM

    @property
    def top(self) -> int:
        """Rows above the grid: the header and what stands under it."""
        apart = 1 if self.tv is not None and self._banners and self.glass.size.height >= APART_FROM else 0
        return 1 + len(self._banners) + apart

    @property
    def last_input(self) -> float:
        """When somebody last touched keys or mouse, here or in what lies over the wall."""
        return float(getattr(self.app, "touched_at", self._last_key))

    def turned(self) -> None:
        """Another page of the programme stands here."""
        self.rearrange()
        if self.board.page.layout.variables:
            self._ask_variables()

    def _ask_variables(self) -> None:
        # the method, no coroutine of it: one that is cancelled before it begins would be lost, which Python warns of
        self.run_worker(self.actions.load_variables, exclusive=True, group="variables")  # type: ignore[arg-type]

    def news(self) -> None:
        """The alert book has news: drawn even while the wall is paused (keys.md)."""
        if self.tv is not None and self.is_mounted:
            self.tv.tick()
        if not self._pending:
            self._pending = True
            self.set_timer(0.05, self._draw_pending)

    def own_acks(self) -> Sequence[Entry]:
        """What its author acknowledged and still fires: quitting asks."""
        return self.watch_alerts.own_acks()

    def on_glass_resized(self) -> None:
        self.rearrange()

    def rearrange(self) -> None:
        """The glass, the layout, the focus or the view changed: place, plan and draw anew."""
        if min(self.area) < 1:
            if min(self.glass.size) > 0:  # no room, and none is to be waited for
                self._ready.set()
            return
        self._banners = self.banners()
        self.board.arrange(*self.room)
        self._ready.set()
        self._drawn.clear()
        self.redraw()

    def _changed(self, query: Query) -> None:
        """The store has news; drawing waits until the burst of answers is over."""
        if not self._pending and self.board.paused is False:
            self._pending = True
            self.set_timer(0.05, self._draw_pending)

    def _fed(self) -> None:
        """A feed has news; a fast one is drawn a few times a second."""
        if not self._pending and self.board.paused is False:
            self._pending = True
            self.set_timer(FEED_EVERY, self._draw_pending)

    def _draw_pending(self) -> None:
        self._pending = False
        self.redraw()

    def redraw(self, *, whole: bool = False) -> None:
        """Draw the header, the footer and every card whose picture would differ, those that gained or lost the focus
        first. A hundred charts take longer than a key may wait: the rest follows in pieces, unless ``whole``."""
        columns, rows = self.area
        if columns < 1 or rows < 1:
            return
        board = self.board
        palette, rectangles = board.look.palette, board.rectangles
        dark = self.vitals.dark(*self.room)
        ground = (self.glass.size, self.moved, board.look, dict(rectangles), self.top, dark is None)
        if ground != self._ground:
            blank = Canvas(*self.glass.size, Ink(palette.text, palette.background))
            self.glass.reset(blank, palette.text, palette.background)
            self._drawn.clear()
            self._ground = ground
        self._draw_lines(columns, rows)
        if dark is not None:
            self._left = []
            self._drawn.clear()
            self._paint(0, self.top, dark)
            return
        focus = board.view.focus
        self._left = [*rectangles][::-1]  # taken from the end
        self._left.sort(key=lambda one: one in (focus, self._focused))
        self._focused = focus
        self._draw_cards(math.inf if whole else AT_ONCE)

    @property
    def moved(self) -> tuple[int, int]:
        """Columns and rows by which the picture is moved on the glass."""
        return self.tv.offset if self.tv is not None else (0, 0)

    def _paint(self, x: int, y: int, part: Canvas) -> None:
        dx, dy = self.moved
        self.glass.paint(x + dx, y + dy, part)

    def _draw_cards(self, seconds: float) -> None:
        """Draw what is left, at least one card, for about so long; go on once keys were heard and the terminal painted."""
        board, clock = self.board, self.runtime.clock
        rectangles, banded = board.rectangles, board.dense
        until = clock.monotonic() + seconds
        while self._left:
            panel = self._left.pop()
            if panel in rectangles:
                drawn = self._draw_card(panel, rectangles[panel], focused=panel == self._focused, banded=banded)
                if drawn and clock.monotonic() > until:
                    break
        if self._left and not self._unfinished:
            self._unfinished = True
            self.set_timer(0.01, self._draw_rest)

    def _draw_rest(self) -> None:
        self._unfinished = False
        self._draw_cards(AT_ONCE)

    def _draw_card(self, panel: str, rect: Rect, *, focused: bool, banded: bool) -> bool:
        """Draw a card if its picture would differ; whether it would."""
        data = self.board.data(panel)
        pulse = self._pulse and self.board.critical(data)
        key = (self.board.picture_key(data), focused, pulse)
        if self._drawn.get(panel) == key:
            return False
        self._drawn[panel] = key
        card = card_or_fault(data, rect.width, rect.height, focused=focused, pulse=pulse, banded=banded)
        self._paint(rect.x, rect.y + self.top, card)
        return True

    def header(self) -> HeaderData:
        """What the header says now; the zoomed panel wears the same."""
        if self._notice and not 0.0 <= self.runtime.clock.now() - self._notice[1] <= NOTICE_SECONDS:
            self._notice = None
        notice = self._notice[0] if self._notice else self.vitals.words
        return heading(self.board, notice, self.tv, thin=not self.footer, meter=self.vitals.meter)

    def banners(self) -> list[Banner]:
        """The rows under the header now."""
        return [*(self.tv.banners() if self.tv is not None else ()), *self.watch_alerts.banners()]

    def _draw_lines(self, columns: int, rows: int) -> None:
        board, data = self.board, self.header()
        self._paint(0, 0, draw_header(data, columns, board.look))
        if self._banners:
            self._paint(0, 1, draw_banners(self._banners, columns, board.look.palette))
        if self.footer:
            pairs = [(key.label, word) for key, word in footer_keys(board, self.keys)]
            footer = draw_footer(pairs, data.notice, board.page_text, columns, board.look.palette)
            self._paint(0, rows - 1, footer)

    def tick(self) -> None:
        """Once a second: ages, the clock, the pulse, files that changed, live that comes back by itself."""
        now = self.runtime.clock.now()
        self._pulse = int(now) % 2 == 1
        self.vitals.tick()
        if self.board.view.overdue(now, self.runtime.tv):
            self.board.change(self.board.view.lived())
            self.say("live again")
            self.rearrange()
        self.watch_alerts.tick()
        banners = self.banners()
        if len(banners) != len(self._banners):
            self.rearrange()
        self._banners = banners
        idle = now - self._last_key  # below zero where the clock was set back
        if not 0.0 <= idle <= RELEASE_AFTER:
            self.board.desk.release_all()
        if self.tv is not None:
            self.tv.tick()
        if self.board.reloaded() or (not 0.0 <= idle <= CALM_AFTER and self.board.reordered()):
            self.rearrange()
        asking = any(worker.group == "variables" and not worker.is_finished for worker in self.workers)
        if self.board.wanting and not asking and not 0.0 <= now - self._asked_variables < VARIABLES_AGAIN:
            self._asked_variables = now
            self.run_worker(self.actions.load_wanting(), exclusive=True, group="variables")
        if self.actions.blocks_here and not 0.0 <= now - self._looked_for_blocks < DUE_EVERY:
            self._looked_for_blocks = now
            self.run_worker(self.actions.expire_blocks(), group="blocks due", exclusive=True)
        if self.app.screen is self:
            self.redraw()

    async def settled(self, deadline: float) -> None:
        """Return once everything on the glass has an answer, or the deadline (seconds) has passed; then draw."""
        await self._ready.wait()
        await self.workers.wait_for_complete()
        await settle(self.runtime, deadline)
        if self.banners() != self._banners:
            self.rearrange()
        if self.board.reordered():  # what was answered may bring other tiles to the front, which ask in turn
            self.rearrange()
            await self.runtime.poller.settle(deadline)
        self.redraw(whole=True)

    def say(self, text: str) -> None:
        """A notice for some seconds."""
        self._notice = (text, self.runtime.clock.now())
        self.redraw()

    # -- input

    def action_act(self, id: str) -> None:
        if self.tv is None or not self.tv.act(id):
            self.actions.act(id)

    def on_key(self, event: events.Key) -> None:
        self._touched()

    def _touched(self) -> None:
        """Somebody is here, at the keys or with the mouse."""
        self._last_key = self.runtime.clock.now()
        self.watch_alerts.key_pressed()

    def on_glass_pressed(self, event: Glass.Pressed) -> None:
        """A click does what reading the same place would make one press: no click ever writes."""
        self._touched()
        x, y = event.x - self.moved[0], event.y - self.moved[1]
        columns, rows = self.area
        if y == 0:
            self.actions.act("range.custom" if x > columns // 2 else "layout.go")
            return
        if self.footer and y == rows - 1:
            hints = footer_keys(self.board, self.keys)
            at = footer_key_at([(key.label, word) for key, word in hints], self.board.page_text, columns, x)
            if at is not None and not hints[at][0].writes:
                self.actions.act(hints[at][0].id)
            return
        panel = self.board.at(x, y - self.top)
        if panel:
            self.actions.focus_panel(panel)
            pointing.point(self.board, panel, y - self.top)
            self.redraw()
            if event.count == 2:
                self.actions.act("panel.zoom")

    def on_glass_scrolled(self, event: Glass.Scrolled) -> None:
        self._touched()
        if event.ctrl:
            self.actions.act("time.in" if event.direction < 0 else "time.out")
        else:
            panel = self.board.at(event.x - self.moved[0], event.y - self.moved[1] - self.top)
            if panel and panel == self.board.view.focus and pointing.row_keys(self.board, panel) is not None:
                pointing.row_moved(self.board, event.direction)
                self.redraw()
            else:
                self.actions.act("page.previous" if event.direction < 0 else "page.next")
