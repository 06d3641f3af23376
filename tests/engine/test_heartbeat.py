"""A wall's sign of life is read by a real node exporter, checked by promtool, and never half of it is seen."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from noc.engine.heartbeat import RULES, Beat, Heartbeat, exposition, farewell, resident
from noc.model.clock import FixedClock
from tests.servers import node_exporter, require

BEAT = Beat(
    at=1_759_419_000.5,
    paints=4711,
    late=0.25,
    bytes_written=123_456_789,
    resident=98_304_000,
    sources={"ok": 2, "failing": 1},
    version="0.5.0",
    layout="operations",
)


def samples(text: str) -> list[str]:
    return [line for line in text.splitlines() if not line.startswith("#")]


def test_a_beat_says_when_how_much_and_how_late() -> None:
    assert samples(exposition(BEAT)) == [
        "noc_heartbeat_timestamp_seconds 1759419000.5",
        "noc_up 1",
        "noc_paints_total 4711",
        "noc_paint_late_seconds 0.25",
        "noc_bytes_written_total 123456789",
        'noc_sources{state="ok"} 2',
        'noc_sources{state="failing"} 1',
        'noc_sources{state="waiting"} 0',
        'noc_build_info{version="0.5.0"} 1',
        'noc_page_info{layout="operations"} 1',
        "noc_resident_bytes 98304000",
    ]


def test_a_wall_that_was_left_says_that_it_is_down() -> None:
    assert samples(farewell(BEAT))[1] == "noc_up 0"


def test_names_of_layouts_are_escaped_and_harmless() -> None:
    hostile = replace(BEAT, layout='a"b\\c\nd\x1b[2J')
    assert 'noc_page_info{layout="a\\"b\\\\c' in exposition(hostile)
    assert len(samples(exposition(hostile))) == len(samples(exposition(BEAT)))
    assert "\x1b" not in exposition(hostile)


@pytest.mark.parametrize("beat", [BEAT, replace(BEAT, layout='a"b\\c\nd', resident=None), Beat(0.0)])
def test_promtool_finds_nothing_to_say_against_it(beat: Beat) -> None:
    promtool = require("promtool")
    run = subprocess.run(
        [promtool, "check", "metrics"], input=exposition(beat), capture_output=True, text=True, timeout=30
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_promtool_accepts_the_rules_that_watch_it(tmp_path: Path) -> None:
    promtool = require("promtool")
    (tmp_path / "rules.yml").write_text(RULES)
    run = subprocess.run(
        [promtool, "check", "rules", "rules.yml"], cwd=tmp_path, capture_output=True, text=True, timeout=30
    )
    assert run.returncode == 0, run.stderr
    names = [line.split(": ")[1] for line in RULES.splitlines() if "alert:" in line]
    assert names == ["NocWallSilent", "NocWallMissing", "NocWallLate"]


def test_a_real_node_exporter_reads_it(tmp_path: Path) -> None:
    heartbeat = Heartbeat(tmp_path / "noc.prom", FixedClock(0.0))
    assert heartbeat.write(exposition(BEAT)) == ""
    with node_exporter(f"--collector.textfile.directory={tmp_path}") as url:
        seen = httpx.get(f"{url}/metrics", timeout=20).text
    assert [line for line in seen.splitlines() if line.startswith("noc_heartbeat")] == [
        "noc_heartbeat_timestamp_seconds 1.7594190005e+09"
    ]
    assert 'noc_sources{state="failing"} 1' in seen
    assert "node_textfile_scrape_error 0" in seen


def test_beats_are_due_every_fifteen_seconds(tmp_path: Path) -> None:
    clock = FixedClock(100.0)
    heartbeat = Heartbeat(tmp_path / "noc.prom", clock)
    assert heartbeat.due
    heartbeat.write("x 1\n")
    clock.advance(14.9)
    assert not heartbeat.due
    clock.advance(0.1)
    assert heartbeat.due


def test_a_file_is_replaced_whole_can_be_read_by_others_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    heartbeat = Heartbeat(tmp_path / "noc.prom", FixedClock(0.0))
    heartbeat.write("a 1\n")
    before = (tmp_path / "noc.prom").stat().st_ino
    heartbeat.write("a 2\n")
    after = (tmp_path / "noc.prom").stat()
    assert (tmp_path / "noc.prom").read_text() == "a 2\n"
    assert after.st_ino != before
    assert after.st_mode & 0o777 == 0o644
    assert [one.name for one in tmp_path.iterdir()] == ["noc.prom"]


def test_a_failure_is_told_once_and_again_after_it_was_mended(tmp_path: Path) -> None:
    heartbeat = Heartbeat(tmp_path / "missing" / "noc.prom", FixedClock(0.0))
    words = f"the heartbeat cannot be written to {tmp_path}/missing/noc.prom: No such file or directory"
    assert [heartbeat.write("a 1\n") for _ in range(3)] == [words, "", ""]
    (tmp_path / "missing").mkdir()
    assert heartbeat.write("a 1\n") == ""
    (tmp_path / "missing" / "noc.prom").unlink()
    (tmp_path / "missing").rmdir()
    assert heartbeat.write("a 1\n") == words


def test_memory_is_that_of_this_process_or_unknown(tmp_path: Path) -> None:
    found = resident()
    assert found is None or 1_000_000 < found < 100_000_000_000
    assert resident(tmp_path / "none") is None
    (tmp_path / "statm").write_text("10 3 2 1 0 4 0\n")
    assert resident(tmp_path / "statm") == 3 * os.sysconf("SC_PAGE_SIZE")
