"""Reading PromQL as people type it: the tree, or what is wrong with it in plain words.

Servers differ in dialect (MetricsQL, newer functions), so a complaint here is advice: the server has the last word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches

import promql_parser as grammar

from noc.engine.functions import AGGREGATIONS, FUNCTIONS
from noc.engine.writer import Node, quoted

_PIECE = re.compile(r'#[^\n]*|"(?:[^"\\]|\\.)*"?|\'(?:[^\'\\]|\\.)*\'?|`[^`]*`', re.DOTALL)
_DEEP = re.compile(r"[-+*/%^(<>=]|\b(?:and|or|unless|atan2)\b")
_HUGE = re.compile(r"[0-9.]e\+?[0-9]{3,}|[0-9]{25,}", re.IGNORECASE)
_LOGS = re.compile(r'\}\s*(?:\||!=\s*"|!~\s*")')
_LEFT = re.compile(
    r"(?:by|without|on|ignoring|group_left|group_right)\s*$|(?:[-+*/%^]|[=!<>]=|[<>]|\b(?:and|or|unless|offset))\s*$"
)

LONGEST = 20_000
"""Characters of an expression that is read at all."""

DEEPEST = 1500
"""Brackets and operators of such an expression; the parser's stack ends somewhere above five thousand."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong, what to do about it, and whether the text is merely unfinished."""

    words: str
    hint: str = ""
    unfinished: bool = False

    def __str__(self) -> str:
        return f"{self.words}: {self.hint}" if self.hint else self.words


def parse(expr: str) -> Node:
    """The tree of an expression; ValueError with the parser's words. Raw `strings` are understood.

    What would bring the parser down is refused first: it recurses without a limit, and aborts on numbers out of range.
    """
    bare = _bare(expr)
    if len(expr) > LONGEST or len(_DEEP.findall(bare)) > DEEPEST:
        raise ValueError("the expression is too long")
    if _HUGE.search(bare):
        raise ValueError("a number is out of range")
    return grammar.parse(_PIECE.sub(_escaped, expr))


def one_line(text: str) -> str:
    """A pasted expression on one line, without comments and anything unseen."""
    flat = " ".join(_PIECE.sub(lambda piece: "" if piece[0].startswith("#") else piece[0], text).split())
    return "".join(char for char in flat if char.isprintable())


def _escaped(piece: re.Match[str]) -> str:
    text = piece[0]
    return quoted(text[1:-1]) if text.startswith("`") else text


def is_logql(text: str) -> bool:
    """Whether a text can only be a question for Loki."""
    return _LOGS.search(_bare(text)) is not None


def complaint(text: str) -> Complaint | None:
    """What is wrong with a PromQL expression; None when nothing is."""
    if not text.strip():
        return Complaint("empty", "type a metric's name", unfinished=True)
    if is_logql(text):
        return Complaint("this is LogQL", "the query line asks Prometheus, and logs are not asked here")
    if "$" in _bare(text):
        return Complaint("a variable stands here", "write its value; the query line knows no $variables")
    try:
        parse(text)
    except ValueError as error:
        return _worded(text, str(error))
    return None


def _worded(text: str, said: str) -> Complaint:
    """The parser's words as an operator would say them."""
    for pattern, words, hint, unfinished in _WORDS:
        found = re.search(pattern, said)
        if found:
            groups = [group or "" for group in found.groups()]
            return Complaint(words.format(*groups), hint.format(*groups), unfinished)
    unknown = re.search(r"unknown function with name '(\w+)'", said)
    if unknown:
        near = get_close_matches(unknown[1], [*FUNCTIONS, *AGGREGATIONS], 1, 0.6)
        hint = f"did you mean {near[0]}?" if near else "a newer server may know it; Enter asks it"
        return Complaint(f"no function named {unknown[1]}", hint)
    if said == "invalid promql query":
        return _shapeless(text)
    return Complaint(said)


def _shapeless(text: str) -> Complaint:
    """The parser gives no reason for some texts: look at their ends."""
    bare = _bare(text).strip()
    if _LEFT.search(bare):
        return Complaint("something must follow at the end", f"after {bare.split()[-1][-12:]}", unfinished=True)
    if re.search(r"\bby\s*\([^)]*\)\s*$|\bwithout\s*\([^)]*\)\s*$", bare):
        return Complaint("an aggregation needs its vector in brackets", "sum by (job) (up)", unfinished=True)
    if re.search(r"[^=!<>~]=[^=~]", re.sub(r"\{[^}]*\}", "", bare)):
        return Complaint("one = compares nothing", "write == outside of braces")
    if re.search(r"[\w)}\]]\s+[\w({]", bare):
        return Complaint("two expressions stand side by side", "join them by an operator: + - * / and or unless")
    return Complaint("not PromQL", "a metric, a function or a number was expected")


def _bare(text: str) -> str:
    """The text with strings emptied and comments gone, so that their content cannot mislead."""
    return _PIECE.sub(lambda piece: "" if piece[0].startswith("#") else '""', text)


_WORDS: tuple[tuple[str, str, str, bool], ...] = (
    (r"unclosed left parenthesis", "a bracket is open", "close it with )", True),
    (r"unexpected right parenthesis", "one ) too many", "", False),
    (r"unexpected end of input inside braces", "the braces are open", "close them with }}", True),
    (r"unexpected end of input inside brackets", "the range is open", "close it as in [5m]", True),
    (r"unexpected end of input in offset", "offset needs a duration", "offset 1h", True),
    (r"unterminated quoted string", "a string is open", "close its quotes", True),
    (r"missing unit character in duration", "a duration is missing", "[5m]", False),
    (r"expected type matrix in call to function '(\w+)', got vector", "{0} needs a range", "{0}(metric[5m])", False),
    (r"expected type vector in call to function '(\w+)', got matrix", "{0} takes no range", "drop the [...]", False),
    (r"expected type vector in aggregation expression, got (\w+)", "there is nothing to aggregate in a {0}", "", False),
    (r"ranges only allowed for vector selectors", "only a metric has a range", "use a subquery as in [5m:1m]", False),
    (r"expected (\d+) argument\(s\) in call to '(\w+)', got (\d+)", "{1} takes {0} arguments, not {2}", "", False),
    (r"expected at least (\d+) argument\(s\) in call to '(\w+)'", "{1} takes at least {0} arguments", "", False),
    (
        r"wrong number of arguments for aggregate.*expected (\d+)",
        "the aggregation takes {0} arguments",
        "topk(5, up)",
        False,
    ),
    (r"no arguments for aggregate expression '(\w+)'", "{0} of what?", "{0}(metric)", True),
    (r"in label matching, expected string", "a label's value stands in quotes", 'job="api"', False),
    (r"illegal regex for (.+)", "{0} is no regular expression", "", False),
    (r"at least one non-empty matcher", "this would select everything", "name a metric or a label's value", False),
    (
        r"unexpected character inside braces: '(.)'",
        "{0} cannot stand in braces",
        'write label="value", label=~"a|b"',
        False,
    ),
    (r"unexpected character inside brackets: '(.)'", "{0} cannot stand in a range", "[5m]", False),
    (r"unexpected character(?: after '.')?: '(.)'", "{0} cannot stand here", "", False),
    (r"set operator '(\w+)' not allowed", "{0} joins metrics, not numbers", "", False),
    (r"binary expression must contain only", "numbers and metrics can be joined, text and ranges cannot", "", False),
    (r"metric name must not be set twice: '(.*)' or '(.*)'", "two names for one metric, {0} and {1}", "", False),
)
