"""Every touch of Textual that may change with its version: strips from cells, cells from a running screen."""

from __future__ import annotations

import asyncio
import logging
import math
import sys
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from rich.console import RenderableType
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.binding import Binding
from textual.driver import Driver
from textual.drivers import linux_driver
from textual.filter import Monochrome, NoColor
from textual.geometry import Region
from textual.message import Message
from textual.screen import Screen
from textual.strip import Strip
from textual.theme import Theme
from textual.widget import Widget

from noc.charts.canvas import Canvas, Ink
from noc.charts.charset import UNICODE
from noc.engine.pulse import Pulse
from noc.model.clock import SystemClock
from noc.model.depth import Depth
from noc.model.palette import Palette
from noc.model.text import clean
from noc.picture.frame import Frame
from noc.ui.bindings import Key
from noc.ui.depth import Inks
from noc.ui.frugal import forget_colours
from noc.ui.line import Line, Output
from noc.ui.owed import Owed
from noc.ui.pasting import Pastes
from noc.ui.updates import TightUpdate, WholeUpdate

log = logging.getLogger(__name__)

PASTED = 65_536
"""Cells of a pasted line that are taken at most."""


class Application(App[None]):
    """Textual's application, except that a bug ends it with one line: Textual's own traceback prints every local
    variable, secrets among them, over the terminal of whoever watches."""

    depth = Depth.TRUECOLOR
    """How many colours the terminal shows."""
    bandwidth: int | None = None
    """Bytes a second it may get at most, on average."""
    metered = False
    """Whether the header says how many it gets."""
    charset = UNICODE
    """Which glyphs it shows."""
    worn: Palette | None = None
    """The theme's colours while the hour dims them: few colours are told by role, not by what looks like them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.no_color = False  # colours are noc's own concern (noc.ui.depth); Textual would make NO_COLOR grey
        self._filters = [one for one in self._filters if not isinstance(one, (Monochrome, NoColor))]
        self.pulse = Pulse(SystemClock())
        self.line = Line(SystemClock())
        self._owed = Owed()
        self._pressed_at = float("-inf")
        self._paying = False
        self._inked: Inks | None = None

    @property
    def inks(self) -> Inks | None:
        """How styles are written under the theme that is worn; None without a palette."""
        palette = self.worn or getattr(self, "palette", None)
        if self._inked is None or self._inked.palette is not palette or self._inked.depth is not self.depth:
            self._inked = Inks(self.depth, palette) if palette is not None else None
            _styles.clear()
            forget_colours()
        return self._inked

    async def on_event(self, event: events.Event) -> None:
        """Keys and pasted text go past the screen to whatever has the focus: a screen that is ``deaf`` is asked here, and
        what is pasted is cleaned: a field draws what it holds, and sends it."""
        if isinstance(event, events.Paste):
            event.text = "\n".join(clean(line, PASTED) for line in event.text.splitlines())
        if isinstance(event, (events.Key, events.MouseDown)):
            self._pressed_at = SystemClock().monotonic()
        deaf = bool(self.screen_stack) and getattr(self.screen, "deaf", False)
        if not (deaf and isinstance(event, (events.Key, events.Paste))):
            await super().on_event(event)

    def copy_to_clipboard(self, text: str) -> None:
        """What is copied is pasted, into shells too: its lines are cleaned, and the last one is not ended."""
        super().copy_to_clipboard("\n".join(clean(line, PASTED) for line in text.rstrip("\r\n").split("\n")))

    def _fatal_error(self) -> None:
        error = self._exception
        log.error("the wall failed", exc_info=error)
        self._exit_renderables.append(Text(failure(error)))
        self._close_messages_no_wait()

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        """Paint at once where the terminal takes it, else owe it: what is painted later is what stands there then."""
        update = self._tight(renderable)
        if not isinstance(update, (TightUpdate, WholeUpdate)) or self._batch_count or not self._attached():
            super()._display(screen, update)
            return
        self.pulse.wanted()
        spans = update.cells
        if not self._owed and self.line.room() == math.inf and self.line.wait() == 0.0:
            super()._display(screen, update)
            return
        self._owed.add(spans, first=SystemClock().monotonic() - self._pressed_at < AT_A_KEY)
        self._pay()

    def _tight(self, renderable: RenderableType | None) -> RenderableType | None:
        inks = self.inks
        if type(renderable) is ChopsUpdate:
            return TightUpdate(renderable.chops, renderable.spans, renderable.chop_ends, inks)
        if type(renderable) is LayoutUpdate:
            return WholeUpdate(renderable.strips, renderable.region, inks)
        return renderable

    def _attached(self) -> bool:
        """Whether there is a terminal behind the line; a driver that starts (again) brings a thread of its own."""
        thread = getattr(self._driver, "_writer_thread", None)
        if not isinstance(thread, Output):
            return False
        if thread.line is not self.line:
            thread.line.total += self.line.total
            self.line = thread.line
            self.line.cap = self.bandwidth
            loop = asyncio.get_running_loop()
            self.line.on_empty = lambda: None if self._owed else self.pulse.painted()
            self.line.on_free = lambda: None if loop.is_closed() else _later(loop, self._pay_soon)
        return True

    def _pay_soon(self) -> None:
        if self._running:
            self.call_later(self._pay)

    def _pay(self) -> None:
        """Paint what is owed, as much as the line takes now, as it stands on the glass now."""
        if not self._owed or not self._running or not self.screen_stack or not self._attached():
            return
        wait = self.line.wait()
        if wait > 0.0:
            if wait < math.inf and not self._paying:
                self._paying = True
                self.set_timer(wait, self._pay_in_time)
            return
        screen, room = self.screen, self.line.room()
        whole = screen.size.region
        spans = self._owed.take(math.inf if room == math.inf else room / BYTES_A_CELL)
        regions = {Region(start, row, stop - start, 1).intersection(whole) for row, start, stop in spans}
        screen._compositor._dirty_regions.update(region for region in regions if region)
        update = screen._compositor.render_update(screen_stack=self._background_screens)
        super()._display(screen, self._tight(update))
        if self._owed:
            self.call_later(self._pay)

    def _pay_in_time(self) -> None:
        self._paying = False
        self._pay()


AT_A_KEY = 0.3
"""Seconds after a key in which what changes is painted before what was owed already."""
BYTES_A_CELL = 4.0
"""What a cell of the wall costs on average, colours and moves included (measured: 2.5 to 5)."""


def _later(loop: asyncio.AbstractEventLoop, callback: Callable[[], None]) -> None:
    """Call from the writing thread; a loop that ends meanwhile needs nothing more."""
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(callback)


vars(linux_driver)["WriterThread"] = Output  # the driver looks its name up when it starts


class Reader(XTermParser):
    """Reads keys from the terminal, and no keys out of what is pasted."""

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._pastes = Pastes()

    def feed(self, data: str) -> Iterable[Message]:
        # Nothing at all says that the terminal has ended; what is held back is no such end.
        harmless = self._pastes.harmless(data)
        return super().feed(harmless) if harmless or not data else ()


vars(linux_driver)["XTermParser"] = Reader


def failure(error: Exception | None) -> str:
    """One line about a bug: what was raised, and where in noc."""
    frames = traceback.extract_tb(error.__traceback__) if error else []
    place = next((f" ({frame.filename}:{frame.lineno})" for frame in reversed(frames) if "/noc/" in frame.filename), "")
    what = f"{type(error).__name__}: {error}" if error else "unknown failure"
    return clean(f"noc failed: {what}{place}; --log-file FILE keeps the whole story, please report it", 1000)


def title_of(app: App[Any], text: str) -> None:
    """Set the terminal's own title. The words are harmless already; a terminal that was not asked keeps its own."""
    driver = app._driver
    if driver is not None and not app.is_headless:
        driver.write(f"\x1b]2;{clean(text, 120)}\x07")


