"""One log line whole: what it says field by field, its labels, its JSON; read, copied, followed. Writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import ClassVar

from textual.binding import Binding, BindingType

from noc.catalogue.events import Event, detail, pretty, read, words
from noc.charts.canvas import Canvas, Ink
from noc.charts.wrap import wrap
from noc.model.logs import SECOND, LogLine
from noc.model.palette import Palette
from noc.model.severity import Severity
from noc.model.text import clean, fit, truncate, width
from noc.ui.panels.data import Look
from noc.ui.screens.sheets import Reading

SIDE_BY_SIDE = 110
"""Columns from which fields and JSON stand beside one another."""

GAP = 3
NAMES = 28
"""Columns of field names at most."""

Origin = Callable[[str], str]
"""What is known of an address, in a few words."""


class EventScreen(Reading):
    """A line with the keys of its row; ``n`` and ``p`` go on to the next and the line before."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n,right", "step(1)", "next line"),
        Binding("p,left", "step(-1)", "line before"),
    ]

    def __init__(
        self,
        lines: Sequence[LogLine],
        at: int,
        look: Look,
        *,
        acts: dict[str, str],
        hints: str,
        origin: Origin = lambda address: "",
        seen: Callable[[LogLine], None] = lambda line: None,
    ) -> None:
        super().__init__("", lambda columns, _: Canvas(columns, 0), look.palette, acts=acts)
        self._lines = lines
        self._at = at
        self._look = look
        self._hints = hints
        self._origin = origin
        self._seen = seen

    @property
    def line(self) -> LogLine:
        return self._lines[self._at]

    def title_text(self) -> str:
        event = read(self.line)
        when = datetime.fromtimestamp(self.line.at / SECOND, self._look.tz)
        place = f"   {self._at + 1} of {len(self._lines)}" if len(self._lines) > 1 else ""
        kind = clean(event.kind.replace("_", " ") or "line", 60)
        return f"{kind}   {when:%Y-%m-%d %H:%M:%S}.{self.line.at % SECOND // 1_000_000:03d} {when:%Z}{place}"

    def hints(self) -> str:
        return self._hints

    def content(self, columns: int) -> Canvas:
        return draw_event(self.line, columns, self._palette, self._origin)

    def action_step(self, by: int) -> None:
        at = self._at + by
        if 0 <= at < len(self._lines):
            self._at, self.offset_row, self.said = at, 0, ""
            self._seen(self.line)
            self.paint()

    def action_copy(self) -> None:
        self.app.copy_to_clipboard("\n".join(pretty(read(self.line))))
        self.said = "copied as it stands"
        self.paint()


def draw_event(line: LogLine, columns: int, palette: Palette, origin: Origin) -> Canvas:
    """Severity and words on top; below fields and labels, and the line as it was written."""
    event = read(line)
    said = words(event)
    told = "   ".join(clean(part, 300) for part in (said.who, said.what, said.where) if part)
    colour = palette.text if event.severity is Severity.OK else palette.severity(event.severity)
    heading = (
        f"{event.severity.glyph} {event.severity.word if event.severity is not Severity.OK else event.level or 'line'}"
    )
    left_width = columns if columns < SIDE_BY_SIDE else columns * 2 // 5
    fields = _pairs([*_of(event, origin), *_labels(event)], left_width, palette)
    text_width = columns if columns < SIDE_BY_SIDE else columns - left_width - GAP
    text = _text(pretty(event), text_width, palette)
    top = list(wrap(told, columns) or [""])
    below = len(top) + 2
    stacked = columns < SIDE_BY_SIDE
    height = below + (fields.height + 1 + text.height if stacked else max(fields.height, text.height))
    canvas = Canvas(columns, height)
    canvas.put(0, 0, fit(heading, columns), Ink(colour, bold=True))
    for y, part in enumerate(top, 1):
        canvas.put(0, y, fit(part, columns), Ink(palette.text, bold=True))
    canvas.blit(0, below, fields)
    canvas.blit(0 if stacked else left_width + GAP, below + (fields.height + 1 if stacked else 0), text)
    return canvas


def _of(event: Event, origin: Origin) -> list[tuple[str, str]]:
    pairs = []
    for path, value in detail(event):
        shown = clean(value, 1000)
        note = origin(value) if value and value == event.address else ""
        pairs.append((clean(path, 80), f"{shown}   {note}" if note else shown))
    return pairs


def _labels(event: Event) -> list[tuple[str, str]]:
    """The labels of the stream, and what the server knows of the line beyond what stands in it."""
    line = event.line
    told = {*event.fields, *(path.replace(".", "_") for path in event.fields)}
    more = [(name, value) for name, value in line.metadata if name not in told and not name.endswith("_extracted")]
    pairs = [(f"  {clean(name, 80)}", clean(value, 400)) for name, value in (*line.labels, *more)]
    return [("", ""), ("stream", ""), *pairs]


def _pairs(pairs: Sequence[tuple[str, str]], columns: int, palette: Palette) -> Canvas:
    names = min(NAMES, columns // 2, max((width(name) for name, _ in pairs), default=0))
    rows: list[tuple[str, str]] = []
    for name, value in pairs:
        parts = wrap(value, max(1, columns - names - 2)) or [""]
        rows += [(name if index == 0 else "", part) for index, part in enumerate(parts)]
    canvas = Canvas(columns, len(rows))
    for y, (name, value) in enumerate(rows):
        canvas.put(0, y, truncate(name, names), Ink(palette.muted))
        canvas.put(names + 2, y, truncate(value, max(0, columns - names - 2)), Ink(palette.text))
    return canvas


def _text(lines: Sequence[str], columns: int, palette: Palette) -> Canvas:
    """The line as JSON, indented; long values go on below."""
    rows: list[str] = []
    for one in lines:
        lead = " " * min(columns // 2, len(one) - len(one.lstrip(" ")))
        rows += [lead + part for part in wrap(one.strip(), max(1, columns - len(lead)))] or [""]
    canvas = Canvas(columns, len(rows))
    for y, row in enumerate(rows):
        canvas.put(0, y, truncate(row, columns), Ink(palette.text))
    return canvas
