"""What of a screen is written where: Textual's own updates send more bytes, and know no depth of colour."""

from __future__ import annotations

import re
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.control import Control
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from noc.ui.anchor import cropped, rendered
from noc.ui.depth import Inks
from noc.ui.owed import Span

_NARROW = re.compile(
    "[ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e\u2190-\u2319\u2500-\u25fc\u2713-\u2718\u2800-\u28ff]*"
)
"""What has one cell for sure, and is nearly all there is."""


class TightUpdate(ChopsUpdate):
    """Writes the spans that changed and nothing before them. Textual's own begins each at the left edge of its widget,
    which for a glass as wide as the terminal is the whole row (measured: seven times the bytes)."""

    def __init__(self, chops: Any, spans: Any, chop_ends: Any, inks: Inks | None = None) -> None:
        super().__init__(chops, spans, chop_ends)
        self.inks = inks

    @property
    def cells(self) -> list[Span]:
        """What it changes."""
        return list(self.spans)

    def render_segments(self, console: Console) -> str:
        out: list[str] = []
        for y, start, stop in self.spans:
            for end, (x, strip) in zip(self.chop_ends[y], self.chops[y].items(), strict=False):
                left, right = max(x, start), min(end, stop)
                if strip is None or left >= right:
                    continue
                part = strip
                if (left, right) != (x, end):
                    first, last = whole(strip, left - x, right - x)
                    left, part = x + first, cropped(strip, first, last)
                out += [Control.move_to(left, y).segment.text, rendered(part, left, console, self.inks)]
        return "".join(out)


def whole(strip: Strip, left: int, right: int) -> tuple[int, int]:
    """A span of a strip, wider where it would cut a wide character: half of one cannot be painted, nor the rest later."""
    if _NARROW.fullmatch(strip.text):
        return left, right
    at, first, last = 0, left, right
    for char in strip.text:
        after = at + cell_len(char)
        first = at if at < left < after else first
        last = after if at < right < after else last
        at = after
    return first, last


class WholeUpdate(LayoutUpdate):
    """Writes each row at its place, each column at its own."""

    def __init__(self, strips: Any, region: Region, inks: Inks | None = None) -> None:
        super().__init__(strips, region)
        self.inks = inks

    @property
    def cells(self) -> list[Span]:
        """What it changes."""
        return [(y, self.region.x, self.region.right) for y in range(self.region.y, self.region.bottom)]

    def render_segments(self, console: Console) -> str:
        out: list[str] = []
        for y, row in enumerate(self.strips, self.region.y):
            x = self.region.x
            out.append(Control.move_to(x, y).segment.text)
            for strip in row:
                out.append(rendered(strip, x, console, self.inks))
                x += strip.cell_length
        return "".join(out)
