"""The embedded world with the servers that watch it: what ``noc demo``, ``noc snapshot --demo`` and tests start from."""

from __future__ import annotations

from noc.demo.prometheus import Failure, PrometheusApi
from noc.demo.scenarios import SCENARIOS
from noc.demo.world import World
from noc.model.clock import Clock
from noc.model.errors import ConfigError, Fault

SCRAPE_INTERVAL = 15.0


class Gateway:
    """A world and its emulated Prometheus, both on one clock. ``zero`` is where the scenario begins (unix seconds)."""

    def __init__(self, scenario: str, zero: float, seed: int, clock: Clock) -> None:
        self.scrape_interval = SCRAPE_INTERVAL
        self.world = World(seed, scenario, zero, SCRAPE_INTERVAL)
        self.prometheus = PrometheusApi(
            source=self.world,
            clock=clock,
            scrape_interval=SCRAPE_INTERVAL,
            metadata=self.world.metadata(),
            fail=self._failing,
        )

    def _failing(self, now: float) -> Failure:
        """How the world's Prometheus fails: it hangs where a real one would be slow or gone."""
        how = self.world.outage("prometheus", now)
        return None if how is None else 503 if how == "503" else "hang"


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
