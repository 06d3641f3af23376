"""The alert book as the wall, the actions and scripts read it: frozen, made anew by ``alertbook`` after every poll.

An entry is one alert as the whole cluster has it, with its state, its phase and whoever took it. Times are unix
seconds by the wall's clock unless a field says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from noc.model.alerts import Alert, AlertAnswer, AlertState, Phase, RuleAnswer, Silence, SilenceKind
from noc.model.errors import SourceError
from noc.model.series import Labels
from noc.model.severity import Severity

RESTARTED = 120.0
"""Seconds after an Alertmanager's start in which its alerts may still be missing: they live in memory only."""


@dataclass(frozen=True, slots=True)
class MemberView:
    """One Alertmanager member as the poller left it: its last good answer stays when it fails."""

    name: str
    answer: AlertAnswer | None = None
    good_at: float | None = None
    error: SourceError | None = None
    next_try: float | None = None
    skew: float = 0.0
    """Its clock minus ours, seconds, from the Date header; 0 while unknown."""
    asked: bool = False

    @property
    def answers(self) -> bool:
        """Whether its last answer is its last word."""
        return self.error is None and self.answer is not None

    def restarted(self, now: float) -> bool:
        """Whether it began so lately that it may not have heard of every alert yet."""
        return self.answer is not None and now + self.skew - self.answer.status.started_at < RESTARTED


@dataclass(frozen=True, slots=True)
class RulesView:
    """One Prometheus as a server of rules."""

    name: str
    answer: RuleAnswer | None = None
    good_at: float | None = None
    error: SourceError | None = None
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Observation:
    """What the servers said last, at ``now``: the input of the book. ``interval`` is the seconds between two polls."""

    now: float
    members: tuple[MemberView, ...]
    rules: tuple[RulesView, ...] = ()
    interval: float = 5.0
    rules_interval: float = 15.0


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the book."""

    alert: Alert
    state: AlertState
    phase: Phase = Phase.FIRING
    members: tuple[str, ...] = ()
    """Members that have it."""
    stale: bool = False
    """Only members that do not answer any more have it: it is kept, and shown as old."""
    ack: Silence | None = None
    """The acknowledging silence that hides it, the one that lasts longest."""
    silences: tuple[Silence, ...] = ()
    """Every silence that hides it, acknowledgements among them."""
    inhibits: int = 0
    """How many alerts it inhibits."""
    value: float | None = None
    """The rule's value, where a Prometheus says it."""
    fires_at: float | None = None
    """A pending alert: when it will fire, if its condition stays."""
    clears_at: float | None = None
    """A clearing alert: when it will resolve, if its condition stays away."""
    resolved_at: float | None = None
    active_since: float = 0.0
    """Since when it is unacknowledged: startsAt, or the end of the acknowledgement that lapsed."""
    flaps: int = 1
    """Firings within the flap window, as far as is known."""
    was_acked_by: str = ""
    """A resolved alert: who had acknowledged it."""
    outcome: str = ""
    """A resolved alert: what a person said of it; empty while nobody did."""

    @property
    def key(self) -> str:
        """What the cursor holds: the fingerprint; a resolved firing also says when it began, as it may fire again."""
        fingerprint = self.alert.fingerprint
        return f"{fingerprint}@{self.alert.starts_at:.0f}" if self.phase is Phase.RESOLVED else fingerprint

    @property
    def severity(self) -> Severity:
        return self.alert.severity

    @property
    def loud(self) -> bool:
        """Firing, unacknowledged, hidden by nothing: what the room must see."""
        return self.state is AlertState.ACTIVE and self.phase in (Phase.FIRING, Phase.CLEARING, Phase.UNKNOWN)


class FindingKind(StrEnum):
    WATCHDOG = "watchdog"
    ALERTMANAGER = "alertmanager"
    RULES = "rules"
    RULE_ERRORS = "rule-errors"


@dataclass(frozen=True, slots=True)
class Finding:
    """What the wall itself found about the alerting. A hint was never seen working here: it is shown and never rings."""

    kind: FindingKind
    title: str
    text: str
    """What is wrong and what to do, one line."""
    since: float
    hint: bool = False
    runbook: str = ""

    @property
    def key(self) -> str:
        return f"finding:{self.kind.value}"

    @property
    def severity(self) -> Severity:
        return Severity.OK if self.hint else Severity.CRITICAL


class EventKind(StrEnum):
    FIRED = "fired"
    ACKED = "acked"
    UNACKED = "unacked"
    SILENCED = "silenced"
    UNSILENCED = "unsilenced"
    RESOLVED = "resolved"
    FLAPPING = "flapping"
    STAGE = "stage"
    FOUND = "found"
    """A finding of the wall's own began."""
    MENDED = "mended"
    """It ended."""


@dataclass(frozen=True, slots=True)
class Event:
    """A difference between two polls. ``who`` is a person, where one is behind it."""

    at: float
    kind: EventKind
    name: str
    severity: Severity
    key: str
    labels: Labels = ()
    who: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Book:
    """Everything known about alerts at ``at``. ``version`` moves whenever something a panel could show has changed."""

    at: float = 0.0
    version: int = 0
    entries: tuple[Entry, ...] = ()
    """Firing, clearing and unknown ones, most urgent first: state, severity, then the oldest."""
    pending: tuple[Entry, ...] = ()
    """What will fire, the soonest first."""
    resolved: tuple[Entry, ...] = ()
    """What resolved within the last hour, the latest first."""
    silences: tuple[Silence, ...] = ()
    """United over the members: active and pending ones, and what expired within Alertmanager's retention."""
    members: tuple[MemberView, ...] = ()
    rules: tuple[RulesView, ...] = ()
    findings: tuple[Finding, ...] = ()
    events: tuple[Event, ...] = ()
    """The differences that this very poll made, oldest first."""
    log: tuple[Event, ...] = ()
    """Events of the last hours, oldest first."""
    fired_hour: int = 0
    """Firings that began within the last hour."""
    watchdog: Alert | None = None
    interval: float = 5.0
    """Seconds between two polls."""
    by_key: Mapping[str, Entry] = field(default_factory=dict)
    """Every entry, pending and resolved ones too."""

    @property
    def known(self) -> bool:
        """Whether any member ever answered."""
        return any(member.answer is not None for member in self.members)

    @property
    def configured(self) -> bool:
        """Whether there is an Alertmanager to ask at all."""
        return bool(self.members)

    @property
    def loud(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.loud)

    def silence(self, id: str) -> Silence | None:
        return next((silence for silence in self.silences if silence.id == id), None)

    def find(self, prefix: str) -> tuple[Entry, ...]:
        """Entries whose fingerprint begins so: people copy eight of sixteen digits."""
        found = (*self.entries, *self.pending, *self.resolved)
        return tuple(entry for entry in found if prefix and entry.alert.fingerprint.startswith(prefix.lower()))

    def server_now(self, now: float) -> float:
        """Unix seconds by the cluster's clock: ours, corrected by the first answering member's."""
        skews = [member.skew for member in self.members if member.error is None and member.answer is not None]
        return now + (skews[0] if skews else 0.0)


def emergencies(silences: Iterable[Silence]) -> tuple[Silence, ...]:
    """Active silences that hide everything: every wall shows them as a red banner."""
    return tuple(one for one in silences if one.kind is SilenceKind.EMERGENCY and one.state.value == "active")
