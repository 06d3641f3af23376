"""The exceptions of noc. A message says what failed, where (file:line, URL without credentials), and what to do.

NocError
├── ConfigError            a file the user wrote: settings, layout, theme, catalogue
├── SourceError            a server did not give a usable answer
│   ├── Unreachable        refused, DNS, TLS, connection lost
│   │   └── TailClosed     a tail ended; its close code tells why
│   ├── Timeout            no answer before the total deadline
│   ├── Auth               401, 403, or a redirect to a login page
│   ├── BadQuery           the query itself was refused (4xx): retrying is useless
│   ├── Overloaded         429, 503, 5xx: try again later
│   └── BadAnswer          an answer, but not the protocol's (HTML, truncated JSON)
├── QueryError             noc itself refuses an expression (demo evaluator, interpolation)
└── ActionError            an action was refused or failed
    ├── Refused            noc will not: read-only, a guard, an unknown id; nothing was sent
    ├── Rejected           the server will not; nothing was done
    └── Unsettled          no usable answer came: it may have been done
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self


class NocError(Exception):
    """Root of everything noc raises on purpose."""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault of a file. ``line`` is 1-based; 0 means the whole file."""

    file: str
    line: int
    message: str
    severity: str = "error"  # error | warning

    def __str__(self) -> str:
        word = "" if self.severity == "error" else f"{self.severity}: "
        return f"{self.file}:{self.line}: {word}{self.message}"


class ConfigError(NocError):
    """One or more faults in files the user wrote."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = sorted(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class SourceError(NocError):
    """A server did not give a usable answer. ``cause`` is one short line for the glass."""

    retryable = True
    unsent = False
    """Whether the request surely never reached the server: then it may be sent to another one."""

    def __init__(self, cause: str, *, status: int | None = None, retry_after: float | None = None) -> None:
        super().__init__(cause)
        self.cause = cause
        self.status = status
        self.retry_after = retry_after  # seconds, as the server asked

    def kept(self) -> Self:
        """The error itself, without the calls it came through: what stands on the glass for hours must not hold their frames
        and all that was read in them."""
        self.__traceback__ = self.__context__ = self.__cause__ = None
        return self


class Unreachable(SourceError):
    """Refused, unknown host, TLS failure, connection lost."""


class TailClosed(Unreachable):
    """A tail ended. ``code`` is the websocket's: 1006 a lost connection, 1011 a limit of the server (protocols.md 6.5)."""

    def __init__(self, cause: str, code: int) -> None:
        super().__init__(cause)
        self.code = code


class Timeout(SourceError):
    """No complete answer before the total deadline."""


class Auth(SourceError):
    """401, 403 or a redirect to a login page."""


class BadQuery(SourceError):
    """The server refused the query itself; only another query can cure it (422 can heal with the data)."""

    retryable = False


class Overloaded(SourceError):
    """429, 503 or another 5xx: the server asks for time."""


class BadAnswer(SourceError):
    """An answer that is not the protocol's: HTML from a proxy, truncated JSON, an unknown shape."""


class QueryError(NocError):
    """noc refuses an expression it cannot evaluate correctly."""


class ActionError(NocError):
    """An action was refused or failed. ``field`` names the form's field that is to blame, where one is known."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class Refused(ActionError):
    """noc refuses: read-only, a guard, an unknown id. Nothing was sent."""


class Rejected(ActionError):
    """The server refused it; nothing was done."""


class Unsettled(ActionError):
    """The request was sent and no usable answer came: it may have been done."""
