"""The words of LogQL, as Loki's scanner cuts them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from noc.catalogue.logql import units
from noc.catalogue.logql.fault import LogQLError

LONGEST: Final = 131_072
"""Characters of a query; Loki refuses longer ones too."""

RANGE_OPERATIONS: Final = frozenset(
    f"{name}_over_time"
    for name in (
        "count",
        "bytes",
        "avg",
        "sum",
        "min",
        "max",
        "stdvar",
        "stddev",
        "quantile",
        "first",
        "last",
        "absent",
    )
) | {"rate", "rate_counter", "bytes_rate"}
VECTOR_OPERATIONS: Final = frozenset(
    ["sum", "avg", "max", "min", "count", "stddev", "stdvar", "bottomk", "topk", "sort", "sort_desc", "approx_topk"]
)
CONVERSIONS: Final = frozenset({"bytes", "duration", "duration_seconds"})

_FUNCTIONS = RANGE_OPERATIONS | VECTOR_OPERATIONS | CONVERSIONS | {"vector", "label_replace", "ip"}
"""Words only before a parenthesis, or before ``by`` and ``without``; names elsewhere."""
_MODIFIERS = {"by", "without", "bool", "offset", "on", "ignoring", "group_left", "group_right", "or", "and", "unless"}
_STAGES = {"json", "regexp", "logfmt", "unpack", "pattern", "label_format", "line_format", "decolorize", "drop", "keep"}
_WORDS = _MODIFIERS | _STAGES | {"unwrap", "variants", "of"}
_NAMED = {**{name: f"{name}_CONV".upper() for name in CONVERSIONS}, "ip": "ip", "label_replace": "label_replace"}

_SPACE = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)+")
_FUNCTION_AHEAD = re.compile(r"\s*(?:\(|(?:by|without)\s*\()", re.IGNORECASE)
_IDENTIFIER = re.compile(r"[^\W\d]\w*")
_NUMBER = re.compile(r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_DURATION_TAIL = re.compile(r"[\dnuµmshdwy.]+")
_SIZE_TAIL = re.compile(r"[\dBikKMGTP.]+")
_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"|`[^`]*`')
_FLAG = re.compile(r"--(?:strict|keep-empty)(?![a-zA-Z-])")
_SIGN = re.compile(r"\|=|\|~|\|>|!=|!~|!>|=~|==|>=|<=|[{}()\[\],.|=<>+\-*/%^]")


@dataclass(frozen=True, slots=True)
class Token:
    """``kind`` is the sign or word itself, or one of IDENTIFIER STRING NUMBER DURATION BYTES RANGE FLAG $end.

    ``text`` is as it stands in the query; ``value`` is what a string says, or nanoseconds and bytes. ``at`` counts
    characters from 0.
    """

    kind: str
    text: str
    at: int
    value: str | int = ""

    @property
    def name(self) -> str:
        """What Loki calls it in a syntax error."""
        if self.kind in _FUNCTIONS:
            return _NAMED.get(self.kind, self.kind.upper())
        return "PARSER_FLAG" if self.kind == "FLAG" else self.kind


def place(text: str, at: int) -> tuple[int, int]:
    """Line and column, both from 1, of a character."""
    before = text[:at]
    return before.count("\n") + 1, at - before.rfind("\n")


def tokens(text: str) -> list[Token]:
    """All tokens up to ``$end``; raises LogQLError for what is none."""
    if len(text) >= LONGEST:
        raise LogQLError(f"input size too long ({len(text)} > {LONGEST})")
    found: list[Token] = []
    at = 0
    while True:
        space = _SPACE.match(text, at)
        at = space.end() if space else at
        if at >= len(text):
            return [*found, Token("$end", "", at)]
        token = _token(text, at, found[-1].kind if found else "")
        found.append(token)
        at += len(token.text)


def _token(text: str, at: int, before: str) -> Token:
    first = text[at]
    if first in '"`':
        return _string(text, at)
    if first == "[":
        return _range(text, at)
    if number := _NUMBER.match(text, at):
        return _number(text, at, number[0])
    if flag := _FLAG.match(text, at):
        return Token("FLAG", flag[0], at)
    if first == "-" and before == "offset" and _DURATION_TAIL.match(text, at + 1):
        return _number(text, at, "-")
    if word := _IDENTIFIER.match(text, at):
        return _word(text, at, word[0])
    sign = _SIGN.match(text, at)
    if sign is None:
        raise LogQLError(f"syntax error: unexpected {first!r}", *place(text, at))
    return Token(sign[0], sign[0], at)


def _string(text: str, at: int) -> Token:
    match = _STRING.match(text, at)
    if match is None:
        raise LogQLError("literal not terminated", *place(text, at))
    said = units.unquoted(match[0])
    if said is None:
        raise LogQLError("invalid char escape", *place(text, at))
    return Token("STRING", match[0], at, said)


def _range(text: str, at: int) -> Token:
    end = text.find("]", at)
    if end < 0:
        raise LogQLError("missing closing ']' in duration", *place(text, at))
    inner = text[at + 1 : end]
    length = units.window(inner)
    if length is None:
        words = "empty duration string" if not inner else f'not a valid duration string: "{inner}"'
        raise LogQLError(words, *place(text, at))
    return Token("RANGE", text[at : end + 1], at, length)


def _number(text: str, at: int, number: str) -> Token:
    """A number, or with what follows at once a duration or a size."""
    readers = (("DURATION", _DURATION_TAIL, units.duration), ("BYTES", _SIZE_TAIL, units.size))
    for kind, tail, read in readers:
        more = tail.match(text, at + len(number))
        whole = number + (more[0] if more else "")
        value = read(whole) if more else None
        if value is not None:
            return Token(kind, whole, at, value)
    return Token("NUMBER" if number != "-" else "-", number, at)


def _word(text: str, at: int, word: str) -> Token:
    lower = word.lower()
    if lower in _WORDS or (lower in _FUNCTIONS and _FUNCTION_AHEAD.match(text, at + len(word))):
        return Token(lower, word, at)
    return Token("IDENTIFIER", word, at)
