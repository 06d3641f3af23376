"""The entry point: the first word chooses a command, and only that command's module is imported."""

from __future__ import annotations

import importlib
import sys

import typer

from noc import __version__
from noc.cli.exits import Exit
from noc.model.errors import ConfigError, NocError, SourceError

COMMANDS = {
    "wall": "noc.cli.wall",
    "demo": "noc.cli.demo",
    "init": "noc.cli.init",
    "snapshot": "noc.cli.snapshot",
    "check": "noc.cli.check",
    "plot": "noc.cli.plot",
}
"""Command words and their modules, each with a function ``command``."""


def main() -> None:
    """Run the command that ``sys.argv`` names; without one, the wall."""
    sys.exit(run(sys.argv[1:]))


def run(args: list[str]) -> int:
    """Run one command line; returns the exit code and reports every error noc raises on purpose."""
    if args[:1] == ["--version"]:
        print(f"noc {__version__}")
        return Exit.OK
    if args[:1] in (["--help"], ["-h"], ["help"]):
        return _call(_all(), ["--help"], "noc")
    name, rest = (args[0], args[1:]) if args and args[0] in COMMANDS else ("wall", args)
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    app.command(name)(importlib.import_module(COMMANDS[name]).command)
    return _call(app, rest, f"noc {name}")


def _all() -> typer.Typer:
    """Every command, for the overview."""
    app = typer.Typer(
        add_completion=False,
        rich_markup_mode=None,
        help="A full-screen terminal wall for operations rooms. Without a command: the wall on the configured servers.",
    )
    for name, module in COMMANDS.items():
        app.command(name)(importlib.import_module(module).command)
    return app


def _call(app: typer.Typer, args: list[str], name: str) -> int:
    try:
        app(args, prog_name=name)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else Exit.OK if end.code is None else Exit.ERROR
    except ConfigError as error:
        for fault in error.faults:
            print(fault, file=sys.stderr)
        return Exit.USAGE
    except SourceError as error:
        print(f"noc: {error}", file=sys.stderr)
        return Exit.UNREACHABLE
    except NocError as error:
        print(f"noc: {error}", file=sys.stderr)
        return Exit.ERROR
    except BrokenPipeError:
        return Exit.OK
    return Exit.OK
