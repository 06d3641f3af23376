"""A scenario's bumps in a running world: trains placed at its zero, ready to push rates and levels."""

from __future__ import annotations

from noc.demo.flows import Effects, Rhythm, Shapes
from noc.demo.scenarios import Scenario
from noc.demo.traffic import Pulse, Train


class Incidents:
    """Trains are shared between all figures that one pulse moves, so that each is computed once."""

    def __init__(self, scenario: Scenario, zero: float, shapes: Shapes) -> None:
        self._scenario = scenario
        self.zero = zero
        self._shapes = shapes
        self._trains: dict[tuple[Pulse, Rhythm | None], Train] = {}

    def push(self, knob: str, factor: float = 1.0) -> Effects:
        """The knob's amounts times ``factor``, at any time of day."""
        return tuple((self._train(bump.pulse, None), bump.amount * factor) for bump in self._scenario.of(knob))

    def share(self, knob: str, per_second: float, rhythm: Rhythm = "people") -> Effects:
        """The knob's amounts as shares of a traffic of ``per_second`` on average with this rhythm."""
        return tuple((self._train(bump.pulse, rhythm), bump.amount * per_second) for bump in self._scenario.of(knob))

    def _train(self, pulse: Pulse, rhythm: Rhythm | None) -> Train:
        key = (pulse, rhythm)
        if key not in self._trains:
            period = self._scenario.period
            self._trains[key] = (
                Train(pulse, self.zero, period)
                if rhythm is None
                else Train.following(self._shapes.rhythms[rhythm], pulse, self.zero, period)
            )
        return self._trains[key]
