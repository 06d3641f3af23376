"""Log lines as every layer passes them on, and a feed: the lines of one query as they arrive.

Times are unix nanoseconds as whole numbers, exactly as the server gave them: a float would round them (protocols.md 6.1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from zlib import crc32

from noc.model.errors import BadQuery, SourceError
from noc.model.results import State
from noc.model.series import Labels

SECOND = 1_000_000_000
"""Nanoseconds."""

PATIENCE = 12.0
"""Seconds that a feed stays current at least: two polls, and the slow answer to one."""


@dataclass(frozen=True)
class LogLine:
    """One line. ``labels`` are those of its stream, without internal ones (``__…``); ``metadata`` is what the server adds
    to the line (structured metadata, ``detected_level``) or reads out of it (labels of a parser stage).

    Two lines are the same when time, stream and text agree; metadata may differ between history and tail.
    """

    at: int
    text: str
    labels: Labels = ()
    metadata: Labels = field(default=(), compare=False)

    @property
    def seconds(self) -> float:
        """Unix seconds, for what is drawn."""
        return self.at / SECOND

    def label(self, name: str) -> str:
        """A label of the stream, else of the metadata; the empty string when neither has it."""
        for labels in (self.labels, self.metadata):
            for key, value in labels:
                if key == name:
                    return value
        return ""

    @cached_property
    def key(self) -> str:
        """What a cursor holds: equal lines have equal keys."""
        return f"line:{self.at}:{crc32(self.text.encode('utf-8', 'surrogatepass')):08x}:{crc32(repr(self.labels).encode()):08x}"


def in_order(lines: list[LogLine]) -> list[LogLine]:
    """Oldest first; lines of one moment keep the order they came in."""
    return sorted(lines, key=lambda line: line.at)


@dataclass(frozen=True, slots=True)
class LogAnswer:
    """What a log server answered: lines oldest first over all streams. ``full``: as many as asked for, so there may be more.

    ``size`` counts the bytes of the body as it came, ``server_time`` is the Date header in unix seconds.
    """

    lines: tuple[LogLine, ...]
    full: bool = False
    server_time: float | None = None
    size: int = 0
    stats: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TailFrame:
    """What came with one frame of a tail: lines in the order they came, and how many the server says it dropped since
    the frame before (at least so many: it counts a thousand at most)."""

    lines: tuple[LogLine, ...] = ()
    dropped: int = 0


class Follow(StrEnum):
    """How a feed hears of new lines."""

    POLL = "poll"
    TAIL = "tail"


@dataclass(frozen=True, slots=True)
class FeedQuery:
    """A feed after interpolation; it is its own signature: panels with equal ones share it.

    ``span`` is how many seconds of history are wanted at first; ``end`` is None while live, else the fixed right edge in
    unix seconds. ``limit`` lines are kept at most; ``poll`` seconds lie between two questions.
    """

    source: str
    expr: str
    span: float
    end: float | None = None
    limit: int = 1000
    follow: Follow = Follow.POLL
    poll: float = 2.0


@dataclass(frozen=True, slots=True)
class Feed:
    """What is known of a feed at a moment; ``version`` moves whenever anything a panel could show has changed.

    ``lines`` are the newest ``query.limit``, oldest first, each once. ``total`` counts all that ever arrived. ``skipped``
    lines were not read because they came faster than the wall reads, ``dropped`` were dropped by the server (at least);
    ``uncounted`` says that more was left out than could be counted.
    """

    query: FeedQuery
    version: int = 0
    lines: tuple[LogLine, ...] = ()
    total: int = 0
    skipped: int = 0
    dropped: int = 0
    uncounted: bool = False
    rate: float | None = None
    """Lines a second over the last ten, skipped ones included; None until that can be told."""
    good_at: float | None = None
    """Wall's clock, of the last good answer or sign of life."""
    error: SourceError | None = None
    next_try: float | None = None
    """Wall's clock, while failing."""
    following: Follow = Follow.POLL
    """How it is followed now: a tail that a proxy refuses falls back to polling."""
    note: str = ""
    """Why it is followed otherwise than asked for, in words."""
    pace: float = 1.0
    """Seconds of the wall's clock that pass in one between two questions."""

    def age(self, now: float) -> float | None:
        """Seconds since the last good answer, or None before the first."""
        return None if self.good_at is None else max(0.0, now - self.good_at)

    def state(self, now: float) -> State:
        """As :meth:`noc.model.results.Result.state`, for lines; a refused query is an error whatever was there before."""
        if isinstance(self.error, BadQuery) or (self.error is not None and self.good_at is None):
            return State.ERROR
        age = self.age(now)
        if age is None:
            return State.LOADING
        if self.query.end is None and age > self.pace * max(2 * self.query.poll, PATIENCE):
            return State.STALE
        return State.FRESH if self.lines else State.NODATA
