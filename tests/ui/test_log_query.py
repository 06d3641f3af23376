"""The query line over a Loki: lines and numbers in LogQL, the server under F3, faults with their column."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from noc.config.layout import QueryVariable
from noc.config.server import Server
from noc.model.clock import FixedClock
from noc.model.errors import BadQuery, QueryError, Unreachable
from noc.ui.glass import Glass
from noc.ui.screens.query import Line, QueryLine
from noc.ui.values import values_of
from tests.ui.fakes import FakeSource
from tests.ui.logfakes import NOW, FakeLoki, Room, line, opened, room_runtime

LAYOUT = """
range: 30m
grid: {areas: [a]}
variables: {job: {kind: list, values: [laravel, nginx]}}
panels:
  a: {kind: text, text: hello}
"""
LINES = (line("first", 30), line("failed second", 20), line("nginx", 10, job="nginx"))
FAILED = '{job="laravel"} |= "failed"'
COUNT = 'sum(count_over_time({job="laravel"} |= "failed" [5m]))'


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing is asked by itself."""
    monkeypatch.setattr(QueryLine, "DEBOUNCE", 3600.0)
    yield


async def asked(room: Room, text: str, *keys: str) -> str:
    """The query line's glass after a text was typed and asked."""
    if not isinstance(room.screen, QueryLine):
        await room.press("colon")
    await room.type(text)
    await room.press(*(keys or ("enter",)))
    return drawn(room)


def drawn(room: Room) -> str:
    screen = room.screen
    assert isinstance(screen, QueryLine)
    screen._draw()
    return screen.query_one(Glass).canvas.text()


def said(text: str) -> str:
    """The line under the input."""
    return text.split("\n")[0].strip()


async def test_a_log_query_is_answered_with_lines_by_whichever_server_was_chosen() -> None:
    async with opened(LAYOUT, *LINES, size=(100, 24)) as room:
        text = await asked(room, FAILED)
        assert said(text) == "loki: 1 line   last 30m"
        assert any("failed second" in row for row in text.split("\n"))
        assert [(read.query, round(read.end - read.start) // 60) for read in room.loki.read] == [(FAILED, 30)]


async def test_variables_of_the_wall_stand_in_a_log_query() -> None:
    async with opened(LAYOUT, *LINES, size=(100, 24)) as room:
        await asked(room, '{job="$job"} |= "first"')
        assert [read.query for read in room.loki.read] == ['{job="laravel"} |= "first"']


async def test_a_count_of_lines_is_drawn_as_a_chart_and_as_a_table() -> None:
    loki = FakeLoki(*LINES)
    loki.answer(COUNT, ({}, 3.0))
    async with opened(LAYOUT, loki=loki, size=(100, 24)) as room:
        text = await asked(room, COUNT)
        assert said(text) == "loki: 1 series   last 30m every 15s"
        text = await asked(room, COUNT, "f2")
        assert said(text) == "loki: 1 series"
        assert (loki.exprs("range"), loki.exprs("instant"), room.source.asked) == ([COUNT], [COUNT], [])


async def test_f3_asks_the_other_server() -> None:
    source, loki = FakeSource(), FakeLoki(*LINES)
    source.answer("up", ({}, 1.0))
    async with opened(LAYOUT, loki=loki, source=source, size=(100, 24)) as room:
        assert said(await asked(room, "up")) == "prometheus: 1 series   last 30m every 15s"
        text = await asked(room, '{job="laravel"}', "f3")
        assert said(text) == "loki: 2 lines   last 30m"
        assert said(await asked(room, "up", "f3")) == "prometheus: 1 series   last 30m every 15s"


async def test_a_bare_selector_is_a_prometheus_question_until_a_loki_is_chosen() -> None:
    async with opened(LAYOUT, *LINES, size=(100, 24)) as room:
        await asked(room, '{job="laravel"}')
        assert (room.source.exprs("range"), room.loki.read) == (['{job="laravel"}'], [])


async def test_a_fault_is_told_with_its_column_and_the_server_has_the_last_word() -> None:
    loki = FakeLoki(*LINES)
    loki.reply_all(".", BadQuery("parse error at line 1, col 17: syntax error: unexpected |", status=400))
    async with opened(LAYOUT, loki=loki, size=(100, 24)) as room:
        text = await asked(room, '{job="laravel"} | | json', "left")
        assert said(text) == "parse error at line 1, col 19: syntax error: unexpected |"
        assert loki.asked == []
        text = await asked(room, '{job="laravel"} | | json', "enter")
        assert said(text) == "loki: ✖ parse error at line 1, col 17: syntax error: unexpected |"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{job="$jbo"} |= "x"', "unknown variable $jbo, did you mean $job?"),
        ('{job="a"} |= "$nothing"', "unknown variable $nothing"),
    ],
)
async def test_a_query_that_cannot_be_filled_in_is_never_asked(text: str, words: str) -> None:
    async with opened(LAYOUT, *LINES, size=(100, 24)) as room:
        found = await asked(room, text)
        assert (said(found), room.loki.read, room.loki.asked) == (words, [], [])
        assert isinstance(room.screen, QueryLine)


