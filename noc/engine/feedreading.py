"""Reading a window of lines page by page, newest first, and how much of it was read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from noc.model.clock import Clock
from noc.model.logs import LogLine
from noc.model.ports import LogSource

PAGE = 5000
"""Lines of one question at most; servers refuse more (protocols.md 6.1)."""

LEAST_PAGE = 100
"""Lines of a further question at least."""

PAGES = 4
"""Questions for one answer at most."""


@dataclass(frozen=True, slots=True)
class Read:
    """Lines of a window, oldest first, those at the seam of two pages twice. ``bottom`` is the time of the oldest when
    reading stopped short of the window's start: there may be more of that moment and before.

    ``sent`` and ``received`` are the wall's clock at both ends of the first question, ``took`` its seconds,
    ``server_time`` the server's clock in its answer.
    """

    lines: Sequence[LogLine]
    bottom: int | None
    sent: float
    received: float
    took: float
    server_time: float | None


async def read(source: LogSource, clock: Clock, expr: str, start: int, end: int, wanted: int) -> Read:
    """At least the newest ``wanted`` lines with start <= time < end (unix nanoseconds), if there are so many and a few
    questions suffice; raises SourceError."""
    pages: list[Sequence[LogLine]] = []
    found, upper, size = 0, end, min(wanted, PAGE)
    moment, sent = clock.monotonic(), clock.now()
    received, took, server_time = sent, 0.0, None
    while True:
        answer = await source.lines(expr, start, upper, size)
        if not pages:
            received, took, server_time = clock.now(), clock.monotonic() - moment, answer.server_time
        pages.append(answer.lines)
        found += len(answer.lines)
        bottom = answer.lines[0].at if answer.full and answer.lines else None
        if bottom is None or found >= wanted or len(pages) == PAGES or bottom + 1 >= upper:
            break
        upper = bottom + 1  # lines of that moment may have been cut off
        size = min(PAGE, max(wanted - found, LEAST_PAGE))
    lines = pages[0] if len(pages) == 1 else [line for page in reversed(pages) for line in page]
    return Read(lines, bottom, sent, received, took, server_time)
