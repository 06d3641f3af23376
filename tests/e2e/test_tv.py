"""A TV in a terminal on the demo's clock: pages turn, an alert takes the glass and gives it back, a pause counts down."""

from __future__ import annotations

import re
from pathlib import Path

from tests.e2e.terminal import Terminal, terminal, wall

SIZE = (160, 45)
PAGES = "pages:\n  - {layout: prometheus}\n  - {layout: logs}\n"


def programme(home: Path, text: str) -> str:
    file = home / "room.yaml"
    file.write_text(text + PAGES)
    return str(file)


def header(text: str) -> str:
    """The first row that holds anything: the picture moves."""
    return next((line for line in text.split("\n") if line.strip()), "")


def wait(tty: Terminal, title: str, *words: str) -> str:
    return tty.wait_for(lambda text: title in header(text) and all(word in text for word in words))


def test_pages_turn_and_an_alert_takes_the_glass_until_it_is_over(home: Path, environ: dict[str, str]) -> None:
    file = programme(home, "dwell: 5m\npreempt: {hold: 10m}\n")
    command = wall("demo", "--tv", "--programme", file, "--speed", "300", "--scenario", "cross-tenant-breach")
    with terminal(command, size=SIZE, environ=environ) as tty:
        wait(tty, " Prometheus ", "page 1 of 2")
        text = wait(tty, " Alerts ", "✖ CRITICAL  ")
        assert "alert's page" in header(text)
        text = tty.wait_for(lambda text: re.search(r" (Logs|Prometheus) ", header(text)))  # every second page
        assert "✖ CRITICAL  " in text
        wait(tty, " Alerts ")
        tty.wait_for(lambda text: "✖ CRITICAL  " not in text and re.search(r"page \d of 2", header(text)))  # it is over
        tty.press("q")
        tty.wait_for("the room will be dark")


def test_a_pause_counts_down_and_ends_by_itself(home: Path, environ: dict[str, str]) -> None:
    file = programme(home, "dwell: 1h\n")
    command = wall("demo", "--tv", "--programme", file, "--speed", "40", "--scenario", "calm")
    with terminal(command, size=SIZE, environ=environ) as tty:
        wait(tty, " Prometheus ", "page 1 of 2")
        tty.press(" ")
        wait(tty, " Prometheus ", "PAUSED 1:")
        wait(tty, " Prometheus ", "PAUSED 0:")
        text = wait(tty, " Logs ", "page 2 of 2")
        assert "PAUSED" not in text
