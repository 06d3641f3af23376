"""Every touch of Textual that may change with its version: strips from cells, cells from a running screen."""

from __future__ import annotations

from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.geometry import Region
from textual.strip import Strip
from textual.theme import Theme
from textual.widget import Widget

from noc.charts.canvas import Canvas, Ink
from noc.model.palette import Palette
from noc.picture.frame import Frame


@lru_cache(maxsize=4096)
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
    segments = [Segment(text, style_of(ink, foreground, background)) for text, ink in canvas.runs(y)]
    return Strip(segments, canvas.width)


def changed_spans(old: Canvas, new: Canvas) -> list[Region]:
    """The smallest span of each row that differs between two canvases of the same size."""
    spans = []
    for y in range(new.height):
        old_chars, new_chars, old_inks, new_inks = old.chars[y], new.chars[y], old.inks[y], new.inks[y]
        if old_chars == new_chars and old_inks == new_inks:
            continue
        left, right = 0, new.width
        while old_chars[left] == new_chars[left] and old_inks[left] == new_inks[left]:
            left += 1
        while old_chars[right - 1] == new_chars[right - 1] and old_inks[right - 1] == new_inks[right - 1]:
            right -= 1
        if new_chars[left] == "" and left:  # never cut a wide character in half
            left -= 1
        if right < new.width and (new_chars[right] == "" or old_chars[right] == ""):
            right += 1
        spans.append(Region(left, y, right - left, 1))
    return spans


def refresh_spans(widget: Widget, spans: list[Region]) -> None:
    """Repaint only these cells of a widget."""
    if spans:
        widget.refresh(*spans)


def frame_of(app: App[object], foreground: str, background: str, title: str) -> Frame:
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


def _strips(app: App[object]) -> list[Strip]:
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
