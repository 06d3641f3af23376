"""A feed on the wall: it stands still under a cursor, pauses, wraps, is filtered, and lives as long as somebody looks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from noc.model.logs import LogLine
from noc.ui.panels.data import Logs
from noc.ui.report import report
from noc.ui.screens.ask import Ask
from tests.alertgiven import NOW
from tests.ui.fakes import make_page
from tests.ui.logfakes import FakeLoki, Room, event, line, opened

LAYOUT = """
title: Logs
range: 30m
grid:
  columns: [1fr, 1fr]
  rows: [6, 1fr, 10]
  areas: [value rate, feed feed, slow top]
panels:
  value: {kind: stat, title: Up, query: up, spark: false, delta: false}
  rate: {kind: log-rate, title: Levels, query: '{job="laravel"}'}
  feed: {kind: logs, title: Events, query: '{job="laravel"}'}
  slow: {kind: logs, title: Slow, query: '{job="laravel", channel="db"}', range: 5m}
  top: {kind: top, title: Attackers, query: '{job="laravel"} | json'}
"""
FEED, SLOW = '{job="laravel"}', '{job="laravel", channel="db"}'
OLD = line("first", 30), line("second", 20, "error"), line("third", 10)


def new(number: int) -> LogLine:
    return line(f"new {number}", -1 - number * 0.1)


def logs(room: Room, panel: str = "feed") -> Logs:
    found = room.data(panel).logs
    assert found is not None
    return found


async def focused(room: Room, panel: str = "feed") -> None:
    room.wall.actions.focus_panel(panel)
    await room.answered()


def listed(directory: Path) -> list[str]:
    return [path.name for path in directory.iterdir()]


def words(room: Room, panel: str = "feed") -> list[str]:
    """What the rows of a feed say, without time and mark."""
    return [row.lstrip("▌ ").split(maxsplit=2)[-1] for row in room.card(panel)[1:] if row.strip("▌ ")]


# -- standing still


async def test_new_lines_wait_while_a_cursor_holds_one_and_escape_lets_them_in() -> None:
    async with opened(LAYOUT, *OLD) as room:
        await focused(room)
        await room.press("j", "j")
        await room.news(*(new(number) for number in range(3)))
        assert words(room)[:3] == ["third", "second", "first"]
        assert room.cursor("feed") == OLD[1].key
        assert "3 new ↑   Esc lets them in" in room.text
        await room.press("escape")
        assert (words(room)[:3], "new ↑" in room.text) == (["new 2", "new 1", "new 0"], False)


async def test_the_focus_alone_lets_a_feed_run() -> None:
    async with opened(LAYOUT, *OLD) as room:
        await focused(room)
        await room.news(new(0))
        assert words(room)[0] == "new 0"


async def test_space_pauses_the_feed_that_has_the_focus_alone() -> None:
    async with opened(LAYOUT, *OLD) as room:
        await focused(room)
        await room.press("space")
        await room.news(line("db", -1, channel="db"))
        assert ("PAUSED" in room.header, logs(room).paused, logs(room, "slow").paused) == (False, True, False)
        assert "paused" in room.card("feed")[0]
        assert (words(room)[0], words(room, "slow")[0]) == ("third", "db")
        assert "1 new ↑   Esc lets them in" in room.text
        await room.press("space")
        assert words(room)[0] == "db"


async def test_space_elsewhere_pauses_the_wall_and_its_feeds_stay_as_they_were() -> None:
    async with opened(LAYOUT, *OLD) as room:
        await focused(room, "value")
        await room.press("space")
        await room.news(new(0), seconds=5)
        assert room.header.startswith("PROD Logs PAUSED 00:05 30m")
        assert words(room) == ["third", "second", "first"]
        await room.press("space")
        await room.news(seconds=0.1)
        assert words(room)[0] == "new 0"


async def test_a_paused_feed_that_nobody_reads_runs_again_after_two_minutes() -> None:
    async with opened(LAYOUT, *OLD) as room:
        await focused(room)
        await room.press("space")
        await room.passed(130)
        assert logs(room).paused is False


# -- wrap and filter


async def test_w_gives_long_lines_several_rows_and_one_again() -> None:
    async with opened(LAYOUT, line("word " * 60 + "end", 5), *OLD) as room:
        await focused(room)
        assert "end" not in " ".join(words(room))
        await room.press("W")
        assert (logs(room).wrap, "end" in " ".join(words(room))) == (True, True)
        await room.press("W")
        assert "end" not in " ".join(words(room))


async def test_w_without_a_feed_in_focus_says_what_to_do() -> None:
    async with opened(LAYOUT, *OLD, keys=("W",)) as room:
        assert room.footer == "focus a panel of log lines first (Tab)"


async def test_a_typed_filter_asks_nothing_anew_and_says_what_it_leaves() -> None:
    async with opened(LAYOUT, *OLD) as room:
        await focused(room)
        asked = len(room.loki.read)
        await room.press("slash")
        assert isinstance(room.screen, Ask)
        await room.type("level>=error")
        await room.press("enter")
        assert words(room)[0] == "second"
        assert "level>=error   1 of 3 lines" in room.text
        assert [read.query for read in room.loki.read[asked:]] == []
        await room.press("slash")
        await room.type("*")
        await room.press("enter")
        assert (words(room), logs(room).typed) == (["third", "second", "first"], "")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("/(/", "at 1: invalid regular expression '('"),
        ("level>=wran", "at 1: there is no level 'wran', did you mean 'warn'?"),
        ('"open', 'at 1: a quote is not closed; write "two words"'),
    ],
)
async def test_a_filter_that_cannot_be_read_is_explained_while_it_is_typed(typed: str, said: str) -> None:
    async with opened(LAYOUT, *OLD) as room:
        await focused(room)
        await room.press("slash")
        await room.type(typed)
        assert said in " ".join(room.text.split())
        await room.press("enter")
        assert isinstance(room.screen, Ask)
        await room.press("escape")
        assert (room.screen is room.wall, logs(room).typed) == (True, "")


async def test_a_filter_goes_on_while_lines_come() -> None:
    async with opened(LAYOUT, *OLD) as room:
        await focused(room)
        await room.press("slash")
        await room.type("new -first")
        await room.press("enter")
        await room.news(new(0), line("other", -1))
        assert words(room)[0] == "new 0"
        assert "1 of 5 lines" in room.text


# -- the window


async def test_history_asks_the_fixed_window_once_and_live_runs_again() -> None:
    async with opened(LAYOUT, *OLD) as room:
        await room.press("left_square_bracket")
        end = room.wall.board.view.end
        assert end is not None
        assert room.queries() == {"feed": (FEED, 1800.0, end), "slow": (SLOW, 1800.0, end)}
        asked = [(read.query, read.start, read.end) for read in room.loki.read[2:]]
        assert sorted(asked) == [
            (SLOW, pytest.approx(end - 1800), pytest.approx(end)),
            (FEED, pytest.approx(end - 1800), pytest.approx(end)),
        ]
        assert room.header.startswith("PROD Logs HISTORY, not live 30m")
        assert room.card("feed") == ["Events", "quiet: no lines in 30m", FEED]
        await room.press("0")
        assert room.queries()["feed"] == (FEED, 1800.0, None)
        assert words(room) == ["third", "second", "first"]


async def test_a_typed_window_is_asked_of_feeds_and_counts() -> None:
    async with opened(LAYOUT, *OLD) as room:
        await room.press("t")
        await room.type("15:00 - 15:10")
        await room.press("enter")
        end = NOW - 1200
        assert room.queries() == {"feed": (FEED, 600.0, end), "slow": (SLOW, 600.0, end)}
        assert {demand.query.end for demand in room.wall.board.demands()} == {end}


async def test_a_range_that_is_chosen_goes_before_a_feeds_own() -> None:
    async with opened(LAYOUT, *OLD) as room:
        assert room.queries() == {"feed": (FEED, 1800.0, None), "slow": (SLOW, 300.0, None)}
        await room.press("2")
        assert room.queries() == {"feed": (FEED, 21_600.0, None), "slow": (SLOW, 21_600.0, None)}


# -- who looks


async def test_leaving_a_layout_ends_its_feeds_and_coming_back_asks_on() -> None:
    other = "grid: {areas: [a]}\npanels: {a: {kind: text, text: nothing}}\n"
    async with opened(LAYOUT, *OLD, others={"other": other}) as room:
        assert room.feeds is not None
        feed = next(plan.feed for plan in room.wall.board.plans.values() if plan.feed is not None)
        assert room.feeds.feed(feed).total == 3
        await room.press("n")
        assert (room.wall.board.page.name, room.wall.board.followed()) == ("other", frozenset())
        asked = len(room.loki.read)
        await room.news(new(0), seconds=60)
        assert len(room.loki.read) == asked
        await room.press("p")
        assert (words(room)[:2], len(room.loki.read)) == (["new 0", "third"], asked + 2)


async def test_panels_with_the_same_query_share_a_feed() -> None:
    twice = LAYOUT.replace(SLOW, FEED).replace(", range: 5m", "")
    async with opened(twice, *OLD) as room:
        assert [read.query for read in room.loki.read] == [FEED]
        assert words(room, "feed") == words(room, "slow") == ["third", "second", "first"]


# -- taken away


async def test_y_on_a_page_made_on_the_spot_copies_the_command_of_where_it_came_from() -> None:
    async with opened(LAYOUT, *OLD) as room:
        await focused(room)
        await room.press("2", "j", "l", "Y")
        assert room.place[0] == "lines at 15:29:50"
        assert room.copied == ["noc test --range 6h"]


async def test_a_zoomed_list_is_a_page_and_the_same_key_leads_back() -> None:
    async with opened(LAYOUT, *OLD) as room:
        await focused(room)
        await room.press("z")
        assert (room.place, room.wall.board.crumbs) == (("Events", "feed"), ("Logs",))
        assert room.queries() == {"feed": (FEED, 1800.0, None)}
        await room.press("z")
        assert (room.place, room.wall.board.crumbs) == (("Logs", "feed"), ())


async def test_a_value_with_a_dollar_stays_what_it_is_on_the_pages_it_leads_to() -> None:
    layout = LAYOUT.replace("range: 30m", "range: 30m\nvariables: {word: {kind: text, default: $HOME}}", 1).replace(
        "query: '{job=\"laravel\"}'}\n  slow", 'query: \'{job="laravel"} |= "$word"\'}\n  slow'
    )
    async with opened(layout, line("cd $HOME", 5), *OLD) as room:
        await focused(room)
        assert room.queries()["feed"][0] == '{job="laravel"} |= "$HOME"'
        await room.press("j", "l")
        assert room.queries()["lines"][0] == '{job="laravel"} |= "\\x24HOME"'
        assert words(room, "lines") == ["cd $HOME"]


async def test_a_snapshot_tells_log_panels_as_data() -> None:
    loki = FakeLoki(event("auth_failure", 5, ip_address="203.0.113.42", endpoint="/login", error_code="LOGIN_FAILED"))
    loki.reply_all("^topk", lambda expr, at: [({"context_ip_address": "203.0.113.42"}, 12.0)])
    loki.reply_all(r"by\(detected_level\)", lambda expr, at: [({"detected_level": "warn"}, 0.5)])
    async with opened(LAYOUT, loki=loki) as room:
        found = json.loads(report(room.wall.board, (140, 40)))["panels"]
        kinds = {name: (one["kind"], one["title"], one["state"]) for name, one in found.items()}
        assert kinds == {
            "value": ("stat", "Up", "nodata"),
            "rate": ("log-rate", "Levels", "fresh"),
            "feed": ("logs", "Events", "fresh"),
            "slow": ("logs", "Slow", "nodata"),
            "top": ("top", "Attackers", "fresh"),
        }
        assert found["top"]["values"] == [
            {"name": "Attackers", "query": 0, "labels": {"context_ip_address": "203.0.113.42"}, "value": 12.0}
        ]
        assert found["rate"]["values"] == [
            {"name": "Levels", "query": 0, "labels": {"detected_level": "warn"}, "value": 0.5}
        ]
        assert (found["feed"]["values"], found["feed"]["age"], found["slow"]["values"]) == ([], 0.0, [])
        row = " ".join(found["feed"]["text"].split("\n")[1].split())
        assert row == "15:29:55 ◆ auth failure 203.0.113.42 login failed /login"


def test_the_layout_of_these_tests_is_a_layout() -> None:
    assert [one.kind for one in make_page(LAYOUT).layout.panels.values()] == ["stat", "log-rate", "logs", "logs", "top"]


async def test_a_picture_of_a_page_that_strangers_named_stays_in_its_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = tmp_path / "pictures"
    inside.mkdir()
    monkeypatch.setenv("XDG_PICTURES_DIR", str(inside))
    async with opened(LAYOUT, event("auth_failure", 5, "x/../../../owned")) as room:
        await focused(room)
        await room.press("j", "d", "P")
        assert room.place[0] == "trace x/../../../owned"
    assert (listed(tmp_path), listed(inside)) == (
        ["pictures"],
        ["noc-made-trace-x-..-..-..-owned-2025-10-02-153000.svg"],
    )


# -- pages over a paused wall


async def test_a_page_over_a_paused_wall_ends_where_the_picture_does_and_escape_finds_it_unchanged() -> None:
    loki = FakeLoki(*OLD)
    loki.reply_all("^topk", lambda expr, at: [({"context_ip_address": "203.0.113.42"}, 12.0)])
    async with opened(LAYOUT, loki=loki) as room:
        await focused(room, "value")
        await room.press("space")
        paused = room.wall.board.view.paused_at
        await focused(room, "top")
        await room.news(new(0), seconds=30)
        await room.press("j", "enter")
        assert (room.queries()["lines"][2], room.wall.board.view.paused_at) == (paused, None)
        assert "HISTORY, not live" in room.header
        await room.press("space", "space", "escape")
        assert (room.wall.board.view.paused_at, "PAUSED" in room.header) == (paused, True)
        assert words(room) == ["third", "second", "first"]


async def test_a_page_that_goes_live_shows_what_came_and_not_what_a_pause_kept() -> None:
    async with opened(LAYOUT, *OLD) as room:
        await focused(room, "value")
        await room.press("space")
        await focused(room)
        await room.news(new(0))
        await room.press("j", "j", "l", "0", "t")
        await room.type("30m")
        await room.press("enter")
        assert room.queries()["lines"] == (FEED, 1800.0, None)
        assert "new 0" in words(room, "lines")
