"""``noc check`` as scripts see it: standard output, standard error, exit code."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from noc.cli.main import run
from tests.servers import free_port

GOOD = "grid:\n  areas: [cpu]\npanels:\n  cpu: {kind: stat, query: up}\n"
LONG = "a" * 200


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty home, and a working directory to write files into."""
    for name in ("LOKI_ADDR", "NOC_ENV", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


def test_without_arguments_everything_bundled_is_checked_and_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check"]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("checked ")
    assert said.err.endswith(": 0 errors, 0 warnings\n")


def test_each_fault_is_one_unwrapped_line_with_file_and_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    (tmp_path / "a.yaml").write_text(GOOD.replace("query: up", f"query: up, {LONG}: 1, unit: furlongs"))
    (tmp_path / "b.yaml").write_text(GOOD.replace("stat", "gague"))
    assert run(["check", "./a.yaml", "b.yaml"]) == 1
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        f"a.yaml:4: panels.cpu: unknown key '{LONG}'",
        "b.yaml:4: panels.cpu: unknown kind 'gague', did you mean 'gauge'?",
    ]
    assert said.err == "checked 2 layouts: 2 errors, 0 warnings\n"


def test_warnings_alone_leave_the_exit_code_at_zero(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.yaml").write_text(GOOD.replace("query: up", "query: up, unit: byts"))
    assert run(["check", "a.yaml"]) == 0
    said = capsys.readouterr()
    assert (
        said.out
        == "a.yaml:4: warning: panels.cpu.unit: unknown unit 'byts' is shown as a suffix, did you mean 'bytes'?\n"
    )
    assert said.err == "checked 1 layout: 0 errors, 1 warning\n"


def test_json_lists_the_faults_and_what_was_looked_at(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.yaml").write_text("[]")
    assert run(["check", "a.yaml", "--json"]) == 1
    assert json.loads(capsys.readouterr().out) == {
        "faults": [
            {"file": "a.yaml", "line": 1, "message": "the file must be a mapping (key: value)", "severity": "error"}
        ],
        "checked": {"layout": 1},
    }


def test_control_characters_of_a_file_do_not_reach_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.yaml").write_text(GOOD.replace("kind: stat", 'kind: "\\e]0;pwned\\a"'))
    assert run(["check", "a.yaml"]) == 1
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\x07" not in out


def test_the_users_own_files_are_checked_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = tmp_path / "home/.config/noc"
    (home / "layouts").mkdir(parents=True)
    (home / "themes").mkdir()
    (home / "config.yaml").write_text("theme: midnigth\nkeys: {panel.zom: Z}\nlayouts: [../team]\n")
    (home / "layouts/host.yaml").write_text(GOOD.replace("query: up", "query: 'sum('"))
    (home / "themes/mine.yaml").write_text("dark: true\n")
    team = tmp_path / "home/.config/team"
    team.mkdir()
    (team / "ours.yml").write_text("{}")
    assert run(["check"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if "themes/mine" not in line] == [
        "home/.config/noc/../team/ours.yml:0: 'grid' is missing",
        "home/.config/noc/../team/ours.yml:0: 'panels' is missing",
        "home/.config/noc/config.yaml:1: theme: unknown theme 'midnigth', did you mean 'midnight'?",
        "home/.config/noc/config.yaml:2: keys.panel.zom: unknown binding 'panel.zom', did you mean 'panel.zoom'?",
        "home/.config/noc/layouts/host.yaml:4: panels.cpu.query: no valid PromQL: unclosed left parenthesis",
    ]
    assert "home/.config/noc/themes/mine.yaml:0: 'text' is missing" in lines


def test_a_configuration_given_by_flag_is_checked_with_its_layouts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "c.yaml").write_text("environments:\n  prod: {prometheus: {url: 'http://p', scrape_interval: 30s}}\n")
    (tmp_path / "a.yaml").write_text(GOOD.replace("query: up", "query: 'rate(up[1m])'"))
    assert run(["check", "a.yaml", "--config", "c.yaml"]) == 1
    said = capsys.readouterr()
    assert said.out == (
        "a.yaml:4: panels.cpu.query: rate(…[1m]) spans less than 4 scrapes of 30s and is often empty; "
        "write [$__rate_interval]\n"
    )
    assert said.err == "checked 1 configuration, 1 layout: 1 error, 0 warnings\n"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["hots"], "hots: unknown layout 'hots', did you mean 'host'?"),
        (["--env", "prod"], "--env: unknown environment 'prod'; no configuration names any"),
        (["--live"], "--live: no server is configured; give --prometheus URL or --loki URL"),
        (["--prometheus", "ftp://x"], "--prometheus: the URL must begin with http:// or https://"),
    ],
)
def test_a_command_line_that_means_nothing_is_refused(
    args: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check", *args]) != 0
    said = capsys.readouterr()
    assert said.out == ""
    assert message in said.err


def test_faults_of_files_are_printed_even_when_the_server_is_away(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.yaml").write_text(GOOD + "  b: {kind: stat, query: up}\n")
    url = f"http://127.0.0.1:{free_port()}"
    assert run(["check", "a.yaml", "--live", "--prometheus", url]) == 1
    said = capsys.readouterr()
    assert said.out == "a.yaml:5: panels.b: this panel has no area in the grid\n"
    assert f"connection refused by {url}; is it running?" in said.err


def test_a_server_that_is_not_there_has_its_own_exit_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.yaml").write_text(GOOD)
    url = f"http://127.0.0.1:{free_port()}"
    assert run(["check", "a.yaml", "--live", "--prometheus", url]) == 3
    assert f"connection refused by {url}; is it running?" in capsys.readouterr().err


@pytest.mark.servers
def test_live_asks_a_real_server_what_each_query_finds(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    prometheus_factory: Callable[..., str],
) -> None:
    url = prometheus_factory()
    (tmp_path / "a.yaml").write_text(
        "grid:\n  areas: [a b c]\npanels:\n"
        "  a: {kind: stat, query: vector(1)}\n"
        "  b: {kind: stat, query: 'no_such_series'}\n"
        '  c: {kind: stat, query: \'label_replace(vector(1), "a-b", "", "", "")\'}\n'
    )
    assert run(["check", "a.yaml", "--live", "--prometheus", url]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "a.yaml:5: warning: panels.b.queries[1]: finds nothing: the server has no no_such_series"
    assert lines[1].startswith("a.yaml:6: panels.c.queries[1]: the server refuses it: ")
    assert len(lines) == 2
