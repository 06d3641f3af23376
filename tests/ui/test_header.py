"""The one line at the top at widths where not everything has room: what must be known stays."""

from __future__ import annotations

from typing import Any

import pytest

from noc.model.results import ServerHealth
from noc.ui.header import HeaderData, draw_header
from noc.ui.panels.data import Look
from noc.ui.state import View
from tests.palettes import DARK
from tests.ui.given import NOW


def header(columns: int, view: View, title: str = "Logs › trace req_d3811f2ae", **more: Any) -> str:
    servers = (ServerHealth("loki", "loki", True, NOW), ServerHealth("alertmanager", "alertmanager", True, NOW))
    data = HeaderData("demo", "", title, view, 1800.0, NOW, "UTC", servers, read_only=True, mark="15:29:35", **more)
    return draw_header(data, columns, Look(DARK)).text().rstrip()


@pytest.mark.parametrize(
    ("columns", "line"),
    [
        (60, " demo  Logs › …3811f2ae  HISTORY 15:30:00 UTC   ✔ 0s   ✔ 0s"),
        (70, " demo  Logs › …3811f2ae  HISTORY, not live 15:30:00 UTC   ✔ 0s   ✔ 0s"),
        (80, " demo  Logs › t…d3811f2ae  HISTORY 15:30:00 UTC   loki ✔ 0s   alertmanager ✔ 0s"),
    ],
)
def test_a_wall_that_is_not_live_says_so_whole_beside_where_it_is(columns: int, line: str) -> None:
    view = View("made: trace", span=1800.0, end=NOW - 60)
    assert header(columns, view) == line


def test_what_is_read_only_and_where_the_time_cursor_stands_follows_where_there_is_room() -> None:
    wide = header(160, View("made: trace", span=1800.0, end=NOW - 60))
    assert "HISTORY, not live  30m  read-only  ⌖ 15:29:35" in wide


def test_the_lines_meter_comes_last_and_goes_first() -> None:
    live = View("logs")
    assert "last 30m ▸ live  ⌖ 15:29:35  640 B/s of 2 kB/s" in header(160, live, "Logs", meter="640 B/s of 2 kB/s")
    assert "B/s" not in header(80, live, "Logs", meter="640 B/s of 2 kB/s")
