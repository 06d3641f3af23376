"""Who wants to hear that something changed."""

from __future__ import annotations

from collections.abc import Callable


class Listeners:
    """Called with any news, it tells everyone who subscribed, without the news: they look for themselves."""

    def __init__(self) -> None:
        self._heard: list[Callable[[], None]] = []

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Hear of news from now on; the returned function ends that."""
        self._heard.append(listener)
        return lambda: self._heard.remove(listener)

    def __call__(self, _news: object = None) -> None:
        for listener in tuple(self._heard):
            listener()
