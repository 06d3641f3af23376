"""Filters of alerts: matchers as amtool writes them, karma's words (``@state`` ``@age`` ``@ack_by``), and free text.

Everything is compiled when the text is read; a filter is then held against thousands of entries at every change.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from noc.config.nearest import hint
from noc.engine.book import Entry
from noc.model.alerts import AlertState, Matcher, Phase
from noc.model.errors import QueryError
from noc.model.regex import compiled
from noc.model.severity import Severity
from noc.model.timerange import parse_duration

WORDS = ("@state", "@age", "@ack_by", "@severity", "@fingerprint")

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_OPERATOR = r"=~|!~|!=|>=|<=|=|<|>"
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_PART = re.compile(rf'(?P<name>@?{_NAME}|{_QUOTED})\s*(?P<op>{_OPERATOR})\s*(?P<value>{_QUOTED}|[^\s,{{}}"]*)', re.S)
_BLANKS = re.compile(rf"(?P<name>{_NAME})\s*(?P<op>{_OPERATOR})\s*(?P<value>[^,{{}}\"=~!<>]*)")
_WORD = re.compile(rf"{_QUOTED}|[^\s,{{}}\"]+", re.S)
_EXAMPLE = 'write name=value, name!=value, name=~"a|b" or name!~"a|b"'
_LABELS = ("=", "!=", "=~", "!~")

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
}


def unescaped(text: str) -> str:
    """A value without its quotes and escapes. A backslash before anything but ``n``, ``"`` and itself is just that, as
    for amtool (measured): ``"db\\.1"`` is the expression ``db\\.1``."""
    inner = text[1:-1] if len(text) > 1 and text.startswith('"') and text.endswith('"') else text
    return re.sub(r'\\([n"\\])', lambda match: "\n" if match[1] == "n" else match[1], inner)


def parse_matcher(text: str) -> Matcher:
    """``alertname=Name``, ``a="b c"``, ``a!=b``, ``a=~"x|y"``, ``a!~z``; a lone word is an alert's name, as for amtool.

    ValueError says what is wrong and how to write it.
    """
    inner = _bare(text).strip()
    if not inner:
        raise ValueError(f"an empty matcher; {_EXAMPLE}")
    match = _PART.fullmatch(inner) or _BLANKS.fullmatch(inner)
    if match is not None:
        return _matcher(match, inner)
    if re.search(r'[=~!<>,{}"]', inner):
        raise ValueError(f"{inner!r} is no matcher; {_EXAMPLE}")
    return Matcher("alertname", inner)


def _bare(text: str) -> str:
    """A list of matchers without the braces around it."""
    stripped = text.strip()
    return stripped[1:-1] if stripped.startswith("{") and stripped.endswith("}") else text


def _matcher(match: re.Match[str], text: str) -> Matcher:
    name, op, value = unescaped(match["name"]), match["op"], match["value"]
    if name.startswith("@"):
        raise ValueError(f"{name} is a word of filters, no label; {_EXAMPLE}")
    if not name:
        raise ValueError(f"{text!r} names no label; {_EXAMPLE}")
    if op not in _LABELS or value.startswith(("=", "~")):
        raise ValueError(f"{text!r}: labels are compared by =, !=, =~ and !~")
    return _checked(Matcher(name, unescaped(value), regex="~" in op, equal=op.startswith("=")))


def _checked(matcher: Matcher) -> Matcher:
    """The matcher, if its expression can be evaluated. ValueError says why not."""
    try:
        matcher.matches({})
    except QueryError as error:
        raise ValueError(str(error)) from None
    return matcher


def parse_matchers(text: str) -> tuple[Matcher, ...]:
    """Several matchers, apart by blanks or commas, braces around them or not. ValueError as :func:`parse_matcher`."""
    return tuple(parse_matcher(part) for part in _parts(_bare(text)))


def _parts(text: str) -> Iterator[str]:
    """The pieces of a filter, quotes respected. ValueError for what is no piece of one."""
    at = 0
    while at < len(text):
        if text[at].isspace() or text[at] == ",":
            at += 1
            continue
        match = _PART.match(text, at) or _WORD.match(text, at)
        end = match.end() if match else at
        after = text[end : end + 1]
        if match is None or (after and not after.isspace() and after != ","):
            rest = text[at:].split(maxsplit=1)[0]
            why = "a quote is not closed" if after == '"' else "quote a value that holds braces, commas or blanks"
            raise ValueError(f"{rest!r} is not understood: {why}; {_EXAMPLE}")
        yield match[0]
        at = end


Condition = Callable[[Entry, float], bool]


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions that must all hold. Without any it keeps everything."""

    text: str = ""
    conditions: tuple[Condition, ...] = ()

    def keeps(self, entry: Entry, now: float) -> bool:
        """Whether an entry meets it at ``now``, unix seconds by the wall's clock."""
        return all(condition(entry, now) for condition in self.conditions)


