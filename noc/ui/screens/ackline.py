"""The acknowledgement: one line at the foot of the wall, no dialog. Enter sends, Escape leaves (keys.md)."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from noc.model.text import clean


class AckLine(ModalScreen[str | None]):
    """Returns the words, or None. What it acts on was decided when it opened and stands in front."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "back")]

    def __init__(self, what: str, words: str, author: str, lasts: str) -> None:
        super().__init__()
        self._what = what
        self._words = words
        self._author = author
        self._lasts = lasts

    def compose(self) -> ComposeResult:
        with Horizontal(id="ackline"):
            yield Static(Text(f" ack {clean(self._what, 100)} "), id="ack-what")
            yield Input(value=self._words, id="ack-words", select_on_focus=False)
            yield Static(Text(f" as {clean(self._author, 24)} for {self._lasts}  Enter sends  Esc "), id="ack-keys")

    def on_mount(self) -> None:
        field = self.query_one(Input)
        field.focus()
        field.cursor_position = len(self._words)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.dismiss(event.value.strip() or self._words)

    def action_leave(self) -> None:
        self.dismiss(None)
