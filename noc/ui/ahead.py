"""A board that asks for its next page while this one still stands: a page change shows a picture, no skeleton. No Textual."""

from __future__ import annotations

from noc.runtime import Page, Runtime
from noc.ui.board import Board
from noc.ui.panels.data import Look
from noc.ui.state import View


class Ahead(Board):
    """The page to come, placed and planned as it will stand; it is asked for by the board it will stand on."""

    def __init__(self, runtime: Runtime, page: Page, view: View, look: Look) -> None:
        super().__init__(runtime, view, look)
        self.page = page

    def _watch(self) -> None:
        """Nothing on its own account."""


class Stage(Board):
    """The board of a wall that turns pages by itself. The values of a page's variables are remembered until they are asked
    for again: without them nothing can be asked."""

    def __init__(self, runtime: Runtime, view: View, look: Look) -> None:
        self.ahead: Ahead | None = None
        self._learnt: dict[str, dict[str, list[str]]] = {}
        super().__init__(runtime, view, look)

    def prepare(self, page: Page, view: View, columns: int, rows: int) -> Ahead:
        """Ask for a page, too, that will stand on so many cells."""
        self.ahead = Ahead(self.runtime, page, view, self.look)
        self.ahead.known = dict(self._learnt.get(page.name, {}))
        self.ahead.arrange(columns, rows)
        self._watch()
        return self.ahead

    def learnt(self) -> None:
        """The values of the coming page's variables are known: ask with them."""
        if self.ahead is not None:
            self.ahead.replan()
            self._watch()

    def forget(self) -> None:
        """No page is to come soon."""
        if self.ahead is not None:
            self.ahead = None
            self._watch()

    def turn(self, page: Page, view: View) -> None:
        """Show a page without a way back; what was learnt of its variables goes along."""
        for board in (self, self.ahead):
            if board is not None and board.known:
                self._learnt[board.page.name] = dict(board.known)
        self.ahead = None
        self.enter(page, view, trail=False)
        self.known = dict(self._learnt.get(page.name, {}))

    def _watch(self) -> None:
        asked, followed = self.demands(), self.followed()
        if self.ahead is not None:
            asked, followed = asked | self.ahead.demands(), followed | self.ahead.followed()
        self.runtime.poller.watch(asked)
        if self.runtime.feeds is not None:
            self.runtime.feeds.watch(followed)
