"""A terminal for tests: a program in a real pty, its bytes interpreted by pyte as they arrive.

Nothing here sleeps: a reader thread feeds the emulator, and whoever waits looks again after each chunk of bytes.
"""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pyte

NOC = str(Path(sys.executable).with_name("noc"))
"""The installed program, beside the interpreter that runs the tests."""

DEADLINE = 60.0
"""Seconds a test waits for a picture at most: a loaded machine with two cores starts the wall in well under half."""

KEYS = {
    "tab": "\t",
    "enter": "\r",
    "escape": "\x1b",
    "pagedown": "\x1b[6~",
    "pageup": "\x1b[5~",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "ctrl+c": "\x03",
    "ctrl+q": "\x11",
    "backspace": "\x7f",
}
"""What an xterm sends for keys that are no characters."""

# What Textual sends and pyte does not know; pyte would draw the tails of these sequences as text:
#   CSI > flags u, CSI < u   push and pop of kitty's keyboard protocol
#   CSI ? mode $ p           asks whether the terminal knows a mode (synchronised output, resize reports)
#   OSC 22 ; shape ST        the mouse pointer's shape; pyte takes it for OSC 2 and makes "2;default" the title
_UNKNOWN = re.compile(r"\x1b\[(?:[<>=?][0-9;]*u|\?[0-9;]*\$p)|\x1b\]22;[^\x07\x1b]*(?:\x07|\x1b\\)")
# The beginning of an escape sequence at the end of a chunk; it waits for the rest.
_UNFINISHED = re.compile(r"\x1b(?:\[[0-9;<>=?$ ]*|\][^\x07\x1b]*\x1b?)?$")

_PRIVATE = 5  # pyte keeps private modes shifted by so many bits
MOUSE = {1000, 1002, 1003, 1006, 1015, 1016}
LEFT_ON = {1049, 47, *MOUSE, 1004, 2004, 2048, 2026}
"""Private modes that a program must have switched off when it is gone."""
LINE_WRAP, CURSOR = 7, 25
"""Private modes that must be on again."""


