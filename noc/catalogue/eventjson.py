"""JSON as somebody wrote it: numbers digit by digit, keys in their order and twice if they are, never an error.

Apart from the decoders of servers' answers: those refuse what is wrong, a log line is shown whatever it holds.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

LONGEST = 262_144
"""Characters of a line that is read as JSON at most; Loki itself takes lines of 256 kB."""
DEEPEST = 8
"""Levels that become a dotted path; what lies deeper is one value, as JSON."""
MOST = 1000
"""Paths of one line."""
_BOTTOM = 24  # levels that are written out again at all


class Number(str):
    """A number as it was written: ``1e999``, ``NaN`` and five thousand digits are shown, not computed with."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Members:
    """An object: its members in their order; a key may be there twice."""

    pairs: list[tuple[str, Json]]


Json: TypeAlias = "Members | list[Json] | Number | str | bool | None"


_DECODER = json.JSONDecoder(
    object_pairs_hook=Members, parse_float=Number, parse_int=Number, parse_constant=Number, strict=False
)


def parse(text: str) -> Json:
    """What a text holds; None as well when it is no JSON, too long or too deep."""
    if len(text) > LONGEST:
        return None
    try:
        value: Json = _DECODER.decode(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return None
    return value


def parse_object(text: str) -> Members | None:
    """The object that a text is, or None when it is anything else."""
    if not text[:64].lstrip("\ufeff \t\r\n").startswith("{"):
        return None
    value = parse(text)
    return value if isinstance(value, Members) else None


def parse_at(text: str, start: int) -> tuple[Members, int] | None:
    """The object that begins at an offset of a text, and where it ends."""
    if len(text) > LONGEST:
        return None
    try:
        value, end = _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None
    return (value, end) if isinstance(value, Members) else None


def flat(members: Members, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Dotted paths and their values as text, at most :data:`MOST`; lists stay JSON, nulls are left out."""
    return islice(_flat(members, prefix, 1), MOST)


def _flat(members: Members, prefix: str, depth: int) -> Iterator[tuple[str, str]]:
    for key, value in members.pairs:
        if value is None:
            continue
        path = prefix + key
        if isinstance(value, Members) and value.pairs and depth < DEEPEST:
            yield from _flat(value, path + ".", depth + 1)
        else:
            yield path, plain(value)


def plain(value: Json) -> str:
    """A value as text: a string bare, anything else as JSON writes it."""
    if isinstance(value, str):
        return str(value)
    return compact(value)


def compact(value: Json, depth: int = 0) -> str:
    """JSON in one line; what lies too deep is an ellipsis."""
    if isinstance(value, Number):
        return str(value)
    if not isinstance(value, Members | list):
        return _quoted(value)
    if depth >= _BOTTOM and _size(value):
        return "…"
    if isinstance(value, Members):
        inner = ", ".join(f"{_quoted(key)}: {compact(one, depth + 1)}" for key, one in value.pairs)
        return f"{{{inner}}}"
    return f"[{', '.join(compact(one, depth + 1) for one in value)}]"


def indented(value: Json, depth: int = 0, before: str = "") -> Iterator[str]:
    """JSON in lines, two blanks a level; ``before`` stands in front of the first (a key)."""
    margin = "  " * depth
    if not isinstance(value, Members | list) or not _size(value) or depth >= _BOTTOM:
        yield f"{margin}{before}{compact(value, _BOTTOM)}"
        return
    named = isinstance(value, Members)
    yield f"{margin}{before}{'{' if named else '['}"
    for index, (key, one) in enumerate(_members(value), 1):
        yield from _with_comma(indented(one, depth + 1, key), index < _size(value))
    yield f"{margin}{'}' if named else ']'}"


def _members(value: Members | list[Json]) -> Iterator[tuple[str, Json]]:
    """What stands before each member, and the member."""
    if isinstance(value, Members):
        return ((f"{_quoted(key)}: ", one) for key, one in value.pairs)
    return (("", one) for one in value)


def _size(value: Members | list[Json]) -> int:
    return len(value.pairs if isinstance(value, Members) else value)


def _with_comma(lines: Iterator[str], comma: bool) -> Iterator[str]:
    held = next(lines)
    for line in lines:
        yield held
        held = line
    yield held + "," if comma else held


def _quoted(value: str | bool | None) -> str:
    return json.dumps(value, ensure_ascii=False)
