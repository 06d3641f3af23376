"""The line to the terminal: how much it takes, how much it may get, and the thread that writes to it.

A picture that waits in a queue is late when it is seen. So the queue holds one part of a picture at most: while the terminal
has not taken it, or the cap on bytes is used up, what changes is only noted (:mod:`noc.ui.owed`) and painted as it is then.
"""

from __future__ import annotations

import codecs
import io
import math
import os
import signal
import threading
from collections import deque
from collections.abc import Callable
from queue import Queue
from typing import IO

from rich.cells import cell_len
from textual.drivers._writer_thread import WriterThread

from noc.model.clock import Clock, SystemClock
from noc.model.units import format_value

WINDOW = 10.0
"""Seconds over which bytes a second are counted."""
SHARE = 0.25
"""Seconds of the line that one part of a picture may fill where the line is slow or capped."""
LEAST = 160
"""Bytes of the smallest part: a few cells, their place and their colours."""
SLOW = 0.05
"""Seconds a write takes at a terminal that is slower than the wall; a local one takes well under one thousandth."""
PIECE = 4096
"""Characters written at once."""
MOST = 1 << 20
"""Bytes that may wait; what is more (titles and bells for a terminal that has stood still for days) is left out."""


def _nobody() -> None:
    return None


class Line:
    """Counts what goes to the terminal. ``cap`` is in bytes a second, on average. Used by two threads."""

    def __init__(self, clock: Clock, cap: int | None = None) -> None:
        self.cap = cap
        self.total = 0
        """Bytes the terminal has taken."""
        self.queued = 0
        """Bytes it has not taken yet."""
        self.on_empty: Callable[[], None] = _nobody
        """Called by the writing thread when the terminal has taken everything."""
        self.on_free: Callable[[], None] = _nobody
        """The same, once, for who was told to wait for it."""
        self._clock = clock
        self._lock = threading.Lock()
        self._awaited = False
        self._due = float("-inf")
        self._speed = math.inf
        self._slow_at = float("-inf")
        self._recent: deque[tuple[float, int]] = deque()

    def hand(self, size: int) -> bool:
        """So many bytes are about to be written; False when too much waits already."""
        with self._lock:
            if self.queued + size > MOST and self.queued:
                return False
            self.queued += size
            if self.cap:
                self._due = max(self._due, self._clock.monotonic() - SHARE) + size / self.cap
            return True

    def took(self, size: int, seconds: float) -> None:
        """The terminal has taken so many bytes in so many seconds."""
        now = self._clock.monotonic()
        with self._lock:
            self.total += size
            self.queued -= size
            if self._recent and now - self._recent[-1][0] < WINDOW / 40:
                size += self._recent.pop()[1]
            self._recent.append((now, size))
            self._forget(now)
            if seconds >= SLOW:
                self._slow_at, self._speed = now, size / seconds
            empty, free = self.queued <= 0, self.queued <= 0 and self._awaited
            self._awaited = self._awaited and not free
        if empty:
            self.on_empty()
        if free:
            self.on_free()

    def wait(self) -> float:
        """Seconds until a part of a picture may be written: 0 at once; infinite until ``on_free`` is called."""
        with self._lock:
            if self.queued > 0:
                self._awaited = True
                return math.inf
            return max(0.0, self._due - self._clock.monotonic()) if self.cap else 0.0

    def room(self) -> float:
        """Bytes that this part may have; infinite at a terminal that takes all there is."""
        slow = self._clock.monotonic() - self._slow_at < WINDOW
        speed = min(self.cap or math.inf, self._speed if slow else math.inf)
        return max(LEAST, speed * SHARE)

    def bytes_a_second(self) -> float:
        """Bytes the terminal took in each of the last ten seconds, on average."""
        now = self._clock.monotonic()
        with self._lock:
            self._forget(now)
            return sum(size for _, size in self._recent) / WINDOW

    def words(self, metered: bool = False) -> str:
        """``640 B/s``, ``640 B/s of 2 kB/s``: what a header says of a line that is capped, slow, or ``metered``."""
        took = self.bytes_a_second()
        slow = self._clock.monotonic() - self._slow_at < WINDOW
        of = f" of {format_value(self.cap, 'Bps')}" if self.cap else ""
        return f"{format_value(round(took), 'Bps')}{of}" if metered or slow or of else ""

    def _forget(self, now: float) -> None:
        while self._recent and now - self._recent[0][0] >= WINDOW:
            self._recent.popleft()


class Output(WriterThread):
    """Writes what was handed over, and survives its terminal. Textual's own dies of the first failed write; then its queue
    fills, and whoever writes waits for ever: a wall in a closed window would stay behind as a process that nothing but
    SIGKILL ends."""

    def __init__(self, file: IO[str]) -> None:
        super().__init__(file)
        self._queue: Queue[str | None] = Queue()  # Line bounds it; whoever writes never waits for the terminal
        self._clock = SystemClock()
        self.line = Line(self._clock)

    def write(self, text: str) -> None:
        if self.line.hand(_size(text)):
            self._queue.put(text)

    def run(self) -> None:
        if isinstance(self._file, io.TextIOWrapper):
            codecs.register_error("noc.cells", _unspelt)
            self._file.reconfigure(errors="noc.cells")  # a locale without a letter must not end the thread
        try:
            while (text := self._queue.get()) is not None:
                self._send(text)
        except OSError:
            os.kill(os.getpid(), signal.SIGHUP)  # as the kernel says it, for whom it says nothing: the wall ends
            while self._queue.get() is not None:
                pass

    def _send(self, text: str) -> None:
        for start in range(0, len(text), PIECE):
            piece = text[start : start + PIECE]
            began = self._clock.monotonic()
            self._file.write(piece)
            self._file.flush()
            self.line.took(_size(piece), self._clock.monotonic() - began)


def _unspelt(error: UnicodeError) -> tuple[str, int]:
    """As many question marks as there are cells in what the terminal's encoding has not."""
    assert isinstance(error, UnicodeEncodeError)
    return "?" * cell_len(error.object[error.start : error.end]), error.end


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))
