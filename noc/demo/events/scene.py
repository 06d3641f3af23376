"""What the lines of a moment need to know of the story around them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite

import numpy as np

from noc.demo.events.line import Stream
from noc.demo.events.occurrences import MICROS, Occurrence
from noc.demo.events.people import Crowd
from noc.demo.scenarios import Scenario
from noc.model.logs import LogLine


class Scene:
    """One world's people and its scenario, which begins at ``zero`` (unix seconds)."""

    def __init__(self, crowd: Crowd, scenario: Scenario, zero: float) -> None:
        self.crowd = crowd
        self.scenario = scenario
        self.zero = zero
        self._turned = lru_cache(maxsize=4096)(self._turned_at)

    def wave(self, at: int) -> int:
        """Which return of the scenario's incidents a moment (microseconds) belongs to; -1 before the first."""
        after = at / MICROS - self.zero
        if after < 0:
            return -1
        return int(after // self.scenario.period) if isfinite(self.scenario.period) else 0

    def attacker(self, at: int, bits: int) -> str:
        """An address of the wave that a moment belongs to."""
        return self.crowd.attacker(self.wave(at), bits)

    def stranger(self, at: int, bits: int) -> str:
        """An address that tries doors on a moment's day."""
        return self.crowd.stranger(at // (86400 * MICROS), bits)

    def turned(self, knob: str, at: int) -> float:
        """How far the scenario turns a knob at a moment (microseconds), to the minute."""
        return self._turned(knob, at // (60 * MICROS))

    def _turned_at(self, knob: str, minute: int) -> float:
        after, period = minute * 60 - self.zero, self.scenario.period
        within = after % period if isfinite(period) and after >= 0 else after
        return float(sum(bump.amount * bump.pulse.value(np.array(within)) for bump in self.scenario.of(knob)))


@dataclass(frozen=True)
class Telling:
    """How the events of one counter become lines.

    ``counter`` is the family, ``of`` which of its series (by labels); where several tellings fit, the first tells.
    ``every`` so manieth event is told. Lines may stand ``lead`` seconds before their event and ``trail`` after it.
    ``continues`` names the telling whose last event before, at most ``within`` seconds, may be part of the same trace.
    """

    name: str
    counter: str
    streams: tuple[Stream, ...]
    tell: Callable[[Scene, Occurrence, Occurrence | None], Iterator[LogLine]]
    of: Callable[[Mapping[str, str]], bool] = lambda _labels: True
    every: int = 1
    lead: float = 0.0
    trail: float = 0.0
    continues: str = ""
    within: float = 0.0
