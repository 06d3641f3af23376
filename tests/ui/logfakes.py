"""A Loki of one's own for walls without servers: lines that a test writes, counts that it dictates, and a room with keys.

``FakeLoki`` is a LogSource and a MetricSource. It holds lines by stream; ``lines`` answers those of a query's selector and
word filters (enough to tell pages apart; the real thing is ``noc/demo``), or fails as it is told. Counts are dictated as
to any :class:`tests.ui.fakes.FakeSource`.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from noc.catalogue.logql import LogQLError, LogQuery, parse
from noc.catalogue.logql.syntax import LineFilter, Matcher
from noc.config.server import Server
from noc.engine.feeds import Feeds
from noc.engine.listeners import Listeners
from noc.model.clock import FixedClock
from noc.model.errors import SourceError
from noc.model.logs import SECOND, LogAnswer, LogLine, TailFrame
from noc.model.series import labels_of
from noc.runtime import Runtime
from noc.ui.compat import frame_of
from noc.ui.panels.data import PanelData
from noc.ui.screens.wall import Wall
from tests.alertgiven import NOW
from tests.ui.alertfakes import FakeAlertmanager, FakeRules, make_desk
from tests.ui.fakes import FakeSource, make_app, make_runtime
from tests.ui.given import PALETTE


@dataclass(frozen=True, slots=True)
class Read:
    """One question for lines; times in unix seconds."""

    query: str
    start: float
    end: float


class FakeLoki(FakeSource):
    """``read`` lists the questions for lines; ``down`` is what they fail with, by query or (``""``) all of them."""

    def __init__(self, *lines: LogLine) -> None:
        super().__init__()
        self.kept: list[LogLine] = list(lines)
        self.read: list[Read] = []
        self.down: dict[str, SourceError] = {}

    def add(self, *lines: LogLine) -> None:
        self.kept += lines

    async def lines(self, query: str, start: int, end: int, limit: int, *, newest: bool = True) -> LogAnswer:
        self.read.append(Read(query, start / SECOND, end / SECOND))
        await self._open.wait()
        await asyncio.sleep(0)
        error = self.down.get(query) or self.down.get("")
        if error is not None:
            raise error
        found = sorted(
            (one for one in self.kept if start <= one.at < end and _holds(query, one)), key=lambda one: one.at
        )
        some = found[-limit:] if newest else found[:limit]
        return LogAnswer(tuple(some), full=len(found) >= limit)

    async def tail(self, query: str, start: int) -> AsyncGenerator[TailFrame, None]:
        raise AssertionError("nothing here follows by tail")
        yield TailFrame()


def _holds(query: str, line: LogLine) -> bool:
    """Whether a line is of the selector's streams and holds the words; parser stages are not looked at. What noc cannot read
    a newer Loki may: every line holds."""
    try:
        tree = parse(query)
    except LogQLError:
        return True
    assert isinstance(tree, LogQuery)
    return all(_matches(one, line.label(one.name)) for one in tree.matchers) and all(
        all(word in line.text for word in stage.values) for stage in tree.stages if isinstance(stage, LineFilter)
    )


def _matches(one: Matcher, value: str) -> bool:
    found = re.fullmatch(one.value, value) is not None if "~" in one.op else value == one.value
    return found is not one.op.startswith("!")


def line(text: str, ago: float, level: str = "info", **labels: str) -> LogLine:
    """A line that came so many seconds before NOW."""
    stream = labels_of({"job": "laravel", **labels})
    return LogLine(round((NOW - ago) * 1000) * (SECOND // 1000), text, stream, (("detected_level", level),))


def event(kind: str, ago: float, trace: str = "", level: str = "warn", **context: Any) -> LogLine:
    """A line of specification 1.2."""
    body = {"level": level, "category": "security", "event_type": kind, "context": context}
    return line(json.dumps({**body, **({"trace_id": trace} if trace else {})}), ago, level, event_type=kind)


@dataclass
class Room:
    """A wall over a Loki (and what else a test gives it), and the hand on its keys."""

    pilot: Pilot[None]
    wall: Wall
    loki: FakeLoki
    source: FakeSource
    clock: FixedClock
    copied: list[str] = field(default_factory=list)

    async def press(self, *keys: str) -> None:
        """Keys, each heard: no dialog is deaf any more. What they ask is answered."""
        for key in keys:
            await self.pilot.press(key)
            self.clock.advance(0.4)
        await self.answered()

    async def type(self, text: str) -> None:
        """Into the field that has the focus, in place of what stands there."""
        focused = self.pilot.app.focused
        assert isinstance(focused, Input)
        focused.value = text
        focused.cursor_position = len(text)
        await self.pilot.pause()

    async def answered(self) -> None:
        """Everything that is asked now has its answer, and is drawn."""
        await self.pilot.pause()
        await self.wall.runtime.poller.settle(5)
        if self.feeds is not None:
            await self.feeds.settle(5)
        await self.pilot.pause()
        if self.pilot.app.screen is self.wall:
            self.wall.redraw(whole=True)

    async def news(self, *lines: LogLine, seconds: float = 2.0) -> None:
        """Time passes, these lines come, and the feeds ask once more."""
        self.clock.advance(seconds)
        self.loki.add(*lines)
        assert self.feeds is not None
        self.feeds.refresh()
        await self.answered()

    async def passed(self, seconds: float) -> None:
        """The clock moves, and the wall notices."""
        self.clock.advance(seconds)
        self.wall.tick()
        await self.pilot.pause()

    @property
    def feeds(self) -> Feeds | None:
        return self.wall.runtime.feeds

    @property
    def screen(self) -> object:
        return self.pilot.app.screen

    @property
    def text(self) -> str:
        """Everything on the glass, dialogs too."""
        if self.pilot.app.screen is self.wall:
            self.wall.redraw(whole=True)
            return self.wall.glass.canvas.text()
        return frame_of(self.pilot.app, PALETTE.text, PALETTE.background, "").cells.text()

    @property
    def header(self) -> str:
        return " ".join(self.text.split("\n")[0].split())

    @property
    def footer(self) -> str:
        return self.text.split("\n")[-1].strip()

    def card(self, panel: str) -> list[str]:
        """The rows of a panel that hold anything, its frame of blanks gone."""
        rect, text = self.wall.board.rectangles[panel], self.text.split("\n")
        rows = [row[rect.x : rect.x + rect.width] for row in text[rect.y + self.wall.top :][: rect.height]]
        return [" ".join(row.split()) for row in rows if row.strip()]

    def data(self, panel: str) -> PanelData:
        return self.wall.board.data(panel)

    def cursor(self, panel: str) -> str | None:
        return self.wall.board.desk.of(panel).cursor

    @property
    def place(self) -> tuple[str, str | None]:
        """The page that is open, and the panel that has the focus."""
        board = self.wall.board
        return board.title, board.view.focus

    def queries(self) -> dict[str, tuple[str, float, float | None]]:
        """What each panel of lines asks: query, seconds, fixed end."""
        feeds = {name: plan.feed for name, plan in self.wall.board.plans.items()}
        return {name: (feed.expr, feed.span, feed.end) for name, feed in feeds.items() if feed is not None}

    @property
    def offered(self) -> list[str]:
        """The choices of the menu that is open."""
        options = self.pilot.app.screen.query_one(OptionList)
        return [str(options.get_option_at_index(at).prompt).strip() for at in range(options.option_count)]


@asynccontextmanager
async def opened(
    layout: str,
    *lines: LogLine,
    loki: FakeLoki | None = None,
    source: FakeSource | None = None,
    member: FakeAlertmanager | None = None,
    size: tuple[int, int] = (140, 40),
    keys: tuple[str, ...] = (),
    **changes: Any,
) -> AsyncIterator[Room]:
    """A wall over the layout: a Prometheus, a Loki, an Alertmanager if one is given; ``changes`` are those of the runtime."""
    clock = member.clock if member is not None else FixedClock(NOW)
    loki, source = loki or FakeLoki(*lines), source or FakeSource()
    app = make_app(room_runtime(layout, loki, source, clock, member=member, **changes))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        wall = pilot.app.screen
        assert isinstance(wall, Wall)
        await wall.settled(5)
        room = Room(pilot, wall, loki, source, clock)
        app.copy_to_clipboard = room.copied.append  # type: ignore[method-assign]
        await room.press(*keys)
        yield room
        loki.release()


def room_runtime(
    layout: str,
    loki: FakeLoki,
    source: FakeSource,
    clock: FixedClock,
    *,
    member: FakeAlertmanager | None = None,
    **changes: Any,
) -> Runtime:
    """The runtime of such a wall, with the real store, poller and feeds."""
    news = Listeners()
    feeds = Feeds({"loki": loki}, clock, random.Random(1), news, correct_clock=False)
    alerting = make_desk(member, rules=FakeRules(member)) if member is not None else None
    runtime = make_runtime(layout, {"prometheus": source, "loki": loki}, clock, **changes)
    runtime.servers.pop("loki")
    runtime.log_servers = {"loki": Server(url="http://loki.example:3100")}
    runtime.feeds, runtime.feed_news, runtime.alerting = feeds, news, alerting
    return runtime