def terminal_driver() -> type[Driver] | None:
    """A driver that draws on standard output, as every other program does; Textual's own draws on standard error,
    so that ``noc 2>log`` would write the wall into the log. None where Textual's own must do."""
    try:
        from textual.drivers.linux_driver import LinuxDriver
    except ImportError:
        return None

    class StdoutDriver(LinuxDriver):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            assert sys.__stdout__ is not None
            self._file = sys.__stdout__

        def start_application_mode(self) -> None:
            super().start_application_mode()  # type: ignore[no-untyped-call]
            self.write("\x1b[22;2t")  # keep the title that was there
            self.write("\x1b[8l")  # some terminals (VTE, Konsole) reorder a row that holds Hebrew or Arabic, all of it

        def stop_application_mode(self) -> None:
            self.write("\x1b[8h\x1b[23;2t")
            super().stop_application_mode()

    return StdoutDriver


def style_of(ink: Ink, foreground: str, background: str) -> Style:
    """The Rich style of an ink on a ground."""
    return Style(
        color=ink.fg or foreground,
        bgcolor=ink.bg or background,
        bold=ink.bold or None,
        dim=ink.dim or None,
        italic=ink.italic or None,
        underline=ink.underline or None,
        reverse=ink.reverse or None,
    )


def strip_of(canvas: Canvas, y: int, foreground: str, background: str) -> Strip:
    """Row y of a canvas as Textual draws it."""
    styles = _styles.setdefault((foreground, background), {})
    segments = []
    for text, ink in canvas.runs(y):
        style = styles.get(ink)
        if style is None:
            if len(styles) > MOST_STYLES:
                styles.clear()
            style = styles[ink] = style_of(ink, foreground, background)
        segments.append(Segment(text, style))
    return Strip(segments, canvas.width)


