"""The query line: an expression typed, completed, judged and drawn at once. Nothing here waits for a server."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Input, Static

from noc.catalogue import logql
from noc.charts.canvas import Canvas, Ink
from noc.charts.charset import spell
from noc.charts.status import draw_message
from noc.config.logpanels import LogsSpec
from noc.config.panels import QueryItem, QueryPanel, TableSpec, TimeseriesSpec
from noc.engine.completion import Candidate, Context, Place, completed, context
from noc.engine.logplan import loki_key
from noc.engine.syntax import one_line
from noc.model.query import Query
from noc.model.text import clean, truncate
from noc.ui.asking import Verdict, answered, in_logql, judged, lines_answered
from noc.ui.cards import card_or_fault
from noc.ui.glass import Glass
from noc.ui.header import draw_footer
from noc.ui.popup import draw_popup
from noc.ui.suggestions import Key, Suggestions

if TYPE_CHECKING:
    from noc.ui.screens.wall import Wall

EXTRA = "query"
PROMPT = ": "
EXAMPLE = "for example  sum by (job) (rate(http_requests_total[5m]))"
HINTS = (("Tab", "complete"), ("Enter", "ask"), ("↑", "history"), ("F2", "table"), ("F3", "server"), ("Esc", "back"))


@dataclass(slots=True)
class Session:
    """What a wall remembers of its query lines: what was asked, newest last, and the names each server told."""

    history: list[str] = field(default_factory=list)
    known: dict[str, dict[Key, tuple[str, ...]]] = field(default_factory=dict)


_sessions: WeakKeyDictionary[Wall, Session] = WeakKeyDictionary()


class Line(Input):
    """One line that takes a pasted expression of many lines whole."""

    def _on_paste(self, event: events.Paste) -> None:
        self.insert_text_at_cursor(one_line(event.text))
        event.prevent_default()
        event.stop()


class QueryLine(Screen[None]):
    """Escape closes the list, then leaves. ``source`` is the server to ask, the first one by default."""

    DEFAULT_CSS = """
    QueryLine #asked { height: 1; background: $panel; }
    QueryLine #prompt { width: 2; color: $accent; background: $panel; }
    QueryLine Input { width: 1fr; height: 1; border: none; padding: 0; background: $panel; }
    QueryLine Input:focus { border: none; }
    """
    BINDINGS = [
        Binding("escape", "leave", "back", priority=True),
        Binding("tab", "complete", "complete", priority=True),
        Binding("down", "step(1)", "next", priority=True),
        Binding("up", "step(-1)", "previous, history", priority=True),
        Binding("enter", "ask", "ask now", priority=True),
        Binding("f2,ctrl+t", "table", "table of current values", priority=True),
        Binding("f3,ctrl+s", "server", "ask another server", priority=True),
        Binding("pagedown", "row(10)", "rows below", priority=True),
        Binding("pageup", "row(-10)", "rows above", priority=True),
    ]
    DEBOUNCE = 0.3
    """Seconds without a key after which an expression is asked."""

    def __init__(self, wall: Wall, text: str, *, source: str | None = None) -> None:
        super().__init__()
        self._wall = wall
        self._start = one_line(text)
        self._source = source or next(iter(wall.runtime.sources), "")
        self._session = _sessions.setdefault(wall, Session())
        self._suggestions = self._suggesting()
        self._place = Context(Place.NOTHING)
        self._candidates: list[Candidate] = []
        self._at = 0
        self._chosen = False
        self._quiet = True
        self._verdict = judged("", wall.board, self._source)
        self._drawn: QueryPanel | LogsSpec | None = None
        self._planned = False
        self._asked = ""
        self._table = False
        self._row = 0
        self._recalled: int | None = None
        self._timer: Timer | None = None
        self._pending = False
        self._unsubscribe: list[Callable[[], None]] = []

    def _suggesting(self) -> Suggestions | None:
        runtime = self._wall.runtime
        if self._source not in runtime.sources:
            return None
        known = self._session.known.setdefault(self._source, {})
        return Suggestions(runtime.sources[self._source], runtime.clock, self._spawn, self._told, known)

    def _spawn(self, work: Coroutine[Any, Any, None], group: str) -> None:
        self.run_worker(work, group=f"complete {group}", exclusive=True)

    def compose(self) -> ComposeResult:
        with Horizontal(id="asked"):
            yield Static(Text(PROMPT), id="prompt")
            yield Line(value=self._start, id="line", select_on_focus=False)
        yield Glass(id="answer")

    def on_mount(self) -> None:
        runtime = self._wall.runtime
        self._unsubscribe.append(runtime.store.subscribe(self._changed))
        if runtime.feeds is not None:
            self._unsubscribe.append(runtime.feed_news.subscribe(self._fed))
        self.set_interval(1.0, self._draw)
        line = self.query_one(Line)
        line.focus()
        line.cursor_position = len(self._start)
        if self._start:
            self._verdict = judged(self._start, self._wall.board, self._source)
            if not self._verdict.complaint:
                self._ask()

    def on_unmount(self) -> None:
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._wall.board.drop_extra(EXTRA)

    # -- typing

    def on_input_changed(self, event: Input.Changed) -> None:
        text = event.value
        if self._timer:
            self._timer.stop()
        if self._recalled is not None and text != self._session.history[self._recalled]:
            self._recalled = None
        if text == self._start and self._quiet:
            self._draw()
            return
        self._quiet = False
        self._verdict = judged(text, self._wall.board, self._source)
        if not text.strip():
            self._drop()
        elif not self._verdict.complaint:
            self._timer = self.set_timer(self.DEBOUNCE, self._ask)
        self._suggest(fresh=True)

    def _suggest(self, *, fresh: bool = False) -> None:
        """Bring the list up to date; a chosen candidate stays chosen while it is there."""
        line = self.query_one(Line)
        self._place = context(line.value, line.cursor_position)
        was = self._candidates[self._at].text if self._chosen and self._at < len(self._candidates) else ""
        offered = self._suggestions.candidates(self._place) if self._suggestions and self._recalled is None else []
        typed = [one.text for one in offered] == [self._place.prefix]
        self._candidates = [] if typed else offered
        texts = [one.text for one in self._candidates]
        self._chosen = not fresh and was in texts
        self._at = texts.index(was) if self._chosen else 0
        self._draw()

    def _told(self) -> None:
        """The server told names or values."""
        if self.is_mounted and not self._quiet:
            self._suggest()

    def action_complete(self) -> None:
        if not self._candidates:
            self._quiet = False
            self._suggest()
            return
        line = self.query_one(Line)
        text, cursor = completed(line.value, self._place, line.cursor_position, self._candidates[self._at])
        self._candidates = []
        line.value = text
        line.cursor_position = cursor

    def action_step(self, by: int) -> None:
        if self._candidates:
            self._at = (self._at + by) % len(self._candidates) if self._chosen or by < 0 else 0
            self._chosen = True
            self._draw()
        elif self._recalled is not None or not self.query_one(Line).value:
            self._recall(by)

    def _recall(self, by: int) -> None:
        """Walk through what was asked before; below the newest stands the empty line."""
        history = self._session.history
        at = (len(history) if self._recalled is None else self._recalled) + by
        if not history or at < 0:
            return
        self._recalled = at if at < len(history) else None
        line = self.query_one(Line)
        line.value = history[at] if at < len(history) else ""
        line.cursor_position = len(line.value)

    # -- asking

    def action_ask(self) -> None:
        """Take the chosen candidate; without one, ask now, even what only the server may understand."""
        if self._candidates and self._chosen:
            self.action_complete()
            return
        self._candidates = []
        text = self.query_one(Line).value.strip()
        if self._suggestions:
            self._suggestions.again()
        unfinished = self._verdict.complaint is not None and self._verdict.complaint.unfinished
        if text and self._verdict.askable and not unfinished:
            self._ask()
            history = self._session.history
            history[:] = [one for one in history if one != text] + [text]
        self._draw()

    def _ask(self) -> None:
        """Let the expression be asked from now on; it replaces the one before."""
        if self._timer:
            self._timer.stop()
        text = self.query_one(Line).value.strip()
        if not text or not self._verdict.askable or self._verdict.said:
            self._drop()
            self._draw()
            return
        self._drawn = self._panel(text)
        self._row, self._asked = 0, text
        self._plan()
        self._draw()

    def _panel(self, text: str) -> QueryPanel | LogsSpec:
        """What draws the answer: lines for a log query, else a chart or a table."""
        board, title = self._wall.board, clean(text, 200)
        logs = in_logql(text, board, self._source)
        source = self._loki() if logs else self._source or None
        if logs and _gives_lines(board.filled(text)):
            return LogsSpec(kind="logs", query=text, title=title, source=source)
        items = (QueryItem(query=text, language="logql" if logs else None),)
        if self._table:
            return TableSpec(kind="table", queries=items, title=title, source=source, top=1000)
        return TimeseriesSpec(kind="timeseries", queries=items, title=title, source=source, limit=20)

    def _loki(self) -> str | None:
        """The Loki that is asked: the chosen one, else the first."""
        runtime = self._wall.runtime
        named = {loki_key(name, runtime.servers): name for name in runtime.log_servers}
        return named.get(self._source)

    def _asked_server(self) -> str:
        """The name of the server that answered."""
        runtime = self._wall.runtime
        logs = in_logql(self._asked, self._wall.board, self._source)
        return (self._loki() or next(iter(runtime.log_servers), "")) if logs else self._source

    def action_server(self) -> None:
        """Ask the next server, Loki among them."""
        names = list(self._wall.runtime.sources)
        if len(names) > 1:
            at = names.index(self._source) if self._source in names else -1
            self._source = names[(at + 1) % len(names)]
            self._suggestions = self._suggesting()
            self._candidates = []
            self._verdict = judged(self.query_one(Line).value, self._wall.board, self._source)
            self._ask()

    def _plan(self) -> None:
        """Ask for as many points as there are columns; not before the glass has a size."""
        columns = self.query_one(Glass).size.width
        if self._drawn is not None and columns:
            self._wall.board.plan_extra(EXTRA, self._drawn, columns)
            self._planned = True

    def _drop(self) -> None:
        self._drawn, self._planned = None, False
        self._wall.board.drop_extra(EXTRA)

    def action_table(self) -> None:
        self._table = not self._table
        if self._drawn is not None:
            self._ask()

    def action_row(self, by: int) -> None:
        if self._table:
            self._row = max(0, self._row + by)
            self._draw()

    def action_leave(self) -> None:
        if self._candidates:
            self._candidates = []
            self._draw()
        else:
            self.dismiss(None)

    # -- drawing

    def on_glass_resized(self) -> None:
        self._plan()
        self._draw()

    def _changed(self, query: Query) -> None:
        if not self._pending:
            self._pending = True
            self.set_timer(0.05, self._draw_pending)

    def _fed(self) -> None:
        if not self._pending and isinstance(self._drawn, LogsSpec):
            self._pending = True
            self.set_timer(0.2, self._draw_pending)

    def _draw_pending(self) -> None:
        self._pending = False
        self._draw()

    def _draw(self) -> None:
        glass, look = self.query_one(Glass), self._wall.board.look
        columns, rows = glass.size
        if columns < 20 or rows < 4 or not self.is_mounted:
            return
        palette = look.palette
        canvas = Canvas(columns, rows, Ink(palette.text, palette.background))
        canvas.blit(0, 1, self._answer(columns, rows - 2))
        words, colour = self._words()
        canvas.put(2, 0, truncate(words, columns - 3), Ink(colour, palette.background))
        canvas.blit(0, rows - 1, draw_footer(HINTS, "", "", columns, palette))
        line = self.query_one(Line)
        popup = draw_popup(self._candidates, self._at, columns - 2, rows - 3, palette)
        x = len(PROMPT) + self._place.start - round(line.scroll_offset.x)
        canvas.blit(max(0, min(x - 1, columns - popup.width)), 1, popup)
        glass.show(spell(canvas, look.charset), palette.text, palette.background)

    def _answer(self, columns: int, rows: int) -> Canvas:
        """The picture, or what stands in its place."""
        board = self._wall.board
        palette, charset = board.look.palette, board.look.charset
        if self._verdict.said:
            return draw_message("", self._verdict.said, "", columns, rows, palette, charset)
        if self._drawn is None or not self._planned:
            typed = bool(self.query_one(Line).value.strip())
            words = ("", "") if typed else ("type an expression", EXAMPLE)
            return draw_message("", *words, columns, rows, palette, charset)
        data = board.data("", extra=EXTRA, spec=self._drawn)
        if self._table and not isinstance(self._drawn, LogsSpec):
            count = sum(len(asked.result.series) for asked in data.role("main"))
            self._row = max(0, min(self._row, count - 1))
            data = replace(data, row=self._row)
        return card_or_fault(data, columns, rows)

    def _words(self) -> tuple[str, str]:
        """The line under the input, and its colour: what is wrong with the text, else what came back."""
        board, verdict = self._wall.board, self._verdict
        palette = board.look.palette
        if verdict.complaint and not (self._planned and self._asked == self.query_one(Line).value.strip()):
            return str(verdict.complaint), palette.muted if verdict.complaint.unfinished else palette.medium
        if self._drawn is None or not self._planned:
            unknown = self._suggestions.error if self._suggestions else "no server is configured"
            return (f"no completion: {clean(unknown, 200)}", palette.muted) if unknown else ("", palette.muted)
        data = board.data("", extra=EXTRA, spec=self._drawn)
        lines = isinstance(self._drawn, LogsSpec)
        words, trouble = lines_answered(data) if lines else answered(data, table=self._table)
        if len(self._wall.runtime.sources) > 1:
            words = f"{self._asked_server()}: {words}"
        return words, palette.medium if trouble else palette.muted

    @property
    def verdict(self) -> Verdict:
        """What is thought of the text."""
        return self._verdict


def _gives_lines(text: str) -> bool:
    try:
        return logql.is_log(logql.parse(text))
    except logql.LogQLError:
        return False
