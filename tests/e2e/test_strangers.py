"""Text from strangers in a real terminal: escapes in labels, metric names, errors and warnings do nothing but show."""

from __future__ import annotations

import base64
import re
import threading
import xml.etree.ElementTree
from contextlib import suppress
from pathlib import Path

import pytest

from noc.model.clock import SystemClock
from noc.ui.screens.deaf import DEAF
from tests.e2e.hostilesite import EVERYTHING, SHORT, hostile_site, sendable, settings
from tests.e2e.misbehaving import Answer, as_json, refusing, serving, vector
from tests.e2e.terminal import Terminal, run, terminal, wall

LAYOUT = """\
title: One
refresh: 2s
range: 5m
variables: {who: {kind: query, query: 'label_values(up, job)', all: true}}
grid:
  areas: [number course list, bars small list]
panels:
  number: {kind: stat, title: Number, query: up}
  course: {kind: timeseries, title: Course, query: up}
  list: {kind: table, title: List, query: up}
  bars: {kind: bar, title: Bars, query: up}
  small: {kind: sparkline, title: Small, query: up}
"""


def hostile() -> Answer:
    """A server whose every label value is an attack, the metric's name and its warnings too."""
    series = [
        ({"__name__": EVERYTHING, "job": name, "instance": attack}, "1")
        for name, attack in [*SHORT.items(), ("all", EVERYTHING)]
    ]
    return vector(*sendable(series), warnings=[sendable(EVERYTHING)])


POINTER = "\x1b]22;default\x07"
"""The mouse pointer's shape, which Textual sets when a screen changes."""

TITLE = re.compile(r"\x1b\]2;[ -~✖▲◆●✔◷]*\x07")
"""The title that the wall itself sets: signs, counts, its own name."""
COPIED = re.compile(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")
"""What a viewer copies by a key."""


def without_colour(sent: str) -> str:
    """What was sent, without colours and cursor positions, all that drawing needs; an unfinished tail is dropped."""
    return re.sub(r"\x1b\[[0-9;]*[mHGd]|\x1b\[[0-9;]*[ABCDJKX]|\x1b(?:\[[0-9;]*)?$", "", sent)


def only_text_happened(tty: Terminal, modes: set[int], before: int, *, alerting: bool = False) -> list[str]:
    """Since byte ``before`` the program sent text and colour alone, and the terminal's state is what it was. Returns what
    was copied; where there are alerts the title tells of them."""
    assert alerting or tty.title == ""
    assert "owned" not in tty.title
    assert tty.modes == modes
    sent = without_colour(tty.sent[before:])
    copied = [base64.b64decode(found[1]).decode() for found in COPIED.finditer(sent)]
    sent = COPIED.sub("", TITLE.sub("", sent) if alerting else sent)
    assert set(re.findall(r"\x1b.{0,12}|[\x00-\x08\x0b-\x1f\x7f-\x9f]", sent)) <= {"\r", POINTER}
    assert {char for char in sent.replace(POINTER, "") if not char.isprintable()} <= {"\r", "\n"}
    return copied


@pytest.mark.parametrize("size", [(160, 50), (80, 24)])
def test_labels_names_and_warnings(size: tuple[int, int], tmp_path: Path, environ: dict[str, str]) -> None:
    layout = tmp_path / "one.yaml"
    layout.write_text(LAYOUT)
    with (
        serving(hostile()) as server,
        terminal(wall("--prometheus", server.url, str(layout)), size=size, environ=environ) as tty,
    ):
        tty.wait_for("One")
        modes, before = tty.modes, len(tty.sent)
        text = tty.wait_for(lambda text: "␛" in text and "Number" in text and "✔" in text)
        tty.press("tab", "tab", "z")
        tty.wait_for("query    up")
        tty.press("escape")  # alone: with a key right behind it, it would be Alt and that key
        tty.wait_for(lambda text: "query    up" not in text)
        tty.press("v")
        tty.wait_for(lambda text: "type to filter" in text and "Enter takes" in text)  # all of it, however long it is
        tty.press("escape")
        tty.wait_for(lambda text: "type to filter" not in text)
        for panel in ("List", "Bars", "Small", "Number"):
            tty.press("tab")
            text = tty.wait_for(lambda text, panel=panel: f"▌{panel}" in text and "␛" in text)
        only_text_happened(tty, modes, before)
        assert len(text.splitlines()) == size[1]
        tty.press("q")
        tty.end(0)


def test_a_servers_error(tmp_path: Path, environ: dict[str, str]) -> None:
    layout = tmp_path / "one.yaml"
    layout.write_text(LAYOUT)
    with (
        serving(refusing("no: " + sendable(EVERYTHING))) as server,
        terminal(wall("--prometheus", server.url, str(layout)), size=(160, 50), environ=environ) as tty,
    ):
        tty.wait_for("One")
        modes, before = tty.modes, len(tty.sent)
        text = tty.wait_for("␛]0;owned␇")
        only_text_happened(tty, modes, before)
        assert "Number" in text
        tty.press("q")
        tty.end(0)


def test_hostile_text_printed_into_a_pipe_or_the_scrollback(tmp_path: Path, environ: dict[str, str]) -> None:
    with serving(hostile()) as server:
        words = wall("plot", "up", "--prometheus", server.url, "--no-colour")
        with terminal(words, size=(100, 40), environ=environ) as tty:
            assert tty.ended() == 0
            assert tty.title == ""
            tty.check_restored()
            sent = tty.sent
    assert "\x1b" not in sent
    assert "␛" in sent
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e\u2028\u200b]", sent)


