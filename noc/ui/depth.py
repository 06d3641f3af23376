"""Styles as a terminal with few colours, or none, gets them: noc converts by itself, because a library's nearest colour knows
no severities. The wall is drawn in 24 bits always; only the bytes, and pictures of such a terminal, differ."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from rich.color import Color
from rich.style import Style

from noc.charts.canvas import Canvas, Ink
from noc.model.ansi import FULL, SEVERITIES, distance, full, full_slots, ground_slots, ink_slots, readable
from noc.model.colour import blend
from noc.model.depth import Depth
from noc.model.palette import Palette
from noc.picture.frame import Frame

LOUD = 0.3
"""How unlike the card a ground must be to be shown reversed where there is no colour: a filled title, not a tint."""
MOST = 8192
BRIGHTENED = range(7)
"""Inks of the sixteen that are never bold: consoles show bold as the colour eight further on, HIGH as MEDIUM, black as grey."""


class Inks:
    """The SGR parameters of styles at one depth, under one theme."""

    def __init__(self, depth: Depth, palette: Palette) -> None:
        self.depth = depth
        self.palette = palette
        self._known: dict[tuple[Style, bool], str] = {}
        self._full = full_slots(palette) if depth is Depth.FULL else {}
        few = depth is Depth.SIXTEEN
        self._front: Mapping[str, int] = ink_slots(palette) if few else {}
        self._back: Mapping[str, int] = ground_slots(palette) if few else {}
        self._nearest: dict[tuple[str, bool], int] = {}

    def written(self, text: str, style: Style | None) -> str:
        """A text in its style, as it is sent."""
        sgr = self.sgr(style, blocks=self.depth is Depth.SIXTEEN and drawn(text)) if style else ""
        return f"\x1b[{sgr}m{text}\x1b[0m" if sgr else text

    def sgr(self, style: Style, *, blocks: bool = False) -> str:
        """What stands between ``ESC [`` and ``m``; empty for a style that is none. ``blocks``: of a drawing, not of letters."""
        known = self._known.get((style, blocks))
        if known is None:
            if len(self._known) > MOST:
                self._known.clear()
            known = self._known[style, blocks] = self._made(style, blocks)
        return known

    def _made(self, style: Style, blocks: bool) -> str:
        front = _hex(style.color)
        back = _hex(style.bgcolor)
        if self.depth is Depth.NONE:
            return ";".join(self._plain(style, front, back))
        out = [code for code, on in zip("123479", _attributes(style), strict=True) if on]
        if self.depth is Depth.TRUECOLOR:
            out += [f"{code};2;{_channels(one)}" for code, one in ((38, front), (48, back)) if one]
        elif self.depth is Depth.FULL:
            out += [f"{code};5;{self.full(one)}" for code, one in ((38, front), (48, back)) if one]
        else:
            slots = self.sixteen(front, back, blocks=blocks)
            if style.bold and slots[0] in BRIGHTENED:
                out.remove("1")
            out += [_few(slot, start) for slot, start in zip(slots, (30, 40), strict=True) if slot is not None]
        return ";".join(out)

    def full(self, colour: str) -> int:
        """One of 16 to 255."""
        slot = self._full.get(colour)
        return full(colour) if slot is None else slot

    def sixteen(self, front: str, back: str, *, blocks: bool = False) -> tuple[int | None, int | None]:
        """Numbers of ink and ground, None for a colour that is the terminal's own; letters can be read on their ground."""
        ink = self._slot(front, ground=False) if front else None
        ground = self._slot(back, ground=True) if back else None
        if ink is not None and ground is not None and front != back and (ink == ground or not blocks):
            ink = readable(ink, ground)
        return ink, ground

    def _slot(self, colour: str, *, ground: bool) -> int:
        slot = self._nearest.get((colour, ground))
        if slot is None:
            table = self._back if ground else self._front
            slot = table.get(colour)
            if slot is None:
                slot = table[min(table, key=lambda known: distance(colour, known))]
            if len(self._nearest) > MOST:
                self._nearest.clear()
            self._nearest[colour, ground] = slot
        return slot

    def _plain(self, style: Style, front: str, back: str) -> list[str]:
        """Bold, underline and reverse alone. What is coloured as a state or as the focus is bold; a filled ground, the cursor
        and what lies over the wall are reversed; a quiet band is underlined."""
        reverse, underlined = _behind(back, self.palette) if back else (False, False)
        bold = bool(style.bold) or (bool(front) and front in _emphasis(self.palette))
        codes = [("1", bold), ("4", bool(style.underline) or underlined), ("7", reverse != bool(style.reverse))]
        return [code for code, on in codes if on]


def drawn(text: str) -> bool:
    """Whether a text is a drawing of block elements, whose ink need not be read on its ground."""
    return all("\u2580" <= char <= "\u259f" or char == " " for char in text)


@lru_cache(maxsize=64)
def _emphasis(palette: Palette) -> frozenset[str]:
    return frozenset({palette.accent, *(str(getattr(palette, role)) for role in SEVERITIES if role != "ok")})


@lru_cache(maxsize=4096)
def _behind(colour: str, palette: Palette) -> tuple[bool, bool]:
    """Whether a ground is reversed, and whether it is underlined, without colours. An amount's is neither: its glyph says
    how much, and reversed the most would look like nothing."""
    if colour in (palette.background, palette.surface, *palette.ramp):
        return False, False
    quiet = blend(palette.raised, palette.surface, 0.6)
    cursor = blend(palette.accent, palette.surface, 0.25)
    near = min(
        (palette.background, palette.surface, palette.raised, quiet, cursor), key=lambda one: distance(colour, one)
    )
    if near in (palette.raised, cursor) or distance(colour, palette.surface) > LOUD:
        return True, False
    return False, near == quiet


def _attributes(style: Style) -> tuple[bool, ...]:
    """Bold, dim, italic, underline, reverse, strike: SGR 1, 2, 3, 4, 7, 9."""
    return tuple(map(bool, (style.bold, style.dim, style.italic, style.underline, style.reverse, style.strike)))


def _hex(colour: Color | None) -> str:
    if colour is None or colour.is_default:
        return ""
    red, green, blue = colour.get_truecolor()
    return f"#{red:02x}{green:02x}{blue:02x}"


def _channels(colour: str) -> str:
    return ";".join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5))


