"""What stands on the glass as data, for scripts and tests: states, values as the servers gave them, text as drawn."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

import orjson

from noc.config.panels import QueryPanel
from noc.engine.grid import Rect
from noc.model.results import State
from noc.ui.board import Board
from noc.ui.cards import draw_card
from noc.ui.panels import MINIMUM, state
from noc.ui.panels.data import age, readings


def report(board: Board, size: tuple[int, int]) -> bytes:
    """JSON: ``{"layout", "at", "size", "panels": {ID: {"kind", "title", "state", "age", "values", "text"}}}``."""
    panels = {panel: _panel(board, panel, board.rectangles.get(panel)) for panel in sorted(board.order)}
    at = datetime.fromtimestamp(board.runtime.clock.now(), UTC).isoformat().replace("+00:00", "Z")
    found = {"layout": board.page.name, "at": at, "size": f"{size[0]}x{size[1]}", "panels": panels}
    return orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _panel(board: Board, panel: str, rect: Rect | None) -> dict[str, Any]:
    data = board.data(panel)
    if rect is None:
        shown, text = State.HIDDEN, ""
    else:
        small = rect.width < MINIMUM[0] or rect.height < MINIMUM[1]
        shown = State.TOOSMALL if small else state(data)
        text = draw_card(data, rect.width, rect.height).text()
    seconds = age(data)
    return {
        "kind": data.spec.kind,  # type: ignore[attr-defined]
        "title": data.title,
        "state": shown.value,
        "age": None if seconds is None else round(seconds, 3),
        "values": _values(board, panel),
        "text": text,
    }


def _values(board: Board, panel: str) -> list[dict[str, Any]]:
    """The current value of every series, unscaled and unrounded; null for NaN."""
    data = board.data(panel)
    if not isinstance(data.spec, QueryPanel):
        return []
    return [
        {"name": one.name, "query": one.index, "labels": dict(one.series.labels), "value": _number(one.value)}
        for one in readings(data)
    ]


def _number(value: float | None) -> float | str | None:
    """JSON has no infinities: they are spelled as Prometheus spells them."""
    if value is None or math.isnan(value):
        return None
    return value if math.isfinite(value) else "+Inf" if value > 0 else "-Inf"
