"""What a person wants to change, as a value: proposed and previewed by pure functions, carried out by the runner alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from noc.engine.book import Entry
from noc.model.alerts import Silence, SilenceDraft
from noc.model.errors import ActionError


class Verb(StrEnum):
    """What the audit, the rows and the buttons call it."""

    ACK = "acknowledge"
    UNACK = "unacknowledge"
    SILENCE = "silence"
    EXTEND = "extend"
    EXPIRE = "expire"
    WINDOW = "maintenance"
    EMERGENCY = "emergency"
    STAGE = "stage"
    OUTCOME = "outcome"
    KEEP = "keep"
    """A wall prolonging an acknowledgement by itself."""
    LIFT = "lift"
    """A wall ending an acknowledgement whose alert resolved."""
    BLOCK = "block"
    """A firewall's command for one address; carried out by ``blocker``."""
    UNBLOCK = "unblock"


@dataclass(frozen=True, slots=True)
class Intent:
    """One thing to do. It was decided on what stood on the glass: ``keys`` are those alerts, whatever arrives meanwhile.

    ``drafts`` are created (or updated in place), then ``expire`` is ended; each is one request. ``before`` are the
    silences as they were, for the audit and for undo.
    """

    verb: Verb
    summary: str
    """One line for the notice, the audit and the confirmation: ``acknowledge DatabaseDeadlocks``."""
    keys: tuple[str, ...] = ()
    drafts: tuple[SilenceDraft, ...] = ()
    expire: tuple[str, ...] = ()
    before: tuple[Silence, ...] = ()
    detail: dict[str, str] = field(default_factory=dict)
    """More for the audit: outcome, stage, what the guard asked."""


@dataclass(frozen=True, slots=True)
class Done:
    """How an intent ended. ``undo`` takes it back, where that is possible."""

    intent: Intent
    message: str
    """One line for the notice: what is so now, until when."""
    error: ActionError | None = None
    ids: tuple[str, ...] = ()
    """Silences that exist because of it."""
    undo: Intent | None = None

    @property
    def ok(self) -> bool:
        return self.error is None


@dataclass(frozen=True, slots=True)
class Pending:
    """What a row says until Alertmanager agrees: *asked*, or why it failed."""

    verb: Verb
    at: float
    failed: str = ""


class Breadth(StrEnum):
    """How much a set of matchers hides. ``FORBIDDEN`` cannot be confirmed at all."""

    NARROW = "narrow"
    BROAD = "broad"
    FORBIDDEN = "forbidden"


@dataclass(frozen=True, slots=True)
class Preview:
    """What a silence with these matchers would do now: "hides N of M firing".

    ``unsure`` are alerts of which noc cannot tell (an expression that RE2 and Python read differently).
    """

    hides: tuple[Entry, ...]
    total: int
    """Firing alerts in all, the Watchdog left out."""
    breadth: Breadth = Breadth.NARROW
    why: str = ""
    """Why it is broad or forbidden."""
    hidden_already: int = 0
    """Of those it would hide, how many are hidden by something else already."""
    unsure: int = 0

    @property
    def number(self) -> int:
        """What must be typed where the guard asks."""
        return len(self.hides)

    @property
    def words(self) -> str:
        return f"hides {len(self.hides)} of {self.total} firing"


@dataclass(frozen=True, slots=True)
class Waking:
    """What ending silences would wake: "7 become ACTIVE, 2 CRITICAL". ``guarded``: the number must be typed."""

    silences: tuple[Silence, ...]
    wakes: tuple[Entry, ...]
    guarded: bool = False
    why: str = ""

    @property
    def number(self) -> int:
        return len(self.wakes)
