"""The baseline of the running wall: a Textual application of one full-screen widget and a clock, and nothing else.

What it costs is Textual's and Python's own; the rest of a wall's figures is noc's.
"""

from __future__ import annotations

from datetime import datetime

from textual.app import App, ComposeResult
from textual.widgets import Static

READY = "BARE-READY"


class Bare(App[None]):
    """A clock that ticks, a counter that keys move."""

    ENABLE_COMMAND_PALETTE = False
    CSS = "#clock { height: 1; } #rest { height: 1fr; }"

    def compose(self) -> ComposeResult:
        yield Static(READY, id="clock")
        yield Static("", id="rest")

    def on_mount(self) -> None:
        self.pressed = 0
        self.set_interval(1.0, self.tick)

    def tick(self) -> None:
        self.query_one("#clock", Static).update(f"{READY} {datetime.now():%H:%M:%S}")

    def on_key(self) -> None:
        self.pressed += 1
        self.query_one("#rest", Static).update(f"pressed {self.pressed}")


if __name__ == "__main__":
    Bare().run()
