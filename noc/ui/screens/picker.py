"""A sheet with a list to choose from, filtered as one types: layouts, themes, panels, values, the palette."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from noc.model.text import clean


@dataclass(frozen=True, slots=True)
class Choice:
    """``value`` is returned; ``text`` is shown, ``hint`` quietly behind it; ``marked`` is the current one. Where several can
    be marked, one that stands ``alone`` (all of them) is never marked beside others."""

    value: str
    text: str
    hint: str = ""
    marked: bool = False
    alone: bool = False


def matching(choices: Sequence[Choice], typed: str) -> list[Choice]:
    """Choices that hold every typed word, those that begin with the text first."""
    words = typed.lower().split()
    found = [one for one in choices if all(word in f"{one.text} {one.hint}".lower() for word in words)]
    return sorted(found, key=lambda one: not one.text.lower().startswith(typed.lower())) if words else found


class Picker(ModalScreen[tuple[str, ...] | None]):
    """Returns the chosen values, or None. ``preview`` is called with the highlighted value, and None on the way back."""

    BINDINGS = [
        Binding("escape", "leave", "back"),
        Binding("down", "step(1)", "next", priority=True),
        Binding("up", "step(-1)", "previous", priority=True),
    ]

    def __init__(
        self,
        title: str,
        choices: Sequence[Choice],
        *,
        multi: bool = False,
        preview: Callable[[str | None], None] | None = None,
    ) -> None:
        super().__init__()
        self._title = title
        self._choices = list(choices)
        self._multi = multi
        self._preview = preview
        self._marked = [one.value for one in choices if one.marked]
        self._toggled = False
        self._typed = ""
        self._shown: list[Choice] = []

    def compose(self) -> ComposeResult:
        with Vertical(classes="sheet"):
            yield Static(Text(self._title), classes="sheet-title")
            yield Input(placeholder="type to filter", id="filter")
            yield OptionList(id="choices")
            hint = "Space marks   Enter takes   Esc leaves" if self._multi else "Enter takes   Esc leaves"
            yield Static(Text(hint), classes="sheet-hint")

    def on_mount(self) -> None:
        self._fill("")
        marked = next((index for index, one in enumerate(self._shown) if one.marked), 0)
        if self._shown:
            self.query_one(OptionList).highlighted = marked
        self.query_one(Input).focus()

    def _fill(self, typed: str) -> None:
        self._typed = typed
        options = self.query_one(OptionList)
        options.clear_options()
        self._shown = matching(self._choices, typed)
        options.add_options([Option(self._line(one)) for one in self._shown])
        if self._shown:
            options.highlighted = 0

    def _line(self, one: Choice) -> Text:
        mark = "● " if one.value in self._marked else "  "
        line = Text(mark + clean(one.text, 200), no_wrap=True, overflow="ellipsis")
        return line.append("   " + clean(one.hint, 200), style="dim") if one.hint else line

    def on_input_changed(self, event: Input.Changed) -> None:
        if self._multi and event.value.endswith(" "):
            self.query_one(Input).value = event.value[:-1]
            self._toggle()
        elif event.value != self._typed:  # the space that marked has gone: the cursor stays where it is
            self._fill(event.value)

    def _toggle(self) -> None:
        options = self.query_one(OptionList)
        at = options.highlighted
        if at is None or at >= len(self._shown):
            return
        chosen, self._toggled = self._shown[at], True
        if chosen.value in self._marked:
            self._marked.remove(chosen.value)
        else:
            beside = {one.value for one in self._choices if not one.alone and not chosen.alone}
            self._marked = [*(value for value in self._marked if value in beside), chosen.value]
        for index, one in enumerate(self._shown):
            options.replace_option_prompt_at_index(index, self._line(one))

    def action_step(self, by: int) -> None:
        options = self.query_one(OptionList)
        if self._shown:
            options.highlighted = ((options.highlighted or 0) + by) % len(self._shown)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        if self._preview and event.option_index < len(self._shown):
            self._preview(self._shown[event.option_index].value)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self._take(event.option_index)

    def on_input_submitted(self) -> None:
        at = self.query_one(OptionList).highlighted
        if at is not None:
            self._take(at)

    def _take(self, at: int) -> None:
        """What is marked; but whoever marked nothing and went to another row means that row."""
        here = self._shown[at].value if at < len(self._shown) else None
        if self._multi and self._marked and (self._toggled or here is None or here in self._marked):
            self.dismiss(tuple(self._marked))
        elif here is not None:
            self.dismiss((here,))

    def action_leave(self) -> None:
        if self._preview:
            self._preview(None)
        self.dismiss(None)
