"""incidents: what is being worked, by whom, since when, at which stage; forgotten acknowledgements on top."""

from __future__ import annotations

from noc.charts.canvas import Canvas, Ink
from noc.charts.status import draw_message
from noc.config.alertpanels import IncidentsSpec
from noc.ui.panels.alertlist import draw_lines, seen
from noc.ui.panels.alerts import unconfigured
from noc.ui.panels.alertwords import Line, forgotten, incident_lines
from noc.ui.panels.data import PanelData


def draw(data: PanelData, columns: int, rows: int) -> Canvas:
    assert data.alerts is not None and isinstance(data.spec, IncidentsSpec)
    palette, charset = data.look.palette, data.look.charset
    if not data.alerts.book.configured:
        return unconfigured(data, columns, rows)
    found, waiting = incident_lines(data)
    if not found:
        return draw_message(
            "✔", "nobody is working on anything", "", columns, rows, palette, charset, colour=palette.ok
        )
    canvas = draw_lines(data, found, columns, rows, waiting=waiting, legend=False)
    first, count = seen(data, found, rows, waiting=waiting, legend=False)
    for y, line in enumerate(found[first : first + count]):
        if _forgotten(line, data.spec, data.now):
            canvas.put(0, y, "◷", Ink(palette.medium, canvas.inks[y][0].bg, bold=True))
    return canvas


def _forgotten(line: Line, spec: IncidentsSpec, now: float) -> bool:
    entry = line.row.entry if line.row else None
    return entry is not None and entry.ack is not None and forgotten(entry, spec.forgotten, now)


def keys(data: PanelData, columns: int, rows: int) -> list[str]:
    """Keys of the rows the cursor may rest on."""
    return [line.key for line in incident_lines(data)[0]]


def row_at(data: PanelData, columns: int, rows: int, y: int) -> str | None:
    """The key of the row drawn at a line of the body."""
    assert data.alerts is not None
    found, waiting = incident_lines(data)
    first, count = seen(data, found, rows, waiting=waiting, legend=False)
    return found[first + y].key if 0 <= y < count else None