class Terminal:
    """One program in a pty. Made by :func:`terminal`."""

    def __init__(
        self, command: Sequence[str], columns: int, rows: int, environ: Mapping[str, str], directory: Path | None
    ) -> None:
        self._sent: list[str] = []
        self.pushed = 0
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.Stream(self._screen)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._tail = ""
        self._news = threading.Condition()
        self._closed = False
        self._master, slave = pty.openpty()
        _set_size(self._master, columns, rows)
        self._before = termios.tcgetattr(self._master)
        # The shell is a session leader without a terminal: the one it opens becomes its controlling terminal.
        shell = ["/bin/sh", "-c", 'exec "$@" <"$0" >"$0" 2>&1', os.ttyname(slave), *command]
        self.process = subprocess.Popen(
            shell, env=dict(environ), cwd=directory, start_new_session=True, stdin=subprocess.DEVNULL
        )
        self._left: list[object] = []
        self._threads = (
            threading.Thread(target=self._read, name="terminal", daemon=True),
            threading.Thread(target=self._mourn, args=(slave,), name="terminal-end", daemon=True),
        )
        for thread in self._threads:
            thread.start()

    # -- what is seen

    @property
    def lines(self) -> list[str]:
        """The rows of the screen."""
        with self._news:
            return self._rows()

    def screen_text(self) -> str:
        """The screen as text."""
        return "\n".join(self.lines)

    @property
    def sent(self) -> str:
        """All the program has written so far, escape sequences included."""
        with self._news:
            return "".join(self._sent)

    @property
    def title(self) -> str:
        """The window title the program has set."""
        with self._news:
            return str(self._screen.title)

    @property
    def modes(self) -> set[int]:
        """The private modes that are on, by DEC's numbers."""
        with self._news:
            return {mode >> _PRIVATE for mode in self._screen.mode if mode % (1 << _PRIVATE) == 0}

    def wait_for(self, wanted: str | Callable[[str], object], deadline: float = DEADLINE) -> str:
        """The screen's text as soon as it holds ``wanted``, or the predicate likes it; AssertionError after the deadline."""
        likes = (lambda text: wanted in text) if isinstance(wanted, str) else wanted
        until = time.monotonic() + deadline
        with self._news:
            while True:
                text = "\n".join(self._rows())
                if likes(text):
                    return text
                left = until - time.monotonic()
                if left <= 0 or self._closed:
                    why = "the program ended" if self._closed else f"not within {deadline:g} s"
                    raise AssertionError(f"{why}: {wanted!r} on this screen:\n{text}")
                self._news.wait(left)

    # -- what is done

    def press(self, *keys: str) -> None:
        """Press keys: names of :data:`KEYS`, or text to type."""
        for key in keys:
            os.write(self._master, KEYS.get(key, key).encode())

    def resize(self, columns: int, rows: int) -> None:
        """The window has another size; the kernel tells the program (SIGWINCH)."""
        with self._news:
            self._screen.resize(rows, columns)
            self._screen.erase_in_display(2)  # what is seen afterwards was drawn for the new size
        _set_size(self._master, columns, rows)

    def signal(self, number: int) -> None:
        """Send the program a signal."""
        os.kill(self.process.pid, number)

    def hang_up(self) -> None:
        """The window is closed, the line is lost: the kernel sends SIGHUP and SIGCONT, and every later write fails."""
        master, self._master = self._master, -1  # gone once the reading thread has let go of it: with the next write
        os.close(master)

    def ended(self, deadline: float = DEADLINE) -> int:
        """Wait until the program ends by itself; its exit code. All it has written is on the screen then."""
        code = self.process.wait(deadline)
        self._join()
        return code

    def check_restored(self) -> None:
        """The terminal is as it was before the program started."""
        modes = self.modes
        assert not modes & LEFT_ON, f"left on: {sorted(modes & LEFT_ON)}"
        assert {LINE_WRAP, CURSOR} <= modes, "line wrap or cursor left off"
        assert self.pushed == 0, "kitty's keyboard protocol left on"
        assert self._left == self._before, "the line discipline is not what it was"

    def end(self, code: int = 0, deadline: float = DEADLINE) -> None:
        """The program has been asked to end: it exits with ``code`` and leaves the terminal as it was."""
        found = self.ended(deadline)
        assert found == code, f"exit code {found}:\n{self.screen_text()}"
        self.check_restored()

    def close(self) -> None:
        """Whatever happened: no process stays behind."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._join()
        if self._master >= 0:
            os.close(self._master)
            self._master = -1

    # -- how

    def _rows(self) -> list[str]:
        """As pyte's ``display``, which fails on a wide character that is half overwritten in the middle of a frame."""
        screen = self._screen
        return ["".join(screen.buffer[y][x].data for x in range(screen.columns)) for y in range(screen.lines)]

    def _join(self) -> None:
        for thread in self._threads:
            thread.join()

    def _mourn(self, slave: int) -> None:
        """Keep the other end open until the program has ended, so that its last bytes are not lost."""
        self.process.wait()
        with suppress(termios.error):  # it was hung up
            self._left = termios.tcgetattr(slave)
        os.close(slave)

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self._master, 65536)
            except OSError:  # EIO: no program holds the other end
                data = b""
            with self._news:
                if data:
                    self._sent.append(self._decoder.decode(data))
                    self._feed(self._sent[-1])
                else:
                    self._closed = True
                self._news.notify_all()
            if not data:
                return

    def _feed(self, text: str) -> None:
        text = self._tail + text
        unfinished = _UNFINISHED.search(text)
        self._tail = unfinished[0] if unfinished else ""
        text = text[: unfinished.start()] if unfinished else text
        self._stream.feed(_UNKNOWN.sub(self._known, text))

    def _known(self, found: re.Match[str]) -> str:
        if found[0].endswith("u") and found[0][2] in "<>":
            self.pushed += 1 if found[0][2] == ">" else -1
        return ""


def _set_size(fd: int, columns: int, rows: int) -> None:
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def environment(home: Path, **more: str) -> dict[str, str]:
    """A user with nothing but this home directory: no configuration, no proxy, UTC, an ordinary terminal."""
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "PYTHONHASHSEED") if name in os.environ}
    return {
        **kept,
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_STATE_HOME": str(home / "state"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        **more,
    }


@contextmanager
def terminal(
    command: Sequence[str], *, size: tuple[int, int] = (120, 40), environ: Mapping[str, str], cwd: Path | None = None
) -> Iterator[Terminal]:
    """``with terminal([NOC, "demo"], size=(80, 24), environ=environment(tmp_path)) as tty``: ends the program at the end."""
    tty = Terminal(command, *size, environ, cwd)
    try:
        yield tty
    finally:
        tty.close()


def run(
    command: Sequence[str], environ: Mapping[str, str], cwd: Path | None = None, deadline: float = DEADLINE
) -> subprocess.CompletedProcess[str]:
    """Run a command without any terminal to its end."""
    return subprocess.run(
        command, env=dict(environ), cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=deadline
    )


def wall(*words: str) -> list[str]:
    """A command line of noc."""
    return [NOC, *words]
