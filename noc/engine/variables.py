"""Variables in expressions: ``$job``, ``${job}`` and the built-in ``$__interval``, ``$__rate_interval``, ``$__range``.

An expression is split into tokens first, so that ``$job`` never touches ``$job_name``, a group reference ``$1`` stays
what it is, and a value is escaped for the place it lands in: a quoted string, a regular expression in a quoted string,
or the bare expression. Serves PromQL and LogQL (whose ``|~`` is a regular expression too).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from noc.model.errors import QueryError

Values = Mapping[str, tuple[str, ...]]
"""Chosen values by variable name; ``(ALL,)`` stands for every value."""

ALL = "$__all"

BUILTINS = (
    "__interval",
    "__interval_ms",
    "__rate_interval",
    "__rate_interval_ms",
    "__range",
    "__range_s",
    "__range_ms",
)

_TOKEN = re.compile(
    r"""
    (?P<comment>\#[^\n]*)
  | (?P<string>"(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*' | `[^`]*`)
  | (?P<regex>=~|!~|\|~)
  | (?P<equal>!=|==|=)
  | (?P<variable>\$(?:[A-Za-z_]\w*|\{[A-Za-z_]\w*\}))
  | (?P<space>\s+)
  | (?P<other>[\w:.]+|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_VARIABLE = re.compile(r"\$(?:(?P<plain>[A-Za-z_]\w*)|\{(?P<braced>[A-Za-z_]\w*)\})")
_GROUP = re.compile(r"\(\?P?<([A-Za-z_]\w*)>")
_BARE = re.compile(r"[\w:.]+")
_REGEX_META = re.compile(r"[\\.+*?()|\[\]{}^$]")
_CONTROL = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}


@dataclass(frozen=True, slots=True)
class _Place:
    """A variable in an expression: where it stands, its name, and what surrounds it."""

    start: int
    end: int
    name: str
    quote: str = ""  # the quote of the string around it, empty for a bare one
    operator: str = ""  # the operator before that string


def used(expr: str) -> tuple[str, ...]:
    """Names of the variables of an expression, built-in ones left out, each once, in order."""
    return tuple(dict.fromkeys(place.name for place in _places(expr) if not place.name.startswith("__")))


def builtins(*, step: float, span: float, scrape_interval: float) -> dict[str, tuple[str, ...]]:
    """The built-in variables of a panel with that step and range (seconds), as Grafana defines them (protocols.md 3)."""
    rate = max(step + scrape_interval, 4 * scrape_interval)
    whole = max(1, round(span))
    return {
        "__interval": (_duration(step),),
        "__interval_ms": (str(round(step * 1000)),),
        "__rate_interval": (_duration(rate),),
        "__rate_interval_ms": (str(round(rate * 1000)),),
        "__range": (f"{whole}s",),
        "__range_s": (str(whole),),
        "__range_ms": (str(whole * 1000),),
    }


def held(where: Mapping[str, str], values: Values) -> dict[str, str]:
    """The labels for which a panel's ``where`` leaves one value: ``provider`` once one is chosen for ``$provider``."""
    found: dict[str, str] = {}
    for label, text in where.items():
        variable = _VARIABLE.fullmatch(text)
        if variable is not None:
            chosen = values.get(variable["plain"] or variable["braced"], ())
        else:
            chosen = () if _VARIABLE.search(text) else (text,)
        if len(chosen) == 1 and chosen != (ALL,):
            found[label] = chosen[0]
    return found


def interpolate(expr: str, values: Values) -> str:
    """The expression with every variable replaced, once: a value that holds ``$x`` is not looked at again.

    QueryError for an unknown variable, one without a value, and for several values where only one can stand.
    """
    parts: list[str] = []
    at = 0
    for place in _places(expr):
        parts.append(expr[at : place.start])
        parts.append(_written(place, _chosen(place.name, values)))
        at = place.end
    parts.append(expr[at:])
    return "".join(parts)


def _places(expr: str) -> Iterator[_Place]:
    """Every variable outside comments. Names of capture groups defined in the expression are no variables."""
    groups = set(_GROUP.findall(expr))
    operator = ""
    for token in _TOKEN.finditer(expr):
        kind, text, start = token.lastgroup, token[0], token.start()
        if kind == "string":
            for match in _VARIABLE.finditer(text):
                name = match["plain"] or match["braced"]
                if name not in groups:
                    yield _Place(start + match.start(), start + match.end(), name, text[0], operator)
        elif kind == "variable":
            yield _Place(start, token.end(), text.strip("${}"))
        if kind in ("regex", "equal"):
            operator = text
        elif kind not in ("space", "comment"):
            operator = ""


def _chosen(name: str, values: Values) -> tuple[str, ...]:
    if name not in values:
        near = get_close_matches(name, list(values) if not name.startswith("__") else list(BUILTINS), 1)
        hint = f", did you mean ${near[0]}?" if near else ""
        raise QueryError(f"unknown variable ${name}{hint}")
    if not values[name]:
        raise QueryError(f"${name} has no value yet")
    return values[name]


def _written(place: _Place, chosen: tuple[str, ...]) -> str:
    """The chosen values, escaped for their place."""
    if not place.quote:
        return _bare(place.name, chosen)
    if place.operator in ("=~", "!~", "|~"):
        if chosen == (ALL,):
            return ".*"
        literals = [_REGEX_META.sub(r"\\\g<0>", value) for value in chosen]
        text = literals[0] if len(literals) == 1 else f"({'|'.join(literals)})"
        return _quoted(place.name, text, place.quote)
    if len(chosen) > 1 or chosen == (ALL,):
        hint = (
            f"; write {'!~' if place.operator == '!=' else '=~'} instead of {place.operator}" if place.operator else ""
        )
        raise QueryError(f"${place.name} has several values where one can stand{hint}")
    return _quoted(place.name, chosen[0], place.quote)


def _quoted(name: str, text: str, quote: str) -> str:
    if quote == "`":
        if "`" in text:
            raise QueryError(f"the value of ${name} holds a backtick and cannot stand in a `…` string")
        return text
    escaped = text.replace("\\", "\\\\").replace(quote, f"\\{quote}")
    return "".join(_CONTROL.get(char, char) for char in escaped)


def _bare(name: str, chosen: tuple[str, ...]) -> str:
    """Outside strings a value is a name, a number or a duration; several are listed, as in ``by ($labels)``."""
    for value in chosen:
        if not _BARE.fullmatch(value):
            shown = "all values" if value == ALL else repr(value)
            raise QueryError(f"${name} stands outside quotes and cannot be {shown}; put it into a quoted string")
    return ", ".join(chosen)


def _duration(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    return f"{milliseconds // 1000}s" if milliseconds % 1000 == 0 else f"{milliseconds}ms"
