"""Filters of alerts: matchers as amtool writes them, karma's words (``@state`` ``@age`` ``@ack_by``), and free text."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from noc.config.nearest import hint
from noc.engine.book import Entry
from noc.model.alerts import AlertState, Matcher, Phase
from noc.model.errors import QueryError
from noc.model.severity import Severity
from noc.model.timerange import parse_duration

WORDS = ("@state", "@age", "@ack_by", "@severity", "@fingerprint")

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_OPERATOR = r"=~|!~|!=|>=|<=|=|<|>"
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_PART = re.compile(rf'(?P<name>@?{_NAME}|{_QUOTED})\s*(?P<op>{_OPERATOR})\s*(?P<value>{_QUOTED}|[^\s,{{}}"]*)')
_WORD = re.compile(rf"{_QUOTED}|[^\s,{{}}]+")
_EXAMPLE = 'write name=value, name!=value, name=~"a|b" or name!~"a|b"'

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
}


def unquoted(text: str) -> str:
    """The text inside double quotes, its escapes undone; other text as it is."""
    if len(text) < 2 or not text.startswith('"'):
        return text
    return re.sub(r"\\(.)", lambda match: "\n" if match[1] == "n" else match[1], text[1:-1])


def parse_matcher(text: str) -> Matcher:
    """``alertname=Name``, ``a="b c"``, ``a!=b``, ``a=~"x|y"``, ``a!~z``; a lone word is an alert's name, as for amtool.

    ValueError says what is wrong and how to write it.
    """
    text = text.strip().removeprefix("{").removesuffix("}").strip()
    if not text:
        raise ValueError(f"an empty matcher; {_EXAMPLE}")
    match = _PART.fullmatch(text)
    if match is None:
        if re.fullmatch(r"[A-Za-z_:][\w:.-]*", text):
            return Matcher("alertname", text)
        raise ValueError(f"{text!r} is no matcher; {_EXAMPLE}")
    return _matcher(match, text)


def _matcher(match: re.Match[str], text: str) -> Matcher:
    name, op, value = unquoted(match["name"]), match["op"], unquoted(match["value"])
    if name.startswith("@"):
        raise ValueError(f"{name} is a word of filters, no label; {_EXAMPLE}")
    if op not in ("=", "!=", "=~", "!~"):
        raise ValueError(f"{text!r}: labels are compared by =, !=, =~ and !~")
    matcher = Matcher(name, value, regex="~" in op, equal=op.startswith("="))
    try:
        matcher.matches({})
    except QueryError as error:
        raise ValueError(str(error)) from None
    return matcher


def parse_matchers(text: str) -> tuple[Matcher, ...]:
    """Several matchers, apart by blanks or commas, braces around them or not. ValueError as :func:`parse_matcher`."""
    inner = text.strip().removeprefix("{").removesuffix("}")
    return tuple(parse_matcher(part) for part in _parts(inner))


def _parts(text: str) -> Iterator[str]:
    """The pieces of a filter, quotes respected. ValueError for what is no piece of one."""
    at = 0
    while at < len(text):
        if text[at] in " \t,{}":
            at += 1
            continue
        match = _PART.match(text, at) or _WORD.match(text, at)
        if match is None or match.end() == at:
            raise ValueError(f"{text[at:]!r} is not understood; {_EXAMPLE}")
        yield match[0]
        at = match.end()


Condition = Callable[[Entry, float], bool]


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions that must all hold. Without any it keeps everything."""

    text: str = ""
    conditions: tuple[Condition, ...] = ()

    def keeps(self, entry: Entry, now: float) -> bool:
        return all(condition(entry, now) for condition in self.conditions)


def parse(text: str) -> Filter:
    """A filter from its text. ValueError with the nearest word for one that does not exist."""
    return Filter(text.strip(), tuple(_condition(part) for part in _parts(text)))


def _condition(part: str) -> Condition:
    match = _PART.fullmatch(part)
    if match is None:
        if part.startswith("@"):
            raise ValueError(f"{part!r} needs a value; write @state=active, @age<1h or @ack_by=name")
        return _free(unquoted(part).lower())
    name, op, value = match["name"], match["op"], unquoted(match["value"])
    if not name.startswith("@"):
        matcher = _matcher(match, part)
        return lambda entry, now: matcher.matches(dict(entry.alert.labels))
    if name == "@state":
        return _state(op, value)
    if name == "@age":
        return _age(op, value)
    if name == "@severity":
        return _severity(op, value)
    if name in ("@ack_by", "@fingerprint"):
        matcher = Matcher("x", value, regex="~" in op, equal=op.startswith("="))
        if op not in ("=", "!=", "=~", "!~"):
            raise ValueError(f"{name} is compared by =, !=, =~ and !~")
        if name == "@ack_by":
            return lambda entry, now: matcher.matches({"x": entry.ack.created_by if entry.ack else entry.was_acked_by})
        return lambda entry, now: matcher.matches({"x": entry.alert.fingerprint})
    raise ValueError(f"there is no {name}{hint(name, WORDS)}")


def _free(word: str) -> Condition:
    def keeps(entry: Entry, now: float) -> bool:
        texts = (*(value for _, value in entry.alert.labels), entry.alert.annotation("summary"))
        return any(word in text.lower() for text in texts)

    return keeps


_STATES = (*(state.value for state in AlertState), Phase.PENDING.value, Phase.RESOLVED.value, "suppressed")


def state_word(entry: Entry) -> str:
    """What ``@state`` compares: the phase where an alert does not fire, else its state."""
    return entry.phase.value if entry.phase in (Phase.PENDING, Phase.RESOLVED) else entry.state.value


def _state(op: str, value: str) -> Condition:
    words = value.lower().split("|")
    for word in words:
        if word not in _STATES:
            raise ValueError(f"there is no state {word!r}{hint(word, _STATES)}")
    if op not in ("=", "!=", "=~", "!~"):
        raise ValueError("@state is compared by = and !=")
    hidden = {state.value for state in AlertState if state not in (AlertState.ACTIVE, AlertState.ACKED)}
    wanted = set(words) - {"suppressed"} | (hidden if "suppressed" in words else set())
    return lambda entry, now: (state_word(entry) in wanted) is op.startswith("=")


def _age(op: str, value: str) -> Condition:
    if op not in _COMPARE:
        raise ValueError("@age is compared by <, >, <= and >=")
    seconds, compare = parse_duration(value), _COMPARE[op]
    return lambda entry, now: compare(now - entry.alert.starts_at, seconds)


def _severity(op: str, value: str) -> Condition:
    words = [one.value for one in Severity]
    if value.lower() not in words:
        raise ValueError(f"there is no severity {value!r}{hint(value, words)}")
    if op not in _COMPARE:
        raise ValueError("@severity is compared by =, !=, <, >, <= and >=")
    rank, compare = Severity(value.lower()).rank, _COMPARE[op]
    return lambda entry, now: compare(entry.severity.rank, rank)
