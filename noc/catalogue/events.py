"""Events read from log lines: the three kinds of specification 1.2 and a generic one, whatever shape they are written in.

The same incident gives an equal event as 1.2's flat JSON, as Monolog's nested JSON (correction 28), as Laravel's text line
and as what a ``json`` stage of Loki left in the labels. Nothing raises, nothing is dropped: what has an unexpected type
is shown as it was written. Every string here is as raw as the line; who draws it cleans it (only :func:`pretty` is clean).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, PlainValidator, SkipValidation

from noc.catalogue.eventjson import Members, indented, parse
from noc.catalogue.eventshapes import known_level, level_in_text, told
from noc.model.logs import LogLine
from noc.model.severity import Severity
from noc.model.text import ELLIPSIS, clean, clean_lines
from noc.model.units import format_value

SEVERITY_OF_LEVEL: Mapping[str, Severity] = {
    "critical": Severity.CRITICAL,
    "error": Severity.HIGH,
    "warn": Severity.MEDIUM,
}
"""For lines that name no severity of their own; every other level is ok."""

_LONG = 16_384  # characters from which on a line is kept in the small cache
_DIGITS = re.compile(r"-?(?:0|[1-9]\d{0,17})")
_DECIMAL = re.compile(r"-?\d{1,17}\.\d{1,17}")
_PLACE = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")


@dataclass(frozen=True, slots=True)
class Words:
    """One row of a feed, raw: who did what where. A template fills ``what`` alone."""

    who: str = ""
    what: str = ""
    where: str = ""


def _number(value: Any) -> int | float | str | None:
    """A number where one is written plainly; whatever else stands there stays text."""
    if not isinstance(value, str):
        return value if isinstance(value, int | float) else None
    if _DIGITS.fullmatch(value):
        return int(value)
    return float(value) if _DECIMAL.fullmatch(value) else value


def _flag(value: Any) -> bool | str | None:
    if not isinstance(value, str):
        return value if isinstance(value, bool) else None
    return {"true": True, "false": False}.get(value.lower(), value)


Text = Annotated[str, SkipValidation]
Count = Annotated[int | float | str | None, PlainValidator(_number)]
"""A number, or the text that stood in its place; None when nothing did."""
Flag = Annotated[bool | str | None, PlainValidator(_flag)]


class Event(BaseModel):
    """A line that has been read. Two events are equal when they tell of the same incident, however it was written."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    line: Annotated[LogLine, SkipValidation]
    at: int
    """Unix nanoseconds, Loki's."""
    kind: Text = ""
    """``event_type``, or nothing."""
    level: Text = ""
    """In Loki's words: trace, debug, info, warn, error, critical; nothing when unknown."""
    severity: Severity = Severity.OK
    trace_id: Text = ""
    fields: Annotated[Mapping[str, str], SkipValidation] = {}
    """By dotted path, as 1.2 places them: ``event_type``, ``context.ip_address``. Lists are JSON, nulls are left out."""
    envelope: Annotated[Mapping[str, str], SkipValidation] = {}
    """What the writing added and no other shape of the same incident has: message, channel, level's number, its clock."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Event) and self._told == other._told

    def __hash__(self) -> int:
        return hash((self.at, self.kind, self.trace_id))

    @property
    def _told(self) -> tuple[object, ...]:
        return type(self), self.at, self.kind, self.level, self.severity, self.trace_id, self.fields

    def field(self, name: str) -> str:
        """A field by its path, its name inside ``context``, or its label's name (``context_ip_address``); then labels of
        stream and metadata. The empty string when nothing is called so."""
        inner = name.removeprefix("context_")
        for held in (self.fields.get(name), self.fields.get(f"context.{inner}"), self.envelope.get(name)):
            if held is not None:
                return held
        return self.line.label(name) or self.line.label(f"context_{name}") or self.line.label(name.replace(".", "_"))

    @property
    def address(self) -> str:
        """The client's address as it was written, when it is one; a zone (``fe80::1%x``) is none of an address' business."""
        for name in ("ip_address", "ip", "client_ip", "remote_addr", "client"):
            if is_address(found := self.field(name)):
                return found
        return ""

    @property
    def endpoint(self) -> str:
        return self.field("endpoint") or self.field("path") or self.field("uri") or self.field("url")

    @property
    def company(self) -> str:
        """The tenant of who acted; of the tenant acted upon, ask for ``requested_company_id``."""
        return self.field("company_id") or self.field("user_company_id")

    @property
    def user(self) -> str:
        return self.field("user_id") or self.field("user.id")

    @property
    def message(self) -> str:
        """What the writer said to a human, if anything."""
        for name in ("message", "msg", "error", "log"):
            if found := self.envelope.get(name) or self.fields.get(name):
                return found
        return ""

    @property
    def text(self) -> str:
        """A message for a human: the writer's, else the event in words, else the line."""
        if self.message or not self.fields:
            return self.message or self.line.text
        words = self.words()
        return ", ".join(part for part in (words.who, words.what, words.where) if part) or self.line.text

    def words(self) -> Words:
        """Who, what, where; each kind has its own."""
        if not self.fields:
            return Words(what=self.message or self.line.text)
        what = self._deed() or self.message or _spoken(self.kind)
        told = _listed(what, self.field("status_code"), self._lasted())
        return Words(self.address or self._account(), told or self.line.text, self.endpoint)

    def _deed(self) -> str:
        """What happened, of kinds that have no form of their own, as their usual fields tell it."""
        pattern, payload = _spoken(self.field("pattern")), self.field("payload")
        if pattern:
            return f"{pattern}: {payload}" if payload else pattern
        operation, model = self.field("operation"), self.field("model")
        if operation and model:
            return f"{operation} {model}"
        if (limit := self.field("limit")) and self.kind == "rate_limit":
            return f"over {limit}"
        return self.field("error_message")

    def _lasted(self) -> str:
        duration = _number(self.field("duration_ms"))
        return format_value(duration, "ms") if isinstance(duration, int | float) else duration or ""

    def _account(self) -> str:
        return " of ".join(
            f"{name} {value}" for name, value in (("user", self.user), ("company", self.company)) if value
        )