def test_a_slow_server_says_so_and_the_keys_answer(tmp_path: Path, environ: dict[str, str]) -> None:
    layout = tmp_path / "one.yaml"
    layout.write_text(LAYOUT)
    config = tmp_path / "config.yaml"
    with serving(lambda request: as_json({}), hanging=True) as server:
        config.write_text(f"environments: {{lab: {{prometheus: {{p: {{url: '{server.url}', timeout: 2s}}}}}}}}\n")
        with terminal(wall("--config", str(config), str(layout)), size=(120, 40), environ=environ) as tty:
            tty.wait_for("One")
            tty.press("tab")
            tty.wait_for("▌Number")
            tty.press("?")
            tty.wait_for("panel to the left")
            tty.press("escape")
            tty.wait_for(lambda text: "panel to the left" not in text)
            tty.wait_for(lambda text: f"no answer from {server.url} within 2s" in " ".join(text.split()))
            tty.press("tab")
            tty.wait_for("▌Course")
            tty.press("q")
            tty.end(0)


PASTE = f"\x1b[200~BEGUN {' '.join(sendable(EVERYTHING).splitlines())} ENDED\x1b[201~"
"""In one line: a field takes one."""


def test_everything_strangers_say_is_walked_through_and_nothing_of_it_is_obeyed(
    home: Path, environ: dict[str, str]
) -> None:
    """Alerts, silences, lines, labels and addresses: in lists, in each of their pages, in forms, in fields that are typed
    and pasted into, in what is copied and in the picture that is saved."""
    now = SystemClock().now()
    with (
        serving(hostile_site(now)) as server,
        terminal(
            wall("--config", str(settings(home, server.url)), str(home / "one.yaml")),
            size=(160, 50),
            environ={**environ, "XDG_PICTURES_DIR": str(home)},
        ) as tty,
    ):
        tty.wait_for("One")
        modes, before = tty.modes, len(tty.sent)
        tty.wait_for(lambda text: all(word in text for word in ("Number", "Firing", "Lines", "Top", "␛]0;owned␇")))
        walk = Walk(tty)
        # an alert: its page, its runbook, its links, its menu, a silence for it
        walk.focus("Firing")
        tty.press(*["down"] * 7)
        walk.look("enter", "fingerprint")
        walk.look("o", "Links")
        walk.look(".", "type to filter")
        walk.look("s", "Cancel", PASTE, "tab", "tab")
        walk.look("m", "Maintenance")
        walk.look("h", "last 8 hours")
        walk.look("/", "Filter", PASTE)
        tty.press("y")
        tty.wait_for("copied")
        # lines: one of them, its menu, its filter
        walk.focus("Lines")
        tty.press("down", "down")
        walk.look("enter", "next, before")
        walk.look(".", "type to filter")
        walk.look("/", "Filter", PASTE)
        tty.press("y")
        tty.wait_for("copied")
        walk.focus("Top")
        tty.press("down")
        walk.look("enter", "Lines by level")
        walk.look(".", "type to filter")
        # what every panel has
        walk.focus("List")
        walk.look("z", "query    up")
        walk.look("w", "Esc")
        walk.look(":", "Esc", PASTE)
        walk.look("v", "Enter takes", PASTE)
        walk.look("?", "Keys")
        walk.look("\x10", "What to do", PASTE)
        tty.press("Y")
        tty.wait_for("copied: noc")
        tty.press("P")
        tty.wait_for(".svg")
        copied = only_text_happened(tty, modes, before, alerting=True)
        tty.press("q")
        tty.end(0)
    assert len(copied) == 3
    assert all(char.isprintable() or char == "\n" for text in copied for char in text)
    (picture,) = home.glob("*.svg")
    assert re.fullmatch(r"noc-one-[0-9-]+\.svg", picture.name)
    drawn = "".join(xml.etree.ElementTree.parse(picture).getroot().itertext())
    assert all(char.isprintable() or char == "\n" for char in drawn)


