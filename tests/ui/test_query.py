"""The query line: typed by keys, completed from a played server, drawn at once, never waiting."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from textual import events
from textual.pilot import Pilot

from noc.model.errors import BadQuery, Unreachable
from noc.model.series import Answer, Series
from noc.ui.app import WallApp
from noc.ui.glass import Glass
from noc.ui.screens.query import Line, QueryLine
from noc.ui.screens.wall import Wall
from tests.ui.fakes import NOW, FakeSource, make_app, make_runtime

LAYOUT = """
grid: {areas: [a]}
variables: {job: {kind: list, values: [api, node]}}
panels:
  a: {kind: text, text: hello}
"""


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing is asked by itself unless a test shortens this."""
    monkeypatch.setattr(QueryLine, "DEBOUNCE", 3600.0)
    yield


def server() -> FakeSource:
    source = FakeSource(labels={"__name__": ["http_requests_total", "up", "http_errors_total"], "job": ["api", "node"]})
    both = [{"__name__": "up", "job": "api", "instance": "a:1"}, {"__name__": "up", "job": "node", "instance": "b:1"}]
    source.answer("up", (both[0], 1), (both[1], 0))
    source.answer("topk(50, up)", *((each, 1) for each in both))
    return source


def app(source: FakeSource) -> WallApp:
    return make_app(make_runtime(LAYOUT, source))


async def opened(pilot: Pilot[None], *keys: str) -> str:
    """The query line's glass after these keys; a text of several characters is typed."""
    await pilot.pause()
    await pilot.press("colon")
    return await typed(pilot, *keys)


async def typed(pilot: Pilot[None], *keys: str) -> str:
    for key in keys:
        await pilot.press(*key[1:]) if key.startswith("'") else await pilot.press(key)
    await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()
    return drawn(pilot)


def drawn(pilot: Pilot[None]) -> str:
    screen = pilot.app.screen
    if isinstance(screen, QueryLine):
        screen._draw()
    return screen.query_one(Glass).canvas.text()


def line(pilot: Pilot[None]) -> str:
    return pilot.app.screen.query_one(Line).value


def put(pilot: Pilot[None], text: str) -> None:
    pilot.app.screen.query_one(Line).value = text
    pilot.app.screen.query_one(Line).cursor_position = len(text)


async def test_an_expression_is_drawn_when_typing_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QueryLine, "DEBOUNCE", 0.001)
    source = server()
    async with app(source).run_test(size=(80, 24)) as pilot:
        await opened(pilot, "'up")
        for _ in range(200):
            text = drawn(pilot)
            if "2 series" in text:
                break
            await pilot.pause()
        assert text.splitlines()[0] == "  2 series   last 1h every 30s"
        assert text.splitlines()[-2] == " ─ a:1 api 1  ─ b:1 node 0"
        assert "up" in source.exprs("range")


async def test_enter_asks_at_once_and_leaving_stops_asking() -> None:
    source = server()
    async with app(source).run_test(size=(80, 24)) as pilot:
        text = await opened(pilot, "'up", "enter")
        assert "2 series   last 1h every 30s" in text
        wall = pilot.app.screen_stack[1]
        assert isinstance(wall, Wall)
        assert [demand.query.expr for demand in wall.board.demands()] == ["up"]
        await pilot.press("escape")
        await pilot.pause()
        assert pilot.app.screen is wall
        assert wall.board.demands() == frozenset()


async def test_names_are_completed_with_tab_and_the_list_stands_under_the_word() -> None:
    async with app(server()).run_test(size=(80, 24)) as pilot:
        text = await opened(pilot, "'http")
        assert [row.rstrip() for row in text.splitlines()[1:4]] == ["  http_errors_total", "  http_requests_total", ""]
        await typed(pilot, "down", "down", "tab")
        assert line(pilot) == "http_requests_total"


async def test_functions_open_their_bracket() -> None:
    async with app(server()).run_test(size=(80, 24)) as pilot:
        text = await opened(pilot, "'histogram_q")
        assert "histogram_quantile" in text
        await typed(pilot, "tab")
        assert line(pilot) == "histogram_quantile("


async def test_labels_and_their_values_come_inside_braces() -> None:
    source = server()
    async with app(source).run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        put(pilot, "up{")
        text = await typed(pilot)
        assert [row.strip() for row in text.splitlines()[1:3]] == ["instance", "job"]
        text = await typed(pilot, "j", "tab")
        assert line(pilot) == 'up{job="'
        assert [row.strip() for row in text.splitlines()[1:3]] == ["api", "node"]
        await typed(pilot, "down", "down", "enter")
        assert line(pilot) == 'up{job="node"'
        assert [asked.expr for asked in source.asked if asked.method == "label_values"] == ["job up"]


async def test_a_complaint_comes_while_typing_in_plain_words() -> None:
    source = server()
    async with app(source).run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        put(pilot, "rate(up)")
        assert (await typed(pilot)).splitlines()[0] == "  rate needs a range: rate(metric[5m])"
        put(pilot, "sum(up")
        assert (await typed(pilot, "enter")).splitlines()[0] == "  a bracket is open: close it with )"
        assert source.exprs("range") == []


