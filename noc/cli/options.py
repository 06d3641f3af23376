"""The flags every command shares, and the settings they make together with the file and the environment."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from noc.cli.exits import Exit
from noc.config.loader import load_settings
from noc.config.merge import Flags, effective
from noc.config.paths import Places
from noc.config.settings import Settings
from noc.model.errors import ActionError, ConfigError, NocError, Refused, SourceError, Unsettled
from noc.model.text import clean

Config = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Configuration file; noc/config.yaml in the XDG directory."),
]
Env = Annotated[str | None, typer.Option("--env", metavar="NAME", help="Environment of the configuration to use.")]
Prometheus = Annotated[
    list[str] | None,
    typer.Option("--prometheus", metavar="[NAME=]URL", help="Prometheus to ask; NAME=URL adds a named one."),
]
Loki = Annotated[list[str] | None, typer.Option("--loki", metavar="[NAME=]URL", help="Loki to read.")]
Alertmanager = Annotated[
    list[str] | None,
    typer.Option("--alertmanager", metavar="[NAME=]URL", help="Alertmanager; repeat for the members of a cluster."),
]
Range = Annotated[str | None, typer.Option("--range", metavar="1h", help="Time range of every layout.")]
Tv = Annotated[bool, typer.Option("--tv", help="A wall nobody touches: rotate pages, hide the cursor.")]
ReadOnly = Annotated[bool, typer.Option("--read-only", help="Remove everything that writes.")]
Theme = Annotated[str | None, typer.Option("--theme", metavar="NAME", help="Theme by name or path.")]
LogFile = Annotated[Path | None, typer.Option("--log-file", metavar="FILE", help="Write what noc does into a file.")]
Programme = Annotated[
    str | None,
    typer.Option("--programme", metavar="NAME", help="TV programme by name or path; the same as --tv with it."),
]
Scale = Annotated[
    int | None, typer.Option("--scale", min=1, max=3, help="Seen from afar: 2 or 3 for larger digits and fewer panels.")
]


class ColourDepth(StrEnum):
    """What a terminal can show."""

    AUTO = "auto"
    TRUECOLOR = "truecolor"
    FULL = "256"
    SIXTEEN = "16"
    NONE = "none"


Colours = Annotated[
    ColourDepth | None, typer.Option("--colours", help="What the terminal can show, where it does not say it itself.")
]
Probe = Annotated[bool, typer.Option("--probe", help="Make the settings' health checks from here.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def build_settings(
    *,
    config: Path | None = None,
    env: str | None = None,
    prometheus: Sequence[str] | None = None,
    loki: Sequence[str] | None = None,
    alertmanager: Sequence[str] | None = None,
    range: str | None = None,
    tv: bool = False,
    read_only: bool = False,
    theme: str | None = None,
    log_file: Path | None = None,
    programme: str | None = None,
    scale: int | None = None,
    colours: ColourDepth | None = None,
    probe: bool = False,
    environ: Mapping[str, str] | None = None,
    home: Path | None = None,
) -> tuple[Settings, Places]:
    """The settings in force and the places files are looked for. ConfigError with every fault.

    The configuration file may be missing unless ``config`` names it.
    """
    environ = os.environ if environ is None else environ
    home = Path.home() if home is None else home
    file = config or Places.of(environ, home).config_file
    settings = load_settings(file, home) if config or file.is_file() else Settings()
    flags = Flags(
        env=env,
        prometheus=tuple(prometheus or ()),
        loki=tuple(loki or ()),
        alertmanager=tuple(alertmanager or ()),
        range=range,
        tv=tv,
        read_only=read_only,
        theme=theme,
        log_file=log_file,
        programme=programme,
        scale=scale,
        colours=colours.value if colours else None,
        probe=probe,
    )
    places = Places.of(environ, home, layouts=settings.layouts, themes=settings.themes, programmes=settings.programmes)
    if config:
        places = replace(places, config=config.parent)  # saved views stand beside the configuration
    return effective(settings, flags, environ, home=home), places


def chosen_pages(settings: Settings, layouts: Sequence[str] | None, programme: str | None) -> Settings:
    """The settings for layouts named on the command line: they go before a programme that is only configured."""
    return settings.model_copy(update={"programme": None}) if layouts and programme is None else settings


@contextmanager
def reporting() -> Iterator[None]:
    """Expected failures become one line each on standard error and the exit code of their kind."""
    try:
        yield
    except ConfigError as error:
        for fault in error.faults:
            narrate(str(fault) if fault.line else f"{fault.file}: {fault.message}")
        raise typer.Exit(Exit.ERROR) from None
    except SourceError as error:
        narrate(error.cause)
        raise typer.Exit(Exit.UNREACHABLE) from None
    except ActionError as error:
        narrate(str(error))
        raise typer.Exit(refusal_code(error)) from None
    except NocError as error:
        narrate(str(error))
        raise typer.Exit(Exit.ERROR) from None


def refusal_code(error: ActionError) -> Exit:
    """The exit code of an action that was not done; an error may carry its own."""
    own = getattr(error, "code", None)
    if isinstance(own, Exit):
        return own
    if isinstance(error, Refused):
        return Exit.REFUSED
    return Exit.UNREACHABLE if isinstance(error, Unsettled) else Exit.ERROR


def narrate(text: str) -> None:
    """One line of narration on standard error, made harmless."""
    print(clean(text), file=sys.stderr)
