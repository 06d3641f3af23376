"""The ``json`` stage: labels out of a line that is a JSON object."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from noc.catalogue.logql import LogQLError
from noc.catalogue.logql.syntax import Extraction
from noc.demo.logql.jsonscan import OBJECT, ScanError, element, member, members
from noc.demo.logql.row import DUPLICATE, Row

FAULT = "JSONParserErr"

_DEEPEST = 100
"""Objects within objects; what goes deeper is taken for broken."""

_NOT_A_NAME = re.compile(r"[^a-zA-Z0-9_]")
_PART = re.compile(r'\.?([a-zA-Z_][\w-]*)|\.?\[(?:(\d+)|"((?:[^"\\]|\\.)*)")\]', re.ASCII)


def _nothing(word: str) -> Any:
    raise ValueError(word)


_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=_nothing, strict=False)
"""Numbers stay as they are written; a label is a text."""

_BROKEN = object()
"""Stands for a line that the decoder cannot read."""


class JsonLabels:
    """``json`` without arguments: every scalar becomes a label, nested names joined by ``_``.

    ``null``, arrays and empty objects become none. With ``wanted``, only these labels are taken: the others are neither
    grouped by nor compared. Loki then stops reading a line when it has them all, so a fault behind them goes unseen.
    """

    def __init__(self, wanted: frozenset[str] | None = None) -> None:
        self._wanted = wanted
        self._names: dict[tuple[str, str], str] = {}

    def __call__(self, row: Row) -> bool:
        if self._complete(row):
            return True
        try:
            value, _ = _DECODER.raw_decode(row.text, _start(row.text))
        except (ValueError, RecursionError):
            value = None
        if isinstance(value, dict):
            self._flatten(row, value)
        else:
            self._scan(row)
        return True

    def _flatten(self, row: Row, members: dict[str, Any], prefix: str = "", depth: int = 0) -> None:
        if depth > _DEEPEST:
            row.fail(FAULT, OBJECT)
            return
        names, wanted = self._names, self._wanted
        for key, value in members.items():
            name = names.get((prefix, key))
            if name is None:
                name = names[prefix, key] = _name(prefix, key)
            if isinstance(value, str):
                self._set(row, name, value)
            elif isinstance(value, dict):
                if wanted is None or any(one.startswith(name) for one in wanted):
                    self._flatten(row, value, name, depth + 1)
            elif isinstance(value, bool):
                self._set(row, name, "true" if value else "false")

    def _set(self, row: Row, name: str, value: str) -> None:
        if row.taken(name):
            name += DUPLICATE
        if self._wanted is None or name in self._wanted:
            row.parsed[name] = value if value.isascii() else _sound(value)

    def _scan(self, row: Row) -> None:
        try:
            self._members(row, row.text)
        except ScanError as fault:
            row.fail(FAULT, str(fault))

    def _members(self, row: Row, text: str, prefix: str = "", depth: int = 0) -> bool:
        if depth > _DEEPEST:
            raise ScanError(OBJECT)

        def found(key: str, raw: str, kind: str) -> bool:
            name = _name(prefix, key)
            if kind == "object":
                if self._wanted is None or any(one.startswith(name) for one in self._wanted):
                    return self._members(row, raw, name, depth + 1)
                return False
            if kind in ("number", "boolean"):
                self._set(row, name, raw)
            elif kind == "string":
                self._set(row, name, _unescaped(raw))
            return self._complete(row)

        return members(text, found)

    def _complete(self, row: Row) -> bool:
        return self._wanted is not None and self._wanted <= row.parsed.keys()


class JsonPaths:
    """``json a="b.c[0]", d``: these values only, and an empty label for each that the line has not."""

    def __init__(self, extractions: Sequence[Extraction]) -> None:
        self._paths = [(one.name, path(one.path)) for one in extractions]

    def __call__(self, row: Row) -> bool:
        if not row.text:
            return True
        if row.text[0] not in '"{[':
            row.fail(FAULT)
            return True
        try:
            whole: Any = _DECODER.raw_decode(row.text)[0]
        except (ValueError, RecursionError):
            whole = _BROKEN
        for name, steps in self._paths:
            row.parsed[name + DUPLICATE if row.taken(name) else name] = self._found(row, whole, steps)
        return True

    def _found(self, row: Row, whole: Any, steps: tuple[str | int, ...]) -> str:
        """The value at a path: texts without their quotes, objects and arrays as they are written; empty without one."""
        value = _at(whole, steps)
        if isinstance(value, str):
            return value if value.isascii() else _sound(value)
        if isinstance(value, bool):
            return "true" if value else "false"
        if value is None:
            return ""
        try:
            return _raw(row.text, steps)
        except ScanError:
            row.fail(FAULT)
            return ""


def path(text: str) -> tuple[str | int, ...]:
    """``context.ip`` or ``servers[0]["user-agent"]`` as steps; raises LogQLError."""
    steps: list[str | int] = []
    at = 0
    while at < len(text):
        part = _PART.match(text, at)
        if part is None:
            raise LogQLError(f"cannot parse expression [{text}]: syntax error: unexpected {text[at]!r}")
        name, index, quoted = part.groups()
        steps.append(int(index) if index is not None else name if name is not None else str(quoted))
        at = part.end()
    if not steps:
        raise LogQLError(f"cannot parse expression [{text}]: syntax error: unexpected $end")
    return tuple(steps)


def _at(value: Any, steps: tuple[str | int, ...]) -> Any:
    """What stands at a path of a decoded value; None where nothing does, and ``_BROKEN`` for the whole line."""
    for step in steps:
        if value is _BROKEN:
            break
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int):
            value = value[step] if step < len(value) else None
        else:
            return None
    return value


def _raw(text: str, steps: tuple[str | int, ...]) -> str:
    """The same as it is written. Raises ScanError."""
    raw: str | None = text
    for step in steps:
        raw = (raw or "").lstrip()
        if raw.startswith("{") and isinstance(step, str):
            raw = member(raw, step)
        elif raw.startswith("[") and isinstance(step, int):
            raw = element(raw, step)
        else:
            return ""
    if raw is None or raw == "null":
        return ""
    return _unescaped(raw) if raw.startswith('"') else raw


def _start(text: str) -> int:
    return len(text) - len(text.lstrip(" \t\r\n")) if text[:1].isspace() else 0


def _name(prefix: str, key: str) -> str:
    """A key as a label name: other signs become ``_``, a digit in front gets one."""
    clean = _NOT_A_NAME.sub("_", key)
    if prefix:
        return f"{prefix}_{clean}"
    return f"_{clean}" if clean[:1].isdigit() else clean


def _unescaped(raw: str) -> str:
    try:
        return str(json.loads(raw, strict=False))
    except json.JSONDecodeError:
        return ""


def _sound(value: str) -> str:
    """Loki drops a text with signs that are none."""
    return "" if any(sign == "\ufffd" or "\ud800" <= sign <= "\udfff" for sign in value) else value
