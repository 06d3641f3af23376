"""The wall, and a pipe into which it writes a letter for each key that it has taken."""

from __future__ import annotations

import os
import sys

from textual import events

from noc.cli.main import main
from noc.ui.app import WallApp

if __name__ == "__main__":
    pipe, usual = os.open(sys.argv.pop(1), os.O_WRONLY), WallApp.on_event

    async def told(app: WallApp, event: events.Event) -> None:
        await usual(app, event)
        if isinstance(event, events.Key):
            os.write(pipe, b"k")

    WallApp.on_event = told  # type: ignore[method-assign]
    sys.exit(main())