MOST_STYLES = 512
_styles: dict[tuple[str, str], dict[Ink, Style]] = {}
"""Styles by ground and ink, asked for some thousand times a redraw; bounded by ``MOST_STYLES`` a theme."""


GAP = 16
"""Equal cells in a row that part two spans: moving there and setting the colours again costs about as many bytes."""


def changed_spans(old: Canvas, part: Canvas, x: int, y: int) -> list[Region]:
    """The spans of each row of ``old`` that laying ``part`` at (x, y) would change."""
    spans: list[Region] = []
    start, width = max(0, -x), min(part.width, old.width - x) - max(0, -x)
    if width <= 0:  # a card of the size before a resize may lie beside the canvas
        return spans
    x += start
    for row in range(max(0, -y), min(part.height, old.height - y)):
        was, now = old.chars[y + row][x : x + width], part.chars[row][start : start + width]
        was_inks, now_inks = old.inks[y + row][x : x + width], part.inks[row][start : start + width]
        if was == now and was_inks == now_inks:
            continue
        differing = [
            column for column in range(width) if was[column] != now[column] or was_inks[column] != now_inks[column]
        ]
        first = last = differing[0]
        for column in [*differing, width + GAP + 1]:
            if column - last <= GAP:
                last = column
                continue
            left, right = first, last + 1
            if left and "" in (was[left], now[left]):  # never cut a wide character in half
                left -= 1
            if right < width and "" in (was[right], now[right]):
                right += 1
            spans.append(Region(x + left, y + row, right - left, 1))
            first = last = column
    return spans


def refresh_spans(widget: Widget, spans: list[Region]) -> None:
    """Repaint only these cells of a widget."""
    if spans:
        widget.refresh(*spans)


def frame_of(app: App[Any], foreground: str, background: str, title: str) -> Frame:
    """The cells that the running app shows right now, headless or not."""
    width, height = app.size
    canvas = Canvas(width, height, Ink(foreground, background))
    for y, strip in enumerate(_strips(app)[:height]):
        x = 0
        for segment in strip:
            if segment.control:
                continue
            x = canvas.put(x, y, segment.text, _ink(segment.style))
    return Frame(canvas, foreground, background, title)


def _strips(app: App[Any]) -> list[Strip]:
    """All screens of the stack, composed bottom to top as the terminal shows them."""
    return app.screen._compositor.render_strips()


def _ink(style: Style | None) -> Ink:
    if style is None:
        return Ink()
    return Ink(
        fg=_hex(style.color.get_truecolor()) if style.color and not style.color.is_default else None,
        bg=_hex(style.bgcolor.get_truecolor(foreground=False))
        if style.bgcolor and not style.bgcolor.is_default
        else None,
        bold=bool(style.bold),
        dim=bool(style.dim),
        italic=bool(style.italic),
        underline=bool(style.underline),
        reverse=bool(style.reverse),
    )


def _hex(triplet: tuple[int, int, int]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*triplet)


def bind(screen: Screen[Any], keys: Iterable[Key]) -> None:
    """Bind the table's keys on one screen; the action is ``act('id')``."""
    for key in keys:
        for name in key.keys:
            screen._bindings.key_to_bindings[name] = [
                Binding(name, f"act('{key.id}')", key.words, show=False, id=key.id, priority=False)
            ]


def theme_of(palette: Palette) -> Theme:
    """A palette as Textual's theme, so that inputs and lists in dialogs wear it too."""
    return Theme(
        name=palette.name,
        primary=palette.accent,
        secondary=palette.accent,
        accent=palette.accent,
        warning=palette.medium,
        error=palette.critical,
        success=palette.ok,
        foreground=palette.text,
        background=palette.background,
        surface=palette.surface,
        panel=palette.raised,
        dark=palette.dark,
        variables={
            "border": palette.faint,
            "input-cursor-background": palette.accent,
            "footer-key-foreground": palette.accent,
        },
    )
