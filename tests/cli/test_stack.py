"""noc stack rules: the file on standard output or on disk, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from noc.catalogue import contract, metrics
from noc.catalogue.rules import Links, groups
from noc.cli.exits import Exit
from noc.cli.main import run
from noc.stack.rules import document


def printed(capsys: pytest.CaptureFixture[str], *args: str) -> str:
    assert run(["stack", *args]) == Exit.OK
    out, err = capsys.readouterr()
    assert err == ""
    return out


def expected(speed: float = 1.0, links: Links | None = None) -> str:
    return document(groups(metrics.load(), contract.load(), speed=speed, links=links), speed=speed)


def test_the_rules_are_printed_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, "rules") == expected()


def test_a_speed_makes_rules_for_a_faster_world(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, "rules", "--speed", "60")
    assert text == expected(60)
    (security, *_) = YAML(typ="safe").load(text)["groups"]
    assert (security["interval"], security["rules"][1]["for"], security["rules"][1]["keep_firing_for"]) == (
        "500ms",
        "1s",
        "10s",
    )


def test_links_lead_where_they_are_told_to(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, "rules", "--runbook-url", "https://a.example/r", "--dashboard-url", "https://b.example/d/")
    assert text == expected(links=Links("https://a.example/r", "https://b.example/d/"))
    assert "runbook_url: https://a.example/r/cross-tenant-access\n" in text
    assert "dashboard_url: https://b.example/d/security\n" in text


def test_an_empty_base_writes_no_link(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, "rules", "--runbook-url", "")
    assert "runbook: cross-tenant-access\n" in text
    assert "_url" not in text


def test_a_file_is_written_instead(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "noc.rules.yml"
    path.write_text("what was there", encoding="utf-8")
    assert printed(capsys, "rules", "-o", str(path)) == ""
    assert path.read_text(encoding="utf-8") == expected()
    assert path.stat().st_mode & 0o777 == 0o644  # Prometheus runs as somebody else


def test_a_file_that_cannot_be_written_says_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "missing" / "noc.rules.yml"
    assert run(["stack", "rules", "-o", str(path)]) == Exit.ERROR
    out, err = capsys.readouterr()
    assert (out, err) == ("", f"{path}: cannot be written: No such file or directory\n")


def test_without_a_part_the_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    bare, asked = printed(capsys), printed(capsys, "--help")
    assert bare == asked
    assert "At 60 Prometheus" in bare
    assert "must scrape every second" in " ".join(bare.split())


@pytest.mark.parametrize("args", [["everything"], ["rules", "--speed", "0.5"], ["rules", "--speed", "601"]])
def test_what_is_no_part_and_no_speed_is_a_usage_error(args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["stack", *args]) == Exit.USAGE
    assert capsys.readouterr().out == ""


def test_the_rules_that_watch_walls_are_printed_apart(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["stack", "wall"]) == Exit.OK
    groups = YAML(typ="safe").load(capsys.readouterr().out)["groups"]
    names = [rule["alert"] for group in groups for rule in group["rules"]]
    assert names == ["NocWallSilent", "NocWallMissing", "NocWallLate"]