class AuthFailure(Event):
    """Somebody was refused at the door: a signature, a login, a token."""

    middleware: Text = ""
    ip_address: Text = ""
    user_agent: Text = ""
    company_id: Count = None
    user_id: Count = None
    signature_provided: Flag = None
    error_code: Text = ""
    status_code: Count = None

    def words(self) -> Words:
        reason = _spoken(self.error_code or self.field("subcategory")) or self.message or "refused"
        what = _listed(reason, "" if self.status_code is None else str(self.status_code))
        return Words(self.address or self.ip_address or self._account(), what, self.endpoint or self.middleware)


class TenantViolation(Event):
    """A user of one company reached for what belongs to another."""

    user_id: Count = None
    user_company_id: Count = None
    requested_company_id: Count = None
    model: Text = ""
    operation: Text = ""
    policy: Text = ""
    blocked: Flag = None

    def words(self) -> Words:
        whose = "" if self.requested_company_id is None else f"of company {self.requested_company_id}"
        deed = " ".join(part for part in (self.operation or "access", self.model, whose) if part)
        return Words(self._account() or self.address, _listed(deed, self._end()), self.endpoint or self.policy)

    def _end(self) -> str:
        if self.blocked is None or isinstance(self.blocked, str):
            return f"blocked: {self.blocked}" if self.blocked else ""
        return "blocked" if self.blocked else "not blocked"


class SlowQuery(Event):
    """A database query over its threshold; times in milliseconds."""

    query_time_ms: Count = None
    threshold_ms: Count = None
    model: Text = ""
    company_id: Count = None
    query_type: Text = ""
    affected_rows: Count = None
    sql_fingerprint: Text = ""

    def words(self) -> Words:
        took, most = _amount(self.query_time_ms, "ms"), _amount(self.threshold_ms, "ms")
        time = f"{took} over {most}" if took and most else took or (f"over {most}" if most else "slow query")
        rows = _amount(self.affected_rows, "none")
        who = f"{self.model} model" if self.model else self.sql_fingerprint
        company = "" if self.company_id is None else f"company {self.company_id}"
        return Words(who, _listed(time, f"{rows} rows" if rows else ""), self.endpoint or company)


KINDS: Mapping[str, type[Event]] = {
    "auth_failure": AuthFailure,
    "tenant_violation": TenantViolation,
    "slow_query": SlowQuery,
}
"""By ``event_type``; any other is a plain :class:`Event`."""

