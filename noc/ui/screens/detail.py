"""An alert whole, and its runbook: live by its key, scrolled, with the same keys as its row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from noc.actions.runbook import Command
from noc.charts.canvas import Canvas, Ink
from noc.charts.markdown import draw_markdown
from noc.charts.wrap import wrap
from noc.engine import digest
from noc.engine.book import Entry
from noc.model.palette import Palette
from noc.model.text import fit, truncate
from noc.ui.alertdetail import BESIDE, draw_detail, draw_facts, facts, trimmed
from noc.ui.panels.data import PanelData
from noc.ui.screens.sheets import Reading

Look = Callable[[], tuple[Entry | None, PanelData]]
"""The alert as it is now and the data it is drawn with; None once nothing is known of it any more."""

GAP = 3
"""Columns between an alert and its runbook."""


class Detail(Reading):
    """An alert whole, with the keys of its row."""

    def __init__(
        self,
        look: Look,
        runbook: str,
        palette: Palette,
        *,
        copied: Callable[[Entry], str],
        acts: dict[str, str],
        hints: str,
    ) -> None:
        super().__init__("", lambda columns, _: Canvas(columns, 0), palette, acts=acts)
        self._look = look
        self._runbook = runbook
        self._last: Entry | None = None
        self._copy = copied
        self._hints = hints

    def content(self, columns: int) -> Canvas:
        entry, data = self._look()
        if entry is not None:
            self._last = entry
        if self._last is None:
            return Canvas(columns, 0)
        return draw_detail(self._last, data, columns, self._runbook)

    def title_text(self) -> str:
        entry, _ = self._look()
        gone = "" if entry is not None else "   gone from the book; shown as it was last"
        return f"{self._last.alert.name if self._last else (entry.alert.name if entry else 'Alert')}{gone}"

    def hints(self) -> str:
        return self._hints

    def action_copy(self) -> None:
        if self._last is not None:
            self.app.copy_to_clipboard(self._copy(self._last))
            self.said = "copied as six lines"
            self.paint()


class RunbookScreen(Reading):
    """A runbook, filled in, beside its alert. Left and right choose a command, ``y`` copies it; nothing is ever run.

    ``look`` is that of :class:`Detail`; None for what is no alert. Where there is no room beside it, a line tells the alert.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,tab,n", "choose(1)", "next command"),
        Binding("left,shift+tab,p", "choose(-1)", "previous command"),
    ]

    def __init__(
        self, title: str, text: str, commands: Sequence[Command], palette: Palette, look: Look | None = None
    ) -> None:
        def draw(columns: int, palette: Palette) -> Canvas:
            return trimmed(draw_markdown(text, columns, 1000, palette))

        super().__init__(title, draw, palette)
        self._commands = list(commands)
        self._look = look
        self._last: Entry | None = None
        self.chosen = 0

    def content(self, columns: int) -> Canvas:
        """The alert at the left, where it stays while the text is scrolled."""
        entry, data = self._look() if self._look is not None else (None, None)
        self._last = entry or self._last
        if self._last is None or data is None:
            return self._filled(columns)
        if columns < BESIDE:
            text = self._filled(columns)
            canvas = Canvas(columns, text.height + 2)
            line = digest.told(self._last, data.now, data.look.tz)
            canvas.put(0, 0, truncate(line, columns), Ink(self._palette.severity(self._last.severity), bold=True))
            canvas.blit(0, 2, text)
            return canvas
        left = columns * 2 // 5
        text = self._filled(columns - left - GAP)
        own = draw_facts(list(facts(self._last, data)), left, self._palette)
        canvas = Canvas(columns, max(own.height, text.height))
        self.offset_row = max(0, min(self.offset_row, canvas.height - 1))
        canvas.blit(0, self.offset_row, own)
        canvas.blit(left + GAP, 0, text)
        return canvas

    def _filled(self, columns: int) -> Canvas:
        """The chosen command above the text: what ``y`` would copy is never a guess."""
        body = self._draw(columns, self._palette)
        if not self._commands:
            return body
        one = self._commands[self.chosen]
        lines = [part for line in one.text.split("\n") for part in wrap(line, columns)]
        canvas = Canvas(columns, body.height + 2 + len(lines))
        palette = self._palette
        number = f"command {self.chosen + 1} of {len(self._commands)}  "
        state = "y copies it" if one.copyable else f"fill in {', '.join(one.missing)} yourself: not copied"
        canvas.put(0, 0, fit(number + state, columns), Ink(palette.muted if one.copyable else palette.medium))
        for y, line in enumerate(lines, 1):
            canvas.put(0, y, fit(line, columns), Ink(palette.text, palette.surface, bold=True))
        canvas.blit(0, 2 + len(lines), body)
        return canvas

    def hints(self) -> str:
        return "↑↓ scroll  ←→ command  y copy it  Esc back  nothing is run"

    def action_choose(self, by: int) -> None:
        if self._commands:
            self.chosen = (self.chosen + by) % len(self._commands)
            self.offset_row = 0
            self.said = ""
            self.paint()

    def action_copy(self) -> None:
        if not self._commands:
            return
        one = self._commands[self.chosen]
        if one.copyable:
            self.app.copy_to_clipboard(one.text)
            self.said = f"copied: {one.text}"
        else:
            self.said = f"not copied: {', '.join(one.missing)} is unknown"
        self.paint()
