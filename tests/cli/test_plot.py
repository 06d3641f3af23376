"""noc plot: one chart for the scrollback."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

import orjson
import pytest

from noc.cli.exits import Exit
from noc.cli.main import run
from noc.cli.plotlines import print_lines, print_lines_json, speaks_logql
from noc.model.logs import LogLine

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


RATE = 'sum by (detected_level) (rate({job="laravel"}[$__interval]))'


def test_a_metric_query_in_logql_is_drawn_from_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    rows = plotted(capsys, RATE).split("\n")
    assert rows[:2] == [RATE.replace("$__interval", "30s"), "2025-10-02 14:30 to 15:30 UTC, every 30s"]
    assert rows[-4:-1] == sorted(rows[-4:-1])
    assert [row.split()[1] for row in rows if "  last " in row] == ["error", "info", "warn"]


def test_a_log_query_prints_its_newest_lines_the_newest_last(capsys: pytest.CaptureFixture[str]) -> None:
    rows = plotted(capsys, '{job="laravel"}', "--limit", "3").splitlines()
    assert len(rows) == 3
    assert rows == sorted(rows)
    told = orjson.loads(plotted(capsys, '{job="laravel"}', "--limit", "3", "--json"))["lines"]
    assert [one["text"] for one in told] == [row.split(maxsplit=3)[3] for row in rows]
    assert [int(one["at"]) for one in told] == sorted(int(one["at"]) for one in told)
    assert {one["labels"]["job"] for one in told} == {"laravel"}
    assert [one["metadata"]["detected_level"] for one in told] == [row.split()[2] for row in rows]


@pytest.mark.parametrize(
    ("text", "there", "named", "logs"),
    [
        ("up", {"prometheus": True, "loki": True}, False, False),
        ('rate({job="a"}[5m])', {"prometheus": True, "loki": True}, False, True),
        ('{job="a"} |= "x"', {"prometheus": True, "loki": True}, False, True),
        ('{__name__="up"}', {"prometheus": True, "loki": True}, False, False),
        ("vector(1)", {"prometheus": True, "loki": True}, False, False),
        ("vector(1)", {"prometheus": True, "loki": True}, True, True),
        ("up", {"prometheus": False, "loki": True}, False, True),
        ('{job="a"}', {"prometheus": True, "loki": False}, False, False),
        ("sum(", {"prometheus": True, "loki": True}, False, False),
    ],
)
def test_which_server_a_text_is_for(text: str, there: dict[str, bool], named: bool, logs: bool) -> None:
    assert speaks_logql(text, **there, named=named) is logs


def test_lines_are_printed_harmless_and_on_one_row(capsys: pytest.CaptureFixture[str]) -> None:
    line = LogLine(
        1_700_000_000_123_000_000, "a\x1b]0;owned\x07\r\nb\u202ec", (), (("detected_level", "er\x1b[2Jror"),)
    )
    print_lines([line], UTC)
    out = capsys.readouterr().out
    assert out.startswith("2023-11-14 22:13:20.123 er")
    assert out.count("\n") == 1
    assert not {"\x1b", "\x07", "\r", "\u202e"} & set(out)
    print_lines_json([line])
    out = capsys.readouterr().out
    assert orjson.loads(out)["lines"][0]["text"] == line.text
    assert not {"\x1b", "\x07", "\r", "\u202e"} & set(out)
