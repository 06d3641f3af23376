"""An alert whole, and its runbook: live by its key, scrolled, with the same keys as its row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from noc.actions.runbook import Command
from noc.charts.canvas import Canvas, Ink
from noc.charts.markdown import draw_markdown
from noc.charts.wrap import wrap
from noc.engine import digest
from noc.engine.book import Entry
from noc.model.palette import Palette
from noc.model.text import clean, fit, truncate
from noc.ui.alertdetail import BESIDE, draw_detail, draw_facts, facts, trimmed
from noc.ui.panels.data import PanelData
from noc.ui.runbookoffers import Offer
from noc.ui.screens.picker import Choice, Picker
from noc.ui.screens.sheets import Reading

Look = Callable[[], tuple[Entry | None, PanelData]]
"""The alert as it is now and the data it is drawn with; None once nothing is known of it any more."""

Filled = Callable[[Mapping[str, str]], tuple[str, Sequence[Command]]]
"""Text and commands of a runbook, with these values besides those of the alert's labels."""

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

    ``filled`` makes text and commands out of what fills the placeholders. ``look`` is that of :class:`Detail`; None for
    what is no alert. Where there is no room beside it, a line tells the alert. ``f`` fills a placeholder from what the
    alert's log lines offer.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,tab,n", "choose(1)", "next command"),
        Binding("left,shift+tab,p", "choose(-1)", "previous command"),
        Binding("f", "fill", "fill a placeholder"),
    ]

    def __init__(self, title: str, filled: Filled, palette: Palette, look: Look | None = None) -> None:
        super().__init__(title, lambda columns, palette: Canvas(columns, 0), palette)
        self._fill = filled
        self._look = look
        self._last: Entry | None = None
        self._chosen_values: dict[str, str] = {}
        self._offers: dict[str, list[Offer]] = {}
        self._unanswered = ""
        self.chosen = 0
        self._text, self._commands = filled({})

    def offered(self, offers: dict[str, list[Offer]], unanswered: str = "") -> None:
        """What the log lines offer has come, or why it has not."""
        self._offers, self._unanswered = offers, unanswered
        if self.is_mounted and self.is_attached:  # neither before it is open nor when it is closed again
            self.paint()

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
        body = trimmed(draw_markdown(self._text, columns, 1000, self._palette))
        if not self._commands:
            return body
        one = self._commands[self.chosen]
        lines = [part for line in one.text.split("\n") for part in wrap(line, columns)]
        offers = self._offer_words(one)
        canvas = Canvas(columns, body.height + 2 + len(lines) + len(offers))
        palette = self._palette
        number = f"command {self.chosen + 1} of {len(self._commands)}  "
        state = "y copies it" if one.copyable else f"{', '.join(one.missing)} unknown: not copied"
        canvas.put(0, 0, fit(number + state, columns), Ink(palette.muted if one.copyable else palette.medium))
        for y, line in enumerate(lines, 1):
            canvas.put(0, y, fit(line, columns), Ink(palette.text, palette.surface, bold=True))
        for y, line in enumerate(offers, 1 + len(lines)):
            canvas.put(0, y, fit(line, columns), Ink(palette.accent))
        canvas.blit(0, 2 + len(lines) + len(offers), body)
        return canvas

    def _offer_words(self, command: Command) -> list[str]:
        """What may fill the command, on a line each; what may fill the others, where this one needs nothing."""
        out = []
        for name in command.missing or [one for one in self._offers if one not in self._chosen_values]:
            best = self._offers.get(name)
            if best:
                shown = ", ".join(f"{clean(one.value, 60)} ({one.lines} lines)" for one in best[:3])
                out.append(f"{name}: {shown}   f chooses")
        if command.missing and not out and self._unanswered:
            out.append(f"no values from the log: {clean(self._unanswered, 200)}")
        return out

    def hints(self) -> str:
        fill = "f fill in  " if self._offers else ""
        return f"↑↓ scroll  ←→ command  {fill}y copy it  Esc back  nothing is run"

    def action_choose(self, by: int) -> None:
        if self._commands:
            self.chosen = (self.chosen + by) % len(self._commands)
            self.offset_row = 0
            self.said = ""
            self.paint()

    def action_fill(self) -> None:
        """Choose a value for a placeholder of this command; one that was filled before can be chosen anew."""
        if not self._commands or not self._offers:
            self.said = "the log lines offer nothing to fill in"
            self.paint()
            return
        missing = self._commands[self.chosen].missing
        names = [name for name in (*missing, *self._offers) if name in self._offers]
        name = names[0]

        def take(found: tuple[str, ...] | None) -> None:
            if found:
                self._chosen_values[name] = found[0]
                self._text, self._commands = self._fill(self._chosen_values)
                self.paint()

        choices = [Choice(one.value, one.value, f"{one.lines} lines") for one in self._offers[name]]
        self.app.push_screen(Picker(f"Fill in {name}, from the lines of this alert", choices), take)

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
