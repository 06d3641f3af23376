"""What the pages and the README tell people to write is true: each block is read by what it is for."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import click
import pytest
import typer.main
from pydantic import TypeAdapter
from ruamel.yaml import YAML

from noc.cli.main import COMMANDS, _command
from noc.config.kinds import PanelSpec
from noc.config.layout import Layout
from noc.config.programme import Programme
from noc.config.settings import Settings
from noc.engine.heartbeat import RULES

ROOT = Path(__file__).parent.parent
PAGES = sorted([*(ROOT / "docs").glob("*.md"), ROOT / "README.md"])
BLOCK = re.compile(r"^ *```(\w+)\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
UNIT = ROOT / "docs" / "noc.service"


def blocks(language: str) -> list[Any]:
    return [
        pytest.param(text, id=f"{page.name}-{number}")
        for page in PAGES
        for number, (named, text) in enumerate(BLOCK.findall(page.read_text(encoding="utf-8")), 1)
        if named == language
    ]


@pytest.mark.parametrize("text", blocks("yaml"))
def test_every_yaml_block_is_a_file_that_its_reader_takes(text: str) -> None:
    found = YAML(typ="safe").load(text)
    if "grid" in found:
        Layout.model_validate(found)
    elif "panels" in found:
        for panel in found["panels"].values():
            TypeAdapter(PanelSpec).validate_python(panel)
    elif "pages" in found:
        Programme.model_validate(found)
    elif "groups" in found:
        assert text == RULES
    elif "jobs" in found:
        assert [
            step for job in found["jobs"].values() for step in job["steps"] if not {"run", "uses"} & step.keys()
        ] == []
    elif any(isinstance(job, dict) and "script" in job for job in found.values()):
        assert all(isinstance(line, str) for job in found.values() for line in job["script"])
    else:
        Settings.model_validate(found)


def options(command: str) -> set[str]:
    app = typer.Typer(add_completion=False)
    app.command(command)(_command(COMMANDS[command]))
    found = typer.main.get_command(app)
    assert isinstance(found, click.Command) or hasattr(found, "params")
    return {word for one in found.params for word in (*one.opts, *one.secondary_opts)} | {"--help", "--version"}


LINE = re.compile(r"(?:^[\s-]*(?:run: )?|/bin/|`)noc((?: +[^\s#|`]+)+)")


def written() -> list[Any]:
    """Every command line of the pages that begins with noc and has an option."""
    lines = []
    for page in PAGES:
        for number, line in enumerate(page.read_text(encoding="utf-8").split("\n"), 1):
            lines += [
                pytest.param(match.split(), id=f"{page.name}-{number}")
                for match in LINE.findall(line)
                if re.search(r" -{1,2}[a-z]", match)
            ]
    return lines


@pytest.mark.parametrize("words", written())
def test_every_option_on_a_command_line_is_one_of_its_command(words: list[str]) -> None:
    known = options(words[0] if words[0] in COMMANDS else "wall")
    used = [word.split("=")[0] for word in words if re.fullmatch(r"-{1,2}[a-z][a-z-]*(=.*)?", word)]
    assert [word for word in used if word not in known] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


def test_the_unit_restarts_for_ever_writes_nothing_and_claims_no_watchdog() -> None:
    lines = [line for line in UNIT.read_text().split("\n") if "=" in line and not line.startswith("#")]
    unit = dict(line.split("=", 1) for line in lines)
    chosen = ("Restart", "StartLimitIntervalSec", "NoNewPrivileges", "ProtectSystem", "StandardInput", "TTYPath")
    assert [unit[key] for key in chosen] == ["always", "0", "yes", "strict", "tty-force", "/dev/tty1"]
    assert "WatchdogSec" not in unit
    words = unit["ExecStart"].split()
    assert {"--tv", "--read-only"} <= set(words)
    assert [word for word in words if word.startswith("-") and word not in options("wall")] == []


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    copy = tmp_path / "noc.service"
    copy.write_text(UNIT.read_text().replace("/opt/noc/bin/noc", "/bin/true"))
    done = subprocess.run(
        ["systemd-analyze", "verify", str(copy)], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, [line for line in done.stderr.split("\n") if "noc.service" in line]) == (0, [])
