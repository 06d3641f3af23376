"""The one dialog of everything that writes: deaf for a moment, focus on Cancel, the consequence on the button.

Keys pressed before it opened are lost rather than obeyed; a mouse click never writes; Enter in a field moves on; only the
button, reached and pressed on purpose, sends (keys.md, at 3 am). What it asks and shows stands in ``ui/alertforms``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from noc.actions.block import BlockIntent
from noc.actions.intent import Intent
from noc.model.palette import Palette
from noc.model.severity import Severity
from noc.model.text import clean
from noc.runtime import Environment
from noc.ui.alertforms import Examined, FieldSpec, FormSpec
from noc.ui.screens.deaf import Deaf

CHROME = 11
"""Rows of a form around its fields and its preview: title, guard, two of what is wrong, buttons, air between them."""

LOW = 30
"""Rows of a terminal below which a form does without the four rows of air inside."""


class Button(Static, can_focus=True):
    """Pressed by the keyboard alone: Enter or Space while it has the focus. A click focuses it and no more."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "press", "press", show=False)]

    def __init__(self, words: str, id: str, press: Callable[[], None], *, key: str = "") -> None:
        super().__init__(id=id, classes="button")
        self._press = press
        self._key = key
        self.words = ""
        self.say(words)

    def say(self, words: str, *, off: bool = False) -> None:
        """Change what stands on it, and whether it looks as if it could be pressed."""
        self.words = words
        line = Text(f" {clean(words, 100)} ")
        if self._key:
            line.append(f"{self._key} ", style="dim")
        self.update(line)
        self.set_class(off, "off")

    def action_press(self) -> None:
        self._press()


class Form(Deaf, ModalScreen[Intent | BlockIntent | None]):
    """Returns what is to be done, or None. ``monotonic``: seconds of a clock that never steps."""

    AUTO_FOCUS = "#cancel"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "back"),
        Binding("tab,down", "app.focus_next", "next", show=False, priority=True),
        Binding("shift+tab,up", "app.focus_previous", "previous", show=False, priority=True),
        Binding("pagedown", "page(1)", "further down", show=False),
        Binding("pageup", "page(-1)", "further up", show=False),
    ]

    def __init__(
        self, spec: FormSpec, environment: Environment, palette: Palette, monotonic: Callable[[], float]
    ) -> None:
        super().__init__()
        self.deafen(monotonic)
        self._spec = spec
        self._environment = environment
        self._palette = palette
        self._examined = Examined(spec.title)
        self._heard: dict[str, str] = {}
        self._refused = spec.problem is not None
        """What the server refused stands until something else is typed: nothing here can tell whether it would now."""
        self.sent: dict[str, str] = {}
        """What was typed when it was confirmed, by field."""

    def compose(self) -> ComposeResult:
        with Vertical(classes="sheet wide form"):
            yield Static("", id="heading", classes="sheet-title")
            with VerticalScroll(id="fields", can_focus=False):
                for field in self._spec.fields:
                    yield from _field(field)
                yield Static("", id="preview")
            with Horizontal(id="guard", classes="field"):
                yield Static("", id="asks", classes="field-label")
                yield Input(id="typed")
            yield Static("", id="wrong")
            with Horizontal(id="buttons"):
                yield Button("Cancel", "cancel", self.action_leave, key="Esc")
                yield Button("", "confirm", self._confirm, key="Enter")

    def on_mount(self) -> None:
        self._examine()
        self._heard = {**self.values, "": self._typed}
        if self._spec.problem is not None:
            self._blame(str(self._spec.problem), self._spec.problem.field)
        self.set_interval(1.0, self._examine)

    def on_resize(self) -> None:
        """The buttons are always seen: what is long scrolls above them."""
        low = self.size.height < LOW
        self.set_class(low, "low")
        self.query_one("#fields").styles.max_height = max(3, self.size.height - CHROME + (4 if low else 0))

    @property
    def values(self) -> dict[str, str]:
        """What is typed, by field."""
        return {one.id: self.query_one(f"#{one.id}", Input).value for one in self._spec.fields}

    # -- what is shown

    def _examine(self) -> Examined:
        """Look again at what would happen: fields and alerts change while the form is open."""
        found = self._examined = self._spec.examine(self.values)
        self.query_one("#heading", Static).update(self._heading(found.title))
        self.query_one("#preview", Static).update(self._preview(found.lines))
        asks = " ".join(found.wanted)
        self.query_one("#guard").display = bool(asks)
        self.query_one("#asks", Static).update(Text(f"type {asks}" if asks else "", style="bold"))
        confirm = self.query_one("#confirm", Button)
        ready = found.intent is not None and self._typed == asks
        confirm.say(found.confirm or "Not possible", off=not ready)
        if (ready and not self._refused) or not self.query_one("#wrong", Static).has_class("said"):
            self._say("")
        return found

    def _heading(self, title: str) -> Text:
        line = Text(no_wrap=True, overflow="ellipsis")
        if self._environment.name:
            band = f"on {self._environment.colour}" if self._environment.colour else "reverse"
            line.append(f" {clean(self._environment.name, 30)} ", style=f"bold {band}")
            line.append("  ")
        line.append(clean(title, 160), style="bold")
        return line

    def _preview(self, lines: Sequence[tuple[str, str]]) -> Text:
        styles = {"quiet": self._palette.muted, "warn": f"bold {self._palette.medium}", "good": self._palette.ok}
        styles |= {one.value: self._palette.severity(one) for one in Severity}
        out = Text()
        for index, (text, role) in enumerate(lines):
            out.append(("\n" if index else "") + clean(text, 300), style=styles.get(role, self._palette.text))
        return out

    @property
    def _typed(self) -> str:
        return " ".join(self.query_one("#typed", Input).value.split())

    # -- what is done

    def _confirm(self) -> None:
        """Look once more, at this very moment, then return it: the number typed must be the number now."""
        found = self._examine()
        if found.intent is None:
            self._blame(found.problem or "this cannot be done", found.field)
        elif self._typed != " ".join(found.wanted):
            self._blame(f"type {' '.join(found.wanted)} to go on", "typed")
        else:
            self.sent = self.values
            self.dismiss(found.intent)

    def _blame(self, words: str, field: str) -> None:
        self._say(words)
        named = [one for one in self.query(Input) if one.display and one.id in (field, f"{field.rstrip('s')}0")]
        if named:
            named[0].focus()

    def _say(self, words: str) -> None:
        wrong = self.query_one("#wrong", Static)
        wrong.update(Text(clean(words, 300)))
        wrong.set_class(bool(words), "said")

    def on_input_changed(self) -> None:
        """Something else is typed now; fields also report what they were opened with."""
        typed = {**self.values, "": self._typed}
        if typed != self._heard:
            self._heard, self._refused = typed, False
            self._say("")
            self._examine()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in a field moves on; it never sends."""
        event.stop()
        self.focus_next()

    def action_leave(self) -> None:
        self.dismiss(None)

    def action_page(self, by: int) -> None:
        """Look at the rest of a long preview."""
        scroll = self.query_one("#fields", VerticalScroll)
        scroll.scroll_relative(y=by * max(1, scroll.size.height - 1), animate=False)


def _field(spec: FieldSpec) -> ComposeResult:
    with Horizontal(classes="field"):
        yield Static(Text(clean(spec.words, 20)), classes="field-label")
        yield Input(value=spec.value, placeholder=spec.hint, id=spec.id)
