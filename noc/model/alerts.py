"""Alerts and silences as every layer passes them on, and what can be said of one without any server.

The names are Alertmanager's. Times are unix seconds. Nothing here is cleaned for display: cells get their text through
``model/text``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from noc.model.regex import compiled
from noc.model.series import Labels, labels_of
from noc.model.severity import Severity

NEVER = float("inf")

WATCHDOG = "Watchdog"
"""The alert that always fires, to prove that alerting works; it is never counted, silenced or shown as trouble."""

RECORD_LABEL = "noc_record"
"""Matcher name of silences that only keep a human's answer (the outcome of an alert) and match no alert."""


class AlertState(StrEnum):
    """Derived, never stored (alerts.md 3.1); the order is the precedence for colour, most urgent first."""

    ACTIVE = "active"
    ACKED = "acked"
    INHIBITED = "inhibited"
    MUTED = "muted"
    SILENCED = "silenced"

    @property
    def order(self) -> int:
        return _STATE_ORDER[self]


_STATE_ORDER = {state: index for index, state in enumerate(AlertState)}


class Phase(StrEnum):
    """Where an alert is in its life. ``unknown``: gone from Alertmanager, and nobody confirmed that it resolved."""

    PENDING = "pending"
    FIRING = "firing"
    CLEARING = "clearing"
    UNKNOWN = "unknown"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Matcher:
    """One condition on a label. Regular expressions are RE2, anchored at both ends; an absent label is empty."""

    name: str
    value: str
    regex: bool = False
    equal: bool = True

    @property
    def op(self) -> str:
        return ("=~" if self.equal else "!~") if self.regex else ("=" if self.equal else "!=")

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether a label set meets it. QueryError for an expression that RE2 and Python could read differently."""
        value = labels.get(self.name, "")
        met = compiled(self.value).fullmatch(value) is not None if self.regex else value == self.value
        return met is self.equal

    @property
    def takes_empty(self) -> bool:
        """Whether it is met by labels that lack the name: such a matcher alone narrows nothing."""
        return self.matches({})

    def __str__(self) -> str:
        escaped = self.value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'{self.name}{self.op}"{escaped}"'


def match_all(matchers: Iterable[Matcher], labels: Mapping[str, str]) -> bool:
    """Whether a label set meets every matcher. QueryError as :meth:`Matcher.matches`."""
    return all(matcher.matches(labels) for matcher in matchers)


def spelled(matchers: Iterable[Matcher]) -> str:
    """The matchers as amtool and Alertmanager write them: ``{a="b", c=~"d|e"}``."""
    return "{" + ", ".join(map(str, matchers)) + "}"


@dataclass(frozen=True, slots=True)
class Alert:
    """One firing alert as Alertmanager has it. ``since_text`` is startsAt as the server wrote it."""

    fingerprint: str
    labels: Labels
    starts_at: float
    annotations: Labels = ()
    ends_at: float = NEVER
    updated_at: float = 0.0
    silenced_by: tuple[str, ...] = ()
    """Ids of silences."""
    inhibited_by: tuple[str, ...] = ()
    """Fingerprints of alerts."""
    muted_by: tuple[str, ...] = ()
    """Names of time intervals; only Alertmanager 0.28 and later says them."""
    receivers: tuple[str, ...] = ()
    generator_url: str = ""
    since_text: str = ""
    suppressed: bool = False
    """Alertmanager's own word: ``status.state`` is ``suppressed``."""

    def label(self, name: str) -> str:
        """The label's value, or the empty string."""
        return next((value for key, value in self.labels if key == name), "")

    def annotation(self, name: str) -> str:
        return next((value for key, value in self.annotations if key == name), "")

    @property
    def name(self) -> str:
        return self.label("alertname")

    @property
    def severity(self) -> Severity:
        return severity_label(self.label("severity"))

    @property
    def is_watchdog(self) -> bool:
        return self.name == WATCHDOG


_WORDS = {
    **dict.fromkeys(("critical", "crit", "page", "emergency", "fatal", "disaster", "p1"), Severity.CRITICAL),
    **dict.fromkeys(("high", "error", "major", "p2"), Severity.HIGH),
    **dict.fromkeys(("medium", "warning", "warn", "average", "moderate", "p3"), Severity.MEDIUM),
    **dict.fromkeys(("low", "info", "information", "informational", "minor", "notice", "p4"), Severity.LOW),
    **dict.fromkeys(("none", "ok", "p5"), Severity.OK),
}


def severity_label(word: str) -> Severity:
    """What a ``severity`` label means, in any case; a word nobody knows, or none, is MEDIUM: unclassified is not calm."""
    return _WORDS.get(word.strip().lower(), Severity.MEDIUM)


class SilenceState(StrEnum):
    PENDING = "pending"
    ACTIVE = "active"
    EXPIRED = "expired"


