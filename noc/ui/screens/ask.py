"""A sheet that asks for one line and says at once what it understood."""

from __future__ import annotations

from collections.abc import Callable

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static


class Ask(ModalScreen[str | None]):
    """``check`` turns the text into words that explain it, or raises ValueError: then Enter does nothing."""

    BINDINGS = [Binding("escape", "leave", "back")]

    def __init__(self, title: str, check: Callable[[str], str], *, value: str = "", hint: str = "") -> None:
        super().__init__()
        self._title = title
        self._check = check
        self._value = value
        self._hint = hint

    def compose(self) -> ComposeResult:
        with Vertical(classes="sheet short"):
            yield Static(Text(self._title), classes="sheet-title")
            yield Input(value=self._value, id="line")
            yield Static("", id="understood")
            yield Static(Text(self._hint), classes="sheet-hint")

    def on_mount(self) -> None:
        self.query_one(Input).focus()
        self._explain(self._value)

    def on_input_changed(self, event: Input.Changed) -> None:
        self._explain(event.value)

    def _explain(self, text: str) -> bool:
        understood = self.query_one("#understood", Static)
        if not text.strip():
            understood.update("")
            return False
        try:
            words, good = self._check(text), True
        except ValueError as error:
            words, good = str(error), False
        understood.set_class(not good, "wrong")
        understood.update(Text(words))
        return good

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if self._explain(event.value):
            self.dismiss(event.value)

    def action_leave(self) -> None:
        self.dismiss(None)
