"""When every source is gone the wall says so in large letters, and neither too early nor for one that lives."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc.charts.canvas import Canvas, Ink
from noc.charts.charset import ASCII, UNICODE, Charset
from noc.model.errors import Timeout, Unreachable
from noc.model.results import ServerHealth
from noc.ui.blackout import AFTER, Blackout, Dark, blacked_out, draw_blackout
from noc.ui.panels.data import Look
from tests.palettes import DARK as PALETTE

NOW = datetime(2025, 10, 2, 15, 30, tzinfo=UTC).timestamp()
REFUSED = Unreachable("http://prometheus:9090 refuses the connection")
LOOK = Look(PALETTE, UNICODE, UTC)


def server(
    name: str = "prometheus",
    age: float | None = 60.0,
    *,
    failing: bool = True,
    asked: bool = True,
    next_try: float | None = None,
) -> ServerHealth:
    good = None if age is None else NOW - age
    due = None if next_try is None else NOW + next_try
    return ServerHealth(name, name, asked, good, REFUSED if failing else None, due)


def test_a_wall_is_dark_once_its_only_source_fails_and_was_good_ten_seconds_ago() -> None:
    assert blacked_out([server(age=AFTER)], NOW) is None
    assert blacked_out([server(age=AFTER + 0.5, next_try=4)], NOW) == Blackout(
        NOW, NOW - 10.5, float("-inf"), (Dark("prometheus", REFUSED.cause, NOW + 4),)
    )


def test_an_old_answer_of_a_source_that_is_asked_seldom_is_no_blackout() -> None:
    assert blacked_out([server(age=300, failing=False)], NOW) is None
    assert blacked_out([server(age=300, failing=False)], NOW, refreshes={"prometheus": 300}) is None


def test_one_source_that_answers_keeps_the_wall() -> None:
    assert blacked_out([server(), server("loki"), server("alertmanager", 2.0, failing=False)], NOW) is None
    assert blacked_out([server(), server("loki"), server("alertmanager", 2.0)], NOW) is None  # it failed just now


def test_the_last_good_answer_of_any_source_is_when_it_began_and_every_source_is_named() -> None:
    found = blacked_out([server(age=90), server("loki", 40), server("alertmanager", None)], NOW, began=NOW - 3600)
    assert found is not None
    assert (found.since, [one.name for one in found.sources]) == (NOW - 40, ["prometheus", "loki", "alertmanager"])


def test_a_source_that_is_configured_and_never_asked_does_not_count() -> None:
    assert blacked_out([server("spare", None, failing=False, asked=False)], NOW) is None
    found = blacked_out([server(), server("spare", 1, failing=False, asked=False)], NOW)
    assert found is not None
    assert [one.name for one in found.sources] == ["prometheus"]


def test_no_source_at_all_is_no_blackout() -> None:
    assert blacked_out([], NOW) is None


def test_a_source_that_hangs_is_dark_ten_seconds_after_its_answer_was_due() -> None:
    hanging = server(age=15.5, failing=False)
    assert blacked_out([hanging], NOW, refreshes={"prometheus": 15}) is None
    found = blacked_out([hanging], NOW, refreshes={"prometheus": 5})
    assert found is not None
    assert found.sources == (Dark("prometheus", "does not answer"),)


def test_a_wall_that_never_had_an_answer_waits_ten_seconds_from_its_start() -> None:
    assert blacked_out([server(age=None)], NOW, began=NOW - 9) is None
    found = blacked_out([server(age=None)], NOW, began=NOW - 11)
    assert found is not None
    assert found.since is None


def behind(columns: int, rows: int) -> Canvas:
    canvas = Canvas(columns, rows, Ink(PALETTE.text, PALETTE.surface))
    for y in range(rows):
        canvas.put(1, y, "load 84 %", Ink(PALETTE.series[0], PALETTE.surface))
    return canvas


THREE = Blackout(
    NOW,
    NOW - 108,
    NOW - 7200,
    (
        Dark("prometheus", "http://prometheus:9090 refuses the connection", NOW + 4.2),
        Dark("loki", "no answer within 10s", NOW + 9),
        Dark("alertmanager", "cannot resolve alertmanager", NOW + 0.2),
    ),
)


def drawn(
    columns: int, rows: int, *, of: Blackout = THREE, charset: Charset = UNICODE, zone: ZoneInfo | None = None
) -> list[str]:
    look = Look(PALETTE, charset, zone or UTC)
    return draw_blackout(of, behind(columns, rows), columns, rows, look).text().split("\n")


def test_eighty_columns_show_since_when_every_source_and_the_picture_behind() -> None:
    assert drawn(80, 24) == [
        *[" load 84 %"] * 4,
        "",
        "                          █▄ █ █▀█    █▀▄ █▀█ ▀█▀ █▀█",
        "                          █ ▀█ █ █    █ █ █▀█  █  █▀█",
        "                          ▀  ▀ ▀▀▀    ▀▀  ▀ ▀  ▀  ▀ ▀",
        "",
        "               █▀▀ █ █▄ █ █▀▀ █▀▀    ▀█  █▀▀ ▄ ▀▀█ █▀█ ▄ ▀█  ▀▀█",
        "               ▀▀█ █ █ ▀█ █   █▀      █  ▀▀█ ▄ █▀▀ █▀█ ▄  █  █▀▀",
        "               ▀▀▀ ▀ ▀  ▀ ▀▀▀ ▀▀▀    ▀▀▀ ▀▀▀   ▀▀▀ ▀▀▀   ▀▀▀ ▀▀▀",
        "",
        "               all 3 sources fail, the picture behind is 1 m old",
        "",
        " ✖ prometheus    next try in 4 s  http://prometheus:9090 refuses the connection",
        " ✖ loki          next try in 9 s  no answer within 10s",
        " ✖ alertmanager  trying now       cannot resolve alertmanager",
        "",
        *[" load 84 %"] * 5,
    ]


def test_a_television_has_letters_of_a_seventh_of_its_height() -> None:
    rows = drawn(200, 55)
    large = [row for row in rows if set(row.strip()) <= set("█▀▄ ") and row.strip()]
    assert len(large) >= 16
    assert max(map(len, large)) > 150


def test_a_terminal_without_blocks_has_large_letters_of_its_own() -> None:
    rows = drawn(80, 24, charset=ASCII)
    assert "SINCE 15:28:12" in "\n".join(rows)
    assert sum("##" in row for row in rows) >= 5
    assert all(row.isascii() for row in rows)


def test_what_is_small_says_it_in_words_and_counts_what_it_leaves_out() -> None:
    assert drawn(40, 6) == [
        "",
        "         NO DATA SINCE 15:28:12",
        "",
        " all 3 sources fail, the picture behin…",
        "",
        " load 84 %",
    ]
    assert "+2 more" in "\n".join(drawn(60, 12))


def test_the_hour_is_the_walls_and_another_day_is_named() -> None:
    assert "SINCE 17:28:12" in "\n".join(drawn(40, 6, zone=ZoneInfo("Europe/Berlin")))
    old = Blackout(NOW, NOW - 86_400, NOW - 90_000, THREE.sources)
    assert "SINCE 01 OCT 15:30" in "\n".join(drawn(40, 6, of=old))


def test_one_source_and_none_that_ever_answered_are_said_so() -> None:
    one = Blackout(NOW, None, NOW - 30, (Dark("prometheus", "refused"),))
    text = "\n".join(drawn(100, 30, of=one))
    assert "the only source fails, none has answered since noc started" in text
    assert "✖ prometheus  refused" in text


def test_what_servers_say_is_harmless() -> None:
    hostile = Blackout(NOW, NOW - 20, 0.0, (Dark("p\x1b]0;x\x07", "\x1b[2J\u202egone"),))
    canvas = draw_blackout(hostile, behind(100, 30), 100, 30, LOOK)
    assert all(char == "" or char.isprintable() for row in canvas.chars for char in row)


def test_the_picture_behind_is_dimmed_and_itself_left_alone() -> None:
    seen = behind(80, 24)
    canvas = draw_blackout(THREE, seen, 80, 24, LOOK)
    assert seen.inks[0][1] == Ink(PALETTE.series[0], PALETTE.surface)
    assert canvas.inks[0][1] == Ink("#2b3b40", "#111419")
    assert {ink.bg for ink in canvas.inks[5]} == {"#6a2832"}


@pytest.mark.parametrize("charset", [UNICODE, ASCII])
@given(columns=st.integers(1, 220), rows=st.integers(1, 70), count=st.integers(1, 9))
def test_any_size_and_any_number_of_sources_says_that_there_is_no_data(
    charset: Charset, columns: int, rows: int, count: int
) -> None:
    sources = tuple(Dark(f"server {index}", Timeout("late").cause, NOW + index) for index in range(count))
    look = Look(PALETTE, charset, UTC)
    canvas = draw_blackout(Blackout(NOW, NOW - 30, 0.0, sources), behind(columns, rows), columns, rows, look)
    assert (canvas.width, canvas.height) == (columns, rows)
    if columns >= 30 and rows >= 3:
        text = canvas.text()
        assert "NO DATA" in text or "█▄ █ █▀█" in text or "##" in text or "██" in text
