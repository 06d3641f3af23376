"""Sheets to read: scrolling text on a glass of its own, with what can be copied. They write nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from noc.charts.canvas import Canvas, Ink
from noc.model.palette import Palette
from noc.model.text import clean, fit, truncate
from noc.ui.glass import Glass

Draw = Callable[[int, Palette], Canvas]
"""The whole text at a width, as many rows as it needs."""


class Reading(ModalScreen[str | None]):
    """Title, text, keys. ``copied`` is what ``y`` puts on the clipboard; other keys in ``acts`` dismiss with their id."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "leave", "back"),
        Binding("down,j", "scroll(1)", "down"),
        Binding("up,k", "scroll(-1)", "up"),
        Binding("pagedown,space", "scroll(10)", "page down"),
        Binding("pageup", "scroll(-10)", "page up"),
        Binding("home", "scroll(-100000)", "top"),
        Binding("y", "copy", "copy"),
    ]

    def __init__(
        self, title: str, draw: Draw, palette: Palette, *, copied: str = "", acts: dict[str, str] | None = None
    ) -> None:
        super().__init__()
        self._title = title
        self._draw = draw
        self._palette = palette
        self._copied = copied
        self._acts = acts or {}
        self.offset_row = 0
        self.said = ""

    def compose(self) -> ComposeResult:
        yield Glass(id="reading")

    def on_mount(self) -> None:
        self.set_interval(1.0, self.paint)

    def on_glass_resized(self) -> None:
        self.paint()

    @property
    def glass(self) -> Glass:
        return self.query_one("#reading", Glass)

    def content(self, columns: int) -> Canvas:
        """The text as it is now."""
        return self._draw(columns, self._palette)

    def title_text(self) -> str:
        return self._title

    def hints(self) -> str:
        """The keys at the foot."""
        copy = "y copy   " if self._copied else ""
        return f"↑↓ scroll   {copy}Esc back"

    def paint(self) -> None:
        """Draw what fits, and say how much there is."""
        columns, rows = self.glass.size
        if columns < 4 or rows < 4:
            return
        palette = self._palette
        ground = palette.raised
        canvas = Canvas(columns, rows, Ink(palette.text, ground))
        body = self.content(columns - 4)
        room = rows - 4
        self.offset_row = max(0, min(self.offset_row, body.height - room))
        canvas.put(2, 0, truncate(clean(self.title_text(), 200), columns - 4), Ink(palette.text, ground, bold=True))
        part = Canvas(columns - 4, room)
        part.blit(0, -self.offset_row, body)
        for row in part.inks:
            for x, ink in enumerate(row):
                row[x] = ink._replace(fg=ink.fg or palette.text, bg=ink.bg or ground)
        canvas.blit(2, 2, part)
        more = (
            f"{self.offset_row + 1}-{min(body.height, self.offset_row + room)}/{body.height}"
            if body.height > room
            else ""
        )
        foot = self.said or self.hints()
        canvas.put(
            2,
            rows - 1,
            truncate(foot, columns - 4 - len(more)),
            Ink(palette.accent if self.said else palette.muted, ground),
        )
        canvas.put(columns - 2 - len(more), rows - 1, more, Ink(palette.muted, ground))
        self.glass.show(canvas, palette.text, palette.background)

    def action_scroll(self, by: int) -> None:
        self.offset_row += by
        self.paint()

    def action_copy(self) -> None:
        if self._copied:
            self.app.copy_to_clipboard(self._copied)
            self.said = "copied"
            self.paint()

    def on_key(self, event: events.Key) -> None:
        if event.key in self._acts:
            event.stop()
            self.dismiss(self._acts[event.key])

    def action_leave(self) -> None:
        self.dismiss(None)


def text_canvas(text: str) -> Draw:
    """Plain lines, each cleaned; long ones are wrapped."""

    def draw(columns: int, palette: Palette) -> Canvas:
        from noc.charts.wrap import wrap

        lines: list[str] = []
        for line in text.split("\n"):
            lead = " " * (len(line) - len(line.lstrip(" ")))
            lines += [lead + part for part in wrap(clean(line.strip(), 2000), max(1, columns - len(lead)))] or [""]
        canvas = Canvas(columns, len(lines))
        for y, line in enumerate(lines):
            canvas.put(0, y, fit(line, columns), Ink(palette.text))
        return canvas

    return draw
