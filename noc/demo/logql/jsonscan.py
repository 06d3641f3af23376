"""JSON as Loki's parser reads it where it is broken: what stands before the fault counts, and the fault has a name.

Loki scans objects key by key and values only to their end (github.com/buger/jsonparser); a whole object that Python's own
decoder can read needs none of this.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Final

MALFORMED: Final = "Malformed JSON error"
OBJECT: Final = "Value looks like object, but can't find closing '}' symbol"
ARRAY: Final = "Value is array, but can't find closing ']' symbol"
STRING: Final = "Value is string, but can't find closing '\"' symbol"
VALUE: Final = "Value looks like Number/Boolean/None, but can't find its end: ',' or '}' symbol"
UNKNOWN: Final = "Unknown value type"
ESCAPE: Final = "Encountered an invalid escape sequence in a string"

_SPACE = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_MARK = re.compile(r'["{}\[\]]')
_WORD = re.compile(r"[^\s,}\]]+")


class ScanError(ValueError):
    """Why a line is no JSON, in Loki's words."""


Found = Callable[[str, str, str], bool]
"""Called with a key, the raw value and its kind (string, number, boolean, null, array, object); true ends the scan."""


def members(text: str, found: Found) -> bool:
    """Call ``found`` for every member of an object, in order; whether it ended the scan. Raises ScanError."""
    at = _token(text, 0)
    if at < 0 or text[at] != "{":
        raise ScanError(OBJECT)
    at = _next(text, at + 1, MALFORMED)
    if text[at] == "}":
        return False
    while True:
        if text[at] == "}":
            return False
        if text[at] != '"':
            raise ScanError(OBJECT)
        quoted = _STRING.match(text, at)
        if quoted is None:
            raise ScanError(MALFORMED)
        at = _next(text, quoted.end(), MALFORMED)
        if text[at] != ":":
            raise ScanError(MALFORMED)
        at, end, kind = _value(text, at + 1)
        if found(_said(quoted[0]), text[at:end], kind):
            return True
        at = _next(text, end, ARRAY)
        if text[at] == "}":
            return False
        if text[at] != ",":
            raise ScanError(OBJECT)
        at = _next(text, at + 1, ARRAY)


def element(text: str, index: int) -> str | None:
    """The raw text of an element of an array; None beyond its end. Raises ScanError."""
    at = _next(text, 0, ARRAY) + 1
    while text[_next(text, at, ARRAY)] != "]":
        at, end, _ = _value(text, at)
        if index == 0:
            return text[at:end]
        index -= 1
        at = _next(text, end, ARRAY)
        at += text[at] == ","
    return None


def member(text: str, key: str) -> str | None:
    """The raw text of a member of an object; None where there is none. Raises ScanError."""
    raw: list[str] = []

    def found(name: str, value: str, _kind: str) -> bool:
        raw.extend([value] * (name == key))
        return bool(raw)

    members(text, found)
    return raw[0] if raw else None


def _said(quoted: str) -> str:
    try:
        return str(json.loads(quoted, strict=False))
    except json.JSONDecodeError:
        raise ScanError(ESCAPE) from None


def _token(text: str, at: int) -> int:
    """Where the next sign that is no space stands; -1 at the end."""
    space = _SPACE.match(text, at)
    end = space.end() if space else at
    return end if end < len(text) else -1


def _next(text: str, at: int, otherwise: str) -> int:
    found = _token(text, at)
    if found < 0:
        raise ScanError(otherwise)
    return found


def _value(text: str, at: int) -> tuple[int, int, str]:
    """Start, end and kind of the value that follows."""
    at = _next(text, at, MALFORMED)
    first = text[at]
    if first == '"':
        quoted = _STRING.match(text, at)
        if quoted is None:
            raise ScanError(STRING)
        return at, quoted.end(), "string"
    if first in "{[":
        end = _closed(text, at, "}" if first == "{" else "]")
        if end < 0:
            raise ScanError(OBJECT if first == "{" else ARRAY)
        return at, end, "object" if first == "{" else "array"
    word = _WORD.match(text, at)
    if word is None or word.end() == len(text):
        raise ScanError(VALUE)
    if word[0] in ("true", "false"):
        return at, word.end(), "boolean"
    if word[0] == "null":
        return at, word.end(), "null"
    if first in "-0123456789":
        return at, word.end(), "number"
    raise ScanError(UNKNOWN)


def _closed(text: str, at: int, closing: str) -> int:
    """Behind the bracket that closes the one at ``at``, strings skipped; -1 without one."""
    opening, depth = text[at], 0
    while found := _MARK.search(text, at):
        sign, at = found[0], found.end()
        if sign == '"':
            quoted = _STRING.match(text, found.start())
            if quoted is None:
                return -1
            at = quoted.end()
        depth += (sign == opening) - (sign == closing)
        if depth == 0:
            return at
    return -1
