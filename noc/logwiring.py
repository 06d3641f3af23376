"""Log lines wired: servers, feeds, the count of what is skipped, where addresses come from. Beside ``wiring``."""

from __future__ import annotations

import platform
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import mkdtemp

from noc.actions import program
from noc.actions.audit import Audit
from noc.actions.block import shown
from noc.actions.blocker import Blocker
from noc.actions.blockfile import STATE_FILE, Blocks
from noc.actions.program import Ended
from noc.alertwiring import author_of
from noc.catalogue.logql import counted
from noc.config.blocking import Blocking
from noc.config.paths import Places
from noc.config.settings import Settings
from noc.engine.feedquestions import Counter
from noc.engine.feeds import Feeds
from noc.engine.listeners import Listeners
from noc.engine.logplan import loki_key
from noc.engine.origin import Origins
from noc.model.clock import Clock
from noc.model.logs import FeedQuery
from noc.model.ports import MetricSource
from noc.runtime import BlockDesk
from noc.sources.http import client
from noc.sources.loki import LokiSource


def lokis_of(settings: Settings, clock: Clock) -> dict[str, LokiSource]:
    """The Loki servers of the active environment, by name."""
    return {name: LokiSource(one, client(one), clock) for name, one in settings.active().loki.items()}


def as_metrics(lokis: Mapping[str, LokiSource], metrics: Mapping[str, MetricSource]) -> dict[str, MetricSource]:
    """The metric servers, and behind them the log servers, which answer numbers too."""
    return {**metrics, **{loki_key(name, metrics): one for name, one in lokis.items()}}


def feeds_of(
    lokis: Mapping[str, LokiSource],
    clock: Clock,
    rng: random.Random,
    news: Listeners,
    *,
    pace: float = 1.0,
    correct_clock: bool = True,
) -> Feeds | None:
    """What follows lines; None where there is no Loki."""
    if not lokis:
        return None
    return Feeds(lokis, clock, rng, news, count=counter(lokis), pace=pace, correct_clock=correct_clock)


def counter(lokis: Mapping[str, LokiSource]) -> Counter:
    """Counts the lines of a feed in a window by asking its server."""

    async def count(query: FeedQuery, start: int, end: int) -> int:
        window = max(1, end - start)
        return await lokis[query.source].count(counted(query.expr, f"{window}ns"), end - 1)

    return count


def origins_of(settings: Settings) -> Origins:
    """Where addresses come from. A configured database that cannot serve is a ConfigError now, not at the first address."""
    origins = Origins(settings.geo_database)
    if settings.geo_database is not None:
        origins.load()
    return origins


def block_desk(
    settings: Settings,
    places: Places,
    clock: Clock,
    *,
    environment: str,
    read_only: bool,
    audited: bool = True,
    rehearsed: bool = False,
) -> BlockDesk | None:
    """What blocks addresses from here; None for a wall that only reads, or that leaves no trace (a picture).

    ``rehearsed``: an embedded world's addresses are nobody's, so no command is run and nothing is kept.
    """
    if read_only or not audited:
        return None
    audit = Audit(settings.alerting.audit or places.state / "audit.jsonl", clock, environment)
    state = Path(mkdtemp(prefix="noc-demo-")) if rehearsed else places.state
    blocker = Blocker(
        Blocks(state / STATE_FILE),
        audit,
        clock,
        author=author_of(settings),
        host=platform.node() or "localhost",
        read_only=read_only,
        run=_rehearse if rehearsed else program.run,
    )
    own = settings.blocking
    return BlockDesk(REHEARSAL if rehearsed and not own.on else own, blocker, state if rehearsed else None)


REHEARSAL = Blocking.model_validate(
    {
        "command": ["ufw", "prepend", "deny", "from", "{ip}"],
        "undo": ["ufw", "delete", "deny", "from", "{ip}"],
        "never": ["10.0.0.0/8", "192.0.2.0/24"],
    }
)
"""What the demo blocks with where nothing is configured; its commands are shown and never run."""


async def _rehearse(command: Sequence[str], seconds: float) -> Ended:
    return Ended(0, (f"the demo runs nothing; a real wall would have run: {shown(command)}",))
