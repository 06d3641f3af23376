"""Filters of log lines as they are typed: words, expressions, labels, levels. No query is asked anew.

Everything is compiled when the text is read; a filter is then held against thousands of lines. Expressions run in time
that grows with the line alone (``model/linear.py``): lines are written by strangers.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from noc.catalogue.events import level_of, read
from noc.config.nearest import hint
from noc.model.errors import QueryError
from noc.model.linear import Linear, linear, needed
from noc.model.logs import LogLine

LEVELS = ("trace", "debug", "info", "warn", "error", "critical")
"""Loki's words, least first; a line of no known level counts as info."""
_RANKS = {level: rank for rank, level in enumerate(LEVELS)}
_ALIASES = {"warning": "warn", "err": "error", "crit": "critical", "fatal": "critical"}

_PHRASE = re.compile(r'"((?:[^"\\]|\\.)*)"', re.S)
_REGEX = re.compile(r"/((?:[^/\\]|\\.|/(?!\s|$))+)/(?=\s|$)", re.S)
_LABEL = re.compile(r'([A-Za-z_][\w.]*)(=~|!~|!=|>=|<=|=|<|>)("(?:[^"\\]|\\.)*"|[^\s"]*)', re.S)
_WORD = re.compile(r'[^\s"]+')

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
}

Condition = Callable[[LogLine], bool]
Mark = Linear | str
"""What is marked: an expression, or a word in lower case."""


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Conditions that must all hold, and what to mark in the lines that are left. Equal texts make equal filters."""

    text: str = ""
    conditions: tuple[Condition, ...] = field(default=(), compare=False)
    marked: tuple[Mark, ...] = field(default=(), compare=False)

    def keeps(self, line: LogLine) -> bool:
        """Whether a line meets every condition; without any, all do."""
        for condition in self.conditions:  # noqa: SIM110  a generator costs as much as the search for a word
            if not condition(line):
                return False
        return True

    def marks(self, text: str) -> list[tuple[int, int]]:
        """Beginnings and ends of what to mark in a piece of text, in order and apart."""
        return spans(self.marked, text)


def spans(marked: tuple[Mark, ...], text: str) -> list[tuple[int, int]]:
    """Where the words and expressions stand in a text; what overlaps is one span."""
    found: list[tuple[int, int]] = []
    lower = text.lower()
    for mark in marked:
        if isinstance(mark, Linear):
            found += mark.spans(text)
        elif len(lower) == len(text):  # a few letters change their length; then nothing is marked
            at = lower.find(mark)
            while at >= 0:
                found.append((at, at + len(mark)))
                at = lower.find(mark, at + len(mark))
    out: list[tuple[int, int]] = []
    for begin, end in sorted(found):
        if out and begin <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((begin, end))
    return out


def highlights(patterns: tuple[str, ...]) -> tuple[Mark, ...]:
    """Expressions of a panel's ``highlight``, as its spec has checked them."""
    return tuple(linear(pattern) for pattern in patterns)


@lru_cache(maxsize=128)
def parse(text: str) -> LogFilter:
    """A filter from its text; ValueError says where it is not understood and how to write it."""
    conditions: list[Condition] = []
    marked: list[Mark] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        begin = at
        sign = text[at] if text[at] in "+-" and text[at + 1 : at + 2].strip() else ""
        at += len(sign)
        try:
            condition, mark, at = _part(text, at, labels=not sign)
        except ValueError as error:
            raise ValueError(f"at {begin + 1}: {error}") from None
        if sign != "+":
            conditions.append(_not(condition) if sign == "-" else condition)
        if sign != "-" and mark is not None:
            marked.append(mark)
    return LogFilter(text.strip(), tuple(conditions), tuple(marked))


