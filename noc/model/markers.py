"""Marks on the time axis: what happened beside the numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Marker:
    """``at`` and ``until`` in unix seconds (``until`` None: a moment); ``kind`` is deploy, incident or note. ``text`` is
    raw: the drawing cleans it."""

    at: float
    until: float | None = None
    kind: str = "note"
    text: str = ""
