"""Lines a second by level: severities keep their colours, the worst lie at the bottom, the rest is counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from noc.model.colour import blend
from noc.model.results import State
from noc.ui.cards import draw_card
from noc.ui.panels.data import PanelData, state
from noc.ui.panels.log_rate import LAYERS, graph, level_colour, lines
from tests.ui.given import NOW, PALETTE, panel

LEVELS = {
    "info": (20.0, 30.0),
    "warn": (5.0, 4.0),
    "fatal": (1.0, 0.0),
    "critical": (0.0, 2.0),
    "error": (2.0, 2.0),
    "": (1.0, 1.0),
    "debug": (9.0, 9.0),
}


def rate(
    found: Mapping[str, tuple[float, ...]] = LEVELS, label: str = "detected_level", **written: object
) -> PanelData:
    answers = [
        (
            {label: name} if name else {},
            [(NOW - 1800 * (len(values) - 1 - at), value) for at, value in enumerate(values)],
        )
        for name, values in found.items()
    ]
    return panel({"kind": "log-rate", "title": "Lines", "query": "x", **written}, answers, step=1800.0)


def text(data: PanelData, columns: int, rows: int) -> list[str]:
    return draw_card(data, columns, rows).text().rstrip("\n").split("\n")


def test_the_stack_stands_over_its_legend_and_the_unit_is_said_once() -> None:
    assert text(rate(), 80, 9) == [
        " Lines                                                                  lines/s",
        " 50                                                      ▁▁▁▁▁▁▁▁▂▂▂▃▃▃▃▄▄▄▄▅▅▅",
        "                                         ▄▄▄▄▅▅▅▅▆▆▆▆▇▇▇▇██████▁▁▁▁▂▂▂▂▃▃▃▃▄▄▄▄",
        " 25                                      ▃▃▃▄▄▄▄▅▅▅▅▆▆▆▇▇▇▇████████████████████",
        "                                         ██████████████████████████████████████",
        "                                         ██████████████████████████████████████",
        "  0                                      ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂",
        "              14:40        14:50       15:00       15:10        15:20",
        " ─ critical 2  ─ error 2  ─ warn 4  ─ info 30  ─ debug 9  ─ unknown 1",
    ]


def test_layers_stand_from_the_worst_up_whatever_the_servers_order() -> None:
    names = ["critical", "error", "warn", "info", "debug", "unknown"]
    assert [line.name for line in lines(rate())] == names
    assert [line.name for line in lines(rate(dict(reversed(LEVELS.items()))))] == names


def test_fatal_lines_are_critical_and_lines_without_a_level_unknown() -> None:
    by_name = {line.name: list(line.series.values) for line in lines(rate())}
    assert by_name["critical"] == [1.0, 2.0]
    assert by_name["unknown"] == [1.0, 1.0]


def test_colour_is_for_what_somebody_must_look_at() -> None:
    colours = {line.name: line.colour for line in lines(rate())}
    assert (colours["critical"], colours["error"], colours["warn"]) == (PALETTE.critical, PALETTE.high, PALETTE.medium)
    assert colours["info"] == blend(PALETTE.text, PALETTE.surface, 0.45)
    assert colours["debug"] == colours["unknown"] == blend(PALETTE.muted, PALETTE.surface, 0.5)
    assert level_colour("HIGH", PALETTE) == PALETTE.high


def test_the_legend_names_levels_with_their_current_rate_and_counts_what_does_not_fit() -> None:
    assert text(rate(), 100, 9)[-1] == " ─ critical 2  ─ error 2  ─ warn 4  ─ info 30  ─ debug 9  ─ unknown 1"
    assert text(rate(), 60, 7)[-1] == " ─ critical 2  ─ error 2  ─ warn 4  ─ info 30  +2 more"


def test_the_unit_stands_in_the_title_row_beside_a_range_of_its_own() -> None:
    assert text(rate(), 60, 7)[0] == f" Lines{' ' * 46}lines/s"
    assert text(rate(range="6h"), 60, 7)[0].endswith("lines/s  6h")
    assert not text(rate(unit="ops"), 60, 7)[0].endswith("lines/s")


def test_another_label_has_series_colours_the_largest_first_and_the_rest_as_one() -> None:
    found = {f"app{number}": (float(number), float(number)) for number in range(1, LAYERS + 4)}
    drawn = lines(rate(found, "app", by="app"))
    assert [line.name for line in drawn] == [*(f"app{number}" for number in range(11, 4, -1)), "4 others"]
    assert list(drawn[-1].series.values) == [10.0, 10.0]
    assert [line.colour for line in drawn] == [*PALETTE.series[:7], PALETTE.muted]
    exact = {f"app{number}": (1.0,) for number in range(LAYERS)}
    assert [line.name for line in lines(rate(exact, "app", by="app"))] == sorted(exact)


def test_the_chart_begins_at_zero_and_takes_cursor_and_hidden_layers() -> None:
    data = replace(rate(), cursor=NOW - 1800, hidden=frozenset({"info"}))
    chart = graph(data)
    assert (chart.low, chart.style, chart.step, chart.cursor, chart.hidden) == (
        0.0,
        "stacked",
        1800.0,
        NOW - 1800,
        frozenset({"info"}),
    )
    assert len(text(data, 60, 7)) == 7


def test_hostile_labels_are_shown_harmless() -> None:
    found = {"\x1b[31mx\u202e": (1.0, 2.0), "y": (1.0, 1.0)}
    assert "─ ␛[31mx‹U+202E› 2" in "\n".join(text(rate(found, "app", by="app"), 60, 7))


@pytest.mark.parametrize("size", [(20, 4), (27, 5), (40, 6), (80, 12), (200, 30)])
def test_every_size_has_a_picture(size: tuple[int, int]) -> None:
    card = draw_card(rate(), *size)
    assert any(char in "▁▂▃▄▅▆▇█" for row in card.chars[1:] for char in row)


def test_no_lines_are_a_quiet_range() -> None:
    data = rate({})
    assert state(data) is State.NODATA
    assert "quiet: no lines in 1h" in " ".join(text(data, 60, 6))
