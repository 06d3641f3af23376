"""When a wall under test has nothing left to do. Textual's own answer sleeps a fiftieth of a second at least, three times
a key, though most keys are done with sooner; here the event loop itself is asked, and sleep is for what it cannot know.
"""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from textual._wait import SLEEP_GRANULARITY, wait_for_idle

TURNS = 3
"""So many turns of the loop in a row in which nothing was ready: a callback may stand behind another."""


async def idle(min_sleep: float = SLEEP_GRANULARITY, max_sleep: float = 1) -> None:
    """As ``textual._wait.wait_for_idle``, but back at once when nothing is ready, no timer is due within the time Textual
    would have slept, and nobody works in a thread or another process. Timers that are due within it are waited for.
    """
    loop: Any = asyncio.get_running_loop()
    end = loop.time() + SLEEP_GRANULARITY
    quiet = 0
    while loop.time() < end and not _elsewhere(loop):
        await asyncio.sleep(0)
        due = [handle.when() for handle in loop._scheduled if not handle.cancelled() and handle.when() <= end]
        quiet = 0 if loop._ready or due else quiet + 1
        if quiet == TURNS:
            return
        if due and not loop._ready:
            await asyncio.sleep(max(0.0, min(due) - loop.time()))
    await wait_for_idle(min_sleep, max_sleep)


def _elsewhere(loop: Any) -> bool:
    """Whether a thread of the loop's pool works, or a child process is waited for."""
    pool: ThreadPoolExecutor | None = loop._default_executor
    if pool is not None and pool._work_queue.qsize() + len(pool._threads) > pool._idle_semaphore._value:  # type: ignore[attr-defined]
        return True
    return any(thread.name.startswith("waitpid-") for thread in threading.enumerate())
