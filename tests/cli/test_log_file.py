"""The log file is read in terminals: what servers said is text in it, and one message is one line."""

from __future__ import annotations

import logging
import sys

from noc.cli.glass import Harmless

FORGED = "refused: \x1b]0;owned\x07\n2025-10-02 15:30:45 INFO noc all is well"


def record(message: str, error: BaseException | None = None) -> logging.LogRecord:
    return logging.LogRecord("noc.sources", logging.ERROR, "here.py", 7, "%s", (message,), error and sys.exc_info())


def test_a_message_is_one_line_that_no_terminal_obeys() -> None:
    told = Harmless("%(levelname)s %(message)s").format(record(FORGED))
    assert told == "ERROR refused: ␛]0;owned␇⏎2025-10-02 15:30:45 INFO noc all is well"


def test_what_was_raised_is_text_too() -> None:
    try:
        raise ValueError("\x9b2J\u202e")
    except ValueError as error:
        lines = Harmless("%(message)s").format(record("failed", error)).split("\n")
    assert lines[:2] == ["failed", "Traceback (most recent call last):"]
    assert lines[-1] == "ValueError: ‹U+009B›2J‹U+202E›"
