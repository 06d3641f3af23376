"""The sheet that says what changed: a panel's expression split by each label, now against an hour before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import ModalScreen

from noc.charts.charset import spell
from noc.config.panels import QueryPanel
from noc.engine.inquiry import Breakdown, Inquiry
from noc.engine.plan import PlannedQuery, Role
from noc.engine.split import narrowed
from noc.ui.breakdown import Spot, draw_changed, rows_of, spots
from noc.ui.glass import Glass

if TYPE_CHECKING:
    from noc.ui.screens.wall import Wall

NARROW = 100  # columns below which the sheet takes them all


class Changed(ModalScreen[None]):
    """Asks in the background as long as it is open. The cursor holds a value, wherever it moves in the list."""

    CSS = """
    Changed Glass { width: 92%; height: 92%; max-width: 140; }
    Changed.-narrow Glass { width: 100%; height: 100%; }
    """
    BINDINGS = [
        Binding("escape,q,w", "leave", "back"),
        Binding("down,j", "move(1)", "next value"),
        Binding("up,k", "move(-1)", "value above"),
        Binding("pagedown", "move(8)", "further"),
        Binding("pageup", "move(-8)", "back"),
        Binding("enter", "ask", "this value alone"),
        Binding("tab", "other(1)", "next query"),
        Binding("shift+tab", "other(-1)", "query before"),
    ]

    def __init__(self, wall: Wall, panel: str) -> None:
        super().__init__()
        self._wall = wall
        self._panel = panel
        self._queries = self._planned()
        self._index = 0
        self._inquiry: Inquiry | None = None
        self._order: list[str] = []
        self._cursor: Spot | None = None
        self._touched = False

    def _planned(self) -> list[PlannedQuery]:
        plan = self._wall.board.plans.get(self._panel)
        return list(plan.of(Role.MAIN)) if plan else []

    def compose(self) -> ComposeResult:
        yield Glass(id="changed")

    def on_mount(self) -> None:
        self._begin()

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.width < NARROW, "-narrow")

    def on_glass_resized(self) -> None:
        self._draw()

    # -- asking

    def _begin(self) -> None:
        """Ask about the chosen query; what was asked about another one is cancelled."""
        board = self._wall.board
        self._order, self._cursor, self._touched = [], None, False
        if not self._queries:
            plan = board.plans.get(self._panel)
            reason = (plan.error if plan else "") or "this panel asks no server"
            self._inquiry = Inquiry.refused(reason, board.data(self._panel).end)
            self._draw()
            return
        query = self._queries[self._index].query
        source = self._wall.runtime.sources[query.source]
        self._inquiry = Inquiry(source, query.expr, board.data(self._panel).end)
        self.run_worker(self._inquiry.run(self._progressed), exclusive=True, group="changed")
        self._draw()

    def _progressed(self) -> None:
        """Something became known. The order stays once the viewer has begun to walk."""
        assert self._inquiry is not None
        best = [one.label for one in self._inquiry.ordered]
        if self._touched:
            self._order += [label for label in best if label not in self._order]
        else:
            self._order = best
            self._cursor = next(iter(self._spots()), None)
        self._draw()

    # -- drawing

    def _breakdowns(self) -> list[Breakdown]:
        assert self._inquiry is not None
        known = {one.label: one for one in self._inquiry.found}
        return [known[label] for label in self._order]

    def _spots(self) -> list[Spot]:
        return spots(rows_of(self._breakdowns()))

    def _draw(self) -> None:
        glass, board = self.query_one(Glass), self._wall.board
        columns, rows = glass.size
        if self._inquiry is None or columns < 20 or rows < 8:
            return
        spec = board.page.layout.panels[self._panel]
        unit = "short"
        if isinstance(spec, QueryPanel) and self._queries:
            unit = board.data(self._panel).unit_of(self._queries[self._index].index)
        count = len(self._queries)
        note = f" (query {self._index + 1} of {count}, Tab)" if count > 1 else ""
        canvas = draw_changed(
            self._inquiry,
            self._breakdowns(),
            board.panel_title(self._panel),
            unit,
            columns,
            rows,
            board.look,
            self._cursor,
            note,
        )
        glass.show(spell(canvas, board.look.charset), board.look.palette.text, board.look.palette.surface)

    # -- keys

    def action_move(self, by: int) -> None:
        places = self._spots()
        if not places:
            return
        at = places.index(self._cursor) if self._cursor in places else 0
        self._cursor = places[min(max(0, at + by), len(places) - 1)]
        self._touched = True
        self._draw()

    def action_other(self, by: int) -> None:
        if len(self._queries) > 1:
            self._index = (self._index + by) % len(self._queries)
            self._begin()

    def action_ask(self) -> None:
        """The query line, with the expression over this value's series alone."""
        from noc.ui.screens.query import QueryLine

        if self._inquiry is None or self._cursor is None:
            return
        text = narrowed(self._inquiry.expr, *self._cursor)
        source = self._queries[self._index].query.source
        if text is not None:
            self.dismiss(None)
            self.app.push_screen(QueryLine(self._wall, text, source=source), lambda _: self._wall.rearrange())

    def action_leave(self) -> None:
        self.dismiss(None)
