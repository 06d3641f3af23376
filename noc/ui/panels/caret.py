"""Where a server's complaint points in a query: the part of the line it names, and a mark beneath it."""

from __future__ import annotations

import re

from noc.model.text import clean, width

_LOKI = re.compile(r"at line (\d+), col (\d+)")
_PROMETHEUS = re.compile(r"(?:^|\s)(\d+):(\d+): parse error")
_BEFORE = 0.6
"""Share of the room that is given to what stands before the mark."""


def caret(query: str, complaint: str, columns: int) -> list[str]:
    """The query's line, cut around the place, and ``^`` under it; nothing when the complaint names no place in it."""
    found = _LOKI.search(complaint) or _PROMETHEUS.search(complaint)
    lines = query.split("\n")
    if found is None or columns < 10 or not 1 <= int(found[1]) <= len(lines):
        return []
    line, at = lines[int(found[1]) - 1], int(found[2]) - 1
    if not 0 <= at <= len(line):
        return []
    before, after = clean(line[:at]), clean(line[at:])
    if at and line[at - 1].isspace() and not before.endswith(" "):
        before += " "
    room = columns if width(before) + max(1, width(after)) <= columns else int(columns * _BEFORE)
    while width(before) > room:
        before = "…" + before[2:]
    while width(before) + width(after) > columns:
        after = after[:-2] + "…"
    return [before + after, " " * width(before) + "^"]
