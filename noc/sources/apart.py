"""Probers in a thread of their own: a wall that paints must not measure itself.

On the wall's event loop a frame that takes 60 ms would stand in a probe's duration, and an endpoint that has 100 ms would
fail by it. Other sources need no such thing: they have seconds.
"""

from __future__ import annotations

import asyncio
import threading

from noc.model.checks import CheckResult
from noc.model.ports import Prober


class ProbeThread:
    """An event loop in a thread, started by the first probe. Close it after its probers."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def of(self, prober: Prober) -> Prober:
        """The same prober, whose work is done in the thread. Its client must not have been used before."""
        return _Apart(prober, self)

    def loop(self) -> asyncio.AbstractEventLoop:
        """The running loop."""
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=self._loop.run_forever, name="noc-probes", daemon=True)
            self._thread.start()
        return self._loop

    def close(self) -> None:
        """End the thread; what is still under way ends with it."""
        if self._loop is None or self._thread is None:
            return
        asyncio.run_coroutine_threadsafe(_cancel_others(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._loop = self._thread = None


class _Apart:
    def __init__(self, prober: Prober, thread: ProbeThread) -> None:
        self._prober = prober
        self._thread = thread

    async def probe(self) -> CheckResult:
        work = asyncio.run_coroutine_threadsafe(self._prober.probe(), self._thread.loop())
        return await asyncio.wrap_future(work)  # cancelling this cancels the work

    async def aclose(self) -> None:
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._prober.aclose(), self._thread.loop()))


async def _cancel_others() -> None:
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
