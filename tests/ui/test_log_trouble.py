"""What a Loki can answer instead of lines, each drawn on its card and told in the header; the rest of the wall goes on."""

from __future__ import annotations

import pytest

from noc.engine.logplan import NO_LOKI
from noc.model.errors import Auth, BadAnswer, BadQuery, Overloaded, SourceError, Timeout, Unreachable
from noc.model.results import State
from noc.ui.panels.data import state
from tests.ui.fakes import FakeSource
from tests.ui.logfakes import FakeLoki, Room, line, opened

LAYOUT = """
title: Logs
grid:
  columns: [1fr, 1fr]
  rows: [6, 14, 10]
  areas: [value value, feed other, rate top]
panels:
  value: {kind: stat, title: Up, query: up, spark: false, delta: false}
  feed: {kind: logs, title: Events, query: '{job="laravel"}'}
  other: {kind: logs, title: Other, query: '{job="nginx"}'}
  rate: {kind: log-rate, title: Levels, query: '{job="laravel"}'}
  top: {kind: top, title: Attackers, query: '{job="laravel"} | json'}
"""
FEED = '{job="laravel"}'
CARET = BadQuery("parse error at line 1, col 16: syntax error: unexpected $end", status=400)


def servers() -> tuple[FakeSource, FakeLoki]:
    source, loki = FakeSource(), FakeLoki(line("first", 30), line("nginx", 20, job="nginx"))
    source.answer("up", ({}, 1.0))
    loki.reply_all(r"by\(detected_level\)", lambda expr, at: [({"detected_level": "warn"}, 0.5)])
    loki.reply_all("^topk", lambda expr, at: [({"context_ip_address": "203.0.113.42"}, 12.0)])
    return source, loki


def states(room: Room) -> dict[str, str]:
    return {name: state(room.data(name)).value for name in sorted(room.wall.board.plans)}


def told(room: Room, name: str = "loki") -> str:
    """What the header says of a server, to its end or the next one."""
    return room.header.split(f" {name} ")[1].split("  ")[0]


@pytest.mark.parametrize(
    ("error", "picture", "header"),
    [
        (Unreachable("connection refused"), "connection refused", "✖ connection refused"),
        (Timeout("no answer within 10s"), "no answer within 10s", "✖ no answer within 10s"),
        (Auth("no org id", status=401), "no org id", "✖ no org id"),
        (Overloaded("too many outstanding requests", status=429), "too many outstanding requests", "✖ too many"),
        (BadAnswer("answered HTML, no JSON: a proxy's page?"), "answered HTML, no JSON", "✖ answered HTML"),
    ],
    ids=["down", "slow", "401", "429", "html"],
)
async def test_a_loki_that_does_not_answer_is_told_on_its_cards_and_in_the_header(
    error: SourceError, picture: str, header: str
) -> None:
    source, loki = servers()
    loki.down[""] = error
    loki.reply_all(".", error)
    async with opened(LAYOUT, loki=loki, source=source, size=(200, 40)) as room:
        assert states(room) == {
            "feed": "error", "other": "error", "rate": "error", "top": "error", "value": "fresh",
        }  # fmt: skip
        for panel in ("feed", "other", "rate", "top"):
            assert picture in " ".join(room.card(panel))
        assert told(room).startswith(header)
        assert "prometheus ✔" in room.header
        assert room.card("value")[0] == "Up"


async def test_a_loki_that_fails_later_leaves_its_lines_and_ages_them() -> None:
    source, loki = servers()
    async with opened(LAYOUT, loki=loki, source=source, size=(200, 40)) as room:
        loki.down[""] = Unreachable("connection refused")
        await room.news(seconds=5)
        assert (states(room)["feed"], "first" in " ".join(room.card("feed"))) == ("fresh", True)
        await room.passed(60)
        logs = room.data("feed").logs
        assert logs is not None  # kept under the letters of a wall that hears nothing any more
        assert any("first" in one.text for one in logs.feed.lines)
        assert states(room)["feed"] == "stale"
        loki.down.clear()
        await room.news(line("again", -66), seconds=2)
        await room.passed(1)
        assert (states(room)["feed"], "again" in " ".join(room.card("feed"))) == ("fresh", True)