def _part(text: str, at: int, *, labels: bool) -> tuple[Condition, Mark | None, int]:
    """The condition that begins there, what it marks, and where it ends."""
    regex = _REGEX.match(text, at)
    if regex is not None:
        found = _linear(regex[1].replace("\\/", "/"))
        return (lambda line: found.search(line.text)), found, regex.end()
    label = _LABEL.match(text, at) if labels else None
    if label is not None:
        _complete(text, label.end())
        return _label(label[1], label[2], label[3]), None, label.end()
    phrase = _PHRASE.match(text, at)
    match = phrase or _WORD.match(text, at)
    if match is None or (phrase is None and text[match.end() : match.end() + 1] == '"'):
        raise ValueError('a quote is not closed; write "two words"')
    _complete(text, match.end())
    word = (_unquoted(match[0]) if phrase else match[0]).lower()
    return _word(word), word or None, match.end()


def _complete(text: str, end: int) -> None:
    if end < len(text) and not text[end].isspace():
        raise ValueError(f"a blank is missing before {text[end : end + 12]!r}; write words apart")


def _unquoted(text: str) -> str:
    return re.sub(r'\\(["\\])', r"\1", text[1:-1])


def _linear(pattern: str) -> Linear:
    try:
        return linear(pattern)
    except QueryError as error:
        raise ValueError(str(error)) from None


def _whole(pattern: str) -> Linear:
    """The expression for a whole value, as Loki's matchers take it; complaints speak of what was written."""
    _linear(pattern)
    flags = re.match(r"\(\?[is]+\)|", pattern)
    assert flags is not None
    return _linear(f"{flags[0]}^(?:{pattern[flags.end() :]})$")


def _not(condition: Condition) -> Condition:
    return lambda line: not condition(line)


def _word(word: str) -> Condition:
    """Whether a line has a word, in its text or in a value of its labels, in capitals or not."""

    def keeps(line: LogLine) -> bool:
        if word in line.text.lower():
            return True
        return any(word in value.lower() for labels in (line.labels, line.metadata) for _, value in labels)

    return keeps


def _label(name: str, op: str, written: str) -> Condition:
    value = _unquoted(written) if written.startswith('"') else written
    if name == "level":
        return _level(op, value)
    if not value and not written:
        raise ValueError(f'{name}{op} needs a value; write {name}{op}"value"')
    if "~" in op:
        whole, wanted, piece = _whole(value), op == "=~", _piece(needed(value))
        return lambda line: whole.search(field_of(line, name, piece)) is wanted
    if op in ("=", "!="):
        equal, piece = op == "=", _piece(value)
        return lambda line: (field_of(line, name, piece) == value) is equal
    try:
        bound, compare = float(value), _COMPARE[op]
    except ValueError:
        raise ValueError(f"{name}{op} is followed by a number, not {value!r}") from None
    return lambda line: (number := _number(field_of(line, name))) is not None and compare(number, bound)


def field_of(line: LogLine, name: str, piece: str = "") -> str:
    """A label of the stream or the metadata, else a field of the event: ``context.ip_address`` or ``ip_address``.

    Reading a line costs 16 us: a field that is to hold ``piece`` is not looked for where the whole line does not.
    """
    found = line.label(name)
    if found or (piece and piece not in line.text and "\\u" not in line.text and not _in_labels(line, piece)):
        return found
    return read(line).field(name)


def _in_labels(line: LogLine, piece: str) -> bool:
    return any(piece in value for labels in (line.labels, line.metadata) for _, value in labels)


def _piece(text: str) -> str:
    """The longest part of a value that no encoding writes otherwise than by ``\\u``."""
    return max(re.findall(r"[A-Za-z0-9_.:-]+", text), key=len, default="")


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _level(op: str, value: str) -> Condition:
    if op not in _COMPARE:
        raise ValueError("level is compared by =, !=, >=, <=, > and <")
    words = [_ALIASES.get(word, word) for word in value.lower().split("|")]
    for word in words:
        if word not in _RANKS:
            raise ValueError(f"there is no level {word!r}{hint(word, LEVELS)}")
    if op in ("=", "!="):
        return lambda line: ((level_of(line) or "info") in words) is (op == "=")
    if len(words) > 1:
        raise ValueError(f"level{op} is followed by one level")
    bound, compare = _RANKS[words[0]], _COMPARE[op]
    return lambda line: compare(rank_of(line), bound)


def rank_of(line: LogLine) -> int:
    """0 for trace to 5 for critical."""
    return _RANKS.get(level_of(line), _RANKS["info"])