def parse(text: str) -> Filter:
    """A filter from its text. ValueError with the nearest word for one that does not exist."""
    return Filter(text.strip(), tuple(_condition(part) for part in _parts(_bare(text))))


def _condition(part: str) -> Condition:
    match = _PART.fullmatch(part)
    if match is None:
        if part.startswith("@"):
            unknown = "" if part in WORDS else f"there is no {part}{hint(part, WORDS)}; "
            raise ValueError(f"{unknown}{part!r} needs a value; write @state=active, @age<1h or @ack_by=name")
        return _free(unescaped(part).lower())
    name, op, value = match["name"], match["op"], unescaped(match["value"])
    if not name.startswith("@"):
        found = _matcher(match, part)
        return _holds(found, lambda entry: entry.alert.label(found.name))
    if name == "@age":
        return _age(op, value)
    if name == "@severity":
        return _severity(op, value)
    if name not in WORDS:
        raise ValueError(f"there is no {name}{hint(name, WORDS)}")
    if op not in _LABELS:
        raise ValueError(f"{name} is compared by =, !=, =~ and !~")
    if name == "@state":
        return _state(op, value)
    found = _checked(Matcher(name, value, regex="~" in op, equal=op.startswith("=")))
    return _holds(found, acked_by if name == "@ack_by" else lambda entry: entry.alert.fingerprint)


def _holds(matcher: Matcher, value: Callable[[Entry], str]) -> Condition:
    """A matcher on one text of an entry, without making a mapping of its labels each time."""
    wanted, equal = matcher.value, matcher.equal
    if not matcher.regex:
        return lambda entry, now: (value(entry) == wanted) is equal
    full = compiled(wanted).fullmatch
    return lambda entry, now: (full(value(entry)) is not None) is equal


def acked_by(entry: Entry) -> str:
    """Who acknowledged it, or had done so before it resolved; empty where nobody did."""
    return entry.ack.created_by if entry.ack else entry.was_acked_by


def _free(word: str) -> Condition:
    def keeps(entry: Entry, now: float) -> bool:
        if any(word in value.lower() for _, value in entry.alert.labels):
            return True
        return word in entry.alert.annotation("summary").lower()

    return keeps


_STATES = (*(state.value for state in AlertState), Phase.PENDING.value, Phase.RESOLVED.value, "suppressed")
_HIDDEN = frozenset({AlertState.INHIBITED.value, AlertState.MUTED.value, AlertState.SILENCED.value})


def state_word(entry: Entry) -> str:
    """What ``@state`` compares: the phase where an alert does not fire, else its state."""
    return entry.phase.value if entry.phase in (Phase.PENDING, Phase.RESOLVED) else entry.state.value


def _state(op: str, value: str) -> Condition:
    words = _chosen(op, value, _STATES, "state")
    wanted = words - {"suppressed"} | (_HIDDEN if "suppressed" in words else frozenset())
    return lambda entry, now: (state_word(entry) in wanted) is op.startswith("=")


def _age(op: str, value: str) -> Condition:
    if op not in _COMPARE:
        raise ValueError("@age is compared by <, >, <= and >=")
    seconds, compare = parse_duration(value), _COMPARE[op]
    return lambda entry, now: compare(now - entry.alert.starts_at, seconds)


def _severity(op: str, value: str) -> Condition:
    known = [one.value for one in Severity]
    if op in _LABELS:
        words = _chosen(op, value, known, "severity")
        return lambda entry, now: (entry.severity.value in words) is op.startswith("=")
    if value.lower() not in known:
        raise ValueError(f"there is no severity {value!r}{hint(value.lower(), known)}")
    rank, compare = Severity(value.lower()).rank, _COMPARE[op]
    return lambda entry, now: compare(entry.severity.rank, rank)


def _chosen(op: str, value: str, known: Iterable[str], what: str) -> frozenset[str]:
    """The known words that a value means: one, several apart by ``|``, or those an expression matches."""
    known, words = tuple(known), value.lower().split("|")
    if "~" in op and not set(words) <= set(known):
        expression = _checked(Matcher(what, value.lower(), regex=True))
        words = [word for word in known if expression.matches({what: word})]
    for word in words or [value]:
        if word not in known:
            raise ValueError(f"there is no {what} {word!r}{hint(word, known)}")
    return frozenset(words)
