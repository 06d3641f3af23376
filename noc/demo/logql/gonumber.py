"""Numbers, durations and sizes in labels, as Go reads them, with its complaints."""

from __future__ import annotations

import re

from noc.catalogue.logql import quoted, units

_FLOAT = re.compile(r"[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|inf|infinity|nan)", re.IGNORECASE | re.ASCII)
_GO_DURATION = re.compile(r"[+-]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|ms|s|m|h))+)", re.ASCII)


def number(text: str) -> float:
    """ValueError in Go's words."""
    if not _FLOAT.fullmatch(text):
        raise ValueError(f"strconv.ParseFloat: parsing {quoted(text)}: invalid syntax")
    return float(text)


def nanoseconds(text: str) -> int:
    """Of Go's kind of duration only, as labels are read; ValueError in Go's words."""
    found = units.duration(text) if _GO_DURATION.fullmatch(text) else None
    if found is None:
        raise ValueError(f"time: invalid duration {quoted(text)}")
    return found


def seconds(text: str) -> float:
    return nanoseconds(text) / 1e9


def size(text: str) -> float:
    """Bytes of ``1.5 MB`` or a plain number; ValueError in Go's words."""
    found = units.size(text)
    if found is None:
        raise ValueError(f"strconv.ParseFloat: parsing {quoted(text)}: invalid syntax")
    return float(found)
