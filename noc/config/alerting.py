"""The ``alerting:`` part of the settings: how the wall works with alerts. Its docstrings are the manual."""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from noc.config.base import Duration, Model, Refresh
from noc.config.credentials import ConfigPath
from noc.model.severity import Severity
from noc.model.timerange import parse_duration

MINUTE, HOUR = 60.0, 3600.0

Finding = Literal["required", "auto", "off"]
"""``auto`` raises only what this wall has seen working; until then its absence is a hint."""


def _delay(value: Any) -> Any:
    return 0.0 if value in ("0s", "0m") else parse_duration(value) if isinstance(value, str) else value


Delay = Annotated[float, BeforeValidator(_delay), Field(ge=0)]
"""Seconds from now on; unlike a duration it may be ``0s``."""


class Step(Model):
    """One step of the escalation: who is due when nobody acknowledged."""

    after: Delay
    """Time since the alert began to fire (or became active again)."""
    who: tuple[str, ...] = Field(min_length=1)
    """Roles or names, as the room knows them."""


class Escalation(Model):
    """The policy the wall counts down. It is shown, not sent (specification 4.2)."""

    steps: dict[Severity, tuple[Step, ...]] = Field(
        default_factory=lambda: {
            Severity.CRITICAL: (
                Step(after=0, who=("on-call",)),
                Step(after=5 * MINUTE, who=("backup", "manager")),
                Step(after=10 * MINUTE, who=("CTO", "security lead")),
            ),
            Severity.HIGH: (Step(after=0, who=("on-call",)), Step(after=15 * MINUTE, who=("backup",))),
        }
    )
    """Steps by severity, in ascending time."""
    flaps: int = Field(default=3, ge=2)
    """Firings of one alert within ``flap_window`` that bring the next step at once."""
    flap_window: Duration = 30 * MINUTE
    storm: int = Field(default=2, ge=1)
    """More CRITICAL alerts than this at the same time bring the next step at once."""

    @model_validator(mode="after")
    def _ascending(self) -> Escalation:
        for severity, steps in self.steps.items():
            times = [step.after for step in steps]
            if times != sorted(set(times)):
                raise ValueError(f"the steps of {severity.value} must ascend in time")
        return self


class Ack(Model):
    """An acknowledgement is a short silence that walls keep alive while its alert fires (alerts.md 3.2)."""

    duration: Duration = 15 * MINUTE
    """How long one lasts without being kept: the time RESOLVED may be swallowed when every wall dies."""
    max: dict[Severity, Duration] = Field(
        default_factory=lambda: {
            Severity.CRITICAL: 2 * HOUR,
            Severity.HIGH: 8 * HOUR,
            Severity.MEDIUM: 24 * HOUR,
            Severity.LOW: 24 * HOUR,
        }
    )
    """The longest an acknowledgement is kept, by severity; then the alert is active again."""
    ignore_labels: tuple[str, ...] = ()
    """Volatile labels (pod, instance hash) that are left out of its matchers."""
    comment: str = Field(default="on it", max_length=120)
    """The words the line starts with."""

    def cap(self, severity: Severity) -> float:
        """Seconds an acknowledgement of such an alert may live in all."""
        return self.max.get(severity, 24 * HOUR)


_QUIET = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")


def _quiet(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    match = _QUIET.fullmatch(value.strip())
    try:
        if match:
            hours = [int(part) for part in match.groups()]
            return (time(hours[0], hours[1]), time(hours[2], hours[3]))
    except ValueError:
        pass
    raise ValueError(f"{value!r} is no span of the day; write 22:00-07:00")


Quiet = Annotated[tuple[time, time], BeforeValidator(_quiet)]
"""A span of every day in the wall's zone; it may pass midnight."""


class Sound(Model):
    """What is heard. Only a new CRITICAL that nobody acknowledged makes a sound."""

    bell: bool = True
    """Ring the terminal's bell."""
    repeat: Duration = 60.0
    """Seconds between two rings while it is not acknowledged."""
    quiet: tuple[Quiet, ...] = ()
    """Spans of the day without any sound, in the wall's zone: ``22:00-07:00``."""
    on_critical: tuple[str, ...] = ()
    """A program to run beside the bell (a player, a lamp), as a list of arguments; never a shell."""
    timeout: Duration = 30.0
    """Seconds after which that program is ended."""


class Guard(Model):
    """From when on a silence asks to type the number of alerts it hides."""

    share: float = Field(default=0.5, gt=0, le=1)
    """Share of the firing alerts."""
    least: int = Field(default=3, ge=1)
    """Alerts below which a share says nothing."""


class Template(Model):
    """A silence that is written often."""

    matchers: tuple[str, ...] = Field(min_length=1)
    """As amtool takes them: ``alertname=Name``, ``company_id=~"1|2"``."""
    duration: Duration = 2 * HOUR
    comment: str = ""


class WindowClass(Model):
    """A class of maintenance windows (specification 4.3). ``$name`` in a matcher is asked for in the form."""

    title: str
    matchers: tuple[str, ...] = Field(min_length=1)
    duration: Duration = HOUR


def _windows() -> dict[str, WindowClass]:
    return {
        "deployment": WindowClass(title="Deployment: all but CRITICAL", matchers=('severity=~"high|medium|low"',)),
        "database": WindowClass(
            title="Database maintenance",
            matchers=('alertname=~"Database.+|.*Slow.+|ReplicationLag|LowIndexUsage"',),
            duration=2 * HOUR,
        ),
        "rate-limit-test": WindowClass(title="Rate limit test of a tenant", matchers=('company_id="$company_id"',)),
    }


class Findings(Model):
    """The wall's own findings about the alerting itself; each is CRITICAL."""

    watchdog: Finding = "auto"
    """The Watchdog alert is missing: alerts may not arrive."""
    alertmanager: Finding = "auto"
    """No member of the Alertmanager cluster answers."""
    rules: Finding = "auto"
    """Prometheus has no alert rule loaded."""
    rule_errors: Finding = "auto"
    """A rule fails in evaluation."""


def _no_blanks(value: str) -> str:
    if any(ord(char) < 32 for char in value):
        raise ValueError("holds a control character")
    return value


class Alerting(Model):
    """Alerts: asking, acknowledging, silencing, escalation, sound."""

    refresh: Refresh = 5.0
    """How often every Alertmanager member is asked."""
    rules_refresh: Refresh = 15.0
    """How often Prometheus is asked for its rules: pending alerts and failing rules."""
    ack: Ack = Ack()
    escalation: Escalation = Escalation()
    sound: Sound = Sound()
    findings: Findings = Findings()
    guard: Guard = Guard()
    templates: dict[str, Template] = Field(default_factory=dict)
    """Silences offered in the form, by name."""
    windows: dict[str, WindowClass] = Field(default_factory=_windows)
    """Classes of maintenance windows, by name."""
    runbooks: tuple[ConfigPath, ...] = ()
    """Directories of runbooks (``name.md``) that go before the bundled ones."""
    audit: ConfigPath | None = None
    """Where what was written is recorded, one JSON object a line; ``noc/audit.jsonl`` in the XDG state directory."""
    digest_after: Duration = 15 * MINUTE
    """Time without a key after which a strip sums up what happened since."""
    busy: int = Field(default=10, ge=2)
    """More firings within an hour than this raise the banner (specification 7)."""
    generic_authors: tuple[Annotated[str, AfterValidator(_no_blanks)], ...] = (
        "root",
        "oncall",
        "on-call",
        "admin",
        "pi",
        "noc",
        "ubuntu",
    )
    """Names that do not say who acts: a person is asked once."""
