"""logs: lines as they arrive, one row a line; it stands still while somebody works in it."""

from __future__ import annotations

from noc.charts.canvas import Canvas
from noc.charts.charset import spell
from noc.charts.status import draw_message
from noc.ui.panels.data import PanelData
from noc.ui.panels.loglist import draw_lines
from noc.ui.panels.logplace import foot_of, seen
from noc.ui.panels.logwords import count, filters, listed


def keys(data: PanelData, columns: int, rows: int) -> list[str]:
    """Keys of all lines the filters leave, top to bottom, seen or not."""
    return [line.key for line in listed(data)]


def row_at(data: PanelData, columns: int, rows: int, y: int) -> str | None:
    """The key of the line drawn at a line of the body."""
    found = next((one for one in seen(data, columns, rows) if one.y <= y < one.y + one.rows), None)
    return found.line.key if found is not None and found.line is not None else None


def draw(data: PanelData, columns: int, rows: int) -> Canvas:
    """The rows; where a filter leaves none, the filter."""
    look, canvas = data.look, draw_lines(data, columns, rows)
    if data.logs is not None and data.logs.feed.lines and not listed(data):
        held = " ".join(one.text for one in filters(data))
        head = f"none of {count(len(data.logs.feed.lines))} lines passes"
        room = rows - (1 if foot_of(data, rows) else 0)
        canvas.blit(0, 0, draw_message("", head, held, columns, room, look.palette, look.charset))
    return spell(canvas, look.charset)
