"""Breaking text into lines of a width, by words, styled pieces kept together with their ink."""

from __future__ import annotations

from collections.abc import Iterable

from noc.charts.canvas import PLAIN, Ink
from noc.model.text import width as cells

Piece = tuple[str, Ink]


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most ``width`` cells; a word longer than a line is broken."""
    return ["".join(piece for piece, _ in line) for line in wrap_pieces([(text, PLAIN)], width)]


def wrap_pieces(pieces: Iterable[Piece], width: int) -> list[list[Piece]]:
    """The same for pieces of different ink. A newline in a piece ends the line."""
    if width <= 0:
        return []
    lines: list[list[Piece]] = [[]]
    used, blank = 0, False
    for word in _words(pieces):
        if word is None or not word:
            blank = blank or word is not None
            if word is None:
                lines.append([])
                used, blank = 0, False
            continue
        size = sum(cells(text) for text, _ in word)
        if used and used + blank + size > width:
            lines.append([])
            used, blank = 0, False
        if used and blank:
            lines[-1].append((" ", word[0][1] if word[0][1] == lines[-1][-1][1] else PLAIN))
            used += 1
        blank = False
        for text, ink in word:
            used = _append(lines, text, ink, used, width)
    return lines


def _append(lines: list[list[Piece]], text: str, ink: Ink, used: int, width: int) -> int:
    """Add a text to the last line, breaking it where it must; returns the cells used of the line it ends on."""
    start = 0
    for index, char in enumerate(text):
        wide = cells(char)
        if used + wide > width and used:
            if index > start:
                lines[-1].append((text[start:index], ink))
            lines.append([])
            start, used = index, 0
        used += wide
    if start < len(text):
        lines[-1].append((text[start:], ink))
    return used


def _words(pieces: Iterable[Piece]) -> Iterable[list[Piece] | None]:
    """Words of one or more pieces, an empty list for blanks between words, None for a line's end."""
    word: list[Piece] = []
    for text, ink in pieces:
        part = ""
        for char in text:
            if char not in " \n":
                part += char
                continue
            if part:
                word.append((part, ink))
                part = ""
            if word:
                yield word
                word = []
            yield None if char == "\n" else []
        if part:
            word.append((part, ink))
    if word:
        yield word
