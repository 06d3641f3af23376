"""The wall in a real terminal on a real Prometheus with a real node exporter."""

from __future__ import annotations

import re
import signal
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from noc.charts.canvas import Ink
from noc.charts.digits import HEIGHTS, draw_digits
from noc.model.units import format_value, split_value
from tests.e2e.real import Prometheus, asked, number
from tests.e2e.terminal import Terminal, run, terminal, wall

LAYOUTS = Path(__file__).resolve().parents[2] / "layouts"

VALUES = """\
title: Values
refresh: 2s
grid:
  rows: [5, 5, 5, 1fr]
  areas: [half large times, up memory build, bars bars bars, . . .]
panels:
  half: {kind: stat, title: Half, query: vector(0.5), unit: percentunit, spark: false, delta: false}
  large: {kind: stat, title: Large, query: vector(1234567), spark: false, delta: false}
  times:
    kind: table
    title: Times
    queries: [{query: vector(1.5), title: a, unit: s}, {query: vector(93784), title: b, unit: s}]
  up: {kind: stat, title: Up, query: count(up), spark: false, delta: false}
  memory: {kind: stat, title: Memory, query: node_memory_MemTotal_bytes, unit: bytes, spark: false, delta: false}
  build:
    kind: table
    title: Build
    query: node_exporter_build_info
    columns: [{label: version, title: version}, {query: 0, title: count}]
  bars: {kind: bar, title: Bars, query: node_memory_MemTotal_bytes, unit: bytes}
"""

SELF = """\
title: Self
refresh: 2s
range: 1m
variables: {job: {kind: query, query: 'label_values(up, job)'}}
grid: {areas: [up]}
panels: {up: {kind: stat, title: Up, query: 'count(up{job="$job"})'}}
"""


def settings(home: Path, url: str) -> Path:
    """A configuration that knows how often the server scrapes, so that charts fill from the first seconds on."""
    path = home / "config.yaml"
    path.write_text(f"environments: {{default: {{prometheus: {{prometheus: {{url: {url}, scrape_interval: 1s}}}}}}}}\n")
    return path


def titles(layout: str) -> dict[str, str]:
    """The panels' titles of a bundled layout, by panel."""
    data = YAML(typ="safe").load(LAYOUTS / f"{layout}.yaml")
    return {name: panel["title"] for name, panel in data["panels"].items()}


def complete(text: str) -> bool:
    """Every panel has its picture: nothing is missing, wrong, old, or still to come."""
    wrong = any(mark in text for mark in ("∅", "◷")) or "✖" in text.split("\n")[0]
    return "✔" in text and not wrong and not skeleton(text.splitlines())


def skeleton(lines: list[str]) -> bool:
    """Whether a panel still waits for its first answer: grey bars with a free row between them."""
    bar = "▄" * 6
    return any(
        two.startswith(bar, found.start()) and not one[found.start() : found.end()].strip()
        for line, one, two in zip(lines, lines[1:], lines[2:], strict=False)
        for found in re.finditer(bar, line)
    )


def shows_large(text: str, value: float, unit: str) -> bool:
    """Whether a value stands on the glass in large digits of any size, its unit beside its foot."""
    return any(_drawn(text.splitlines(), value, unit, height) for height in HEIGHTS)


def _drawn(lines: list[str], value: float, unit: str, height: int) -> bool:
    canvas = draw_digits(*split_value(value, unit), Ink(), height=height)
    assert canvas is not None
    rows = ["".join(char or " " for char in row).rstrip() for row in canvas.chars]
    places = [(y, found.start()) for y, line in enumerate(lines) for found in re.finditer(re.escape(rows[0]), line)]
    return any(all(line.startswith(row, x) for line, row in zip(lines[y:], rows, strict=False)) for y, x in places)


def silent(text: str) -> int:
    """Seconds since the failing server's last answer, as the header says; -1 while it says nothing of the kind."""
    found = re.search(r"✖ (?:last answer )?(\d+)s", text.splitlines()[0])
    return int(found[1]) if found else -1


