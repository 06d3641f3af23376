"""One panel on the whole glass: values under a cursor, legend, the query and what the server said of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen

from noc.charts.canvas import Canvas, Ink
from noc.charts.line import plot_columns
from noc.charts.markers import said
from noc.config.panels import PanelBase, QueryPanel, TimeseriesSpec
from noc.model.palette import Palette
from noc.model.query import Query
from noc.model.text import clean, fit, truncate
from noc.model.timerange import format_duration
from noc.ui.banner import draw_banners
from noc.ui.cards import body_size, card_or_fault
from noc.ui.compat import bind
from noc.ui.glass import Glass
from noc.ui.header import draw_footer, draw_header
from noc.ui.logpages import moment
from noc.ui.panels.data import PanelData
from noc.ui.panels.timeseries import lines

if TYPE_CHECKING:
    from noc.ui.screens.wall import Wall

EXTRA = "zoom"
PASSED_ON = (
    "range.",
    "time.",
    "pause",
    "refresh",
    "compare",
    "query",
    "changed",
    "copy.view",
    "picture",
    "help",
    "themes",
)
MARKS = 3
"""Marks listed under the picture."""

HINTS = (
    ("←→", "cursor"),
    ("↑↓", "legend"),
    ("Enter", "solo"),
    ("Bksp", "hide"),
    (":", "query"),
    ("w", "what changed"),
    ("l", "log lines"),
    ("Esc", "back"),
)


class Zoom(Screen[None]):
    """Keys that move time work here too; Escape goes back to the wall."""

    AUTO_FOCUS = ""
    BINDINGS = [
        Binding("escape,z", "leave", "back"),
        Binding("left", "cursor(-1)", "cursor left"),
        Binding("right", "cursor(1)", "cursor right"),
        Binding("up,k", "legend(-1)", "series above"),
        Binding("down,j", "legend(1)", "series below"),
        Binding("enter", "solo", "this series alone"),
        Binding("backspace,delete", "hide", "hide this series"),
        Binding("l", "lines", "log lines of that minute"),
        Binding("q", "leave", "back"),
    ]

    def __init__(self, wall: Wall, panel: str) -> None:
        super().__init__()
        self._wall = wall
        self._panel = panel
        self.cursor: float | None = wall.board.view.mark
        self.hidden: frozenset[str] = frozenset()
        self._at: int | None = None
        self._pending = False
        self._unsubscribe: Callable[[], None] | None = None
        own = {"escape", "z", "left", "right", "up", "down", "k", "j", "enter", "backspace", "delete", "l", "q"}
        passed = [key for key in wall.keys if key.id.startswith(PASSED_ON)]
        bind(self, [replace(key, keys=tuple(name for name in key.keys if name not in own)) for key in passed])

    def compose(self) -> ComposeResult:
        yield Glass(id="zoom")

    def on_mount(self) -> None:
        self._unsubscribe = self._wall.runtime.store.subscribe(self._changed)
        self.set_interval(1.0, self.draw)

    def on_unmount(self) -> None:
        if self._unsubscribe:
            self._unsubscribe()
        self._wall.board.drop_extra(EXTRA)

    def on_glass_resized(self) -> None:
        self._rearrange()

    def on_screen_resume(self) -> None:
        self._rearrange()

    @property
    def glass(self) -> Glass:
        return self.query_one("#zoom", Glass)

    def _rearrange(self) -> None:
        columns, rows = self.glass.size
        if columns and rows:
            self._wall.board.plan_extra(EXTRA, self._spec, columns - 2)
            self.draw()

    @property
    def _spec(self) -> PanelBase:
        """The panel at its largest: its legend with every value it can have."""
        spec = self._wall.board.page.layout.panels[self._panel]
        if isinstance(spec, TimeseriesSpec):
            return spec.model_copy(update={"show": ("last", "min", "max", "mean"), **self._ranged})
        if isinstance(spec, QueryPanel):
            return spec.model_copy(update=self._ranged)
        return spec

    @property
    def _ranged(self) -> dict[str, None]:
        return {"range": None} if self._wall.board.view.span is not None else {}

    def _changed(self, query: Query) -> None:
        if not self._pending and not self._wall.board.paused:
            self._pending = True
            self.set_timer(0.05, self._draw_pending)

    def _draw_pending(self) -> None:
        self._pending = False
        self.draw()

    def _data(self) -> PanelData:
        data = self._wall.board.data(self._panel, extra=EXTRA, spec=self._spec)
        return replace(data, cursor=self.cursor, hidden=self.hidden, table=True, row=self._row(data))

    def _row(self, data: PanelData) -> int | None:
        return None if isinstance(data.spec, TimeseriesSpec) else self._at

    def draw(self) -> None:
        glass, board = self.glass, self._wall.board
        columns, rows = glass.size
        if columns < 1 or rows < 3 or self.app.screen is not self:
            return
        palette, data = board.look.palette, self._data()
        canvas = Canvas(columns, rows, Ink(palette.text, palette.background))
        canvas.blit(0, 0, draw_header(self._wall.header(), columns, board.look))
        banners = draw_banners(self._wall.banners(), columns, palette)  # what the room must see goes before any panel
        canvas.blit(0, 1, banners)
        top, below = (
            1 + banners.height,
            details(data, columns, palette, self._series(data), self.hidden, self._at, rows),
        )
        card = card_or_fault(data, columns, max(1, rows - 1 - top - below.height))
        canvas.blit(0, top, card)
        canvas.blit(0, rows - 1 - below.height, below)
        if (
            dark := self._wall.vitals.dark(columns, max(1, rows - 1 - top))
        ) is not None:  # nobody looks at what is gone
            canvas.blit(0, top, dark)
        canvas.blit(0, rows - 1, draw_footer(HINTS, self._wall.header().notice, "", columns, palette))
        glass.show(canvas, palette.text, palette.background)

    def _series(self, data: PanelData) -> list[str]:
        """Names in the legend, in the order Up and Down walk."""
        return [line.name for line in lines(data)[0]] if isinstance(data.spec, TimeseriesSpec) else []

    # -- keys

    def action_act(self, id: str) -> None:
        self._wall.actions.act(id)
        if self.app.screen is self:
            self._rearrange()

    def action_cursor(self, by: int) -> None:
        data = self._data()
        width, _ = body_size(self.glass.size.width, 2)
        cell = (data.end - data.start) / max(1, plot_columns(width) - 1)
        here = data.end if self.cursor is None else self.cursor + by * cell
        self.cursor = min(max(here, data.start), data.end)
        board = self._wall.board
        board.change(board.view.marked(self.cursor), plan=False)  # every chart shows its values there
        self.draw()

    def action_legend(self, by: int) -> None:
        data = self._data()
        count = len(self._series(data)) or sum(len(asked.result.series) for asked in data.role("main"))
        if count:
            start = -1 if by > 0 else 0
            self._at = ((start if self._at is None else self._at) + by) % count
        self.draw()

    def action_solo(self) -> None:
        """Only the chosen series; once more: all again."""
        names = self._series(self._data())
        if self._at is None or self._at >= len(names):
            self.hidden = frozenset()
        else:
            alone = frozenset(names) - {names[self._at]}
            self.hidden = frozenset() if self.hidden == alone else alone
        self.draw()

    def action_hide(self) -> None:
        names = self._series(self._data())
        if self._at is not None and self._at < len(names):
            self.hidden = self.hidden ^ {names[self._at]}
        self.draw()

    def action_lines(self) -> None:
        """The log lines of the minute under the cursor, of the series that is chosen."""
        data, spec = self._data(), self._wall.board.page.layout.panels[self._panel]
        if not isinstance(spec, QueryPanel):
            return
        chosen = self._labels(data)
        self.dismiss(None)
        self._wall.actions.panel_lines(self._panel, spec, chosen)

    def _labels(self, data: PanelData) -> dict[str, str]:
        """The labels of the chosen series; without one of all that is drawn: those they share."""
        drawn = lines(data)[0] if isinstance(data.spec, TimeseriesSpec) else None
        asked = data.role("main")
        series = [line.series for line in drawn] if drawn else [one for each in asked for one in each.result.series]
        if self._at is not None and self._at < len(series):
            series = [series[self._at]]
        if not series:
            return {}
        shared = set(series[0].labels)
        for one in series[1:]:
            shared &= set(one.labels)
        return {name: value for name, value in shared if name != "__name__"}

    def action_leave(self) -> None:
        self.dismiss(None)

    @property
    def source(self) -> str | None:
        """The server the panel asks."""
        main = self._data().role("main")
        return main[0].planned.query.source if main else None

    @property
    def expression(self) -> str:
        """The panel's first expression, for the query line."""
        main = self._data().role("main")
        return main[0].planned.query.expr if main else ""


