"""The demo's wall with a cap on bytes, as its configuration sets it."""

from __future__ import annotations

import sys
from functools import partial

from noc.cli import demo, glass
from noc.cli.main import main
from noc.config.settings import Settings

if __name__ == "__main__":
    demo.show = partial(glass.show, settings=Settings(bandwidth=int(sys.argv.pop(1))))
    sys.exit(main())
