"""The footer of a wall: the keys that do something on this page, and where ``d`` leads from the focused panel. No Textual."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from noc.config.logpanels import LogsSpec, TopSpec
from noc.model.text import clean, truncate
from noc.ui import pointing
from noc.ui.bindings import Key
from noc.ui.leads import lead
from noc.ui.panels.top import row_of

if TYPE_CHECKING:
    from noc.ui.board import Board

DRILL = "panel.drill"
LONGEST = 24
"""Cells of the words that say where ``d`` leads."""


def footer_keys(board: Board, keys: Sequence[Key]) -> list[tuple[Key, str]]:
    """The keys the footer shows and a word for each: those that do something on this page."""
    runtime = board.runtime
    idle = set() if board.page.layout.variables else {"variables"}
    idle |= set() if runtime.alerting is not None else {"alert.ack", "alert.silence", "alert.runbook"}
    idle |= set() if runtime.log_servers else {"log.lines"}
    led = leads_to(board)
    worded = [(key, led if key.id == DRILL and key.keys else key.short) for key in keys if key.id not in idle]
    return [(key, word) for key, word in worded if word]


def leads_to(board: Board) -> str:
    """Where ``d`` leads from the panel that has the focus, or from its row; empty where there is none, or nothing behind."""
    panel = board.view.focus
    if panel is None or panel not in board.page.layout.panels:
        return ""
    spec = board.page.layout.panels[panel]
    if isinstance(spec, (LogsSpec, TopSpec)) and (rows := pointing.row_keys(board, panel)):
        chosen = board.desk.of(panel).cursor or rows[0]  # a key in a list acts on its first row where none is chosen
        if isinstance(spec, LogsSpec):
            return "its trace"
        row = row_of(board.data(panel), chosen)
        if row is not None and row.address:
            return truncate(f"address {clean(row.address, 45)}", LONGEST)
    found = lead(board, panel)
    if found is None:
        return ""
    return "where it began" if found.alert else truncate(found.words, LONGEST)  # its row names the alert
