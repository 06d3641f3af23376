"""Values typed on the command line: moments, sizes, variables, and which embedded world."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from noc.config.nearest import hint
from noc.runtime import Page

DEFAULT_SCENARIO = "tour"

Scenario = Annotated[
    str,
    typer.Option("--scenario", metavar="NAME", help="What happens in the embedded world; noc demo --help lists them."),
]
Seed = Annotated[int, typer.Option("--seed", metavar="N", help="Another embedded world of the same kind.")]


def moment(text: str) -> float:
    """Unix seconds of an ISO 8601 time (``2025-10-02T15:30:00Z``; UTC where no zone is given) or of unix seconds."""
    try:
        return float(text)
    except ValueError:
        pass
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no time; write 2025-10-02T15:30:00Z") from None
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()


def size(text: str) -> tuple[int, int]:
    """Columns and rows of ``200x55``."""
    columns, x, rows = text.lower().partition("x")
    if (
        not x
        or not columns.isdigit()
        or not rows.isdigit()
        or not (1 <= int(columns) <= 1000 and 1 <= int(rows) <= 500)
    ):
        raise typer.BadParameter(f"{text!r} is no size; write COLUMNSxROWS, for example 200x55")
    return int(columns), int(rows)


def variables(texts: list[str], page: Page) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """``NAME=VALUE`` for the page's variables, repeated for several values; the value ``all`` is every value."""
    from noc.engine.variables import ALL

    found: dict[str, list[str]] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise typer.BadParameter(f"{text!r} sets no variable; write NAME=VALUE")
        known = page.layout.variables
        if name not in known:
            raise typer.BadParameter(f"{page.name} has no variable {name!r}{hint(name, known)}", param_hint="--var")
        found.setdefault(name, []).append(ALL if value == "all" else value)
    return tuple(sorted((name, tuple(values)) for name, values in found.items()))