def _few(slot: int, start: int) -> str:
    return str(start + slot if slot < 8 else start + 52 + slot)


def as_shown(frame: Frame, inks: Inks) -> Frame:
    """A frame as such a terminal shows it, in colours a picture can hold: what ``noc snapshot --colours 16`` writes."""
    canvas = Canvas(frame.cells.width, frame.cells.height)
    known: dict[tuple[Ink, bool], Ink] = {}
    for y, (chars, row) in enumerate(zip(frame.cells.chars, frame.cells.inks, strict=True)):
        canvas.chars[y][:] = chars
        for x, ink in enumerate(row):
            key = ink, drawn(chars[x])
            if key not in known:
                known[key] = _shown(ink, frame, inks, key[1])
            canvas.inks[y][x] = known[key]
    plain = _shown(Ink(frame.foreground, frame.background), frame, inks, False)
    return Frame(canvas, plain.fg or frame.foreground, plain.bg or frame.background, frame.title)


def _shown(ink: Ink, frame: Frame, inks: Inks, blocks: bool) -> Ink:
    front, back = ink.fg or frame.foreground, ink.bg or frame.background
    if inks.depth is Depth.FULL:
        return ink._replace(fg=FULL[inks.full(front)], bg=FULL[inks.full(back)])
    if inks.depth is Depth.SIXTEEN:
        ink_slot, ground = inks.sixteen(front, back, blocks=blocks)
        return ink._replace(fg=FULL[ink_slot or 0], bg=FULL[ground or 0])
    if inks.depth is Depth.NONE:
        style = Style(color=front, bgcolor=back, bold=ink.bold, underline=ink.underline, reverse=ink.reverse)
        codes = inks.sgr(style).split(";")
        black, white = ("#000000", "#e0e0e0") if inks.palette.dark else ("#ffffff", "#000000")
        return Ink(white, black, bold="1" in codes, underline="4" in codes, reverse="7" in codes)
    return ink
