"""RE2 expressions on Python's engine: what both read alike is compiled, the rest is refused, never half understood."""

from __future__ import annotations

import re
from functools import lru_cache

from noc.model.errors import QueryError

_DIFFERS = re.compile(
    r"\[[^\]]*(?:\[|--|&&|~~|\|\|)|\\[pPQECzZuUN1-9]|\{,|\(\?P?[=!<#(](?!\w+>)|\(\?[-\w]*[aLuUx]|\(\?>|[*+?}]\+"
)


@lru_cache(maxsize=4096)
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern for ``fullmatch``; raises QueryError where RE2 and Python could disagree.

    Classes such as ``\\d`` are ASCII in RE2, case folding is not.
    """
    if _DIFFERS.search(pattern):
        raise QueryError(f"regular expression {pattern!r} uses syntax noc does not evaluate")
    flags = re.RegexFlag(0) if "(?i" in pattern else re.ASCII
    try:
        return re.compile(pattern, flags)
    except re.error as fault:
        raise QueryError(f"invalid regular expression {pattern!r}: {fault}") from fault