async def test_what_only_the_server_may_know_is_asked_on_enter_and_its_answer_counts() -> None:
    source = server()
    source.reply("median(up)", BadQuery("unknown function with name 'median'"))
    async with app(source).run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        put(pilot, "median(up)")
        assert "no function named median" in await typed(pilot)
        text = await typed(pilot, "enter")
        assert text.splitlines()[0] == "  ✖ unknown function with name 'median'"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{job="x"} |= "err"', "this is LogQL: no Loki is configured (--loki URL)"),
        ("up[5m]", "samples, not a value: rate(up[5m])"),
        ("up{job=$jib}", "unknown variable $jib, did you mean $job?"),
    ],
)
async def test_what_cannot_be_drawn_is_not_asked(text: str, words: str) -> None:
    source = server()
    async with app(source).run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        put(pilot, text)
        assert (await typed(pilot, "enter")).splitlines()[0] == f"  {words}"
        assert source.exprs("range") == []


async def test_a_string_is_its_own_answer() -> None:
    async with app(server()).run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        put(pilot, '"hello wall"')
        assert "hello wall" in await typed(pilot, "enter")


async def test_a_scalar_is_drawn_as_a_line() -> None:
    source = server()
    source.answer("1 + 1", ({}, 2))
    async with app(source).run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        put(pilot, "1 + 1")
        text = await typed(pilot, "enter")
        assert text.splitlines()[0] == "  1 series   last 1h every 30s"
        assert " ─ 1 + 1 2" in text


async def test_the_walls_variables_stand_in_expressions() -> None:
    source = server()
    async with app(source).run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        put(pilot, 'rate(up{job="$job"}[$__rate_interval])')
        await typed(pilot, "enter")
        assert source.exprs("range") == ['rate(up{job="api"}[60s])']


async def test_f2_shows_current_values_as_a_table() -> None:
    async with app(server()).run_test(size=(80, 24)) as pilot:
        text = await opened(pilot, "'up", "enter", "f2")
        assert [row.split() for row in text.splitlines()[2:5]] == [
            ["instance", "job", "value"],
            ["a:1", "api", "1"],
            ["b:1", "node", "0"],
        ]
        assert text.splitlines()[0] == "  2 series"
        assert "last 1h" in await typed(pilot, "ctrl+t")


async def test_warnings_infos_and_series_left_out_are_said() -> None:
    source = server()
    one = Series.of({"__name__": "up"}, [(NOW - 60, 1.0), (NOW, 1.0)])
    source.reply("up", Answer((one,), warnings=("half is missing",), infos=("not a counter",), dropped=7))
    async with app(source).run_test(size=(120, 24)) as pilot:
        text = await opened(pilot, "'up", "enter")
        assert text.splitlines()[0] == (
            "  1 series, 7 more than the wall keeps   last 1h every 20s   half is missing   not a counter"
        )


async def test_history_comes_back_with_up_on_the_empty_line_of_a_later_visit() -> None:
    async with app(server()).run_test(size=(80, 24)) as pilot:
        await opened(pilot, "'up", "enter")
        put(pilot, "up + 1")
        await typed(pilot, "enter", "escape")
        await typed(pilot, "colon", "up")
        assert line(pilot) == "up + 1"
        await typed(pilot, "up")
        assert line(pilot) == "up"
        await typed(pilot, "down", "down")
        assert line(pilot) == ""


async def test_escape_closes_the_list_before_it_leaves() -> None:
    async with app(server()).run_test(size=(80, 24)) as pilot:
        await opened(pilot, "'http")
        assert "http_errors_total" not in await typed(pilot, "escape")
        assert isinstance(pilot.app.screen, QueryLine)
        await typed(pilot, "escape")
        assert isinstance(pilot.app.screen, Wall)


async def test_typing_goes_on_while_the_server_hangs() -> None:
    source = server()
    source.hold()
    async with app(source).run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("colon", *"sum", "enter")
        put(pilot, "up")
        await pilot.press("enter")
        await pilot.pause()
        assert drawn(pilot).splitlines()[0] == "  asking"
        await pilot.press(*"time")
        await pilot.pause()
        assert line(pilot) == "uptime"
        await pilot.press("escape", "escape")
        await pilot.pause()
        assert isinstance(pilot.app.screen, Wall)
        assert source.flying == 0


async def test_without_completion_the_reason_is_said_and_the_line_works() -> None:
    source = server()
    source.reply("label_values(__name__)", Unreachable("connection refused"))
    async with app(source).run_test(size=(80, 24)) as pilot:
        text = await opened(pilot, "'xy")
        assert text.splitlines()[0] == "  no completion: connection refused"
        assert len(source.exprs("label_values")) == 1


async def test_a_pasted_expression_of_many_lines_arrives_whole() -> None:
    async with app(server()).run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        pilot.app.screen.query_one(Line).post_message(events.Paste("sum( # all\n  up\x1b[2J\n)"))
        await typed(pilot)
        assert line(pilot) == "sum( up[2J )"


async def test_an_expression_given_at_the_start_is_drawn_and_no_list_covers_it() -> None:
    source = server()
    async with app(source).run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        wall = pilot.app.screen
        assert isinstance(wall, Wall)
        pilot.app.push_screen(QueryLine(wall, "up"))
        text = await typed(pilot)
        assert text.splitlines()[0] == "  2 series   last 1h every 30s"
        assert source.exprs("label_values") == []


async def test_values_of_strangers_are_listed_and_inserted_harmless() -> None:
    source = server()
    source.label("job", "\x1b[2Jevil")
    async with app(source).run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        put(pilot, 'up{job="')
        assert "␛[2Jevil" in await typed(pilot)
        await typed(pilot, "tab")
        assert line(pilot) == 'up{job="\\x1b[2Jevil"'