def page(tty: Terminal) -> tuple[int, int]:
    """Which page of tiles is on the glass, of how many."""
    found = re.search(r"page (\d+) of (\d+)", tty.screen_text())
    assert found, tty.screen_text()
    return int(found[1]), int(found[2])


def test_the_host_layout_opens_by_itself_and_every_panel_fills_at_every_size(
    site: str, home: Path, environ: dict[str, str]
) -> None:
    command = wall("--config", str(settings(home, site)), "--prometheus", site, "--range", "5m")
    wanted = {title[:12] for title in titles("host").values()}
    with terminal(command, size=(200, 55), environ=environ) as tty:
        text = tty.wait_for(lambda text: text.startswith(" Host ") and complete(text))
        assert {title for title in wanted if title not in text} == set()

        tty.resize(80, 24)
        tty.wait_for(lambda text: re.search(r"page 1 of \d+", text) and complete(text))
        seen: set[str] = set()
        _, pages = page(tty)
        for _ in range(6):  # half a picture may be read, and a panel in trouble goes to the first page meanwhile
            for at in range(1, pages + 1):
                text = tty.wait_for(lambda text, at=at: f"page {at} of {pages}" in text and complete(text))
                seen |= {title for title in wanted if title in text}
                tty.press("pagedown")
            if seen == wanted:
                break
        assert seen == wanted
        tty.wait_for(f"page 1 of {pages}")

        tty.resize(40, 10)
        small = tty.wait_for(lambda text: text.startswith(" Host ") and "CPU" in text)
        assert len(small.splitlines()) == 10
        tty.resize(200, 55)
        text = tty.wait_for(lambda text: all(title in text for title in wanted) and complete(text))
        assert "page" not in text

        tty.signal(signal.SIGTERM)
        tty.end(0)


def test_values_on_the_glass_are_the_servers_values(site: str, home: Path, environ: dict[str, str]) -> None:
    (home / "values.yaml").write_text(VALUES)
    with terminal(wall("--prometheus", site, str(home / "values.yaml")), size=(110, 30), environ=environ) as tty:
        memory, version = number(site, "node_memory_MemTotal_bytes"), asked(site, "node_exporter_build_info")[0]
        text = tty.wait_for(lambda text: version["metric"]["version"] in text and format_value(memory, "bytes") in text)
        tty.wait_for(lambda text: shows_large(text, memory, "bytes"))
        tty.wait_for(lambda text: shows_large(text, number(site, "count(up)"), "short"))
        tty.wait_for(lambda text: shows_large(text, 0.5, "percentunit"))
        tty.wait_for(lambda text: shows_large(text, 1234567, "short"))
        assert re.search(rf"{re.escape(version['metric']['version'])}\s+{version['value'][1]}\b", text)
        tty.wait_for(lambda text: re.search(rf"{format_value(1.5, 's')}\s+{format_value(93784, 's')}", text))
        tty.press("q")
        tty.end(0)


def test_keys_in_a_real_terminal(site: str, home: Path, environ: dict[str, str]) -> None:
    (home / "values.yaml").write_text(VALUES)
    with terminal(wall("--prometheus", site, str(home / "values.yaml")), size=(110, 30), environ=environ) as tty:
        tty.wait_for("Tab next")
        tty.press("tab")
        tty.wait_for("▌Half")
        tty.press("z")
        tty.wait_for(lambda text: "query    vector(0.5)" in text and "Memory" not in text)
        tty.press("escape")  # a key right behind it would be Alt and that key
        tty.wait_for(lambda text: "▌Half" in text and "Memory" in text)
        tty.press("2")
        tty.wait_for("last 6h ▸ live")
        tty.press("t")
        tty.wait_for("Range")
        tty.press("90m", "enter")
        tty.wait_for("last 1h30m ▸ live")
        tty.press("?")
        tty.wait_for("panel to the left")
        tty.press("escape")
        tty.wait_for(lambda text: "▌Half" in text and "panel to the left" not in text)
        tty.press("g")
        tty.wait_for("Go to a layout")
        tty.press("escape")
        tty.wait_for(lambda text: "Go to a layout" not in text)
        tty.press("q")
        tty.end(0)


