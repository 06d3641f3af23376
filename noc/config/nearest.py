"""The nearest known word to a misspelt one, as every message of the configuration says it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

LIST_AT_MOST = 12


def hint(word: str, known: Iterable[str]) -> str:
    """``, did you mean 'x'?``, else ``; known: a, b, c`` while that is a short list, else nothing."""
    words = sorted(set(known))
    near = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    if near:
        return f", did you mean {near[0]!r}?"
    if words and len(words) <= LIST_AT_MOST:
        return f"; known: {', '.join(words)}"
    return ""
