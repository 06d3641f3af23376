"""noc plot: one chart for the scrollback."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from noc.cli.exits import Exit
from noc.cli.main import run

AT = "2025-10-02T15:30:00Z"


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)


def plotted(capsys: pytest.CaptureFixture[str], *args: str) -> str:
    assert run(["plot", *args, "--demo", "--at", AT, "--size", "80x12"]) == Exit.OK
    return capsys.readouterr().out


def test_a_chart_says_what_it_shows_when_and_the_last_value(capsys: pytest.CaptureFixture[str]) -> None:
    rows = plotted(capsys, "max(mysql_global_status_threads_connected)", "--range", "2h").split("\n")
    assert rows[0] == "max(mysql_global_status_threads_connected)"
    assert rows[1] == "2025-10-02 13:30 to 15:30 UTC, every 1m"
    assert rows[2].lstrip().startswith("┌")
    assert rows[-2].startswith("  max(mysql_global_status_threads_connected)  last ")
    assert all(len(row) <= 80 for row in rows)
    assert "\x1b" not in "\n".join(rows)


def test_several_lines_are_told_apart_without_colour(capsys: pytest.CaptureFixture[str]) -> None:
    text = plotted(capsys, "sum by (status) (rate(app_http_requests_total[$__rate_interval]))", "--unit", "reqps")
    assert "  a  200  last " in text
    assert "req/s" in text
    assert "more series" in text or text.count("last") <= 8


def test_a_question_that_finds_nothing_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert plotted(capsys, "nope").split("\n")[2] == "no data: nothing matches"


def test_json_is_data_alone(capsys: pytest.CaptureFixture[str]) -> None:
    found = orjson.loads(plotted(capsys, "vector(2)", "--json", "--range", "10m"))
    assert found["warnings"] == []
    assert set(found["series"][0]["values"]) == {2.0}


def test_a_range_that_is_none_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["plot", "up", "--demo", "--range", "soonish"]) == Exit.USAGE
    assert "is no time" in " ".join(capsys.readouterr().err.split())


def test_a_wrong_query_is_the_servers_word_and_its_own_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["plot", "sum(", "--demo", "--at", AT]) == Exit.UNREACHABLE
    assert "parse error" in capsys.readouterr().err