def test_a_server_that_comes_goes_and_comes_back_on_the_same_wall(tmp_path: Path, environ: dict[str, str]) -> None:
    layout = tmp_path / "self.yaml"
    layout.write_text(SELF)
    server = Prometheus(tmp_path)
    try:
        with terminal(wall("--prometheus", server.url, str(layout)), size=(120, 20), environ=environ) as tty:
            tty.wait_for(lambda text: "connection refused" in text and "job=none" in text)
            server.start()
            tty.press("r")
            tty.wait_for("job=self")
            tty.wait_for(lambda text: "prometheus ✔" in text and shows_large(text, 1, "short"))

            server.stop()
            before = silent(tty.wait_for(lambda text: "connection refused" in text and silent(text) >= 0))
            tty.wait_for(lambda text: silent(text) > before)
            text = tty.wait_for(lambda text: re.search(r"◷ \d+s old", text) and "✖ connection refused by" in text)
            assert shows_large(text, 1, "short"), "old data must stay on the glass"

            server.start()
            tty.press("r")
            tty.wait_for(lambda text: "prometheus ✔" in text and "◷" not in text and "✖" not in text)
            tty.press("q")
            tty.end(0)
    finally:
        server.stop()


def test_without_a_terminal_one_frame_of_text_is_printed(site: str, environ: dict[str, str]) -> None:
    done = run(wall("--prometheus", site), {**environ, "COLUMNS": "100", "LINES": "30"})
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert len(lines) == 30
    assert max(len(line) for line in lines) <= 100
    assert lines[0].startswith(" Host ")
    assert "\x1b" not in done.stdout


def test_the_demo_opens_and_shows_data(environ: dict[str, str]) -> None:
    with terminal(wall("demo"), size=(200, 55), environ=environ) as tty:
        text = tty.wait_for(complete)
        assert text.startswith(" demo tour "), text.splitlines()[0]
        tty.press("q")
        tty.end(0)


@pytest.mark.parametrize(("key", "code"), [("ctrl+c", 130), ("ctrl+q", 0)])
def test_the_usual_ways_out(key: str, code: int, home: Path, environ: dict[str, str]) -> None:
    (home / "values.yaml").write_text(VALUES)
    with terminal(
        wall("--prometheus", "http://127.0.0.1:1", str(home / "values.yaml")), size=(80, 24), environ=environ
    ) as tty:
        tty.wait_for("connection refused")
        tty.press(key)
        tty.end(code)


def test_no_key_darkens_the_room_without_asking(environ: dict[str, str]) -> None:
    with terminal(wall("demo", "--tv"), size=(160, 50), environ=environ) as tty:
        tty.wait_for("Critical services")
        for key in ("ctrl+c", "ctrl+q", "q"):
            tty.press(key)
            tty.wait_for("Quit the wall?")
            tty.press("escape")
            tty.wait_for(lambda text: "Quit the wall?" not in text)
        tty.signal(signal.SIGTERM)
        tty.end(0)


@pytest.mark.parametrize("size", [(80, 24), (200, 55)])
def test_a_window_that_is_closed_leaves_no_process_behind(size: tuple[int, int], environ: dict[str, str]) -> None:
    with terminal(wall("demo", "--speed", "10"), size=size, environ=environ) as tty:
        tty.wait_for("Critical services")
        tty.hang_up()
        assert tty.ended() == 0


def test_a_hang_up_ends_the_wall(home: Path, environ: dict[str, str]) -> None:
    (home / "values.yaml").write_text(VALUES)
    with terminal(
        wall("--prometheus", "http://127.0.0.1:1", str(home / "values.yaml")), size=(80, 24), environ=environ
    ) as tty:
        tty.wait_for("connection refused")
        tty.signal(signal.SIGHUP)
        assert tty.ended() == 0
