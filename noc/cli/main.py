"""The entry point: the first word chooses a command, and only that command's module is imported."""

from __future__ import annotations

import gc
import importlib
import sys
from collections.abc import Callable

import typer

from noc import __version__
from noc.cli.exits import Exit
from noc.cli.options import reporting

COMMANDS = {
    "wall": "noc.cli.wall",
    "demo": "noc.cli.demo",
    "init": "noc.cli.init",
    "snapshot": "noc.cli.snapshot",
    "check": "noc.cli.check",
    "plot": "noc.cli.plot",
    "alerts": "noc.cli.alerts",
    "alert": "noc.cli.alert",
    "ack": "noc.cli.ack",
    "acks": "noc.cli.acks",
    "silence": "noc.cli.silence",
    "expire": "noc.cli.expire",
    "emergency": "noc.cli.emergency",
    "blocks": "noc.cli.blocks",
    "views": "noc.cli.views",
    "stack": "noc.cli.stack",
}
"""Command words and their modules, each with a function ``command``."""

OVERVIEW = """A full-screen terminal wall for operations rooms.

Without a command word: the wall on the configured servers, the same as noc wall."""


def main() -> None:
    """Run the command that ``sys.argv`` names; without one, the wall."""
    sys.exit(run(sys.argv[1:]))


def run(args: list[str]) -> int:
    """Run one command line; returns the exit code. Every error noc raises on purpose has been reported then."""
    if args[:1] == ["--version"]:
        print(f"noc {__version__}")
        return Exit.OK
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False, help=OVERVIEW)
    if args and args[0] in ("--help", "-h", "help"):
        for name, module in COMMANDS.items():
            app.command(name)(_command(module))
        return _call(app, ["--help"], "noc")
    name, rest = (args[0], args[1:]) if args and args[0] in COMMANDS else ("wall", args)
    app.command(name)(_command(COMMANDS[name]))
    return _call(app, rest, f"noc {name}")


def _command(module: str) -> Callable[..., None]:
    """Import a command. Modules are no garbage: the collector need not look for any while they are loaded (a tenth of
    the start), nor ever again (a pause in the middle of a key press). What a command left behind is garbage, though: a
    process that runs several freezes none of it."""
    if module in sys.modules:
        return sys.modules[module].command  # type: ignore[no-any-return]
    gc.disable()
    try:
        command: Callable[..., None] = importlib.import_module(module).command
    finally:
        gc.freeze()
        gc.enable()
    return command


def _call(app: typer.Typer, args: list[str], name: str) -> int:
    try:
        with reporting():
            app(args, prog_name=name)
    except typer.Exit as end:
        return int(end.exit_code)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else Exit.OK if end.code is None else Exit.ERROR
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    return Exit.OK
