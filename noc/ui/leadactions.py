"""What ``d`` does: goes where the focused panel, or its row, leads. Pages lay a crumb; Escape comes back."""

from __future__ import annotations

from dataclasses import replace

from noc.config.alertpanels import AlertsSpec
from noc.model.text import clean
from noc.runtime import Page
from noc.ui.board import MARKED
from noc.ui.leads import AROUND, Lead, alert_place, lead
from noc.ui.logactions import LogActions
from noc.ui.state import View


class LeadActions(LogActions):
    """Mixed into the wall's actions."""

    def followed_lead(self) -> None:
        """Go where the focused panel leads, the first one where none has the focus."""
        board = self.board
        panel = board.view.focus or next(iter(board.order), None)
        if panel is None:
            return
        found = lead(board, panel)
        if found is None:
            self.wall.say("this panel only tells; there is nothing behind it")
            return
        if board.view.focus != panel:
            self.wall.actions.focus_panel(panel)
        self.follow(found)

    def follow(self, found: Lead) -> None:
        """Go where a lead points."""
        if found.act:
            self.act(found.act)
        elif found.page is not None:
            self._show_made(found.page, self.board.view)
        elif found.alert:
            self.to_alert(found.alert, found.at)
        elif self.wall.actions.open_layout(found.layout, values=dict(found.values), trail=True) and found.typed:
            self._filter_alerts(found.typed)

    def to_alert(self, name: str, at: float | None) -> None:
        """The panel that shows what an alert is about, around the moment it began, with the time cursor there; one
        without an axis of time as it stood at that moment."""
        board, now = self.board, self.runtime.clock.now()
        page, panel = alert_place(board, name)
        view = board.view
        if at is not None:
            drawn = isinstance(page.layout.panels[panel], MARKED)
            end = min(at + AROUND if drawn else at, now)
            view = replace(view.fixed(end - 2 * AROUND, end, now), mark=at, paused_at=None)
        if page.name != board.page.name:
            view = replace(view, values=())
        self._show_made(page, view, panel)
        self.wall.run_worker(self.wall.actions.load_variables(), exclusive=True, group="variables")
        self.wall.say(f"{clean(name, 60)}: Esc goes back")

    def _show_made(self, page: Page, view: View, panel: str = "") -> None:
        """A page over the one at hand, with the focus on a panel, its first one by default."""
        focus = panel or next(iter(page.layout.panels))
        if view.paused_at is not None:
            view = replace(view, end=view.paused_at, paused_at=None)
        self.show_page(page, replace(view, layout=page.name, focus=focus, page=0))
        turned = self.board.placement.page_of(focus)
        if turned != self.board.view.page:
            self.wall.actions.focus_panel(focus)

    def _filter_alerts(self, typed: str) -> None:
        """Type a filter on the first list of alerts of the page."""
        board = self.board
        lists = [one for one in board.order if isinstance(board.page.layout.panels[one], AlertsSpec)]
        if lists:
            board.desk.of(lists[0]).typed = typed
            self.wall.actions.focus_panel(lists[0])
