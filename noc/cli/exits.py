"""What the program's exit codes mean. Scripts rely on them; the README lists them from here."""

from __future__ import annotations

from enum import IntEnum

from noc.model.severity import Severity


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
    """noc refused to do it: read-only mode, a missing confirmation, an id nobody knows."""
    GUARD = 5
    """The breadth guard: ``--yes`` does not answer it, ``--expect N`` does when N is the number at sending."""
    LOW = 10
    """``noc alerts --oneline``: the worst that fires and nobody has; MEDIUM, HIGH and CRITICAL alike."""
    MEDIUM = 11
    HIGH = 12
    CRITICAL = 13
    INTERRUPTED = 130
    """Ended by Ctrl+C."""


SEVERITY = {
    Severity.OK: Exit.OK,
    Severity.LOW: Exit.LOW,
    Severity.MEDIUM: Exit.MEDIUM,
    Severity.HIGH: Exit.HIGH,
    Severity.CRITICAL: Exit.CRITICAL,
}
"""The exit code of ``noc alerts --oneline``."""
