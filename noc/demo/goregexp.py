"""What Go says of a regular expression it cannot compile: the complaints people meet, in its words."""

from __future__ import annotations

import re

from noc.model.errors import QueryError
from noc.model.regex import compiled

_REPEAT = re.compile(r"(?:[*+?]|\{(\d+)(?:(,)(\d*))?\})\??")
_GROUP = re.compile(r"\((?:\?(?:P<\w+>|[imsU]*(?:-[imsU]+)?:|[imsU]*(?:-[imsU]+)?\)))?")
_ESCAPE = re.compile(
    r"\\(?:[abfnrtvABzdDsSwWQEC]|[0-7]{3}|0[0-7]?|x[0-9A-Fa-f]{2}|x\{[0-9A-Fa-f]+\}|[pP](?:\w|\{\^?\w+\})|[^\w])"
)
_CLASS = re.compile(r"\[\^?\]?(?:\[:\w+:\]|\\.|[^\]\\])*\]", re.DOTALL)
_NAMED = re.compile(r"\[:(\w*):\]")
_NAMES = re.compile(r"alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit")
_RANGE = re.compile(r"([^\\\]-])-([^\\\]])")


def complaint(pattern: str, *, whole: bool = False) -> str:
    """Go's ``error parsing regexp: ...``, or nothing where the expression is good.

    ``whole`` compiles it between ``^(?:`` and ``)$``, as most places do, which shows in one of the texts. Expressions that
    Go takes and noc does not evaluate are refused too, in noc's words.
    """
    found = _fault(pattern)
    if found.startswith(("missing closing )", "unexpected )")):
        found += f": `{f'^(?:{pattern})$' if whole else pattern}`"
    if found:
        return f"error parsing regexp: {found}"
    try:
        compiled(pattern)
    except QueryError as fault:
        return str(fault)
    return ""


def _fault(pattern: str) -> str:
    at, depth, repeatable, repeated = 0, 0, False, -1
    while at < len(pattern):
        rest = pattern[at:]
        repeat = _REPEAT.match(rest)
        if rest[0] == "\\":
            fault, length = _escape(rest)
        elif rest[0] == "[":
            fault, length = _class(rest)
        elif rest[0] == "(":
            fault, length = _group(rest)
            depth += length > 0 and not rest[:length].endswith(")")
        elif rest[0] == ")":
            depth -= 1
            fault, length = "unexpected )" if depth < 0 else "", 1
        elif repeat is not None:
            fault, length = _repeat(repeat, pattern[repeated:at] if repeated >= 0 else "", repeatable), repeat.end()
        else:
            fault, length = "", 1
        if fault:
            return fault
        repeated = at if repeat is not None else -1
        repeatable = rest[:length] != "|" and not (rest[0] == "(" and not rest[:length].endswith(")"))
        at += length
    return "missing closing )" if depth > 0 else ""


def _escape(rest: str) -> tuple[str, int]:
    if rest == "\\":
        return "trailing backslash at end of expression: ``", 1
    found = _ESCAPE.match(rest)
    return ("", found.end()) if found else (f"invalid escape sequence: `{rest[:2]}`", 2)


def _class(rest: str) -> tuple[str, int]:
    found = _CLASS.match(rest)
    if found is None:
        return f"missing closing ]: `{rest}`", 1
    for name in _NAMED.finditer(found[0]):
        if not _NAMES.fullmatch(name[1]):
            return f"invalid character class range: `{name[0]}`", 1
    for low, high in _RANGE.findall(_NAMED.sub("", found[0])[1:-1]):
        if low > high:
            return f"invalid character class range: `{low}-{high}`", 1
    return "", found.end()


def _group(rest: str) -> tuple[str, int]:
    found = _GROUP.match(rest)
    if found is not None and not (found[0] == "(" and rest.startswith("(?")):
        return "", found.end()
    if rest.startswith("(?P<"):
        end = rest.find(">")
        return f"invalid named capture: `{rest[: end + 1] if end >= 0 else rest}`", 1
    good = re.match(r"\(\?[imsU-]*", rest)
    assert good is not None
    if good.end() == len(rest):
        return "missing closing )", 1
    return f"invalid or unsupported Perl syntax: `{rest[: good.end() + 1]}`", 1


def _repeat(found: re.Match[str], before: str, repeatable: bool) -> str:
    if not repeatable:
        return f"missing argument to repetition operator: `{found[0]}`"
    if before:
        return f"invalid nested repetition operator: `{before}{found[0]}`"
    low, comma, high = found.groups()
    if low is not None:
        most = int(high) if high else int(low)
        if max(int(low), most) > 1000 or (comma and high and most < int(low)):
            return f"invalid repeat count: `{found[0]}`"
    return ""
