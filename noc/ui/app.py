"""The Textual application: a stack of screens over one runtime."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual import events
from textual.binding import BindingType

from noc.model.palette import Palette
from noc.runtime import Runtime
from noc.ui.bindings import allowed, remapped
from noc.ui.compat import Application, terminal_driver, theme_of
from noc.ui.panels.data import Look
from noc.ui.screens.wall import Wall
from noc.ui.state import View

TOUCHES = (events.Key, events.Paste, events.MouseDown, events.MouseScrollDown, events.MouseScrollUp)
"""What only a person does; a mouse that lies about may move by itself."""


class WallApp(Application):
    """Opens the wall on ``view`` (and on an alert whose fingerprint begins with ``alert``); returns when the viewer quits."""

    CSS_PATH = Path(__file__).with_name("noc.tcss")
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = []
    TITLE = "noc"

    def __init__(self, runtime: Runtime, view: View, look: Look, alert: str = "") -> None:
        super().__init__(driver_class=terminal_driver())
        self.runtime = runtime
        self.interrupted = False
        self.touched_at = float("-inf")
        """When somebody last touched keys or mouse, in unix seconds by the wall's clock, whatever lay on the glass."""
        self.keys = allowed(remapped(runtime.keys), read_only=runtime.read_only)
        self._view = view
        self._look = look
        self.charset = look.charset
        self._alert = alert
        for palette in runtime.palettes.values():
            self.register_theme(theme_of(palette))
        self.theme = runtime.theme

    @property
    def palette(self) -> Palette:
        return self.runtime.palettes[self.theme]

    def on_mount(self) -> None:
        self.push_screen(Wall(self.runtime, self.keys, self._view, self._look, self._alert))

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, TOUCHES):
            self.touched_at = self.runtime.clock.now()
        await super().on_event(event)

    async def action_quit(self) -> None:
        """Textual's Ctrl+Q: the wall's own way out, so that a wall in TV mode asks first."""
        next(screen for screen in self.screen_stack if isinstance(screen, Wall)).actions.act("quit")

    def action_help_quit(self) -> None:
        """Ctrl+C ends the wall as it ends any program, except in TV mode, where a key must not darken the room."""
        if self.runtime.tv:
            self.call_later(self.action_quit)
        else:
            self.interrupted = True
            self.exit()
