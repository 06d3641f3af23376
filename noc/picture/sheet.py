"""A contact sheet: several frames with captions, composed into one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from noc.charts.canvas import Canvas, Ink
from noc.model.text import clean, truncate
from noc.picture.frame import Frame

PAPER, WORDS = "#000000", "#d8dee9"
"""The sheet between the frames: darker than any theme's ground, so that each frame ends where it ends."""
MARGIN, GUTTER = 1, 2
"""Cells around the sheet, and between two frames of a row; one row parts a frame from the next caption."""


def beside(
    frames: Sequence[tuple[str, Frame]],
    *,
    across: int,
    title: str = "noc",
    paper: str = PAPER,
    words: str = WORDS,
) -> Frame:
    """``(caption, frame)`` in rows of ``across``, each column as wide as its widest frame; ValueError for no frame.

    A caption stands above its frame, cut to its width. The order is kept: left to right, then down.
    """
    if not frames or across < 1:
        raise ValueError("a sheet needs a frame and a column")
    rows = [frames[at : at + across] for at in range(0, len(frames), across)]
    widths = [max(frame.cells.width for _, frame in frames[column::across]) for column in range(len(rows[0]))]
    heights = [1 + max(frame.cells.height for _, frame in row) for row in rows]
    canvas = Canvas(
        sum(widths) + GUTTER * (len(widths) - 1) + 2 * MARGIN,
        sum(heights) + len(heights) - 1 + 2 * MARGIN,
        Ink(words, paper),
    )
    lefts = list(_starts(widths, GUTTER))
    for row, y in zip(rows, _starts(heights, 1), strict=True):
        for (caption, frame), x, width in zip(row, lefts, widths, strict=False):
            canvas.put(x, y, truncate(clean(caption, 200), width), Ink(words, paper, bold=True))
            canvas.blit(x, y + 1, _whole(frame))
    return Frame(canvas, words, paper, title)


def _starts(sizes: Sequence[int], gap: int) -> Iterator[int]:
    at = MARGIN
    for size in sizes:
        yield at
        at += size + gap


def _whole(frame: Frame) -> Canvas:
    """The frame's cells with their own ground in every ink: the sheet has another."""
    own, canvas = frame.cells, Canvas(frame.cells.width, frame.cells.height)
    canvas.chars = [list(row) for row in own.chars]
    canvas.inks = [
        [ink._replace(fg=ink.fg or frame.foreground, bg=ink.bg or frame.background) for ink in row] for row in own.inks
    ]
    return canvas
