"""A frame as plain text: what a pipe, a mail or a diff wants."""

from __future__ import annotations

from noc.picture.frame import Frame


def to_text(frame: Frame) -> str:
    """Every row, trailing blanks cut, a line end after each."""
    return "".join(f"{''.join(row).rstrip()}\n" for row in frame.cells.chars)
