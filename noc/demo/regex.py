"""Go's templates of a regular expression's groups."""

from __future__ import annotations

import re

_REFERENCE = re.compile(r"\$(?:\$|(\w+)|\{(\w+)\})", re.ASCII)


def expand(template: str, match: re.Match[str]) -> str:
    """Fill ``$1``, ``${1}``, ``$name`` as Go's Regexp.Expand does: the longest name counts, unknown ones are empty."""

    def replacement(reference: re.Match[str]) -> str:
        name = reference.group(1) or reference.group(2)
        if name is None:
            return "$"
        if name.isdigit():
            index = int(name)
            return (match.group(index) or "") if index <= match.re.groups else ""
        return (match.group(name) or "") if name in match.re.groupindex else ""

    return _REFERENCE.sub(replacement, template)
