"""The program beside the bell: a player, a lamp. One process at a time, ended after its time, never a shell."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Sequence
from contextlib import suppress

from noc.engine.book import Entry
from noc.model.text import clean

log = logging.getLogger(__name__)

GRACE = 2.0
"""Seconds between asking the program to end and ending it."""


class Hook:
    """Runs ``argv`` for a new CRITICAL; while it runs, further ones do not start another."""

    def __init__(self, argv: Sequence[str], timeout: float) -> None:
        self._argv = tuple(argv)
        self._timeout = timeout
        self._task: asyncio.Task[None] | None = None
        self.failure = ""
        """Why the program could not be run; told once on the wall, logged each time."""

    @property
    def running(self) -> bool:
        return self._task is not None and not self._task.done()

    def start(self, entry: Entry) -> bool:
        """Run it for this alert, unless it still runs; whether it was started. Needs a running event loop."""
        if not self._argv or self.running:
            return False
        self._task = asyncio.create_task(self._run(entry), name="on_critical")
        return True

    async def aclose(self) -> None:
        """End the program with the wall."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self, entry: Entry) -> None:
        environ = {
            **os.environ,
            "NOC_ALERT": clean(entry.alert.name, 200),
            "NOC_SEVERITY": entry.severity.value,
            "NOC_FINGERPRINT": clean(entry.alert.fingerprint, 40),
        }
        try:
            process = await asyncio.create_subprocess_exec(
                *self._argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
                env=environ,
                start_new_session=True,
            )
        except OSError as error:
            self._failed(f"{self._argv[0]}: {error.strerror}")
            return
        try:
            async with asyncio.timeout(self._timeout):
                code = await process.wait()
            if code:
                self._failed(f"{self._argv[0]} ended with {code}")
        except TimeoutError:
            self._failed(f"{self._argv[0]} did not end within {self._timeout:g}s and was ended")
        finally:
            await _ended(process)

    def _failed(self, why: str) -> None:
        self.failure = clean(why, 200)
        log.warning("on_critical: %s", self.failure)


async def _ended(process: asyncio.subprocess.Process) -> None:
    """Ask it to end, then end it, with what it started itself: it leads a session of its own."""
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        async with asyncio.timeout(GRACE):
            await process.wait()
    except TimeoutError:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
