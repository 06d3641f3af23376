"""The help sheet, drawn from the table of keys."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import ModalScreen

from noc.charts.canvas import Canvas, Ink
from noc.model.palette import Palette
from noc.model.text import fit, truncate, width
from noc.ui.bindings import Key, spelled
from noc.ui.glass import Glass


def draw_help(keys: Sequence[Key], columns: int, rows: int, palette: Palette, offset: int = 0) -> tuple[Canvas, int]:
    """The table in as many columns as fit, groups kept together; returns it with the number of rows it wants."""
    canvas = Canvas(columns, rows, Ink(palette.text, palette.surface))
    groups: dict[str, list[Key]] = {}
    for key in keys:
        groups.setdefault(key.group, []).append(key)
    wide = max(2 + _key_width(keys) + 2 + max(width(key.words) for key in keys), 30)
    count = max(1, min(3, (columns - 2) // (wide + 2)))
    stacks: list[list[tuple[str, str]]] = [[] for _ in range(count)]
    total = sum(len(members) + 2 for members in groups.values())
    at = 0
    for name, members in groups.items():
        if at < count - 1 and stacks[at] and len(stacks[at]) + len(members) / 2 > total / count:
            at += 1
        stacks[at] += [("", name), *((_spelled(key), key.words) for key in members), ("", "")]
    each = (columns - 2) // count
    for index, stack in enumerate(stacks):
        for y, (key_text, words) in enumerate(stack[offset : offset + rows]):
            x = 2 + index * each
            if key_text:
                canvas.put(x, y, fit(key_text, _key_width(keys), "right"), Ink(palette.accent, palette.surface))
                text = truncate(words, each - _key_width(keys) - 4)
                canvas.put(x + _key_width(keys) + 2, y, text, Ink(palette.text, palette.surface))
            elif words:
                canvas.put(x, y, truncate(words, each - 2), Ink(palette.muted, palette.surface, bold=True))
    return canvas, max(len(stack) for stack in stacks)


def _spelled(key: Key) -> str:
    return " ".join(spelled(name) for name in key.keys) or "unbound"


def _key_width(keys: Sequence[Key]) -> int:
    return max(width(_spelled(key)) for key in keys)


class Help(ModalScreen[None]):
    """All keys; arrows scroll where they do not fit, any leaving key leaves."""

    BINDINGS = [
        Binding("escape,q,question_mark", "leave", "back"),
        Binding("down,j,pagedown,space", "scroll(1)", "down"),
        Binding("up,k,pageup", "scroll(-1)", "up"),
    ]

    def __init__(self, keys: Sequence[Key], palette: Palette) -> None:
        super().__init__()
        self._keys = keys
        self._palette = palette
        self._offset = 0

    def compose(self) -> ComposeResult:
        yield Glass(id="help")

    def on_glass_resized(self) -> None:
        self._draw()

    def on_resize(self, event: events.Resize) -> None:
        """As large as the table wants to be, no larger than the terminal."""
        columns = min(event.size.width, 150)
        _, wanted = draw_help(self._keys, columns, 1, self._palette)
        glass = self.query_one(Glass)
        glass.styles.width, glass.styles.height = columns, min(event.size.height, wanted + 3)

    def _draw(self) -> None:
        glass = self.query_one(Glass)
        columns, rows = glass.size
        if columns < 1 or rows < 3:
            return
        palette = self._palette
        canvas = Canvas(columns, rows, Ink(palette.text, palette.surface))
        body, wanted = draw_help(self._keys, columns, rows - 3, palette, self._offset)
        self._limit = max(0, wanted - (rows - 3))
        canvas.put(2, 0, "Keys", Ink(palette.text, palette.surface, bold=True))
        more = "↓ more   " if self._offset < self._limit else ""
        hint = f"{more}Esc leaves"
        canvas.put(columns - width(hint) - 2, 0, hint, Ink(palette.muted, palette.surface))
        canvas.blit(0, 2, body)
        glass.show(canvas, palette.text, palette.surface)

    def action_scroll(self, by: int) -> None:
        self._offset = min(max(0, self._offset + by * 4), getattr(self, "_limit", 0))
        self._draw()

    def action_leave(self) -> None:
        self.dismiss(None)
