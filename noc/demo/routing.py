"""Where an emulated Alertmanager sends alerts: its route tree, the groups it makes of them, its muted hours."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cmp_to_key

from noc.demo.received import ReceivedAlert
from noc.model.alerts import Matcher, match_all
from noc.model.series import Labels
from noc.model.timerange import format_duration

EVERYTHING = "..."
"""Grouping by every label: each alert is a group."""

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class TimeInterval:
    """Hours of some days of the week in UTC, as minutes since midnight; the end is outside."""

    name: str
    days: tuple[str, ...]
    start: int
    end: int

    def contains(self, now: datetime) -> bool:
        at = now.astimezone(UTC)
        return DAYS[at.weekday()] in self.days and self.start <= at.hour * 60 + at.minute < self.end


@dataclass(frozen=True, slots=True)
class Route:
    """One node of the tree. ``group_by`` None takes the parent's; ``timing`` are keys of the file that change no answer."""

    receiver: str
    matchers: tuple[Matcher, ...] = ()
    group_by: tuple[str, ...] | None = None
    continues: bool = False
    muted: tuple[str, ...] = ()
    """Names of the time intervals in which it sends nothing."""
    routes: tuple[Route, ...] = ()
    timing: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Inhibition:
    """An alert that matches ``source`` silences those that match ``target`` and equal it in these labels."""

    source: tuple[Matcher, ...]
    target: tuple[Matcher, ...]
    equal: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Config:
    """What an alertmanager.yml says, as far as it shows in answers. ``resolve_timeout`` in seconds."""

    route: Route
    inhibitions: tuple[Inhibition, ...] = ()
    intervals: tuple[TimeInterval, ...] = ()
    receivers: tuple[str, ...] = ()
    resolve_timeout: float = 300.0

    def muting(self, route: Route, now: datetime) -> tuple[str, ...]:
        """Names of the intervals that keep a route quiet at ``now``."""
        return tuple(one.name for one in self.intervals if one.name in route.muted and one.contains(now))


@dataclass(frozen=True)
class Group:
    """Alerts one route sends together, sorted as Alertmanager lists them."""

    route: Route
    labels: Labels
    alerts: list[ReceivedAlert] = field(default_factory=list)


def matching(route: Route, labels: Mapping[str, str]) -> list[Route]:
    """The deepest routes an alert takes, in the file's order; none when the root's own matchers exclude it."""
    if not match_all(route.matchers, labels):
        return []
    found: list[Route] = []
    for child in route.routes:
        taken = matching(child, labels)
        found += taken
        if taken and not child.continues:
            break
    return found or [route]


def grouped(config: Config, alerts: Iterable[ReceivedAlert], wanted: Callable[[Route], bool]) -> list[Group]:
    """The groups of all routes that are ``wanted``, in the order of ``/api/v2/alerts/groups``."""
    grouping = {id(route): names for route, names in _grouping(config.route, ())}
    groups: dict[tuple[int, Labels], Group] = {}
    for alert in alerts:
        for route in matching(config.route, dict(alert.labels)):
            if wanted(route):
                names = grouping[id(route)]
                labels = alert.labels if EVERYTHING in names else tuple(one for one in alert.labels if one[0] in names)
                groups.setdefault((id(route), labels), Group(route, labels)).alerts.append(alert)
    for group in groups.values():
        group.alerts.sort(key=_alert_key)
    return sorted(groups.values(), key=lambda group: (_label_key(group.labels), group.route.receiver))


def _grouping(route: Route, inherited: tuple[str, ...]) -> Iterator[tuple[Route, tuple[str, ...]]]:
    names = inherited if route.group_by is None else route.group_by
    yield route, names
    for child in route.routes:
        yield from _grouping(child, names)


def _before(one: Labels, other: Labels) -> int:
    """Fewer labels first; then, name by name, who lacks it, then the smaller value."""
    if len(one) != len(other):
        return len(one) - len(other)
    for mine, theirs in zip(one, other, strict=True):
        if mine[0] != theirs[0]:
            return 1 if mine[0] < theirs[0] else -1
        if mine[1] != theirs[1]:
            return -1 if mine[1] < theirs[1] else 1
    return 0


_label_key = cmp_to_key(_before)


def _alert_key(alert: ReceivedAlert) -> tuple[tuple[bool, str], tuple[bool, str], object]:
    """By job and instance, those without them last; then by all labels."""
    labels = dict(alert.labels)
    job, instance = labels.get("job", ""), labels.get("instance", "")
    return (not job, job), (not instance, instance), _label_key(alert.labels)


def document(config: Config) -> str:
    """The configuration as ``/api/v2/status`` shows it: the file with its defaults filled in, in YAML."""
    lines = ["global:", f"  resolve_timeout: {format_duration(config.resolve_timeout)}", *_GLOBAL]
    lines += ["route:", *_route(config.route, "  ")]
    if config.inhibitions:
        lines.append("inhibit_rules:")
    for rule in config.inhibitions:
        lines += ["- source_matchers:", *(f"  - {one}" for one in rule.source)]
        lines += ["  target_matchers:", *(f"  - {one}" for one in rule.target)]
        lines += ["  equal:", *(f"  - {name}" for name in rule.equal)]
    lines += ["receivers:", *(f"- name: {name}" for name in config.receivers), "templates: []"]
    if config.intervals:
        lines.append("time_intervals:")
    for one in config.intervals:
        lines += [f"- name: {one.name}", "  time_intervals:", "  - times:", f'    - start_time: "{_clock(one.start)}"']
        lines += [f'      end_time: "{_clock(one.end)}"', f"    weekdays: [{', '.join(one.days)}]"]
        lines.append("    location: UTC")
    return "\n".join(lines) + "\n"


_GLOBAL = (
    "  http_config:",
    "    follow_redirects: true",
    "    enable_http2: true",
    "  smtp_hello: localhost",
    "  smtp_require_tls: true",
    "  pagerduty_url: https://events.pagerduty.com/v2/enqueue",
    "  opsgenie_api_url: https://api.opsgenie.com/",
    "  wechat_api_url: https://qyapi.weixin.qq.com/cgi-bin/",
    "  victorops_api_url: https://alert.victorops.com/integrations/generic/20131114/alert/",
    "  telegram_api_url: https://api.telegram.org",
    "  webex_api_url: https://webexapis.com/v1/messages",
)


def _route(route: Route, indent: str) -> Iterator[str]:
    yield f"{indent}receiver: {route.receiver}"
    if route.group_by is not None:
        yield f"{indent}group_by:"
        yield from (f"{indent}- {_scalar(name)}" for name in route.group_by)
    yield from _listed(f"{indent}matchers:", sorted(route.matchers, key=str), indent)
    yield from _listed(f"{indent}mute_time_intervals:", route.muted, indent)
    yield f"{indent}continue: {str(route.continues).lower()}"
    if route.routes:
        yield f"{indent}routes:"
    for child in route.routes:
        first, *rest = _route(child, f"{indent}  ")
        yield f"{indent}- {first.lstrip()}"
        yield from rest
    yield from (f"{indent}{name}: {format_duration(seconds)}" for name, seconds in route.timing)


def _listed(head: str, items: Sequence[object], indent: str) -> Iterator[str]:
    if items:
        yield head
        yield from (f"{indent}- {one}" for one in items)


def _scalar(name: str) -> str:
    return f"'{name}'" if name == EVERYTHING else name


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
