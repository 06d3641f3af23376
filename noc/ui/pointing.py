"""Rows of the panels on a Board: a cursor among them, and where a drill link leads from one. No Textual.

Lists of alerts and log lines know their rows by keys (a fingerprint, a group, a line), and stand still while a key works
on them; tables by their number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from noc.config.alertpanels import AlertPanel
from noc.config.logpanels import LogsSpec
from noc.config.panels import BarSpec, Drill, QueryPanel, TableSpec
from noc.ui.cards import TITLE_ROWS, body_size
from noc.ui.panels import KINDS
from noc.ui.panels.alertwords import order_of
from noc.ui.panels.bar import ranked
from noc.ui.panels.data import readings
from noc.ui.panels.table import ordered

if TYPE_CHECKING:
    from noc.ui.board import Board


def row_keys(board: Board, panel: str) -> list[str] | None:
    """Keys of a list's rows as they are drawn, top to bottom; None where a panel has no such rows."""
    walk = KINDS[board.page.layout.panels[panel].kind].keys
    rect = board.rectangles.get(panel)
    if walk is None or rect is None:
        return None
    return walk(board.data(panel), *body_size(rect.width, rect.height))


def row_moved(board: Board, by: int) -> bool:
    """Move the row cursor of the focused panel, if it has rows; False lets the focus move instead."""
    panel = board.view.focus
    if panel is None:
        return False
    keys = row_keys(board, panel)
    if keys is not None:
        _stand(board, panel)
        return board.desk.moved(panel, keys, by)
    if not KINDS[board.page.layout.panels[panel].kind].rows:
        return False
    count = len(readings(board.data(panel)))
    at = board.rows.get(panel, -1) + by
    if not 0 <= at < count:
        board.rows.pop(panel, None)
        return False
    board.rows[panel] = at
    return True


def point(board: Board, panel: str, y: int) -> None:
    """Put the cursor of a list on the row at a line of the grid; pointing never does more."""
    at = KINDS[board.page.layout.panels[panel].kind].row_at
    rect = board.rectangles.get(panel)
    if at is None or rect is None:
        return
    key = at(board.data(panel), *body_size(rect.width, rect.height), y - rect.y - TITLE_ROWS)
    if key is not None:
        choose(board, panel, key)


def choose(board: Board, panel: str, key: str) -> None:
    """Put the cursor of a list that has the focus on a row."""
    _stand(board, panel)
    board.desk.choose(panel, key)


def freeze(board: Board) -> None:
    """Let the focused list of alerts stand still in the order it has now. A feed runs on until a key works in it."""
    panel = board.view.focus
    if panel is not None and _listing(board, panel, AlertPanel) and row_keys(board, panel) is not None:
        board.desk.freeze(panel, order_of(board.data(panel)))


def _stand(board: Board, panel: str) -> None:
    """What a key or the mouse works in does not move under it."""
    logs = board.data(panel).logs if _listing(board, panel, LogsSpec) else None
    if logs is not None:
        board.desk.hold(panel, logs.feed)
    else:
        freeze(board)


def _listing(board: Board, panel: str, kind: type) -> bool:
    return isinstance(board.page.layout.panels[panel], kind)


def drill(board: Board, panel: str | None = None) -> tuple[str, dict[str, str]] | None:
    """Layout and variables of a panel's drill link, the focused one's by default; ``$label`` takes the row's or series'
    label."""
    panel = panel or board.view.focus
    link: Drill | None = board.page.layout.panels[panel].drill if panel else None
    if link is None or panel is None:
        return None
    labels = row_labels(board, panel)
    carried = {}
    for name, template in link.variables.items():
        value = labels.get(template[1:], "") if template.startswith("$") else template
        if template.startswith("$") and not value:
            value = next(iter(board.values.get(template[1:], ())), "")
        if value:
            carried[name] = value
    return link.layout, carried


def row_labels(board: Board, panel: str) -> dict[str, str]:
    """The labels of a panel's row under the cursor, else of its first row as drawn, or of the most severe series; empty
    where it has none."""
    data = board.data(panel)
    if isinstance(data.spec, TableSpec):
        found, at = ordered(data), data.row or 0
        return dict(found[at].labels) if at < len(found) else {}
    behind = KINDS[data.spec.kind].labels  # type: ignore[attr-defined]
    if behind is not None:
        chosen = data.chosen or next(iter(row_keys(board, panel) or ()), None)
        if chosen is not None:
            return dict(behind(data, chosen))
    if not isinstance(data.spec, QueryPanel):
        return {}
    series = ranked(data) if isinstance(data.spec, BarSpec) else readings(data)
    grave = max(series, key=lambda one: one.severity.rank, default=None)
    return dict(grave.series.labels) if grave is not None else {}
