"""``noc init``: what it writes, what it refuses, what it says."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from noc.cli.init import configuration, described
from noc.cli.main import run
from noc.config.document import parse_document
from noc.config.loader import load_settings
from noc.config.settings import Settings
from noc.config.write import write_whole
from noc.sources.discover import Found
from tests.servers import free_port

FOUND = [
    Found("http://localhost:9090", "prometheus", "prometheus", "2.53.0", 15.0),
    Found("http://localhost:8428", "prometheus", "victoriametrics", "2.24.0", 5.0),
    Found("http://localhost:3100", "loki", version="3.4.2", note="wants a tenant: set 'tenant'"),
]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def test_the_configuration_names_every_server_and_what_it_needs() -> None:
    text = configuration(FOUND, "prod")
    body = text[text.index("environments:") :]
    assert body == (
        "environments:\n"
        "  prod:\n"
        "    prometheus:\n"
        '      "localhost:9090": {url: "http://localhost:9090"}  # 2.53.0\n'
        '      "localhost:8428": {url: "http://localhost:8428", scrape_interval: 5s}  # victoriametrics 2.24.0\n'
        "    loki:\n"
        "      loki: {url: \"http://localhost:3100\"}  # 3.4.2; wants a tenant: set 'tenant'\n"
    )
    settings = Settings.model_validate(parse_document(text, "x").data)
    assert settings.active().prometheus["localhost:8428"].scrape_interval == 5.0


@pytest.mark.parametrize("name", ["prod", "prod: eu", "true", "ünïcode", '"', "#1"])
def test_any_name_of_an_environment_survives_the_file(name: str) -> None:
    data = parse_document(configuration(FOUND, name), "x").data
    assert list(data["environments"]) == [name]


def test_a_server_is_described_on_one_line() -> None:
    assert [described(one) for one in FOUND] == [
        "prometheus 2.53.0 at http://localhost:9090 scraping every 15s",
        "victoriametrics 2.24.0 at http://localhost:8428 scraping every 5s",
        "loki 3.4.2 at http://localhost:3100; wants a tenant: set 'tenant'",
    ]
    assert described(Found("http://x", "", note="wants a login")) == "server at http://x; wants a login"


@pytest.mark.servers
def test_a_real_prometheus_is_found_and_written_for_the_owner_alone(
    home: Path, capsys: pytest.CaptureFixture[str], prometheus_factory: Callable[..., str]
) -> None:
    url = prometheus_factory()
    path = home / ".config/noc/config.yaml"
    assert run(["init", url, f"http://127.0.0.1:{free_port()}", "--json"]) == 0
    said = capsys.readouterr()
    written = json.loads(said.out)
    assert written["written"] == str(path)
    assert [(one["kind"], one["flavour"], one["url"]) for one in written["found"]] == [
        ("prometheus", "prometheus", url)
    ]
    assert said.err.endswith(f"wrote {path}; now: noc\n")
    assert path.stat().st_mode & 0o777 == 0o600
    assert load_settings(path).active().prometheus["prometheus"].url == url
    assert [entry.name for entry in path.parent.iterdir()] == ["config.yaml"]


@pytest.mark.servers
def test_a_dry_run_prints_and_writes_nothing(
    home: Path, capsys: pytest.CaptureFixture[str], prometheus_factory: Callable[..., str]
) -> None:
    url = prometheus_factory()
    assert run(["init", url, "--dry-run", "--env", "lab"]) == 0
    settings = Settings.model_validate(parse_document(capsys.readouterr().out, "x").data)
    assert settings.environments["lab"].prometheus["prometheus"].url == url
    assert list(home.iterdir()) == []


def test_an_existing_configuration_is_left_alone(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = home / "mine.yaml"
    path.write_text("theme: paper\n")
    assert run(["init", "http://127.0.0.1:1", "--config", str(path)]) == 4
    assert path.read_text() == "theme: paper\n"
    assert capsys.readouterr().err == (
        f"{path} exists; noc init --force overwrites it, --dry-run only shows what it would write\n"
    )


def test_nothing_found_writes_nothing(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", f"http://127.0.0.1:{free_port()}", "--force"]) == 3
    assert capsys.readouterr().err == (
        "nothing to write: no server answered. Give addresses (noc init URL...), or look at noc demo\n"
    )
    assert list(home.iterdir()) == []


def test_an_address_with_a_password_is_refused_without_repeating_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", "http://noc:hunter2@prom"]) != 0
    said = capsys.readouterr()
    assert "the URL holds a user name or password" in said.err
    assert "hunter2" not in said.out + said.err


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "deep/down/file"
    write_whole(path, "one")
    write_whole(path, "two", mode=0o644)
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("two", 0o644)
    with pytest.raises(UnicodeEncodeError):
        write_whole(path, "\ud800")
    assert path.read_text() == "two"
    assert [entry.name for entry in path.parent.iterdir()] == ["file"]
