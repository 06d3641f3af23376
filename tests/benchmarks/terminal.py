"""A program in a pseudo terminal of a fixed size, measured from outside: bytes, processor time, memory, moments.

A thread drains the terminal all the time, as a real one does: a wall that must wait for its terminal measures nothing.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import tempfile
import termios
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Terminal:
    """A running program. ``chunks`` are (seconds since the start, bytes) as they came."""

    pid: int
    fd: int
    start: float
    chunks: list[tuple[float, bytes]] = field(default_factory=list)
    _arrived: threading.Condition = field(default_factory=threading.Condition)
    _ending: threading.Event = field(default_factory=threading.Event)

    def now(self) -> float:
        """Seconds since the program was started."""
        return time.monotonic() - self.start

    def press(self, keys: bytes) -> float:
        """Send keys; returns the moment before."""
        moment = self.now()
        os.write(self.fd, keys)
        return moment

    def written(self, since: float = 0.0) -> int:
        """Bytes that came from a moment on."""
        return sum(len(data) for at, data in self.chunks if at >= since)

    def wait_for(self, needle: bytes, seconds: float) -> float | None:
        """The moment at which ``needle`` had come; None when it did not within so many seconds from now."""
        deadline = self.now() + seconds
        seen, tail = 0, b""
        with self._arrived:
            while True:
                while seen < len(self.chunks):
                    at, data = self.chunks[seen]
                    seen += 1
                    tail = tail[-len(needle) :] + data
                    if needle in tail:
                        return at
                rest = deadline - self.now()
                if rest <= 0 or self._ending.is_set():
                    return None
                self._arrived.wait(rest)

    def quiet(self, seconds: float, most: float) -> None:
        """Return once nothing came for so many seconds, or after ``most``."""
        deadline = self.now() + most
        while self.now() < deadline:
            last = self.chunks[-1][0] if self.chunks else 0.0
            if self.now() - last >= seconds:
                return
            time.sleep(0.01)

    def cpu(self) -> float:
        """Seconds of processor time used so far, user and system."""
        stat = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return sum(int(part) for part in stat[11:13]) / _TICKS

    def memory(self) -> float:
        """Resident memory in MB (10^6 bytes)."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024 / 1e6
        raise ProcessLookupError(self.pid)

    def _drain(self) -> None:
        while not self._ending.is_set():
            if not select.select([self.fd], [], [], 0.1)[0]:
                continue
            try:
                data = os.read(self.fd, 1 << 16)
            except OSError:
                data = b""
            with self._arrived:
                if data:
                    self.chunks.append((self.now(), data))
                else:
                    self._ending.set()
                self._arrived.notify_all()


@contextmanager
def opened(
    command: Sequence[str], columns: int = 240, rows: int = 67, environ: Mapping[str, str] | None = None
) -> Iterator[Terminal]:
    """Start a program in a terminal of so many cells; it is killed at the end, by its own id.

    It finds no configuration of this machine's user: home is an empty directory.
    """
    with tempfile.TemporaryDirectory(prefix="noc-bench-") as home:
        more = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8", "HOME": home}
        environment = {**os.environ, **more, **(environ or {})}
        for name in ("COLUMNS", "LINES", "NOC_CHARSET", "NO_COLOR", "XDG_CONFIG_HOME"):
            environment.pop(name, None)
        start = time.monotonic()
        pid, fd = pty.fork()
        if pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.execvpe(command[0], list(command), environment)
        terminal = Terminal(pid, fd, start)
        thread = threading.Thread(target=terminal._drain, daemon=True)
        thread.start()
        try:
            yield terminal
        finally:
            terminal._ending.set()
            thread.join()
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            os.close(fd)
