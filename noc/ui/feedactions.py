"""What the keys of a feed do to how it looks: pause, wrap, filter. Nothing is asked anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from noc.config.logpanels import LogsSpec
from noc.config.panels import PanelBase
from noc.engine.logfilter import parse as parse_filter
from noc.ui.board import Board
from noc.ui.screens.ask import Ask

if TYPE_CHECKING:
    from noc.ui.screens.wall import Wall

FILTER_HINT = 'word -word "two words" /regex/ level>=warn ip_address="…" +highlight   * shows everything'


class FeedActions:
    """Mixed into the wall's actions."""

    wall: Wall

    @property
    def board(self) -> Board:
        raise NotImplementedError  # Actions has it

    def _push(self, screen: Screen[Any], then: Callable[[Any], None] | None = None) -> None:
        raise NotImplementedError

    def _focused(self) -> tuple[str, PanelBase] | None:
        panel = self.board.view.focus
        return None if panel is None else (panel, self.board.page.layout.panels[panel])

    def do_log_wrap(self) -> None:
        focused = self._focused()
        if focused is None or not isinstance(focused[1], LogsSpec):
            self.wall.say("focus a panel of log lines first (Tab)")
            return
        self.board.desk.wrap_feed(focused[0])
        self.wall.redraw()

    def paused_feed(self) -> bool:
        """Space on a focused feed pauses the feed alone."""
        focused = self._focused()
        if focused is None or not isinstance(focused[1], LogsSpec):
            return False
        self.board.desk.pause_feed(focused[0])
        self.wall.redraw()
        return True

    def filter_feed(self, panel: str) -> None:
        """Filter a feed's lines without asking anew; an emptied line shows everything again."""

        def check(text: str) -> str:
            parse_filter(text)
            return "Enter filters what is here; * shows everything"

        def take(text: str | None) -> None:
            if text is not None:
                self.board.desk.of(panel).typed = "" if text.strip() == "*" else text.strip()
                self.wall.redraw()

        self._push(Ask("Filter lines", check, value=self.board.desk.of(panel).typed, hint=FILTER_HINT), take)