async def test_a_loki_that_answers_numbers_but_no_lines_is_no_failing_server() -> None:
    source, loki = servers()
    loki.down[""] = Overloaded("too many outstanding requests", status=429)
    async with opened(LAYOUT, loki=loki, source=source, size=(200, 40)) as room:
        assert states(room) == {
            "feed": "error", "other": "error", "rate": "fresh", "top": "fresh", "value": "fresh",
        }  # fmt: skip
        assert told(room).startswith("✔")


async def test_a_refused_query_is_its_cards_alone_with_a_caret_under_the_column() -> None:
    source, loki = servers()
    loki.down[FEED] = CARET
    async with opened(LAYOUT, loki=loki, source=source, size=(200, 40)) as room:
        assert states(room) == {
            "feed": "error", "other": "fresh", "rate": "fresh", "top": "fresh", "value": "fresh",
        }  # fmt: skip
        rect, rows = room.wall.board.rectangles["feed"], room.text.split("\n")
        card = [row[rect.x : rect.x + rect.width] for row in rows[rect.y + 1 :][: rect.height]]
        assert any("unexpected $end" in row for row in card)
        query = next(at for at, row in enumerate(card) if FEED in row)
        assert card[query + 1].index("^") == card[query].index(FEED) + 15
        assert told(room).startswith("✔")


async def test_no_lines_are_a_quiet_feed_and_no_fault() -> None:
    source, loki = servers()
    loki.kept.clear()
    async with opened(LAYOUT, loki=loki, source=source) as room:
        assert (states(room)["feed"], room.card("feed")) == ("nodata", ["Events", "quiet: no lines in 1h", FEED])


async def test_a_panel_without_its_loki_says_how_to_give_one_and_the_others_go_on() -> None:
    source, loki = servers()
    other = LAYOUT.replace("query: '{job=\"nginx\"}'", "source: archiv, query: '{job=\"nginx\"}'")
    async with opened(other, loki=loki, source=source) as room:
        assert (states(room)["other"], states(room)["feed"]) == ("error", "fresh")
        assert "no Loki named archiv; configured: loki" in " ".join(room.card("other"))


async def test_a_wall_without_any_loki_says_so_on_the_card_and_on_the_key() -> None:
    source, loki = servers()
    async with opened(LAYOUT, loki=loki, source=source) as room:
        room.wall.runtime.log_servers = {}
        room.wall.rearrange()
        assert {name: room.data(name).fault for name in ("feed", "other", "rate", "top")} == dict.fromkeys(
            ("feed", "other", "rate", "top"), NO_LOKI
        )
        assert state(room.data("value")) is State.FRESH
        await room.press("l")
        assert room.footer == "no Loki is configured; --loki URL, or noc init"


async def test_keys_are_heard_while_a_loki_hangs() -> None:
    _, loki = servers()
    loki.hold()
    async with opened(
        "grid: {areas: [a]}\npanels: {a: {kind: text, text: hello}}\n", others={"logs": LAYOUT}, loki=loki
    ) as room:
        await room.pilot.press("n")
        await room.pilot.pause()
        assert (room.wall.board.page.name, states(room)["feed"]) == ("logs", "loading")
        await room.pilot.press("tab", "tab")
        assert room.wall.board.view.focus == "feed"
        loki.release()
        await room.answered()
        assert states(room)["feed"] == "fresh"


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (40, 12)])
async def test_trouble_is_drawn_on_small_terminals_too(size: tuple[int, int]) -> None:
    source, loki = servers()
    loki.down[""] = CARET
    loki.reply_all(".", CARET)
    async with opened(LAYOUT, loki=loki, source=source, size=size) as room:
        seen = set()
        for _ in room.wall.board.placement.pages:
            for panel in set(room.wall.board.rectangles) - {"value"}:
                assert "parse error at line 1, col 16" in " ".join(room.card(panel)).replace("✖ ", "")
                seen.add(panel)
            await room.press("pagedown")
        assert seen == {"feed", "other", "rate", "top"}
