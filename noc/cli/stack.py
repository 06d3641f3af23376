"""``noc stack``: the alert and recording rules of the catalogue, and those that watch walls, as files for Prometheus."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from noc.catalogue import contract, metrics, rules
from noc.config.write import write_whole
from noc.engine import heartbeat
from noc.model.errors import ConfigError, Fault
from noc.stack.rules import document


class Part(StrEnum):
    """What of the stack is printed."""

    RULES = "rules"
    WALL = "wall"


What = Annotated[
    Part | None,
    typer.Argument(
        metavar="PART",
        show_default=False,
        help="rules: the alert and recording rules; wall: those that watch the heartbeat of walls.",
    ),
]
Speed = Annotated[
    float,
    typer.Option(
        "--speed",
        metavar="N",
        min=1.0,
        max=600.0,
        help="For a world N times as fast: every window, for, keep_firing_for and interval divided. "
        "At 60 Prometheus must scrape every second.",
    ),
]
Output = Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write a file instead.")]
Runbooks = Annotated[
    str, typer.Option("--runbook-url", metavar="BASE", help="Base of the runbook links; an empty one writes none.")
]
Dashboards = Annotated[str, typer.Option("--dashboard-url", metavar="BASE", help="Base of links to dashboards.")]


def command(
    context: typer.Context,
    what: What = None,
    speed: Speed = 1.0,
    output: Output = None,
    runbook_url: Runbooks = rules.RUNBOOK_URL,
    dashboard_url: Dashboards = "",
) -> None:
    """Print the alert and recording rules of the catalogue, or those that watch walls.

    noc stack rules -o noc.rules.yml, then name the file under rule_files in prometheus.yml.
    """
    if what is None:
        typer.echo(context.get_help())
        return
    text = heartbeat.RULES if what is Part.WALL else _catalogue(speed, rules.Links(runbook_url, dashboard_url))
    if output is None:
        sys.stdout.write(text)
        return
    try:
        write_whole(output, text, mode=0o644, parents=False)
    except OSError as error:
        raise ConfigError([Fault(str(output), 0, f"cannot be written: {error.strerror}")]) from None


def _catalogue(speed: float, links: rules.Links) -> str:
    return document(rules.groups(metrics.load(), contract.load(), speed=speed, links=links), speed=speed)
