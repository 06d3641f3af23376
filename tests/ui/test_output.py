"""What the wall writes to a terminal that is gone."""

from __future__ import annotations

import errno
import io
import os
import signal

import pytest
from textual.drivers import linux_driver

from noc.ui.compat import Output


class Gone(io.StringIO):
    """A terminal whose window was closed."""

    def write(self, text: str) -> int:
        raise OSError(errno.EIO, os.strerror(errno.EIO))


def test_whoever_writes_to_a_closed_terminal_does_not_wait_for_ever_and_the_wall_is_told_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[int] = []
    monkeypatch.setattr("os.kill", lambda _, number: told.append(number))
    output = Output(Gone())
    output.start()
    for _ in range(100):  # more than its queue holds
        output._queue.put("x", timeout=30)
    output.stop()
    assert told == [signal.SIGHUP]


def test_the_driver_writes_through_it() -> None:
    assert vars(linux_driver)["WriterThread"] is Output
