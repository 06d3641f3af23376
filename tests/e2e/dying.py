"""The demo whose servers die and come back: really, on the ports they had. SIGUSR1 stops them, SIGUSR2 starts them."""

from __future__ import annotations

import signal
import sys
from collections.abc import Mapping
from typing import Self
from urllib.parse import urlsplit

from starlette.types import ASGIApp

from noc.cli.main import main
from noc.demo import server


class Mortal(server.DemoServer):
    """The demo's servers, told by signals."""

    def __init__(self, apps: Mapping[str, ASGIApp], ports: Mapping[str, int] | None = None) -> None:
        super().__init__(apps, ports)
        self._known: dict[str, str] = {}
        signal.signal(signal.SIGUSR1, lambda *_: self.stop())
        signal.signal(signal.SIGUSR2, lambda *_: self.start())

    @property
    def urls(self) -> dict[str, str]:
        return self._known or super().urls

    def start(self) -> Self:
        super().start()
        self._known = super().urls
        self._ports = {name: urlsplit(url).port or 0 for name, url in self._known.items()}
        return self


if __name__ == "__main__":
    server.DemoServer = Mortal  # type: ignore[misc]
    sys.exit(main())