async def test_a_failing_loki_is_told_in_the_line() -> None:
    loki = FakeLoki(*LINES)
    loki.down[""] = Unreachable("connection refused")
    async with opened(LAYOUT, loki=loki, size=(100, 24)) as room:
        assert said(await asked(room, FAILED)) == "loki: ✖ connection refused"


async def test_without_a_loki_a_log_query_says_how_to_give_one() -> None:
    async with opened(LAYOUT, *LINES, size=(100, 24)) as room:
        del room.wall.runtime.sources["loki"]
        room.wall.runtime.log_servers = {}
        assert said(await asked(room, FAILED)) == "this is LogQL: no Loki is configured (--loki URL)"


async def test_leaving_ends_the_feed_and_history_brings_the_query_back() -> None:
    async with opened(LAYOUT, *LINES, size=(100, 24)) as room:
        await asked(room, FAILED)
        assert [query.expr for query in room.wall.board.followed()] == [FAILED]
        await room.press("escape")
        assert (room.screen is room.wall, room.wall.board.followed()) == (True, frozenset())
        await room.press("colon", "up")
        screen = room.screen
        assert isinstance(screen, QueryLine)
        assert screen.query_one(Line).value == FAILED


async def test_lines_go_on_coming_under_the_query_line() -> None:
    async with opened(LAYOUT, *LINES, size=(100, 24)) as room:
        await asked(room, FAILED)
        await room.news(line("failed third", -1))
        text = drawn(room)
        assert said(text) == "loki: 2 lines   last 30m"
        assert any("failed third" in row for row in text.split("\n"))


async def test_a_variable_in_logql_asks_the_loki_of_that_name_though_a_prometheus_has_it_too() -> None:
    source, loki = FakeSource(labels={"job": ["node"]}), FakeLoki()
    loki.label("job", "laravel", "nginx")
    runtime = room_runtime(LAYOUT, loki, source, FixedClock(NOW))
    runtime.log_servers = {"prometheus": Server(url="http://loki.example:3100")}
    runtime.sources = {"prometheus": source, "loki:prometheus": loki}

    async def values(**more: object) -> list[str]:
        variable = QueryVariable.model_validate({"kind": "query", "query": "label_values(job)", **more})
        return await values_of("job", variable, {}, 3600.0, runtime)

    assert await values() == ["node"]
    assert await values(source="prometheus") == ["node"]
    assert await values(language="logql") == ["laravel", "nginx"]
    assert await values(language="logql", source="prometheus") == ["laravel", "nginx"]
    assert await values(source="loki:prometheus") == ["laravel", "nginx"]
    with pytest.raises(QueryError, match="no Loki named promethesu; did you mean prometheus"):
        await values(language="logql", source="promethesu")