class Walk:
    """Into each page and out of it again."""

    def __init__(self, tty: Terminal) -> None:
        self._tty = tty

    def focus(self, title: str) -> None:
        """Tab until a panel has the focus."""
        for _ in range(8):
            was = self._focused(self._tty.screen_text())
            if was == [title]:
                return
            self._tty.press("tab")
            self._tty.wait_for(lambda text, was=was: len(self._focused(text)) == 1 and self._focused(text) != was)
        raise AssertionError(f"{title} never had the focus:\n{self._tty.screen_text()}")

    @staticmethod
    def _focused(text: str) -> list[str]:
        """Titles beside a bar; two in the middle of a frame."""
        return re.findall(r"▌(Number|List|Firing|Worked|Lines|Rate|Top)\b", text)

    def look(self, key: str, words: str, typed: str = "", *first: str) -> None:
        """Press a key, see the page, paste into it (``first``: keys that lead to the field), leave it."""
        was = self._tty.screen_text()
        self._tty.press(key)
        self._tty.wait_for(lambda text: words in text and text != was)
        threading.Event().wait(DEAF + 0.1)  # a form hears nothing before
        if typed:
            self._tty.press(*first, typed)
            self._tty.wait_for(
                lambda text: "BEGUN" in text or "ENDED" in text
            )  # a field shows the one end or the other
        for _ in range(3):  # out of a list of suggestions, out of the page
            self._tty.press("escape")
            with suppress(AssertionError):
                self._tty.wait_for(lambda text: words not in text, 3)
                threading.Event().wait(0.3)  # an escape is one for itself, and half a frame may lack the words
                self._tty.wait_for(lambda text: words not in text, 3)
                return
        raise AssertionError(f"{words!r} is still there:\n{self._tty.screen_text()}")


@pytest.mark.parametrize("panel", ["Number", "Firing", "Lines", "Top"])
def test_refusals_of_every_server_are_text(panel: str, home: Path, environ: dict[str, str]) -> None:
    with (
        serving(hostile_site(SystemClock().now(), failing=True)) as server,
        terminal(
            wall("--config", str(settings(home, server.url)), str(home / "one.yaml")), size=(160, 50), environ=environ
        ) as tty,
    ):
        tty.wait_for("One")
        modes, before = tty.modes, len(tty.sent)
        tty.wait_for(lambda text: "✖" in text and "␛]0;owned␇" in text)
        Walk(tty).focus(panel)
        only_text_happened(tty, modes, before, alerting=True)
        tty.press("q")
        tty.end(0)


COMMANDS = {
    "alerts": ["alerts"],
    "one line": ["alerts", "--oneline"],
    "json": ["alerts", "--json"],
    "one alert": ["alert", f"{3:016x}"],
    "acks": ["acks"],
    "a silence that is not sent": ["silence", "severity=critical", "-c", "words", "--expect", "1"],
    "an end that is not sent": ["expire", "00000003", "--expect", "1"],
    "a chart": ["plot", "up"],
}


@pytest.mark.parametrize("failing", [False, True], ids=["answering", "refusing"])
@pytest.mark.parametrize("command", COMMANDS)
def test_what_commands_print_is_text(command: str, failing: bool, home: Path, environ: dict[str, str]) -> None:
    with serving(hostile_site(SystemClock().now(), failing=failing)) as server:
        done = run(wall(*COMMANDS[command], "--config", str(settings(home, server.url))), environ)
        assert_text(done.stdout + done.stderr)
        assert "Traceback" not in done.stderr
        with terminal(
            wall(*COMMANDS[command], "--config", str(settings(home, server.url))), size=(100, 40), environ=environ
        ) as tty:
            walled = command == "one alert"  # there is somebody to look at it: the wall opens on it
            if walled:
                tty.wait_for("fingerprint" if not failing else "✖")
                if not failing:
                    tty.press("escape")
                    tty.wait_for(lambda text: "fingerprint" not in text)
                tty.press("q")
            tty.ended()
            assert "owned" not in tty.title
            tty.check_restored()
            if not walled:
                assert_text(re.sub(r"\x1b\[[0-9;]*m", "", tty.sent).replace("\r\n", "\n"))


def assert_text(printed: str) -> None:
    """Characters one sees, and line ends."""
    odd = {ascii(char) for char in printed if not char.isprintable() and char != "\n"}
    assert not odd, f"{odd} in {printed[:2000]!a}"
