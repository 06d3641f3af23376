"""The world's lines sent to a real Loki as they happen, over the interface that log shippers use (POST /loki/api/v1/push).

One request at a time, in order of time: the next batch is sent once the one before was accepted. A batch whose fate is
unknown (no answer, an overloaded server) is sent again, which does no harm: Loki stores equal lines of a stream once.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

import httpx

from noc.demo.logql.source import LineSource
from noc.demo.samples import LabelMatcher
from noc.model.backoff import Backoff
from noc.model.clock import Clock
from noc.model.errors import Auth, BadQuery, ConfigError, Overloaded, SourceError, Unreachable
from noc.model.logs import SECOND, LogLine
from noc.model.text import clean

PATH = "/loki/api/v1/push"
BATCH_LINES = 1000
BATCH_BYTES = 1_000_000
"""Of text: a quarter of what Loki takes at a time by default (4 MB a second and tenant)."""
EVERY = 2.0
"""Seconds between two looks at the clock."""
HISTORY = 3600.0
"""Seconds before the beginning that are sent too. Loki refuses lines older than a week, and newer than its own clock
by more than ten minutes: a demo that runs fast or begins elsewhere is refused."""

_EVERYTHING = (LabelMatcher("job", "=~", ".+"),)
_SERVERS_OWN = ("detected_level",)  # added by Loki itself


@dataclass
class Tally:
    """What became of the lines so far. ``refused`` were sent and not taken (too old, too fast a clock)."""

    accepted: int = 0
    refused: int = 0


@dataclass
class LokiPush:
    """Follows the clock from ``since`` (unix seconds) on. ``client`` knows the server: address, login, tenant."""

    source: LineSource
    client: httpx.AsyncClient
    clock: Clock
    since: float
    say: Callable[[str], None]
    tally: Tally = field(default_factory=Tally)

    def __post_init__(self) -> None:
        self._cursor = round(self.since * SECOND)

    async def run(self, rng: random.Random, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Send until cancelled; what fails is said once and tried again, ever more rarely. Auth ends it."""
        backoff = Backoff(rng)
        while True:
            began = self.clock.monotonic()
            try:
                await self.send_due()
            except Auth:
                raise
            except SourceError as error:
                if not backoff.failing:
                    self.say(f"{error.cause}; trying again")
                pause = backoff.failed(self.clock.monotonic(), began, error.retry_after)
            else:
                if backoff.failing:
                    self.say(f"{self._where} takes lines again")
                backoff.succeeded()
                pause = EVERY
            await sleep(pause)

    async def send_due(self) -> None:
        """Send everything that has happened by now; a SourceError leaves the rest for the next time."""
        until = round(self.clock.now() * SECOND)
        for batch in batches(self.source.lines(_EVERYTHING, self._cursor, until)):
            try:
                await self._send(batch)
            except BadQuery as refusal:
                if not self.tally.refused:
                    self.say(refusal.cause)
                self.tally.refused += len(batch)
            else:
                self.tally.accepted += len(batch)
            self._cursor = batch[-1].at + 1
        self._cursor = max(self._cursor, until)

    async def _send(self, batch: list[LogLine]) -> None:
        """One request. BadQuery: the server has read it and will not take (all of) it."""
        try:
            reply = await self.client.post(PATH, content=body(batch), headers={"Content-Type": "application/json"})
        except ConfigError as error:
            raise Auth("; ".join(f"{fault.file}: {fault.message}" for fault in error.faults)) from None
        except httpx.HTTPError as error:
            raise Unreachable(f"no answer from {self._where} ({type(error).__name__})") from None
        if reply.is_success:
            return
        said = clean(" ".join(reply.text[:400].split()), 160)
        cause = f"{reply.status_code} from {self._where}" + (f": {said}" if said else "")
        if reply.status_code in (401, 403):
            raise Auth(cause, status=reply.status_code)
        if reply.status_code in (408, 429) or reply.status_code >= 500:
            after = reply.headers.get("retry-after", "")
            raise Overloaded(cause, status=reply.status_code, retry_after=float(after) if after.isdigit() else None)
        if reply.status_code == 400:
            raise BadQuery(cause, status=400)
        raise Unreachable(f"{cause}; is this a Loki?", status=reply.status_code)

    @property
    def _where(self) -> str:
        return str(self.client.base_url).rstrip("/")


def batches(lines: Iterator[LogLine]) -> Iterator[list[LogLine]]:
    """Lines in requests of bounded size; lines of one moment stay together, so that a moment is where to go on."""
    batch: list[LogLine] = []
    size = 0
    for _, together in groupby(lines, key=lambda line: line.at):
        moment = list(together)
        weight = sum(len(line.text.encode()) for line in moment)
        if batch and (len(batch) + len(moment) > BATCH_LINES or size + weight > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch += moment
        size += weight
    if batch:
        yield batch


def body(batch: list[LogLine]) -> bytes:
    """The request's JSON: streams with [time, line, structured metadata], oldest first within each."""
    streams: dict[tuple[tuple[str, str], ...], list[object]] = {}
    for line in batch:
        metadata = {name: value for name, value in line.metadata if name not in _SERVERS_OWN}
        streams.setdefault(line.labels, []).append([str(line.at), line.text, metadata])
    told = [{"stream": dict(labels), "values": values} for labels, values in streams.items()]
    return json.dumps({"streams": told}, ensure_ascii=False, separators=(",", ":")).encode()
