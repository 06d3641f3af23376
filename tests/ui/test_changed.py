"""The sheet "what changed": drawn from a played server, walked with the keys, honest in every state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest
from textual.pilot import Pilot

from noc.model.errors import Overloaded, Unreachable
from noc.ui.app import WallApp
from noc.ui.glass import Glass
from noc.ui.screens.changed import Changed
from noc.ui.screens.query import QueryLine
from noc.ui.state import View
from tests.ui.fakes import NOW, FakeSource, make_app, make_runtime

LAYOUT = """
grid: {areas: [a b c]}
panels:
  a: {kind: timeseries, query: 'sum(rate(logins{job="api"}[5m]))', title: Failures, unit: reqps}
  b: {kind: text, text: hello}
  c: {kind: stat, queries: [{query: 'sum(x)'}, {query: 'absent(up)'}], title: Two, spark: false, delta: false}
"""
WHOLE = 'sum(rate(logins{job="api"}[5m]))'

MOVED = {
    "tenant": {"acme": (1, 1.1), "globex": (1, 5.2), "initech": (1.1, 1.0), "umbrella": (1, 1), "hooli": (0.5, None)},
    "code": {"401": (4, 8.2), "403": (0.1, 0.1)},
    "instance": {"api-1:9090": (2.1, 4.1), "api-2:9090": (2, 4.2)},
}
CALM = {name: {value: (before, before) for value, (before, _) in each.items()} for name, each in MOVED.items()}


def parts(label: str, values: Mapping[str, tuple[float, float | None]]):  # type: ignore[no-untyped-def]
    def reply(expr: str, at: float) -> Iterable[tuple[dict[str, str], float]]:
        pairs = ((value, (before, now)[at > NOW - 1800]) for value, (before, now) in values.items())
        return [({label: value}, number) for value, number in pairs if number is not None]

    return reply


def played(values: Mapping[str, Mapping[str, tuple[float, float | None]]] = MOVED) -> FakeSource:
    """A server whose logins have three labels."""
    source = FakeSource()
    source.reply(WHOLE, lambda expr, at: [({}, 8.3 if at > NOW - 1800 and values is MOVED else 4.1)])
    labels = [
        {"job": "api", "tenant": tenant, "code": code, "instance": instance}
        for tenant in values["tenant"]
        for code in values["code"]
        for instance in values["instance"]
    ]
    source.answer('topk(50, logins{job="api"})', *((each, 1.0) for each in labels))
    for label, each in values.items():
        source.reply(f'sum by ({label}) (rate(logins{{job="api"}}[5m]))', parts(label, each))
    return source


def app(source: FakeSource, focus: str = "a") -> WallApp:
    return make_app(make_runtime(LAYOUT, source), View("test", focus=focus))


async def opened(pilot: Pilot[None]) -> str:
    """The sheet's text once all answers are there."""
    await pilot.pause()
    await pilot.press("w")
    await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()
    return drawn(pilot)


def drawn(pilot: Pilot[None]) -> str:
    return pilot.app.screen.query_one(Glass).canvas.text()


async def test_labels_stand_by_how_much_they_explain_and_values_by_how_far_they_moved() -> None:
    async with app(played()).run_test(size=(80, 24)) as pilot:
        text = await opened(pilot)
        assert text.splitlines()[:20] == [
            "  What changed: Failures                                              3 labels",
            "  8.30 req/s, before 4.10 req/s   ▲ 102 %   00:00 against 23:00",
            "",
            "  tenant  1 of 5 explains 86 %     now  before  change  req/s",
            "  ▌ globex                         5.2     1.0   ▲ 4.2  ████████████████  86 %",
            "    hooli                         gone     0.5   ▼ 0.5  █▉                10 %",
            "    acme                           1.1     1.0   ▲ 0.1  ▍                  2 %",
            "    initech                        1.0     1.1   ▼ 0.1  ▍                  2 %",
            "    +1 more, unchanged",
            "",
            "  code  1 of 2 explains 100 %      now  before  change  req/s",
            "    401                            8.2     4.0   ▲ 4.2  ████████████████ 100 %",
            "    +1 more, unchanged",
            "",
            "  instance  1 of 2 explains 52 %   now  before  change  req/s",
            "    api-2:9090                     4.2     2.0   ▲ 2.2  ████████████████  52 %",
            "    api-1:9090                     4.1     2.1   ▲ 2.0  ██████████████▌   48 %",
            "",
            "",
            "",
        ]


