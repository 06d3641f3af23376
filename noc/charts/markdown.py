"""Markdown as cells: headings, lists, emphasis, code, paragraphs wrapped to the width. Raw HTML and images are text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from noc.charts.canvas import Canvas, Ink
from noc.charts.charset import UNICODE, Charset, spell
from noc.charts.wrap import Piece, wrap_pieces
from noc.model.palette import Palette
from noc.model.text import clean, truncate
from noc.model.text import width as cells

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_LIMIT = 100_000  # characters parsed at most


@dataclass(slots=True)
class _List:
    """An open list: its next number (None for bullets) and how far its items' text stands in."""

    number: int | None = None
    indent: int = 2

    def marker(self) -> str:
        """The bullet or number of the next item."""
        if self.number is None:
            return "• "
        marker = f"{self.number}. "
        self.number += 1
        self.indent = len(marker)
        return marker


def draw_markdown(text: str, width: int, height: int, palette: Palette, charset: Charset = UNICODE) -> Canvas:
    """The text's first ``height`` rows; a last "…" says that there is more."""
    canvas = Canvas(width, height)
    lines = _lines(_parsed(text[:_LIMIT]), canvas.width, palette, charset)
    for y, line in enumerate(lines):
        if y >= canvas.height:
            if canvas.height:
                canvas.fill(0, canvas.height - 1, canvas.width, 1)
                canvas.put(0, canvas.height - 1, "…", Ink(fg=palette.muted))
            break
        x = 0
        for piece, ink in line:
            x = canvas.put(x, y, piece, ink)
    return spell(canvas, charset)


@cache
def _parser() -> MarkdownIt:
    """Imported when the first Markdown is drawn: few walls have any, and every start would wait for it."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable("strikethrough")


@lru_cache(maxsize=32)
def _parsed(text: str) -> Sequence[Token]:
    return _parser().parse(text)


def _lines(tokens: Sequence[Token], width: int, palette: Palette, charset: Charset) -> Iterator[list[Piece]]:
    """Lines of styled pieces, block by block, a blank line between blocks that are not items of one list."""
    ink = Ink(fg=palette.text)
    lists: list[_List] = []
    quotes, marker, started, tight = 0, "", False, False
    for token in tokens:
        match token.type:
            case "bullet_list_open":
                lists.append(_List())
            case "ordered_list_open":
                lists.append(_List(int(token.attrs.get("start", 1))))
            case "bullet_list_close" | "ordered_list_close":
                lists.pop()
                tight = bool(lists)
            case "list_item_open":
                marker = lists[-1].marker()
            case "blockquote_open":
                quotes += 1
            case "blockquote_close":
                quotes -= 1
            case "heading_open":
                ink = Ink(fg=palette.text, bold=True, underline=token.tag == "h1")
            case "heading_close":
                ink = Ink(fg=palette.text)
            case "inline" | "fence" | "code_block" | "hr":
                if started and not tight:
                    yield []
                steps = sum(item.indent for item in lists) - len(marker)
                indent = [("│ " * quotes + " " * steps, Ink(fg=palette.faint))]
                if marker:
                    indent.append((marker, Ink(fg=palette.muted)))
                yield from _block(token, indent, ink, width, palette, charset)
                started, tight, marker = True, bool(lists), ""
            case _:
                pass


def _block(
    token: Token, indent: list[Piece], ink: Ink, width: int, palette: Palette, charset: Charset
) -> Iterator[list[Piece]]:
    """One block's lines behind an indent; its marker stands on the first line only."""
    used = sum(cells(text) for text, _ in indent)
    room = max(1, width - used)
    if token.type == "hr":
        yield [*indent, (charset.line * room, Ink(fg=palette.faint))]
        return
    if token.type == "inline":
        lines = wrap_pieces(_pieces(token.children or [], ink, palette), room)
    else:
        code = Ink(fg=palette.text, bg=palette.raised)
        rows = [truncate(f" {clean(line)}", room) for line in token.content.rstrip("\n").split("\n")]
        lines = [[(row + " " * (room - cells(row)), code)] for row in rows]
    rest: list[Piece] = [(indent[0][0], indent[0][1])] + [(" " * cells(text), style) for text, style in indent[1:]]
    for index, line in enumerate(lines):
        yield [*(rest if index else indent), *line]


def _pieces(tokens: Sequence[Token], ink: Ink, palette: Palette) -> Iterator[Piece]:
    """The styled pieces of one paragraph; links keep their text and say where they lead."""
    inks, targets = [ink], []
    for token in tokens:
        match token.type:
            case "strong_open":
                inks.append(inks[-1]._replace(bold=True))
            case "em_open":
                inks.append(inks[-1]._replace(italic=True))
            case "s_open":
                inks.append(inks[-1]._replace(dim=True))
            case "link_open":
                targets.append(clean(str(token.attrs.get("href", "")), 200))
                inks.append(inks[-1]._replace(underline=True))
            case "strong_close" | "em_close" | "s_close":
                inks.pop()
            case "link_close":
                inks.pop()
                target = targets.pop()
                if target:
                    yield f" ({target})", inks[-1]._replace(fg=palette.muted)
            case "code_inline":
                yield clean(token.content), inks[-1]._replace(fg=palette.text, bg=palette.raised)
            case "softbreak":
                yield " ", inks[-1]
            case "hardbreak":
                yield "\n", inks[-1]
            case _:
                yield clean(token.content), inks[-1]
