"""The fake wall is a real one: poller, store and glass work, only the server is played."""

from __future__ import annotations

from noc.model.errors import Unreachable
from noc.ui.glass import Glass
from tests.ui.fakes import NOW, FakeSource, make_app, make_runtime, stepped

LAYOUT = """
grid: {areas: [a b]}
panels:
  a: {kind: timeseries, query: 'sum(rate(x[5m]))', title: Rate}
  b: {kind: stat, query: up, title: Up, spark: false, delta: false}
"""


async def test_the_wall_draws_what_the_fake_source_answers() -> None:
    source = FakeSource()
    source.answer("sum(rate(x[5m]))", ({}, stepped(1, 5)))
    source.answer("up", ({"job": "a"}, 1))
    async with make_app(make_runtime(LAYOUT, source)).run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        text = pilot.app.screen.query_one(Glass).canvas.text()
        assert "Rate" in text
        assert sorted((asked.method, asked.expr, asked.end) for asked in source.asked) == [
            ("instant", "up", NOW),
            ("range", "sum(rate(x[5m]))", NOW),
        ]


async def test_a_failing_server_is_shown_on_its_panel() -> None:
    source = FakeSource()
    source.reply_all("", Unreachable("connection refused"))
    runtime = make_runtime(LAYOUT, source)
    async with make_app(runtime).run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert [str(health.error) for health in runtime.poller.health().values()] == ["connection refused"]
