"""A wall with more to draw than a key may wait: it draws in pieces, the focus first, and leaves nothing out."""

from __future__ import annotations

from noc.model.clock import FixedClock
from noc.ui.screens.wall import Wall
from tests.ui.fakes import NOW, FakeSource, make_app, make_runtime

LAYOUT = """
grid: {areas: [a b c d]}
panels:
  a: {kind: stat, query: one, title: A, spark: false, delta: false}
  b: {kind: stat, query: one, title: B, spark: false, delta: false}
  c: {kind: stat, query: one, title: C, spark: false, delta: false}
  d: {kind: stat, query: one, title: D, spark: false, delta: false}
"""


class SlowClock(FixedClock):
    """Every look at it takes ``cost`` seconds: a machine on which each card is over the time of a piece."""

    cost = 0.0
    looks = 0.0

    def monotonic(self) -> float:
        self.looks += self.cost
        return self.at + self.looks


async def test_a_slow_wall_draws_the_focus_first_and_the_rest_after_the_keys() -> None:
    clock, source = SlowClock(NOW), FakeSource()
    source.answer("one", ({}, 1.0))
    async with make_app(make_runtime(LAYOUT, source, clock)).run_test(size=(120, 20)) as pilot:
        await pilot.pause()
        wall = pilot.app.screen
        assert isinstance(wall, Wall)
        await wall.settled(5)
        drawn: list[str] = []
        draw = wall._draw_card

        def noted(panel: str, *args: object, **options: object) -> bool:
            drawn.append(panel)
            return draw(panel, *args, **options)  # type: ignore[arg-type]

        wall._draw_card = noted  # type: ignore[method-assign]
        clock.cost = 1.0
        wall.actions.focus_panel("c")
        assert drawn == ["c"]
        clock.cost = 0.0
        while wall._unfinished:
            await pilot.pause(0.01)
        # the wall's own tick may begin the round again meanwhile; the order in which cards come first stays
        assert list(dict.fromkeys(drawn)) == ["c", "a", "b", "d"]
        drawn.clear()
        clock.cost = 1.0
        wall._drawn.clear()
        wall.redraw(whole=True)
        assert sorted(drawn) == ["a", "b", "c", "d"]
