"""The account of a feed: which lines were read, where unread ones may lie, and how many those are.

Of the last half minute every line read is known by a number, whether it is still shown or not: an overlap that is read
again brings nothing twice. Where an answer did not reach as far back as it should, a *hole* is noted; the server counts
its lines, those read are taken off, and what remains was not read. Before a hole gets too old to be told, it is counted for
the last time and closed. Times are unix nanoseconds; counting goes by whole seconds, so that read lines are counted by
their number per second alone.
"""

from __future__ import annotations

from noc.model.logs import SECOND, LogLine

KEYS = 120_000
"""Lines known by number at most (some 70 bytes each): 24 s at 5,000 lines a second."""

REACH = 30
"""Seconds back for which every line read is known, while lines are few enough."""

NEAR = 10
"""Seconds back for which they are known in any case: the overlap of two questions."""


def whole(at: int) -> int:
    """The beginning of the second."""
    return at - at % SECOND


class FeedLedger:
    """What was read and what was not, since ``floor``; sums for what lies before."""

    def __init__(self, floor: int, keys: int = KEYS) -> None:
        self.floor = floor
        """Lines before it are not accounted for any more."""
        self._most = keys
        self._seen: dict[int, set[int]] = {}
        self.keys = 0
        self.hole: tuple[int, int] | None = None
        """From, to: where lines may lie that were not read."""
        self._counted_to = floor
        self.unread: int | None = None
        """Lines in the hole that were not read, as far as counted; None: nobody has counted."""
        self.said = 0
        """Lines the server says it dropped, which neither came since nor are accounted for."""
        self._said_before = 0
        self._said_at = floor
        self._skipped = 0
        self._dropped = 0
        self._uncounted = False

    def successor(self, floor: int) -> FeedLedger:
        """An empty account with the sums of this one."""
        self.give_up()
        new = FeedLedger(floor, self._most)
        new._skipped, new._dropped, new._uncounted = self._skipped, self._dropped, self._uncounted
        return new

    @property
    def dropped(self) -> int:
        """Lines the server dropped and that were not read later either (at least)."""
        return self._dropped + self.said

    @property
    def skipped(self) -> int:
        """Other lines that were not read, as far as counted."""
        return self._skipped + max(0, (self.unread or 0) - self.said)

    @property
    def uncounted(self) -> bool:
        """Whether there were more, nobody knows how many."""
        return self._uncounted

    def add(self, line: LogLine) -> bool:
        """Note a line at or after ``floor`` as read; False when it was known."""
        second = line.at // SECOND
        bucket = self._seen.get(second)
        if bucket is None:
            bucket = self._seen[second] = set()
        before = len(bucket)
        bucket.add(hash(line))
        if len(bucket) == before:
            return False
        self.keys += 1
        if self.unread and self.hole is not None and self.hole[0] <= line.at < self._counted_to:
            self.unread -= 1
        return True

    def read(self, start: int, end: int) -> int:
        """Lines read from ``start`` to ``end``, both whole seconds (or the floor)."""
        first, last = start // SECOND, end // SECOND
        return sum(len(bucket) for second, bucket in self._seen.items() if first <= second < last)

    def drop(self, lines: int, at: int) -> None:
        """The server said at a moment that it dropped so many lines."""
        self.said += lines
        self._said_at = max(self._said_at, at)

    def ask(self) -> None:
        """The server is asked now: what it said it dropped may come, or be counted, with the answer."""
        self._said_before = self.said

    def answered(self, start: int, bottom: int | None) -> None:
        """An answer was read that reached back to ``start``, or only to the line at ``bottom`` (of whose moment there may
        be more)."""
        old = self.hole
        if bottom is None:
            self.hole = (old[0], min(old[1], start)) if old is not None and old[0] < start else None
        else:
            low = max(self.floor, min(start, old[0] if old is not None else start))
            self.hole = (low, bottom + 1) if low <= bottom else None
        if self.hole is None:
            self.unread = None
        else:
            self._counted_to = min(self._counted_to, self.hole[1])

    def came(self, most: int | None = None) -> None:
        """What the server dropped before it was asked came with the answer, ``most`` lines of it."""
        came = min(self.said, self._said_before)
        came = came if most is None else min(came, most)
        self.said -= came
        self._said_before -= came

    def write_off(self) -> None:
        """Nobody can tell what became of the lines dropped before the server was asked, nor how many more there were."""
        lost = min(self.said, self._said_before)
        if lost:
            self.said -= lost
            self._dropped += lost
            self._uncounted = True
        self._said_before = 0

    def mature(self, covered: int) -> int:
        """Up to where the account can be closed, given that everything until ``covered`` was asked for."""
        target = whole(covered - REACH * SECOND)
        keys = self.keys
        for second in sorted(self._seen):
            end = (second + 1) * SECOND
            if end > covered - NEAR * SECOND:
                break
            if end > target:
                if keys <= self._most // 2:
                    break
                target = end
            keys -= len(self._seen[second])
        return max(target, self.floor)

    def to_close(self, target: int) -> tuple[int, int] | None:
        """The part of the hole that has to be counted for the last time before the floor is raised to ``target``."""
        if self.hole is None or self.hole[0] >= target:
            return None
        low, high = self.hole
        return low, min(target, whole(high + SECOND - 1))

    def to_count(self) -> tuple[int, int] | None:
        """The part of the hole that can be counted now: its end may still be filling, or be on its way."""
        if self.hole is None:
            return None
        low, high = self.hole[0], whole(self.hole[1] - SECOND)
        return (low, high) if low < high else None

    def counted(self, part: tuple[int, int], lines: int) -> None:
        """The server holds so many lines in this part of the hole."""
        self.unread = max(0, lines - self.read(*part))
        self._counted_to = part[1]

    def closed(self, part: tuple[int, int], lines: int) -> None:
        """The server holds so many lines in this part, and that is the last word about it."""
        unread = max(0, lines - self.read(*part))
        lost = min(self.said, unread)
        self.said -= lost
        self._dropped += lost
        self._skipped += unread - lost
        if self.unread is not None:
            self.unread = max(0, self.unread - unread)
        if self.hole is not None:
            self.hole = (part[1], self.hole[1]) if part[1] < self.hole[1] else None
            if self.hole is None:
                self.unread = None

    def give_up(self) -> None:
        """Nobody can count what lies in the hole, if there is one."""
        if self.hole is None:
            return
        self._skipped += max(0, (self.unread or 0) - self.said)
        self._dropped += self.said
        self.said = 0
        if self.unread is None:
            self._uncounted = True
        self.hole = self.unread = None

    def raise_floor(self, target: int) -> None:
        """Forget the lines read before ``target``."""
        if target <= self.floor:
            return
        self.floor = target
        if target > self._said_at:
            self.said = 0  # what did not come of them was found unread
        for second in [second for second in self._seen if (second + 1) * SECOND <= target]:
            self.keys -= len(self._seen.pop(second))
        if self.hole is not None and self.hole[0] < target:
            self.hole = (target, self.hole[1]) if target < self.hole[1] else None
            if self.hole is None:
                self.unread = None

    def bound(self) -> None:
        """Forget the oldest lines when too many are known; a hole among them cannot be counted any more."""
        while self.keys > self._most:
            target = (min(self._seen) + 1) * SECOND
            if self.hole is not None and self.hole[0] < target:
                self.give_up()
            self.raise_floor(target)
