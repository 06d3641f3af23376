"""The gate before one server: few requests at once, in the order they came, and none while it asks for peace.

Loki splits every query and gives each part a place in its queue; under a burst it answers nothing but 429 (protocols.md
6.3). So three requests are under way at most, and after one 429 the whole server is left alone: longer each time, with
full jitter, and then tried by a single request before the others follow.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from noc.model.backoff import Backoff
from noc.model.clock import Clock
from noc.model.errors import Overloaded, SourceError, Timeout, Unreachable

PLACES = 3
"""Requests under way at once."""

T = TypeVar("T")


class Gate:
    """Lets requests through to one server. ``resting`` says how long it is left alone yet."""

    def __init__(self, clock: Clock, rng: random.Random, places: int = PLACES) -> None:
        self._clock = clock
        self._backoff = Backoff(rng)
        self._places = asyncio.Semaphore(places)
        self._probing = asyncio.Lock()
        self._refusal: Overloaded | None = None

    @property
    def resting(self) -> float:
        """Seconds until the server may be asked again; 0 when it may be asked now."""
        return max(0.0, self._backoff.until - self._clock.monotonic()) if self._backoff.failing else 0.0

    async def through(self, send: Callable[[], Awaitable[T]]) -> T:
        """Send when it is this request's turn. Raises what ``send`` raises, or Overloaded at once, without sending, while
        the server is left alone; either way an Overloaded tells how long that lasts. Cancelling gives the place back.
        """
        self._check()
        async with self._places:
            if not self._backoff.failing:
                return await self._sent(send)
            async with self._probing:
                self._check()
                if self._backoff.failing:
                    return await self._sent(send, probe=True)
            self._check()
            return await self._sent(send)

    def _check(self) -> None:
        rest = self.resting
        if rest > 0.0:
            known = self._refusal
            raise Overloaded(known.cause if known else "left alone", status=429, retry_after=rest)

    async def _sent(self, send: Callable[[], Awaitable[T]], *, probe: bool = False) -> T:
        """One request. What it tells about the server counts: any answer to a probe but an overload ends the rest."""
        began = self._clock.monotonic()
        try:
            answer = await send()
        except Overloaded as error:
            if error.status != 429 and error.retry_after is None:
                raise
            self._refusal = error
            self._backoff.failed(self._clock.monotonic(), began, error.retry_after)
            raise Overloaded(error.cause, status=error.status, retry_after=self.resting) from None
        except (Unreachable, Timeout):
            raise
        except SourceError:
            self._answered(probe)
            raise
        self._answered(probe)
        return answer

    def _answered(self, probe: bool) -> None:
        """Answers that were under way when the trouble began say nothing about its end; a probe's does."""
        if probe:
            self._backoff.succeeded()
