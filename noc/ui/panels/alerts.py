"""alerts: what fires, as a tree of groups or a table, most urgent first; what will fire, what resolved, silences."""

from __future__ import annotations

from noc.charts.canvas import Canvas
from noc.charts.status import draw_message
from noc.model.units import format_age
from noc.ui.panels.alertlist import draw_lines, seen
from noc.ui.panels.alertwords import lines
from noc.ui.panels.data import PanelData


def draw(data: PanelData, columns: int, rows: int) -> Canvas:
    assert data.alerts is not None
    if not data.alerts.book.configured:
        return unconfigured(data, columns, rows)
    found, waiting = lines(data)
    if not found:
        return _calm(data, columns, rows)
    return draw_lines(data, found, columns, rows, waiting=waiting)


def unconfigured(data: PanelData, columns: int, rows: int) -> Canvas:
    """No Alertmanager: said, and what to do."""
    palette, charset = data.look.palette, data.look.charset
    return draw_message(
        "", "no Alertmanager is configured", "--alertmanager URL, or noc init", columns, rows, palette, charset
    )


def _calm(data: PanelData, columns: int, rows: int) -> Canvas:
    """Nothing to list is good news only with a proof that news arrive."""
    assert data.alerts is not None
    palette, charset, book = data.look.palette, data.look.charset, data.alerts.book
    if data.alerts.typed:
        return draw_message("", "nothing matches the filter", data.alerts.typed, columns, rows, palette, charset)
    proof = "no Watchdog has been seen: this calm proves nothing"
    if book.watchdog is not None:
        proof = f"the Watchdog was seen {format_age(max(0.0, data.now - _newest(data)))} ago"
    return draw_message("✔", "no alert fires", proof, columns, rows, palette, charset, colour=palette.ok)


def _newest(data: PanelData) -> float:
    assert data.alerts is not None
    return max((one.good_at for one in data.alerts.book.members if one.good_at is not None), default=data.now)


def keys(data: PanelData, columns: int, rows: int) -> list[str]:
    """Keys of the rows the cursor may rest on, top to bottom, those beyond the edge too."""
    return [line.key for line in lines(data)[0] if line.selectable]


def row_at(data: PanelData, columns: int, rows: int, y: int) -> str | None:
    """The key of the row drawn at a line of the body."""
    assert data.alerts is not None
    found, waiting = lines(data)
    first, count = seen(data, found, rows, waiting=waiting)
    if not 0 <= y < count or not found[first + y].selectable:
        return None
    return found[first + y].key
