"""A catalogue's question narrowed by labels: ``where: {provider: $provider}`` of a panel.

The text stays as it was written; only matchers come in, to every selector of PromQL and behind the parsers of LogQL. The
outcome is read again by the parsers, so that a text that was cut up wrongly is refused and never asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from noc.catalogue.expressions import Expression
from noc.catalogue.logql.reading import parse
from noc.catalogue.logql.tokens import tokens
from noc.catalogue.logql.units import quoted
from noc.model.errors import QueryError

Insertion = tuple[int, str]
"""Before which character, and what."""

_GROUPING = frozenset({"by", "without", "on", "ignoring", "group_left", "group_right"})
"""Words of PromQL before a list of labels."""

_WORDS = frozenset({"and", "or", "unless", "atan2", "bool", "offset", "inf", "nan"})
"""Words of PromQL that are no metric."""

_PARSERS = frozenset({"json", "logfmt", "regexp", "pattern", "unpack"})

_TOKEN = re.compile(
    r"""(?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)|(?P<space>\s+|\#[^\n]*)"""
    r"""|(?P<word>[A-Za-z_:][\w:]*)|(?P<other>[\d.][\w.]*|.)""",
    re.DOTALL,
)
_BUILTIN = re.compile(r"\$(?:\{__\w+\}|__\w+)")
_VARIABLE = re.compile(r"\$(?:\{\w+\}|[A-Za-z_])")


def narrowed(query: str, where: Mapping[str, str], *, logql: bool = False) -> str:
    """The same question about those series or lines alone whose labels are as ``where`` says.

    A value with a variable is a regular expression (``$provider``, which matches everything while all are chosen), any
    other one is meant as it stands. Raises QueryError where the query cannot be read.
    """
    if not where:
        return query
    matchers = [f"{label}{'=~' if _VARIABLE.search(value) else '='}{quoted(value)}" for label, value in where.items()]
    filled = _filled(query)
    made = _with(query, list(_in_logql(filled, matchers) if logql else _in_promql(filled, ", ".join(matchers))))
    if logql:
        parse(_filled(made))
        return made
    for selector in Expression(_filled(made)).selectors:
        if set(where) - {one.label for one in selector.matchers}:
            raise QueryError(f"cannot narrow {selector.name or 'a selector'} in {query}")
    return made


def _filled(query: str) -> str:
    """A query that a parser takes, as long as it was: a second for each of the wall's own durations."""
    return _BUILTIN.sub(lambda found: "1s".rjust(len(found[0]), "0"), query)


def _with(text: str, insertions: list[Insertion]) -> str:
    for at, more in sorted(insertions, reverse=True):
        text = text[:at] + more + text[at:]
    return text


def _in_logql(text: str, matchers: list[str]) -> Iterator[Insertion]:
    """Label filters at the end of every pipeline; ``json`` comes before them where nothing is read out of the lines yet."""
    found = tokens(text)
    filters = "".join(f"| {one} " for one in matchers)
    begin, ranged = 0, False
    for index, token in enumerate(found):
        if token.kind == "{":
            begin = index
        if token.kind != "RANGE" and (token.kind != "$end" or ranged):
            continue
        ranged = True
        kinds = [one.kind for one in found[begin:index]]
        reads = "" if _PARSERS & set(kinds) else '| json | __error__="" '
        at = found[begin + kinds.index("unwrap") - 1].at if "unwrap" in kinds else token.at
        before = text[:at]
        gap = "" if before[-1:].isspace() else "\n" if "#" in before.rsplit("\n", 1)[-1] else " "
        yield at, (gap + reads + filters).rstrip() + (" " if token.kind != "$end" else "")


def _in_promql(text: str, matchers: str) -> Iterator[Insertion]:
    """The matchers in every selector, with braces where it has none."""
    found = [one for one in _TOKEN.finditer(text) if one.lastgroup != "space"]
    index = 0
    while index < len(found):
        sign, following = found[index][0], found[index + 1][0] if index + 1 < len(found) else ""
        word = sign.lower() if found[index].lastgroup == "word" else ""
        if sign == "[":
            index = _closing(found, index, "]")
        elif word in _GROUPING and following == "(":
            index = _closing(found, index, ")")
        elif sign == "{":
            first, index = index, _closing(found, index, "}")
            last = found[index - 1][0]
            yield found[index].start(), matchers if index == first + 1 or last == "," else f", {matchers}"
        elif word and word not in _WORDS | _GROUPING and following.lower() not in ("(", "{", "by", "without"):
            yield found[index].end(), f"{{{matchers}}}"
        index += 1


def _closing(found: list[re.Match[str]], index: int, bracket: str) -> int:
    """Where the bracket closes. Raises QueryError where it never does."""
    for at in range(index, len(found)):
        if found[at].lastgroup == "other" and found[at][0] == bracket:
            return at
    raise QueryError(f"{bracket} is missing")
