"""When a card must be drawn anew: equal keys draw equal cards."""

from __future__ import annotations

from noc.model.results import State
from noc.model.units import format_age
from noc.ui.panels import KINDS, state
from noc.ui.panels.alertwords import alert_key
from noc.ui.panels.data import PanelData, age, log_key


def picture_key(data: PanelData) -> object:
    """What ticks is the age of a stale card, and the next try of an empty one."""
    shown, ticking = state(data), ""
    ticks = KINDS[data.spec.kind].ticks  # type: ignore[attr-defined]
    if shown is State.STALE:
        ticking = format_age(age(data) or 0.0)
    elif shown is State.ERROR and not any(asked.result.series for asked in data.asked):
        ticking = str(int(data.now))
    versions = tuple((asked.planned.query, asked.result.version) for asked in data.asked)
    return (
        data.id,
        versions,
        shown,
        ticking,
        data.row,
        data.fault,
        alert_key(data),
        data.fired,
        log_key(data),
        data.cursor,
        data.markers,
        data.checks,
        ticks(data) if ticks else None,
    )
