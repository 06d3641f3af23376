"""Draws the pictures of the README from the seeded demo, at a fixed moment: the only writer of ``screenshots/``.

Beside each picture stands its text, so that a change is read in a diff; the picture carries its own cells
(picture.cells). ``tests/test_screenshots.py`` draws them anew and fails where one is older than what it shows.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from noc.cli.embedded import embedded
from noc.config.settings import Settings
from noc.picture.frame import Frame
from noc.picture.png import to_png
from noc.picture.text import to_text
from tools.sheets import SHEETS

FOLDER = Path(__file__).parent.parent / "screenshots"
MOST = 24
"""Pictures in all."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture of a layout; ``keys`` are pressed first."""

    layout: str
    words: str
    """Its caption in the README."""
    size: tuple[int, int] = (200, 55)
    scenario: str = "tour"
    keys: tuple[str, ...] = ()


FEED = ("slash", *"lines", "down", "enter")
"""Puts the focus on the feed of the layout ``logs``."""
BREACH = ("slash", *"violation", "enter")
"""Leaves the lines of a breach in it."""

SHOTS = {
    "operations": Shot("operations", "operations: the whole gateway, four quadrants"),
    "security": Shot("security", "security: who attacks, what holds", scenario="webhook-attack"),
    "performance": Shot("performance", "performance: which part is slow", scenario="error-spike"),
    "business": Shot("business", "business: what tenants do"),
    "alerts": Shot("alerts", "alerts: what fires, who has it, what comes next"),
    "logs": Shot("logs", "logs under attack", scenario="webhook-attack"),
    "health": Shot("health", "health checks and the promises they keep"),
    "phone": Shot("phone", "on call: 80 by 24 over SSH", (80, 24), scenario="db-pool-exhaustion"),
    "small": Shot("operations", "a wall on a small terminal: pages, the most severe first", (120, 40)),
    "silence": Shot("alerts", "silencing: a form that shows what it hides", (160, 45), keys=("j", "j", "s")),
    "runbook": Shot("alerts", "a runbook beside its alert", (160, 45), keys=("j", "j", "R")),
    "event": Shot(
        "logs",
        "one event, its fields and its JSON",
        (160, 45),
        scenario="cross-tenant-breach",
        keys=(*FEED, *BREACH, "j", "enter"),
    ),
    "blackout": Shot("operations", "a server that fails", (160, 45), scenario="blackout"),
}
"""Pictures of the wall by name; those of ``SHEETS`` come after them."""

SHEET_WORDS = {
    "kinds": "every kind of panel",
    "states": "every state of a card: none is like another",
    "themes": "every theme",
    "depths": "every terminal",
}

NAMES = (*SHOTS, *SHEETS)


def draw(name: str) -> Frame:
    """A picture by its name; KeyError."""
    if name in SHEETS:
        return SHEETS[name]()
    shot = SHOTS[name]
    settings = Settings(timezone="UTC", author="mara")
    return embedded(shot.layout, shot.size, scenario=shot.scenario, keys=shot.keys, settings=settings)[0]


def gallery() -> list[str]:
    """The README's table of pictures, two in a row."""
    words = {**{name: shot.words for name, shot in SHOTS.items()}, **SHEET_WORDS}
    cells = [f"![{words[name]}](screenshots/{name}.png)" for name in NAMES]
    cells += [""] * (len(cells) % 2)
    return ["| | |", "|---|---|", *(f"| {cells[at]} | {cells[at + 1]} |" for at in range(0, len(cells), 2))]


def main(wanted: list[str]) -> None:
    """Draw all, or those that are named; pictures of which nothing is known any more go."""
    FOLDER.mkdir(exist_ok=True)
    for name in NAMES:
        if wanted and name not in wanted:
            continue
        frame = draw(name)
        (FOLDER / f"{name}.png").write_bytes(to_png(frame))
        (FOLDER / f"{name}.txt").write_text(to_text(frame), encoding="utf-8")
        print(name)
    if not wanted:
        for file in FOLDER.iterdir():
            if file.stem not in NAMES:
                file.unlink()
        readme = FOLDER.parent / "README.md"
        begin, end = "<!-- gallery -->\n", "<!-- /gallery -->"
        text = readme.read_text(encoding="utf-8")
        if begin in text:
            before, after = text.split(begin)[0], text.split(end)[1]
            readme.write_text(before + begin + "\n".join(gallery()) + "\n" + end + after, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
