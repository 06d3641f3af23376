"""The glass: one widget that shows a canvas and repaints only the cells that differ.

A wall of a hundred panels is still one widget: Textual's own way repaints a whole widget for one changed cell, and
lays out every child at every resize (measured: 20 noisy charts cost 110 kB a refresh).
"""

from __future__ import annotations

from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from noc.charts.canvas import Canvas
from noc.charts.charset import UNICODE, spell
from noc.ui.compat import changed_spans, refresh_spans, strip_of


class Glass(Widget):
    """Shows the canvas last given to :meth:`show`; reports its size and the mouse."""

    can_focus = False

    class Resized(Message):
        """The glass has another size now."""

    class Pressed(Message):
        """A cell was clicked. ``count`` is 2 for a double click."""

        def __init__(self, x: int, y: int, count: int) -> None:
            super().__init__()
            self.x, self.y, self.count = x, y, count

    class Scrolled(Message):
        """The wheel turned over a cell: -1 up, +1 down."""

        def __init__(self, x: int, y: int, direction: int, ctrl: bool) -> None:
            super().__init__()
            self.x, self.y, self.direction, self.ctrl = x, y, direction, ctrl

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.canvas = Canvas(0, 0)
        self._foreground = "#ffffff"
        self._background = "#000000"
        self._strips: dict[int, Strip] = {}

    def reset(self, canvas: Canvas, foreground: str, background: str) -> None:
        """Take a whole new canvas. It belongs to the glass from now on."""
        self.canvas = self._spelt(canvas)
        self._foreground, self._background = foreground, background
        self._strips.clear()
        self.refresh()

    def show(self, canvas: Canvas, foreground: str, background: str) -> None:
        """Show a finished canvas; repaints what differs if size and ground are the same."""
        if (canvas.width, canvas.height, foreground, background) != (
            self.canvas.width,
            self.canvas.height,
            self._foreground,
            self._background,
        ):
            self.reset(canvas, foreground, background)
        else:
            self.paint(0, 0, canvas)

    def paint(self, x: int, y: int, part: Canvas) -> None:
        """Lay a part onto the canvas at (x, y); only cells that differ are repainted."""
        spans = changed_spans(self.canvas, self._spelt(part), x, y)
        self.canvas.blit(x, y, part)
        for span in spans:
            self._strips.pop(span.y, None)
        refresh_spans(self, spans)

    def _spelt(self, canvas: Canvas) -> Canvas:
        """The canvas itself in the terminal's glyphs: titles, header and banners know nothing of them."""
        return spell(canvas, getattr(self.app, "charset", UNICODE))

    def render_line(self, y: int) -> Strip:
        """One row, cached until it changes."""
        strip = self._strips.get(y)
        if strip is None:
            if y >= self.canvas.height:
                return Strip.blank(self.size.width)
            strip = strip_of(self.canvas, y, self._foreground, self._background)
            strip = self._strips[y] = strip.adjust_cell_length(self.size.width)
        return strip

    def on_resize(self, event: events.Resize) -> None:
        self._strips.clear()
        self.post_message(self.Resized())

    def on_click(self, event: events.Click) -> None:
        self.post_message(self.Pressed(event.x, event.y, event.chain))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self.post_message(self.Scrolled(event.x, event.y, -1, event.ctrl))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self.post_message(self.Scrolled(event.x, event.y, 1, event.ctrl))
