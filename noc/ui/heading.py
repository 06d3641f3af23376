"""What the header of a wall says: gathered from the board, its servers, and the programme. No Textual."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from noc.engine.loghealth import joined
from noc.engine.logplan import loki_key
from noc.model.results import ServerHealth
from noc.ui.board import Board
from noc.ui.header import HeaderData
from noc.ui.logpages import moment

if TYPE_CHECKING:
    from noc.ui.tv import Tv


def heading(board: Board, notice: str, tv: Tv | None, *, thin: bool, meter: str = "") -> HeaderData:
    """The header now. ``notice`` goes before what is wrong with files; ``thin``: there is no footer to say it in;
    ``meter``: what is said of the line to the terminal."""
    runtime = board.runtime
    now, alerting = runtime.clock.now(), runtime.alerting
    words = tv.words() if tv is not None else None
    return HeaderData(
        environment=runtime.environment.name,
        colour=runtime.environment.colour,
        title=" › ".join((*board.crumbs[-2:], board.title)),
        view=board.view,
        span=board.span,
        now=now,
        zone=datetime.fromtimestamp(now, board.look.tz).tzname() or "",
        servers=(*servers(board), *alertmanagers(board)),
        mark="" if board.view.mark is None else moment(board.view.mark, board.look.tz),
        notice=notice or board.fault or (words.fault if words else "") or _marks(board),
        variables=board.variables_text,
        thin=thin,
        read_only=alerting is not None and runtime.read_only,
        programme=words.quiet if words else (),
        paused=words.loud if words else "",
        meter=meter,
    )


def _marks(board: Board) -> str:
    """Why there are no marks on the charts; nothing where a server fails, which the header says already."""
    failing = any(one.error is not None for one in servers(board))
    return "" if failing else board.annotations.notice


def servers(board: Board) -> Sequence[ServerHealth]:
    """Metric servers, then log servers: these answer twice, with numbers and with lines. What nobody asks is not named."""
    runtime, metrics = board.runtime, board.runtime.poller.health()
    lines = runtime.feeds.health() if runtime.feeds is not None else {}
    logs = {loki_key(name, runtime.servers): name for name in runtime.log_servers}
    wanted = {demand.query.source for demand in board.demands()}
    own = [one for name, one in metrics.items() if name not in logs and (one.asked or name in wanted)]
    both = [(key, joined(metrics[key], lines.get(name), name)) for key, name in logs.items() if key in metrics]
    followed = {feed.source for feed in board.followed()}
    return [*own, *(one for key, one in both if one.asked or key in wanted or one.name in followed)]


def alertmanagers(board: Board) -> Sequence[ServerHealth]:
    """The members of the Alertmanager cluster."""
    alerting = board.runtime.alerting
    return tuple(alerting.poller.health().values()) if alerting else ()
