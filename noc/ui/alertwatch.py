"""What the wall does by itself with alerts: keeps acknowledgements, rings, runs the program beside the bell, sums up.

Apart from the Wall because none of it draws; it hears every new book and a tick a second.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from noc.actions import ack
from noc.actions.intent import Done
from noc.actions.keeping import Keeping
from noc.engine import digest
from noc.engine.book import Book, Entry
from noc.model.severity import Severity
from noc.ui.banner import Banner, banners
from noc.ui.compat import title_of
from noc.ui.panels.data import Response

if TYPE_CHECKING:
    from noc.runtime import AlertDesk
    from noc.ui.screens.wall import Wall

DIGEST_STAYS = 60.0
"""Seconds the strip stays after the first key: whoever comes back reads it."""


class AlertWatch:
    """Runs beside one wall. ``desk`` is None where no Alertmanager is configured: then it does nothing."""

    def __init__(self, wall: Wall) -> None:
        self.wall = wall
        self.desk: AlertDesk | None = wall.runtime.alerting
        self._keeping: Keeping | None = None
        self._polling: asyncio.Task[None] | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._away_since = wall.runtime.clock.now()
        self._back_at: float | None = None
        self._digest_from: float | None = None
        self._title = ""
        self._told = ""
        self._learning: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to ask, to keep and to ring."""
        if self.desk is None:
            return
        clock = self.wall.runtime.clock
        self._keeping = Keeping(self.desk.runner, self.desk.settings, clock, self._kept)
        self._unsubscribe = self.desk.poller.subscribe(self.changed)
        self._polling = asyncio.create_task(self.desk.poller.run(), name="alert poller")

    async def stop(self) -> None:
        if self._unsubscribe:
            self._unsubscribe()
        for task in (self._polling, self._learning):
            if task is not None:
                task.cancel()
        if self._keeping is not None:
            await self._keeping.aclose()

    def _kept(self, done: Done) -> None:
        """A keeper's failure is a person's business: an acknowledgement would lapse, or swallow a RESOLVED."""
        if not done.ok:
            self.wall.say(f"✖ {done.message}")

    def changed(self, book: Book) -> None:
        """A new book: rows that were asked, acknowledgements to keep, new CRITICAL to ring for."""
        assert self.desk is not None
        self.desk.runner.settle(book)
        self._learn()
        for key in self.desk.bell.new(book):
            entry = book.by_key.get(key)
            if entry is not None and self.desk.hook is not None and not self._quiet():
                self.desk.hook.start(entry)
        self.tick()
        self.wall.news()

    def tick(self) -> None:
        """Once a second: the bell, the title, what the keeper owes."""
        if self.desk is None:
            return
        wall, desk = self.wall, self.desk
        book, now = desk.poller.book, wall.runtime.clock.now()
        if desk.bell.rings(book, now, wall.board.look.tz):
            wall.app.bell()
        if self._keeping is not None:
            self._keeping.look(book)
        wall.board.desk.hushed = desk.bell.off(now)
        if desk.hook is not None and desk.hook.failure and desk.hook.failure != self._told:
            self._told = desk.hook.failure
            wall.say(f"on_critical failed: {self._told}")
        title = digest.oneline(book, wall.runtime.environment.name)[0]
        if title != self._title:
            self._title = title
            title_of(wall.app, f"{title} noc")

    def _quiet(self) -> bool:
        assert self.desk is not None
        now = self.wall.runtime.clock.now()
        return self.desk.bell.off(now) or self.desk.bell.quiet(now, self.wall.board.look.tz)

    def _learn(self) -> None:
        """Read the catalogue's response targets beside the wall, once something fires: it takes a moment to load."""
        if (
            self._learning is None
            and not self.wall.board.desk.responses
            and self.desk
            and self.desk.poller.book.entries
        ):
            self._learning = asyncio.create_task(self._learned(), name="responses")

    async def _learned(self) -> None:
        runtime = self.wall.runtime
        catalogue = await asyncio.to_thread(runtime.catalogue)
        found = {}
        for _, metric in catalogue.rules():
            worst = max((one.severity for one in metric.thresholds), key=lambda one: one.rank, default=Severity.MEDIUM)
            within, after = metric.response(worst)
            found[metric.alert or ""] = Response(within, after, metric.unit)
        self.wall.board.desk.responses = found
        self.wall.redraw()

    # -- who is here

    def key_pressed(self) -> None:
        """Somebody is here."""
        now = self.wall.runtime.clock.now()
        if self._digest_from is not None and self._back_at is None:
            self._back_at = now
        self._away_since = now

    def digest(self) -> str:
        """What happened since the last key, once nobody pressed one for a while; it stays a minute after the first key."""
        if self.desk is None:
            return ""
        now = self.wall.runtime.clock.now()
        if self._digest_from is None and now - self._away_since >= self.desk.settings.digest_after:
            self._digest_from, self._back_at = self._away_since, None
        if self._back_at is not None and now - self._back_at > DIGEST_STAYS:
            self._digest_from = self._back_at = None
        if self._digest_from is None:
            return ""
        return digest.since(self.desk.poller.book.log, self._digest_from, self.wall.board.look.tz)

    def banners(self) -> list[Banner]:
        """The rows under the header now."""
        if self.desk is None:
            return []
        now, bell = self.wall.runtime.clock.now(), self.desk.bell
        left = bell.off_until - now if bell.off(now) and bell.off_until is not None else None
        tz = self.wall.board.look.tz
        return banners(self.desk.poller.book, self.desk.settings, now, tz, bell_left=left, digest=self.digest())

    def own_acks(self) -> tuple[Entry, ...]:
        """Alerts that the author of this wall acknowledged and that still fire."""
        if self.desk is None or self.desk.runner.read_only:
            return ()
        return ack.own(self.desk.poller.book, self.desk.runner.author)
