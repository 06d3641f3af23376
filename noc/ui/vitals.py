"""What a wall knows of itself: the health checks it makes, whether anything answers at all, whether it paints on time.

Apart from the Wall, which hears a tick a second and asks here what to say and whether the glass has gone dark.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from noc import __version__
from noc.charts.canvas import Canvas
from noc.engine.heartbeat import Beat, exposition, farewell, resident
from noc.engine.pulse import late_words
from noc.model.clock import SystemClock
from noc.model.results import ServerHealth
from noc.ui.blackout import Blackout, blacked_out, draw_blackout
from noc.ui.heading import alertmanagers, servers

if TYPE_CHECKING:
    from noc.runtime import Runtime
    from noc.ui.compat import Application
    from noc.ui.screens.wall import Wall


class Vitals:
    """Runs beside one wall."""

    def __init__(self, wall: Wall) -> None:
        self.wall = wall
        self.blackout: Blackout | None = None
        self._behind: Canvas | None = None
        self._began = wall.runtime.clock.now()
        self._probing: asyncio.Task[None] | None = None
        self._unsubscribe: Callable[[], None] | None = None

    def start(self) -> None:
        """Begin to probe."""
        runtime = self.wall.runtime
        if runtime.checkups is not None:
            self._unsubscribe = runtime.check_news.subscribe(self.wall.news)
            self._probing = asyncio.create_task(runtime.checkups.run(), name="checks")

    def stop(self) -> None:
        """The wall is left in order, and says so where its heart was heard."""
        if self._unsubscribe:
            self._unsubscribe()
        if self._probing is not None:
            self._probing.cancel()
        if self.wall.runtime.heartbeat is not None:
            self.wall.runtime.heartbeat.write(farewell(self._beat()))

    @property
    def app(self) -> Application:
        return self.wall.app  # type: ignore[return-value]

    def tick(self) -> None:
        """Once a second: the pulse, the blackout, the heartbeat."""
        self.app.pulse.beat()
        self._look()
        heart = self.wall.runtime.heartbeat
        if heart is not None and heart.due:
            fault = heart.write(exposition(self._beat()))
            if fault:
                self.wall.say(fault)

    @property
    def words(self) -> str:
        """What the header says of a wall that cannot paint on time; nothing for one that can."""
        return late_words(self.app.pulse.late)

    @property
    def meter(self) -> str:
        """Bytes a second, where somebody wants to know: on a capped or slow line, or by the setting ``meter``."""
        return self.app.line.words(self.app.metered)

    # -- nothing answers

    def _look(self) -> None:
        """Whether every source is gone. History stands on old answers by wish."""
        board, clock = self.wall.board, self.wall.runtime.clock
        asked = self._servers()
        refreshes: dict[str, float] = {}
        if board.view.live:
            poller = self.wall.runtime.poller
            for demand in board.demands():  # the store keeps intervals in seconds of the clock, which may run faster
                name, refresh = demand.query.source, board.runtime.store.result(demand.query).refresh
                refreshes[name] = min(refresh or demand.refresh, poller.quiet, refreshes.get(name, math.inf))
            asked = tuple(one for one in asked if one.kind != "prometheus" or one.name in refreshes)
            alerting = self.wall.runtime.alerting
            if alerting is not None:
                refreshes |= {one.name: alerting.poller.interval for one in alertmanagers(board)}
        found = blacked_out(asked, clock.now(), began=self._began, refreshes=refreshes) if board.view.live else None
        if self.blackout is None and found is not None:
            self.wall.redraw(whole=True)  # behind the letters every picture says how old it is
        before, self.blackout = self.blackout, found
        if before is None and found is not None:
            glass = self.wall.glass.canvas
            self._behind = Canvas(glass.width, glass.height)
            self._behind.blit(0, 0, glass)
        elif before is not None and found is None:
            self._behind = None
            self.wall.rearrange()

    def dark(self, columns: int, rows: int) -> Canvas | None:
        """What covers the cards of a wall that nothing answers; None where anything does."""
        if self.blackout is None:
            return None
        behind, (dx, dy) = Canvas(columns, rows), self.wall.moved
        if self._behind is not None:
            behind.blit(-dx, -dy - self.wall.top, self._behind)
        return draw_blackout(self.blackout, behind, columns, rows, self.wall.board.look)

    def _servers(self) -> tuple[ServerHealth, ...]:
        board = self.wall.board
        return (*servers(board), *alertmanagers(board))

    def _beat(self) -> Beat:
        """What is told of this wall; times are the machine's, whatever clock the wall runs on."""
        counted = {"ok": 0, "failing": 0, "waiting": 0}
        for one in self._servers():
            counted["failing" if one.error is not None else "waiting" if one.good_at is None else "ok"] += 1
        return Beat(
            at=SystemClock().now(),
            paints=self.app.pulse.paints,
            late=self.app.pulse.late,
            bytes_written=self.app.line.total,
            resident=resident(),
            sources=counted,
            version=__version__,
            layout=self.wall.board.page.name,
        )


async def settle(runtime: Runtime, deadline: float) -> None:
    """Return once all that is asked has an answer, or the deadline (seconds) has passed for what has none."""
    if runtime.alerting is not None:
        await runtime.alerting.poller.settle(deadline)
    await runtime.poller.settle(deadline)
    if runtime.feeds is not None:
        await runtime.feeds.settle(deadline)
    if runtime.checkups is not None:
        await runtime.checkups.settle(deadline)
