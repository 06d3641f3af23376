"""A wall on a slow line: never more bytes than it may, keys answered, and the last picture the right one."""

from __future__ import annotations

import os
import re
import select
import sys
import time
from pathlib import Path

import pytest

from tests.e2e.terminal import DEADLINE, NOC, environment, terminal

CAP = 4000
ROOT = Path(__file__).parents[2]


def test_under_a_cap_the_wall_is_painted_in_parts_and_a_key_goes_before_them(home: Path) -> None:
    wall = [sys.executable, "-m", "tests.e2e.slowline", str(CAP), "demo", "alerts", "--scenario", "alert-storm"]
    with terminal(wall, size=(80, 24), environ=environment(home), cwd=ROOT) as tty:
        tty.wait_for("demo")
        began, before = time.monotonic(), len(tty.sent.encode())
        tty.wait_for("Firing")
        pressed = len(tty.sent.encode())
        tty.press("?")
        tty.wait_for(lambda text: "Keys" in text and "Esc leaves" in text)
        assert len(tty.sent.encode()) - pressed < 3 * CAP  # a whole picture is more than seven seconds' worth
        tty.wait_for(lambda text: "next panel" in text and "variables" in text and "CRIT" not in text)
        seconds, written = time.monotonic() - began, len(tty.sent.encode()) - before
        assert written <= 1.1 * CAP * (seconds + 0.5)  # half a second: what may go at once
        tty.press("escape")
        tty.wait_for(lambda text: "Firing" in text and "next panel" not in text)
        tty.press("ctrl+c")
        tty.end(130)


def test_a_terminal_that_stood_still_is_shown_what_is_now_and_nothing_of_what_was_meanwhile(home: Path) -> None:
    os.mkfifo(pipe := home / "keys")
    wall = [sys.executable, "-m", "tests.e2e.tellskeys", str(pipe), "demo", "alerts"]
    with (
        pipe.open("r+b", buffering=0) as taken,
        terminal(wall, size=(120, 40), environ=environment(home), cwd=ROOT) as tty,
    ):
        tty.wait_for("Firing")
        with tty._news:  # whoever holds this keeps the reading thread from reading: the pty is full soon
            for key in [*["?", "?", "tab"] * 40, "T"]:  # no Escape: with the key behind it it would be another one
                tty.press(key)
                assert select.select([taken], [], [], DEADLINE)[0]
                taken.read(1)
            stood = len("".join(tty._sent))
        tty.wait_for("midnight")
        # The eighty pictures of those keys are 2.4 MB; what reader, pty and queue take before they are full is under 200 kB.
        assert len(tty.sent) - stood < 400_000
        tty.press("escape")
        tty.wait_for(lambda text: "Firing" in text and "midnight" not in text)
        tty.press("ctrl+c")
        tty.end(130)


RGB, NUMBERED, OLD = r"[34]8;2;\d+;\d+;\d+", r"[34]8;5;\d+", r"\x1b\[(?:1;)?(?:3|9)[0-7];(?:4|10)[0-7]m"


@pytest.mark.parametrize(
    ("more", "sent", "not_sent"),
    [
        ({"TERM": "linux", "COLORTERM": ""}, OLD, (RGB, NUMBERED)),
        ({"NO_COLOR": "1"}, r"\x1b\[1;7m", (RGB, NUMBERED, OLD)),
    ],
    ids=["16", "none"],
)
def test_the_bytes_hold_the_colours_the_terminal_knows_and_frames_are_synchronised_where_it_says_it_can(
    home: Path, more: dict[str, str], sent: str, not_sent: tuple[str, ...]
) -> None:
    with terminal([NOC, "demo", "alerts"], size=(80, 24), environ=environment(home, **more)) as tty:
        tty.wait_for("CRITICAL")
        assert "\x1b[?2026h" not in tty.sent  # nobody has said yet that it knows synchronised output
        tty.press("\x1b[?2026;2$y", "?")
        tty.wait_for("next panel")
        assert "\x1b[?2026h" in tty.sent
        tty.press("escape")
        tty.wait_for(lambda text: "CRITICAL" in text and "next panel" not in text)
        tty.press("ctrl+c")
        tty.end(130)
        assert re.search(sent, tty.sent)
        assert [found for one in not_sent if (found := re.search(one, tty.sent))] == []
        assert tty.sent.count("\x1b[?2026h") == tty.sent.count("\x1b[?2026l")
