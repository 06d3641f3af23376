"""Carries out what walls owe to acknowledgements, after every book: for the wall, ``noc acks --keep`` and ``noc ack --hold``."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from noc.actions.intent import Done, Intent
from noc.actions.keeper import Seen, duties
from noc.actions.runner import Runner
from noc.config.alerting import Alerting
from noc.engine.book import Book
from noc.model.clock import Clock

log = logging.getLogger(__name__)

PAUSE = 15.0
"""Seconds before the same is tried again on the same silence, at most; a tenth of an acknowledgement where that is less."""


class Keeping:
    """One round at a time; ``told`` hears what was done, for the log or a person who looks on."""

    def __init__(
        self, runner: Runner, settings: Alerting, clock: Clock, told: Callable[[Done], None] = lambda done: None
    ) -> None:
        self._runner = runner
        self._settings = settings
        self._clock = clock
        self._told = told
        self._seen = Seen()
        self._tried: dict[object, float] = {}
        self._task: asyncio.Task[None] | None = None

    @property
    def busy(self) -> bool:
        """Whether a round is under way."""
        return self._task is not None and not self._task.done()

    def look(self, book: Book) -> None:
        """Do what is due, unless a round is under way: its end brings another book."""
        if self._runner.read_only or not book.known or self.busy:
            return
        moment = self._clock.monotonic()
        pause = min(PAUSE, self._settings.ack.duration / 10)
        self._tried = {what: at for what, at in self._tried.items() if moment - at < pause}
        owed = duties(book, self._settings, self._clock.now(), self._runner.author, self._seen)
        due = tuple(intent for intent in owed if _what(intent) not in self._tried)
        if due:
            self._tried.update({_what(intent): moment for intent in due})
            self._task = asyncio.create_task(self._round(due), name="keeper")

    async def _round(self, due: tuple[Intent, ...]) -> None:
        for intent in due:
            done = await self._runner.run(intent)
            if done.error is not None:
                log.warning("%s", done.message)
            self._told(done)

    async def aclose(self) -> None:
        """Stop; a request under way is cancelled."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)


def _what(intent: Intent) -> object:
    return (intent.verb, tuple(one.id for one in intent.before))
