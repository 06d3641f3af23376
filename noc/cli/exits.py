"""What the program's exit codes mean. Scripts rely on them; the README lists them from here."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """One code for each thing a script may want to tell apart."""

    OK = 0
    """Done; warnings do not count."""
    ERROR = 1
    """A file is faulty, an action failed, something was not found."""
    USAGE = 2
    """The command line itself is wrong."""
    UNREACHABLE = 3
    """A server gave no usable answer."""
    REFUSED = 4
    """noc refused to do it: read-only mode, a guard, a missing confirmation."""
    INTERRUPTED = 130
    """Ended by Ctrl+C."""
