"""Draws the pictures of the README from the seeded demo, at a fixed moment: the only writer of ``screenshots/``."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path

from noc.charts.charset import UNICODE
from noc.cli.demo import staged
from noc.cli.glass import look, photographed
from noc.cli.moments import moment
from noc.config.paths import Places
from noc.config.settings import Settings
from noc.picture.png import to_png
from noc.ui.state import View

AT = moment("2025-10-02T15:30:00Z")
SIZES = ("200x55", "120x40", "80x24")
FOLDER = Path(__file__).parent.parent / "screenshots"


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture, drawn in all sizes; ``keys`` are pressed first."""

    name: str
    layout: str = "operations"
    scenario: str = "tour"
    theme: str = "midnight"
    keys: tuple[str, ...] = ()


FEED = ("slash", *"lines", "down", "enter")
"""Puts the focus on the feed of the layout ``logs``."""

BREACH = ("slash", *"violation", "enter")
"""Leaves the lines of a breach in it."""

SHOTS = (
    Shot("operations"),
    Shot("operations-calm", scenario="calm"),
    Shot("operations-paper", theme="paper"),
    Shot("host", layout="host"),
    Shot("prometheus", layout="prometheus", scenario="calm"),
    Shot("zoom", keys=("slash", *"response", "enter", "z", "left", "left", "left", "left", "left", "left")),
    Shot("help", keys=("question_mark",)),
    Shot("blackout", scenario="blackout"),
    Shot("alerts", layout="alerts"),
    Shot("alerts-storm", layout="alerts", scenario="alert-storm"),
    Shot("ack", layout="alerts", keys=("j", "j", "a")),
    Shot("silence", layout="alerts", keys=("j", "j", "s")),
    Shot("runbook", layout="alerts", keys=("j", "j", "R")),
    Shot("security", layout="security", scenario="webhook-attack"),
    Shot("logs", layout="logs", scenario="webhook-attack"),
    Shot("logs-calm", layout="logs", scenario="calm"),
    Shot("event", layout="logs", scenario="cross-tenant-breach", keys=(*FEED, *BREACH, "j", "enter")),
    Shot("trace", layout="logs", scenario="cross-tenant-breach", keys=(*FEED, *BREACH, "j", "d")),
)


def draw(shot: Shot, size: str) -> bytes:
    """The shot as PNG."""
    columns, rows = (int(part) for part in size.split("x"))
    settings = Settings(timezone="UTC", theme=shot.theme, author="mara")
    runtime, advance = staged(settings, Places.of({}, Path("/nonexistent")), shot.layout, shot.scenario, 1, AT)
    view = View(runtime.page.name)
    frame, _ = asyncio.run(
        photographed(runtime, view, (columns, rows), look(runtime, UNICODE), 60.0, shot.keys, advance)
    )
    return to_png(frame)


def main(wanted: list[str]) -> None:
    FOLDER.mkdir(exist_ok=True)
    for shot in SHOTS:
        for size in SIZES:
            name = f"{shot.name}-{size}.png"
            if wanted and not any(word in name for word in wanted):
                continue
            (FOLDER / name).write_bytes(draw(shot, size))
            print(name)


if __name__ == "__main__":
    main(sys.argv[1:])
