"""Text from strangers in a real terminal: escapes in labels, metric names, errors and warnings do nothing but show."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.e2e.misbehaving import Answer, as_json, refusing, serving, vector
from tests.e2e.terminal import Terminal, terminal, wall

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

ATTACKS = {
    "window title": "\x1b]0;owned\x07",
    "title by string terminator": "\x1b]2;owned\x1b\\",
    "8-bit title": "\x9d0;owned\x9c",
    "clipboard": "\x1b]52;c;b3duZWQ=\x07",
    "screen erased": "\x1b[2J\x1b[H",
    "8-bit erase": "\x9b2J\x9bH",
    "alternate screen left": "\x1b[?1049l\x1b[?25h",
    "mouse off": "\x1b[?1000l\x1b[?1006l\x1b[?2004l",
    "line wrap": "\x1b[?7h",
    "reset": "\x1bc",
    "device control": "\x1bP$qm\x1b\\",
    "answer back": "\x05\x1b[c\x1b[6n",
    "scroll region": "\x1b[5;6r",
    "character set": "\x1b(0\x0e",
    "colour": "\x1b[41m",
    "line ends and bells": "a\r\nb\x08\x08\x07\x00c",
    "line separators": "\u2028\u2029\x85",
    "right to left": "\u202egnorw\u202c\u2066\u200f",
    "invisible": "\u200b\ufeff\u00ad\U000e0041",
    "markup": "[bold red]not bold[/] [link=http://x]x[/link]",
    "unbalanced markup": "[/nothing] [@click=app.quit]",
    "piled up marks": "a" + "\u0301" * 60,
}


def hostile() -> Answer:
    """A server whose every label value is an attack, the metric's name and its warnings too."""
    everything = "".join(ATTACKS.values())
    series = [
        ({"__name__": everything, "job": name, "instance": attack}, "1")
        for name, attack in [*ATTACKS.items(), ("all", everything)]
    ]
    return vector(*series, warnings=[everything])


POINTER = "\x1b]22;default\x07"
"""The mouse pointer's shape, which Textual sets when a screen changes."""


def without_colour(sent: str) -> str:
    """What was sent, without colours and cursor positions, all that drawing needs; an unfinished tail is dropped."""
    return re.sub(r"\x1b\[[0-9;]*[mHGd]|\x1b\[[0-9;]*[ABCDJKX]|\x1b(?:\[[0-9;]*)?$", "", sent)


def only_text_happened(tty: Terminal, modes: set[int], before: int) -> None:
    """Since byte ``before`` the program sent text and colour alone, and the terminal's state is what it was."""
    assert tty.title == ""
    assert tty.modes == modes
    sent = without_colour(tty.sent[before:])
    assert set(re.findall(r"\x1b.{0,12}|[\x00-\x08\x0b-\x1f\x7f-\x9f]", sent)) <= {"\r", POINTER}
    assert not any(unicode in sent for unicode in "\u202e\u2028\u2066\u200b\ufeff")


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
        tty.wait_for("Enter takes")  # the last line of the list, however long it is
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
        serving(refusing("no: " + "".join(ATTACKS.values()))) as server,
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
            tty.wait_for(lambda text: f"no answer from {server.url} within 2s" in " ".join(text.split()))
            tty.press("tab")
            tty.wait_for("▌Course")
            tty.press("q")
            tty.end(0)
