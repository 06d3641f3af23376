"""The newest lines of a feed in the order of their times, bounded in number and in characters."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable
from operator import attrgetter

from noc.model.logs import LogLine

_AT = attrgetter("at")


class FeedRing:
    """Keeps the newest ``limit`` lines, and fewer when their texts together exceed ``characters``; one at least."""

    def __init__(self, limit: int, characters: int) -> None:
        self._limit = limit
        self._characters = characters
        self._lines: list[LogLine] = []
        self._size = 0
        self._view: tuple[LogLine, ...] | None = ()
        self.lost: int | None = None
        """Time of the newest line that had to leave; None while every line ever put is here."""

    def __len__(self) -> int:
        return len(self._lines)

    @property
    def size(self) -> int:
        """Characters of all texts."""
        return self._size

    @property
    def newest(self) -> int | None:
        """Time of the newest line."""
        return self._lines[-1].at if self._lines else None

    def holds(self, line: LogLine) -> bool:
        """Whether an equal line is kept."""
        lines = self._lines
        index = bisect_left(lines, line.at, key=_AT)
        while index < len(lines) and lines[index].at == line.at:
            if lines[index] == line:
                return True
            index += 1
        return False

    def missed(self, at: int) -> bool:
        """Whether lines of that time have left: nobody can tell which."""
        return self.lost is not None and at <= self.lost

    def cut(self, at: int) -> None:
        """Lines up to this time are missing: they were never asked for."""
        self.lost = at if self.lost is None else max(self.lost, at)

    def put(self, lines: Iterable[LogLine]) -> None:
        """Put lines where they belong in time, after those of the same moment; then the oldest leave.

        A late line that is older than all that is left falls through.
        """
        kept = self._lines
        moved = False
        for line in lines:
            if not kept or line.at >= kept[-1].at:
                kept.append(line)
            elif self.lost is not None and line.at < kept[0].at:
                self.cut(line.at)
                continue
            else:
                insort(kept, line, key=_AT)
            self._size += len(line.text)
            moved = True
        if moved:
            self._trim()
            self._view = None

    def _trim(self) -> None:
        kept = self._lines
        leaving = max(0, len(kept) - self._limit)
        size = self._size - sum(len(kept[index].text) for index in range(leaving))
        while size > self._characters and leaving < len(kept) - 1:
            size -= len(kept[leaving].text)
            leaving += 1
        if leaving:
            self.cut(kept[leaving - 1].at)
            del kept[:leaving]
        self._size = size

    def view(self) -> tuple[LogLine, ...]:
        """The lines, oldest first; the same tuple as long as they are the same."""
        if self._view is None:
            self._view = tuple(self._lines)
        return self._view
