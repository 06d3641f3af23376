"""A wall in a terminal whose servers die: panels say how old they are, then the whole wall says it, until one comes back."""

from __future__ import annotations

import re
import signal
import sys
from pathlib import Path

from tests.e2e.terminal import terminal

LAYOUT = """\
title: Room
refresh: 2s
grid: {areas: [load, rate]}
panels:
  load: {kind: stat, title: Load, query: 'max(mysql_global_status_threads_connected)'}
  rate: {kind: stat, title: Rate, query: 'sum(rate(app_http_requests_total[5m]))'}
"""
SMALL = ("█▄ █ █▀█    █▀▄ █▀█ ▀█▀ █▀█", "█ ▀█ █ █    █ █ █▀█  █  █▀█", "▀  ▀ ▀▀▀    ▀▀  ▀ ▀  ▀  ▀ ▀")
AGE = re.compile(r"the picture behind is (\d+)s old")


def large(text: str) -> int:
    """Rows of large letters that reach over most of the glass."""
    rows = [row.strip() for row in text.split("\n")]
    return sum(len(row) > 60 and set(row) <= set("█▀▄ ") for row in rows)


def test_a_wall_whose_servers_die_stamps_its_panels_goes_dark_in_time_and_comes_back_by_itself(
    home: Path, environ: dict[str, str]
) -> None:
    file = home / "room.yaml"
    file.write_text(LAYOUT)
    command = [sys.executable, "-m", "tests.e2e.dying", "demo", str(file), "--speed", "1.5", "--scenario", "calm"]
    with terminal(command, size=(80, 24), environ=environ, cwd=Path(__file__).parents[2]) as tty:
        tty.wait_for(lambda text: text.count("vs 1h ago") == 2 and "alertmanager ✔" in text)  # both panels are full
        tty.signal(signal.SIGUSR1)
        tty.wait_for(lambda text: len(re.findall(r"◷ \d+s old", text)) == 2)
        text = tty.wait_for(lambda text: AGE.search(text) and all(row in text for row in SMALL))
        age = AGE.search(text)
        assert age is not None and 10 <= int(age[1]) <= 15, text
        assert re.search(r"✖ prometheus +(next try in \d+ s|trying now) .*refuse", text), text
        tty.resize(200, 55)
        tty.wait_for(lambda text: AGE.search(text) and large(text) >= 16)  # a seventh of the height a line
        tty.signal(signal.SIGUSR2)
        tty.wait_for(lambda text: "prometheus ✔" in text and text.count("vs 1h ago") == 2 and not large(text))
        tty.wait_for(lambda text: " old" not in text and "✖" not in text)
        tty.press("q")
        tty.end()