_FORMS: tuple[type[Event], ...] = (Event, *KINDS.values())
_OWN: Mapping[type[Event], tuple[str, ...]] = {
    form: tuple(form.model_fields.keys() - Event.model_fields.keys()) for form in _FORMS
}


def read(line: LogLine) -> Event:
    """The event a line tells of; the same line is read once. Never raises."""
    return (_long if len(line.text) > _LONG else _short)(line, line.metadata)


def _read(line: LogLine, _metadata: object) -> Event:
    """``_metadata`` is what a line does not count as its own: a cache would mistake two lines for each other."""
    fields, envelope, written = told(line)
    kind = fields.get("event_type") or line.label("event_type")
    level = (
        _labelled_level(line) or known_level(fields.get("level", "")) or ("" if written else level_in_text(line.text))
    )
    form = KINDS.get(kind, Event)
    own = {name: value for name in _OWN[form] if (value := fields.get(f"context.{name}", fields.get(name))) is not None}
    return form(
        line=line,
        at=line.at,
        kind=kind,
        level=level,
        severity=_severity(fields.get("severity") or line.label("severity"), level),
        trace_id=fields.get("trace_id") or line.label("trace_id"),
        fields=fields,
        envelope=envelope,
        **own,
    )


_short: Callable[[LogLine, object], Event] = lru_cache(maxsize=256)(_read)  # 3.5 kB each; a screen has fewer rows
_long: Callable[[LogLine, object], Event] = lru_cache(maxsize=64)(_read)


def level_of(line: LogLine) -> str:
    """A line's level in Loki's words, without reading the line when ``detected_level`` or ``level`` tells."""
    return _labelled_level(line) or read(line).level


def _labelled_level(line: LogLine) -> str:
    return known_level(line.label("detected_level")) or known_level(line.label("level"))


def _severity(word: str, level: str) -> Severity:
    try:
        return Severity(word.strip().lower())
    except ValueError:
        return SEVERITY_OF_LEVEL.get(level, Severity.OK)


def words(event: Event, templates: Mapping[str, str] | None = None) -> Words:
    """One row for an event. ``templates``, by ``event_type`` and ``*`` for any other, replace all three parts by one text
    whose ``{{context.ip_address}}`` are the event's fields."""
    template = (templates or {}).get(event.kind) or (templates or {}).get("*")
    if template is None or template == "":
        return event.words()
    return Words(what=_PLACE.sub(lambda place: event.field(place[1]), template))


_FIRST = ("event_type", "severity", "level", "category", "subcategory")
_LAST = ("trace_id", "span_id")


def detail(event: Event) -> list[tuple[str, str]]:
    """Paths and raw values: what it is, its context, the rest, its trace, then how it was written."""

    def rank(path: str) -> tuple[int, int]:
        if path in _FIRST:
            return 0, _FIRST.index(path)
        return (3 if path in _LAST else 1 if path.startswith("context.") else 2), 0

    return [*sorted(event.fields.items(), key=lambda pair: rank(pair[0])), *event.envelope.items()]


def pretty(event: Event, limit: int = 4096, max_lines: int = 500) -> list[str]:
    """The line for reading, cleaned: JSON indented with its keys in their order, anything else as it is. Lines of at most
    ``limit`` cells, at most ``max_lines`` of them; an ellipsis ends what is longer."""
    value = parse(event.line.text)
    if not isinstance(value, Members | list):
        return clean_lines(event.line.text, limit, max_lines)
    lines = [clean(line, limit) for line in islice(indented(value), max_lines + 1)]
    return lines if len(lines) <= max_lines else [*lines[: max_lines - 1], ELLIPSIS]


def is_address(text: str) -> bool:
    """Whether a text is an IPv4 or IPv6 address without a zone."""
    if not 2 <= len(text) <= 45 or "%" in text:
        return False
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _amount(value: int | float | str | None, unit: str) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else format_value(value, unit)


def _spoken(code: str) -> str:
    """``SIGNATURE_MISSING`` as ``signature missing``."""
    return code.replace("_", " ").lower()


def _listed(*parts: str) -> str:
    return ", ".join(part for part in parts if part)