async def test_few_requests_are_under_way_at_once_and_none_outlives_the_sheet() -> None:
    source = played()
    async with app(source).run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        source.most = 0
        await opened(pilot)
        assert source.most == 3
        await pilot.press("escape")
        source.hold()
        await pilot.press("w")
        await pilot.pause()
        assert "asking" in drawn(pilot)
        assert source.flying == 3
        await pilot.press("escape")
        await pilot.pause()
        assert (source.flying, source.cancelled) == (0, 3)
        assert not isinstance(pilot.app.screen, Changed)


async def test_enter_opens_the_query_line_narrowed_to_the_value_under_the_cursor() -> None:
    async with app(played()).run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("down", "enter")
        await pilot.pause()
        screen = pilot.app.screen
        assert isinstance(screen, QueryLine)
        assert screen.query_one("#line").value == 'sum(rate(logins{job="api", tenant="hooli"}[5m]))'  # type: ignore[attr-defined]


async def test_the_cursor_walks_over_all_labels_and_stops_at_the_ends() -> None:
    async with app(played()).run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press(*["down"] * 4)
        assert "▌ 401" in drawn(pilot)
        await pilot.press("pagedown")
        assert "▌ api-1:9090" in drawn(pilot)
        await pilot.press("pageup", "up", "up")
        assert "▌ globex" in drawn(pilot)


async def test_an_hour_without_change_says_so() -> None:
    async with app(played(CALM)).run_test(size=(80, 24)) as pilot:
        text = await opened(pilot)
        assert "nothing changed in this hour" in text
        assert "4.10 req/s, before 4.10 req/s   ±0 %" in text


@pytest.mark.parametrize(
    ("focus", "reason"), [("b", "this panel asks no server"), ("c", "its selectors find no series")]
)
async def test_what_cannot_be_split_says_why(focus: str, reason: str) -> None:
    async with app(played(), focus).run_test(size=(80, 24)) as pilot:
        text = await opened(pilot)
        assert "cannot be split" in text
        assert reason in text


async def test_tab_asks_about_the_panels_other_query() -> None:
    async with app(played(), "c").run_test(size=(100, 24)) as pilot:
        assert "What changed: Two (query 1 of 2, Tab)" in await opened(pilot)
        await pilot.press("tab")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert "What changed: Two (query 2 of 2, Tab)" in drawn(pilot)
        assert "absent tells that nothing is there" in drawn(pilot)


async def test_a_server_that_does_not_answer_is_shown_in_the_sheet() -> None:
    source = played()
    source.reply('topk(50, logins{job="api"})', Unreachable("connection refused"))
    async with app(source).run_test(size=(80, 24)) as pilot:
        text = await opened(pilot)
        assert "the server did not answer" in text
        assert "connection refused" in text


async def test_a_label_that_fails_is_counted_and_the_others_stay() -> None:
    source = played()
    source.reply('sum by (code) (rate(logins{job="api"}[5m]))', Overloaded("too many samples"))
    async with app(source).run_test(size=(80, 24)) as pilot:
        text = await opened(pilot)
        assert text.splitlines()[0].endswith("3 labels, 1 failed")
        assert "globex" in text


async def test_values_of_strangers_are_drawn_harmless() -> None:
    values = {**MOVED, "tenant": {"\x1b[2J\u202eevil": (1, 9), "b": (1, 1)}}
    async with app(played(values)).run_test(size=(120, 30)) as pilot:
        text = await opened(pilot)
        assert "␛[2J‹U+202E›evil" in text
        assert "\x1b" not in text