def marks_told(data: PanelData) -> list[str]:
    """What happened in the window with its times, the newest first; beyond three it is counted."""
    out = []
    for one in reversed(data.markers):
        until = "" if one.until is None else f"-{moment(one.until, data.look.tz)}"
        out.append(f"{moment(one.at, data.look.tz)}{until} {said(one)}")
    rest = len(out) - MARKS
    return [*out[:MARKS], f"+{rest} earlier; the cursor names each"] if rest > 0 else out


def details(
    data: PanelData,
    columns: int,
    palette: Palette,
    names: list[str],
    hidden: frozenset[str],
    at: int | None,
    room: int,
) -> Canvas:
    """The rows under the picture: chosen series, description, queries, and the server's words in full."""
    quiet, plain = Ink(palette.muted, palette.background), Ink(palette.text, palette.background)
    rows: list[tuple[str, str, Ink]] = []
    if at is not None and at < len(names):
        state = "hidden" if names[at] in hidden else "shown"
        rows.append(("series", f"{at + 1} of {len(names)}  {names[at]}  ({state})", plain))
    rows += [("mark", text, plain) for text in marks_told(data)]
    if data.spec.description:
        rows.append(("about", clean(data.spec.description, 500), plain))
    for asked in data.role("main"):
        query = asked.planned.query
        step = f"   every {format_duration(query.step)}" if query.step else ""
        rows.append(("query", clean(query.expr, 2000) + step, quiet))
        if asked.result.error:
            rows.append(("error", clean(asked.result.error.cause, 1000), Ink(palette.high, palette.background)))
        rows += [
            ("warning", clean(word, 1000), Ink(palette.medium, palette.background)) for word in asked.result.warnings
        ]
        rows += [("info", clean(word, 1000), quiet) for word in asked.result.infos]
        if asked.result.dropped:
            rows.append(("series", f"{asked.result.dropped} more series than the wall keeps", quiet))
    rows = rows[: max(1, min(8, room // 4))]
    canvas = Canvas(columns, len(rows), Ink(palette.text, palette.background))
    for y, (word, text, ink) in enumerate(rows):
        canvas.put(1, y, fit(word, 8), quiet)
        canvas.put(10, y, truncate(text, max(0, columns - 11)), ink)
    return canvas
