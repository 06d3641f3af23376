"""The embedded world with the servers that watch it: what ``noc demo``, ``noc snapshot --demo`` and tests start from."""

from __future__ import annotations

from functools import cache

from noc.catalogue import contract, metrics
from noc.catalogue.rules import RuleGroup, groups
from noc.demo.alertmanager import cluster
from noc.demo.episodes import Chronicle
from noc.demo.events import Journal
from noc.demo.failing import Failure
from noc.demo.loki import LokiApi
from noc.demo.prometheus import PrometheusApi
from noc.demo.rules import RuledSource, RunningRules
from noc.demo.scenarios import SCENARIOS
from noc.demo.world import World
from noc.model.clock import Clock
from noc.model.errors import ConfigError, Fault

SCRAPE_INTERVAL = 15.0


DAY = 86400.0


class Gateway:
    """A world with its log, the emulated Prometheus and Loki that hold them, and the Alertmanagers that are told what the
    catalogue's rules find, all on one clock. ``zero`` is where the scenario begins (unix seconds); ``members`` are the
    Alertmanagers of the cluster."""

    def __init__(self, scenario: str, zero: float, seed: int, clock: Clock, *, members: int = 1) -> None:
        self.scrape_interval = SCRAPE_INTERVAL
        self.world = World(seed, scenario, zero, SCRAPE_INTERVAL)
        self.journal = Journal(self.world)
        self.loki = LokiApi(self.journal, clock, self._failing_loki)
        running = RunningRules(Chronicle(self.world, _groups(), zero - DAY))
        self.alertmanagers = cluster(
            members, clock, sent=running.sent, seed=seed, started=zero - DAY, fail=self._failing_alertmanager
        )
        self.prometheus = PrometheusApi(
            source=RuledSource(self.world, running),
            rules=running.groups,
            alerts=running.alerts,
            clock=clock,
            scrape_interval=SCRAPE_INTERVAL,
            metadata=self.world.metadata(),
            fail=self._failing,
        )

    def _failing(self, now: float) -> Failure:
        """How the world's Prometheus fails: it hangs where a real one would be slow or gone."""
        how = self.world.outage("prometheus", now)
        return None if how is None else 503 if how == "503" else "hang"

    def _failing_alertmanager(self, now: float) -> Failure:
        return self._gone("alertmanager", now)

    def _failing_loki(self, now: float) -> Failure:
        return self._gone("loki", now)

    def _gone(self, server: str, now: float) -> Failure:
        """How such a server of the world fails. A handler cannot refuse a connection: it answers 503 instead."""
        how = self.world.outage(server, now)
        return None if how is None else "hang" if how == "slow" else 503


@cache
def _groups() -> tuple[RuleGroup, ...]:
    """The catalogue's rules, at the world's own pace. Read once: every gateway runs the same."""
    return groups(metrics.load(), contract.load())


def telling_moment(scenario: str) -> float:
    """Seconds after its zero at which a scenario's picture tells its story. ConfigError for an unknown scenario."""
    if scenario not in SCENARIOS:
        raise ConfigError([Fault("--scenario", 0, f"unknown scenario {scenario!r}; there are {', '.join(SCENARIOS)}")])
    return SCENARIOS[scenario].tell


def blind_for(scenario: str) -> float:
    """Seconds before its telling moment at which the scenario's Prometheus still answered; 0 when it always does.

    A picture of a failing server begins there: what stands on a wall then is old, not missing.
    """
    story = SCENARIOS[scenario]
    starts = [one.start for one in story.outages if one.server == "prometheus" and one.start <= story.tell]
    return story.tell - min(starts) + SCRAPE_INTERVAL if starts else 0.0
