"""What could stand at the cursor of a half-typed PromQL expression. Pure: who asks brings names and values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from noc.engine.functions import AGGREGATIONS, FUNCTIONS, KEYWORDS
from noc.engine.writer import is_metric_name, named, quoted

RANGES = ("5m", "1m", "10m", "15m", "30m", "1h", "6h", "1d", "7d")
COMMON_LABELS = ("job", "instance")
"""Labels offered where no metric is named yet."""

_TOKEN = re.compile(
    r"""
    (?P<comment>\#[^\n]*)
  | (?P<string>"(?:[^"\\]|\\.)*(?P<dq>"?) | '(?:[^'\\]|\\.)*(?P<sq>'?) | `[^`]*(?P<bq>`?))
  | (?P<operator>=~|!~|!=|==|>=|<=|=)
  | (?P<word>[A-Za-z_:][\w:]*)
  | (?P<number>[\d.][\w.]*)
  | (?P<space>\s+)
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_GROUPING = frozenset({"by", "without", "on", "ignoring", "group_left", "group_right"})
_CLOSES = {"(": ")", "[": "]", "{": "}"}
_REGEX_META = re.compile(r"[\\.+*?()|\[\]{}^$]")


class Place(StrEnum):
    """What kind of word stands at the cursor."""

    NOTHING = "nothing"
    EXPRESSION = "expression"
    LABEL = "label"
    VALUE = "value"
    GROUPING = "grouping"
    RANGE = "range"


@dataclass(frozen=True, slots=True)
class Context:
    """The word being typed begins at ``start``; ``prefix`` is what of it stands before the cursor.

    ``metric`` is the selector's name, ``match`` the selector as far as it is finished, ``label`` and ``operator`` what a
    value belongs to, ``metrics`` all names in the text (for grouping).
    """

    place: Place
    start: int = 0
    prefix: str = ""
    metric: str = ""
    match: str = ""
    label: str = ""
    operator: str = ""
    metrics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """``text`` is shown with a quiet ``hint`` and replaces the word at the cursor by ``insert``."""

    text: str
    hint: str
    insert: str


@dataclass(slots=True)
class _Open:
    """A bracket that is not closed yet, the word before it, and where it opens."""

    bracket: str
    word: str
    at: int


def context(text: str, cursor: int) -> Context:
    """What stands at the cursor (a character index)."""
    head = text[:cursor]
    stack: list[_Open] = []
    word = label = operator = ""
    start, prefix, kind = cursor, "", ""
    for token in _TOKEN.finditer(head):
        found, piece = token.lastgroup, token[0]
        if piece[0] in "\"'`" and not (token["dq"] or token["sq"] or token["bq"]):
            return _in_string(head, token.start(), stack, label, operator)
        if piece[0] == "#":
            if token.end() == len(head):
                return Context(Place.NOTHING)
            continue
        start, prefix, kind = token.start(), piece, found or ""
        if piece in _CLOSES:
            stack.append(_Open(piece, word, token.start()))
            word = ""
        elif stack and piece == _CLOSES[stack[-1].bracket]:
            stack.pop()
            word = ""
        elif found == "word":
            word, label, operator = piece, piece, ""
        elif found == "operator":
            operator = piece
        elif found == "other":
            word = ""
    if kind not in ("word", "number") or (start + len(prefix)) != len(head):
        start, prefix = cursor, ""
    return _in_code(text, head, start, prefix, stack, operator if kind == "operator" else "")


def _in_string(head: str, opens: int, stack: Sequence[_Open], label: str, operator: str) -> Context:
    """Inside of quotes: a label's value, or text that nobody can guess."""
    if not stack or stack[-1].bracket != "{" or not operator:
        return Context(Place.NOTHING)
    brace = stack[-1]
    finished = head[brace.at + 1 : opens].rpartition(",")[0]
    match = f"{brace.word}{{{finished}}}" if finished.strip() else brace.word
    return Context(Place.VALUE, opens + 1, head[opens + 1 :], brace.word, match, label, operator)


def _in_code(text: str, head: str, start: int, prefix: str, stack: Sequence[_Open], operator: str) -> Context:
    inner = stack[-1] if stack else None
    if inner and inner.bracket == "[":
        return Context(Place.RANGE, start, prefix)
    if inner and inner.bracket == "{":
        before = head[:start].rstrip()
        at_label = before.endswith(("{", ",")) and not operator
        return Context(Place.LABEL, start, prefix, inner.word) if at_label else Context(Place.NOTHING)
    if inner and inner.word in _GROUPING:
        return Context(Place.GROUPING, start, prefix, metrics=metrics_in(text))
    if prefix[:1].isdigit():
        return Context(Place.NOTHING)
    return Context(Place.EXPRESSION, start, prefix)


def metrics_in(text: str) -> tuple[str, ...]:
    """Words of an expression that can be metric names, each once."""
    known = {*FUNCTIONS, *AGGREGATIONS, *KEYWORDS}
    found: list[str] = []
    depth: list[_Open] = []
    word = ""
    for token in _TOKEN.finditer(text):
        piece = token[0]
        if piece in _CLOSES:
            depth.append(_Open(piece, word, token.start()))
        elif depth and piece == _CLOSES[depth[-1].bracket]:
            depth.pop()
        elif token.lastgroup == "word":
            plain = not depth or (depth[-1].bracket == "(" and depth[-1].word not in _GROUPING)
            if plain and piece not in known:
                found.append(piece)
        if token.lastgroup != "space":
            word = piece
    return tuple(dict.fromkeys(found))


def words(prefix: str, metrics: Sequence[str]) -> list[Candidate]:
    """Candidates where an expression may go on: functions and aggregations by their beginning, metrics anywhere."""
    if not prefix:
        return []
    tables = ((AGGREGATIONS, "("), (FUNCTIONS, "("), (KEYWORDS, " "))
    known = [Candidate(name, hint, name + ending) for table, ending in tables for name, hint in table.items()]
    starting = [one for one in known if one.text.startswith(prefix.lower())]
    return starting + [Candidate(name, "", _metric(name)) for name in nearest(prefix, metrics)]


def _metric(name: str) -> str:
    return name if is_metric_name(name) else f"{{{quoted(name)}}}"


def labels(prefix: str, names: Iterable[str], *, grouping: bool = False) -> list[Candidate]:
    """Label names; in braces with their opening quote, so that the values come next."""
    offered = [name for name in names if name != "__name__"]
    return [Candidate(name, "", named(name) if grouping else f'{named(name)}="') for name in nearest(prefix, offered)]


def label_values(at: Context, values: Iterable[str]) -> list[Candidate]:
    """Values of a label, escaped for their place, with the closing quote."""
    regex = at.operator in ("=~", "!~")
    out = []
    for value in nearest(at.prefix, values):
        literal = _REGEX_META.sub(r"\\\g<0>", value) if regex else value
        out.append(Candidate(value, "", quoted(literal)[1:]))
    return out


def ranges(prefix: str) -> list[Candidate]:
    """Usual ranges, with their closing bracket."""
    return [Candidate(text, "", f"{text}]") for text in RANGES if text.startswith(prefix)]


def nearest(prefix: str, names: Iterable[str]) -> list[str]:
    """Names that begin with the typed text, then those that hold it; case matters not, order is the alphabet's."""
    typed = prefix.lower()
    found = sorted(name for name in names if typed in name.lower())
    return sorted(found, key=lambda name: not name.lower().startswith(typed))


def completed(text: str, at: Context, cursor: int, candidate: Candidate) -> tuple[str, int]:
    """The text with the candidate in place of the word at the cursor, and where the cursor goes.

    What the candidate closes and the text closes already is not closed twice.
    """
    rest = text[cursor:]
    insert = candidate.insert
    if insert[-1:] in ('"', "]", "(") and rest[:1] == insert[-1:]:
        rest = rest[1:]
    return text[: at.start] + insert + rest, at.start + len(insert)