class SilenceKind(StrEnum):
    """What a silence is for, read off its comment's first word (alerts.md 3.2, 3.4)."""

    ACK = "ack"
    WINDOW = "window"
    EMERGENCY = "emergency"
    RECORD = "record"
    SNOOZE = "snooze"
    OTHER = "silence"


PREFIXES = {
    SilenceKind.ACK: "ACK!",
    SilenceKind.WINDOW: "MW!",
    SilenceKind.EMERGENCY: "EMERGENCY!",
    SilenceKind.RECORD: "RECORD!",
    SilenceKind.SNOOZE: "SNOOZE!",
}
"""First words of comments; karma and kthxbye know ``ACK!`` too."""


@dataclass(frozen=True, slots=True)
class Silence:
    """A silence as Alertmanager has it. Order of matchers and text of startsAt are part of its identity (alerts.md 4)."""

    id: str
    matchers: tuple[Matcher, ...]
    starts_at: float
    ends_at: float
    created_by: str
    comment: str
    state: SilenceState
    updated_at: float = 0.0
    starts_text: str = ""
    """startsAt verbatim: an update that moves it by a second makes a new silence."""

    @property
    def kind(self) -> SilenceKind:
        if any(matcher.name == RECORD_LABEL for matcher in self.matchers):
            return SilenceKind.RECORD
        found = (kind for kind, prefix in PREFIXES.items() if self.comment.startswith(prefix))
        return next(found, SilenceKind.OTHER)

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether it would hide an alert with these labels. QueryError as :meth:`Matcher.matches`."""
        return match_all(self.matchers, labels)


@dataclass(frozen=True, slots=True)
class SilenceDraft:
    """A silence to be written. With ``id`` it is an update in place: then ``starts_text`` and the order of matchers must
    be the server's own. ``starts_at`` and ``ends_at`` are unix seconds by Alertmanager's clock."""

    matchers: tuple[Matcher, ...]
    starts_at: float
    ends_at: float
    created_by: str
    comment: str
    id: str = ""
    starts_text: str = ""


def redraft(silence: Silence, *, ends_at: float | None = None, comment: str | None = None) -> SilenceDraft:
    """An update in place of an existing silence: same id, verbatim startsAt, matchers in the server's order."""
    return SilenceDraft(
        silence.matchers,
        silence.starts_at,
        silence.ends_at if ends_at is None else ends_at,
        silence.created_by,
        silence.comment if comment is None else comment,
        silence.id,
        silence.starts_text,
    )


@dataclass(frozen=True, slots=True)
class ClusterStatus:
    """What a member says of itself. ``cluster``: ready, settling or disabled; ``started_at`` from its uptime."""

    version: str = ""
    cluster: str = ""
    peers: int = 0
    started_at: float = 0.0


@dataclass(frozen=True, slots=True)
class AlertAnswer:
    """Everything one Alertmanager member said in one poll. ``unreadable`` counts entries noc did not understand."""

    alerts: tuple[Alert, ...]
    silences: tuple[Silence, ...]
    status: ClusterStatus = ClusterStatus()
    server_time: float | None = None
    unreadable: int = 0
    size: int = 0
    changed: bool = True
    """False when alerts and silences are those of the answer before, byte for byte."""


@dataclass(frozen=True, slots=True)
class RuleAlert:
    """An alert of a Prometheus rule: pending or firing. Labels lack external labels and what alert relabelling adds."""

    labels: Labels
    state: str
    active_at: float
    value: float
    annotations: Labels = ()
    keep_firing_since: float | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as a Prometheus runs it. Durations in seconds; ``health`` is ok, err or unknown."""

    name: str
    group: str
    alerting: bool
    expr: str
    health: str = "ok"
    error: str = ""
    hold: float = 0.0
    keep_firing_for: float = 0.0
    interval: float = 60.0
    labels: Labels = ()
    annotations: Labels = ()
    alerts: tuple[RuleAlert, ...] = ()
    evaluated_at: float = 0.0
    """When it was evaluated last, by the server's clock; 0: never yet."""


@dataclass(frozen=True, slots=True)
class RuleAnswer:
    """All rules of one Prometheus. ``placeholder``: the server answers for form's sake only (VictoriaMetrics)."""

    rules: tuple[Rule, ...]
    placeholder: bool = False
    server_time: float | None = None


def fingerprint(labels: Mapping[str, str]) -> str:
    """Alertmanager's identity of a label set: FNV-1a, 64 bits, over sorted names and values each followed by 0xff."""
    value = 0xCBF29CE484222325
    for name, text in labels_of({name: text for name, text in labels.items() if text}):
        for byte in (*name.encode(), 0xFF, *text.encode(), 0xFF):
            value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return f"{value:016x}"
