"""What a bug of noc itself leaves behind: one panel that says so, or one line and a usable terminal."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.e2e.misbehaving import serving, vector
from tests.e2e.terminal import terminal

LAYOUT = """\
title: One
refresh: 2s
grid: {areas: [number, course]}
panels:
  number: {kind: stat, title: Number, query: up}
  course: {kind: timeseries, title: Course, query: up}
"""

PROGRAM = """\
import sys
import noc.ui.panels.stat as stat
import noc.ui.screens.wall as wall
from dataclasses import replace
from noc.cli.main import main
from noc.ui.panels import KINDS

def broken(*_):
    password = "hunter2"
    raise ZeroDivisionError("nothing \\x1b]0;owned\\x07 left")

"""


def command(bug: str, layout: Path, *words: str) -> list[str]:
    """noc with a bug in it."""
    return [sys.executable, "-c", f"{PROGRAM}\n{bug}\nsys.argv[1:] = {[str(layout), *words]!r}\nmain()"]


def test_one_picture_that_cannot_be_drawn_leaves_the_others(tmp_path: Path, environ: dict[str, str]) -> None:
    layout, log = tmp_path / "one.yaml", tmp_path / "noc.log"
    layout.write_text(LAYOUT)
    with serving(vector(({"job": "a"}, "1"))) as server:
        bug = "KINDS['stat'] = replace(KINDS['stat'], draw=broken)"
        words = command(bug, layout, "--prometheus", server.url, "--log-file", str(log))
        with terminal(words, size=(120, 30), environ=environ) as tty:
            text = tty.wait_for(lambda text: "─ Course 1" in text and "noc cannot draw this" in text)
            assert "ZeroDivisionError: nothing ␛]0;owned␇ left" in " ".join(text.split())
            tty.press("q")
            tty.end(0)
    assert "panel number cannot be drawn" in log.read_text()
    assert "Traceback" in log.read_text()


def test_a_bug_elsewhere_ends_with_one_line_and_a_usable_terminal(tmp_path: Path, environ: dict[str, str]) -> None:
    layout, log = tmp_path / "one.yaml", tmp_path / "noc.log"
    layout.write_text(LAYOUT)
    with serving(vector(({"job": "a"}, "1"))) as server:
        words = command("wall.draw_header = broken", layout, "--prometheus", server.url, "--log-file", str(log))
        with terminal(words, size=(160, 30), environ=environ) as tty:
            tty.end(1)
            text = " ".join(tty.screen_text().split())
            sent = tty.sent
    assert "noc failed: ZeroDivisionError: nothing ␛]0;owned␇ left" in text
    assert "hunter2" not in sent
    assert "Traceback" not in sent
    assert "ZeroDivisionError" in log.read_text()
