"""One program, run to its end: arguments as they are, no shell, no input, bounded output, ended after its time with all it
started."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from noc.model.errors import Refused
from noc.model.text import clean, clean_lines

GRACE = 2.0
"""Seconds between asking a program to end and ending it, and for the kernel to do so."""

KEPT = 16_384
"""Bytes of output that are kept: its beginning says what went wrong."""

LINES, WIDE = 40, 200
"""Lines of output that are shown at most, and their cells."""

PASSED = ("PATH", "HOME", "SSH_AUTH_SOCK")
"""What a program gets of the environment."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended. ``code`` is None where it did not end in time; below zero it is the signal that ended it.

    ``output`` is what it said, both streams together, harmless. ``alive``: it could not be ended (it may be root's).
    """

    code: int | None
    output: tuple[str, ...] = ()
    alive: bool = False

    @property
    def settled(self) -> bool:
        """Whether the program itself said how it went."""
        return self.code is not None and self.code >= 0


class _Output:
    """The read end of the program's output, emptied as it comes; what is beyond KEPT is thrown away.

    A pipe of our own: asyncio's would wait for its end, which comes only when the last child that inherited it ends.
    """

    def __init__(self) -> None:
        self._read, self.write = os.pipe()
        os.set_blocking(self._read, False)
        self._data = bytearray()
        self._more = False
        asyncio.get_running_loop().add_reader(self._read, self._arrived)

    def _arrived(self) -> None:
        """Take what is there; at the end of the stream the loop is told to look no more."""
        try:
            data = os.read(self._read, 65_536)
        except BlockingIOError:
            return
        if not data:
            asyncio.get_running_loop().remove_reader(self._read)
            return
        room = KEPT - len(self._data)
        self._data += data[:room]
        self._more |= len(data) > room

    def started(self) -> None:
        """The program has the write end; ours would keep the stream open."""
        os.close(self.write)
        self.write = -1

    def close(self) -> tuple[str, ...]:
        """The output, with what still stood in the pipe."""
        if self._read >= 0:
            self._arrived()
            asyncio.get_running_loop().remove_reader(self._read)
            os.close(self._read)
            self._read = -1
        if self.write >= 0:
            self.started()
        lines = clean_lines(self._data.decode("utf-8", "replace"), WIDE, LINES) if self._data else []
        return (*lines, "… and more") if self._more else tuple(lines)


async def run(argv: Sequence[str], seconds: float, environ: Mapping[str, str] | None = None) -> Ended:
    """Run ``argv`` for ``seconds`` at most. Refused where it cannot be started: then nothing was done.

    Cancelled, it ends the program before it raises.
    """
    source = os.environ if environ is None else environ
    own = {name: source[name] for name in PASSED if name in source}
    output = _Output()
    try:
        try:
            process = await asyncio.create_subprocess_exec(
                *argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output.write,
                stderr=output.write,
                env={"PATH": os.defpath, **own},
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise Refused(f"{clean(argv[0], 100)} cannot be run: {clean(why, 100)}") from None
        output.started()
        code = None
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    code = await process.wait()
        finally:
            alive = code is None and not await _ended(process)
        return Ended(code, output.close(), alive)
    finally:
        output.close()


async def _ended(process: asyncio.subprocess.Process) -> bool:
    """Ask the program to end, then end it, with what it started itself: it leads a session of its own. Whether it ended:
    a program that changed to another user cannot be killed."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, sign)
        with suppress(TimeoutError):
            async with asyncio.timeout(GRACE):
                await process.wait()
    return process.returncode is not None
