"""``noc views``: the views kept under names; ``noc --view NAME`` opens one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from noc.cli import alerting, options
from noc.config.paths import Places
from noc.config.views import FILE, SavedView, find_view, load_views
from noc.model.text import clean
from noc.ui.views import told

View = Annotated[str | None, typer.Option("--view", metavar="NAME", help="Open a saved view; noc views lists them.")]


def command(json: options.Json = False, config: options.Config = None) -> None:
    """List the saved views. They are kept in views.yaml beside the configuration.

    \b
    noc views
    noc views --json
    noc --view night
    """
    path = file_of(config)
    found = load_views(path)
    if json:
        alerting.print_json({"views": [as_json(name, one) for name, one in found.items()]})
        return
    alerting.rows([(clean(name, 60), clean(told(one), 200)) for name, one in found.items()])
    if not found:
        options.narrate(f"no view was saved yet; Ctrl+S on the wall saves one in {path}")


def file_of(config: Path | None) -> Path:
    """The file of views: beside the configuration file that is named, else in noc's configuration directory."""
    return (config.parent if config else Places.of().config) / FILE


def chosen(name: str, config: Path | None) -> SavedView:
    """The saved view of a name; ConfigError with the nearest one."""
    return find_view(file_of(config), name)


def as_json(name: str, one: SavedView) -> dict[str, Any]:
    """One view in the file's own words; seconds and unix seconds as numbers."""
    return {"name": name, **one.model_dump(mode="json")}
