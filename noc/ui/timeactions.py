"""What the keys that move time do: ranges, panning, zooming, pausing, asking again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from noc.model.spoken import EXAMPLES, parse_window
from noc.model.timerange import format_duration
from noc.ui.board import Board
from noc.ui.screens.ask import Ask
from noc.ui.state import View

if TYPE_CHECKING:
    from noc.runtime import Runtime
    from noc.ui.screens.wall import Wall


class TimeActions:
    """Mixed into the wall's actions."""

    wall: Wall
    runtime: Runtime

    @property
    def board(self) -> Board:
        raise NotImplementedError  # Actions has it

    def _push(self, screen: Screen[Any], then: Callable[[Any], None] | None = None) -> None:
        raise NotImplementedError

    def _view(self, view: View) -> None:
        raise NotImplementedError

    def paused_feed(self) -> bool:
        raise NotImplementedError

    def do_range_custom(self) -> None:
        clock, tz = self.runtime.clock, self.board.look.tz

        def check(text: str) -> str:
            window = parse_window(text, clock.now(), tz)
            if window.live:
                return f"the last {format_duration(round(window.end - window.start))}, live"
            start, end = (datetime.fromtimestamp(at, tz) for at in (window.start, window.end))
            form = "%a %d %b %H:%M"
            last = f"{end:%H:%M}" if start.date() == end.date() else f"{end:{form}}"
            return f"{start:{form}} to {last} {end:%Z}"

        def take(text: str | None) -> None:
            if text:
                now = clock.now()
                window = parse_window(text, now, tz)
                if window.live:
                    self._view(self.board.view.lived().ranged(window.end - window.start))
                else:
                    self._view(self.board.view.fixed(window.start, window.end, now))

        self._push(Ask("Range", check, hint="   ".join(EXAMPLES)), take)

    def do_time_back(self) -> None:
        self._view(self.board.view.panned(-1, self.board.span, self.runtime.clock.now()))

    def do_time_forward(self) -> None:
        self._view(self.board.view.panned(1, self.board.span, self.runtime.clock.now()))

    def do_time_in(self) -> None:
        self._view(self.board.view.zoomed(0.5, self.board.span, self.runtime.clock.now()))

    def do_time_out(self) -> None:
        self._view(self.board.view.zoomed(2.0, self.board.span, self.runtime.clock.now()))

    def do_time_live(self) -> None:
        self._view(self.board.view.lived())

    def do_pause(self) -> None:
        if not self.board.paused and self.paused_feed():
            return
        if self.wall.tv is not None:
            self.wall.tv.pause()
            return
        self._view(self.board.view.paused(self.runtime.clock.now()))

    def do_refresh(self) -> None:
        self.runtime.poller.refresh()
        if self.runtime.feeds is not None:
            self.runtime.feeds.refresh()
        self.wall.say("asking again")
