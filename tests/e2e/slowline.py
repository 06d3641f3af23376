"""The demo's wall with a cap on bytes, as its configuration sets it."""

from __future__ import annotations

import sys

from noc.cli import demo
from noc.cli.main import main
from noc.config.settings import Settings

if __name__ == "__main__":
    cap, usual = int(sys.argv.pop(1)), demo.demo_settings

    def capped(settings: Settings, scenario: str) -> Settings:
        return usual(settings, scenario).model_copy(update={"bandwidth": cap})

    demo.demo_settings = capped
    sys.exit(main())
