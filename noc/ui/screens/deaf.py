"""Dialogs that hear nothing in their first moment: keys meant for the wall beneath are lost rather than obeyed (keys.md)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual import events

from noc.ui.screens.picker import Choice, Picker

if TYPE_CHECKING:
    from textual.screen import ModalScreen

    Mixed = ModalScreen[object]
else:  # Textual finds a screen's style along its bases: a mixin must be none of them
    Mixed = object

DEAF = 0.3
"""Seconds after opening in which nothing is heard."""


class Deaf(Mixed):
    """Mixed in before a screen's own class, which calls ``deafen`` when it is made. The application keeps keys and pasted
    text from it (``compat.Application``)."""

    _monotonic: Callable[[], float]
    _opened: float

    def deafen(self, monotonic: Callable[[], float]) -> None:
        """Hear nothing for a moment from now on. ``monotonic``: seconds of a clock that never steps."""
        self._monotonic = monotonic
        self._opened = monotonic()

    @property
    def deaf(self) -> bool:
        return self._monotonic() - self._opened < DEAF

    def _forward_event(self, event: events.Event) -> None:
        if not (self.deaf and isinstance(event, events.MouseEvent)):
            super()._forward_event(event)


class Question(Deaf, Picker):
    """A choice that is carried out as soon as it is made."""

    def __init__(self, title: str, choices: Sequence[Choice], monotonic: Callable[[], float]) -> None:
        super().__init__(title, choices)
        self.deafen(monotonic)
