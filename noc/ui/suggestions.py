"""What the query line offers while one types: asks the server for names and values in the background, once each."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from noc.engine import completion
from noc.engine.changes import NEVER_SPLIT
from noc.engine.completion import Candidate, Context, Place
from noc.engine.split import sample
from noc.engine.syntax import parse
from noc.engine.writer import is_metric_name, quoted
from noc.model.clock import Clock
from noc.model.errors import SourceError
from noc.model.ports import MetricSource

LOOK_BACK = 3600.0
"""Seconds in which a series must have been there for its values to be offered."""

Key = tuple[str, str]
"""What is known: ("names", ""), ("labels", metric) or (label, match)."""

Spawn = Callable[[Coroutine[Any, Any, None], str], object]
"""Runs a coroutine in the background; a newer one of the same group replaces it."""


@dataclass(slots=True)
class Suggestions:
    """Names and values of one server. ``told`` is called when an answer came; ``error`` is why nothing is offered."""

    source: MetricSource
    clock: Clock
    spawn: Spawn
    told: Callable[[], None]
    known: dict[Key, tuple[str, ...]] = field(default_factory=dict)
    asking: dict[str, Key] = field(default_factory=dict)
    failed: set[Key] = field(default_factory=set)
    error: str = ""

    def candidates(self, at: Context) -> list[Candidate]:
        """What can stand there, of what is known; what is not known is asked for."""
        if at.place is Place.EXPRESSION:
            return completion.words(at.prefix, self._get("names", ("names", ""))) if at.prefix else []
        if at.place is Place.LABEL:
            return completion.labels(at.prefix, self._labels(at.metric))
        if at.place is Place.GROUPING:
            names = {name for metric in at.metrics or ("",) for name in self._labels(metric)}
            return completion.labels(at.prefix, names, grouping=True)
        if at.place is Place.VALUE:
            return completion.label_values(at, self._get("values", (at.label, at.match)))
        return completion.ranges(at.prefix) if at.place is Place.RANGE else []

    def _labels(self, metric: str) -> tuple[str, ...]:
        return self._get("labels", ("labels", metric)) if metric else completion.COMMON_LABELS

    def _get(self, group: str, key: Key) -> tuple[str, ...]:
        if key in self.known:
            return self.known[key]
        if key not in self.failed and self.asking.get(group) != key:
            self.asking[group] = key
            self.spawn(self._ask(group, key), group)
        return ()

    async def _ask(self, group: str, key: Key) -> None:
        now = self.clock.now()
        try:
            if group == "names":
                found = await self.source.label_values("__name__", "", now - LOOK_BACK, now)
            elif group == "labels":
                selector = key[1] if is_metric_name(key[1]) else f"{{{quoted(key[1])}}}"
                answer = await self.source.instant(sample(selector), now)
                found = tuple({name for one in answer.series for name, _ in one.labels} - NEVER_SPLIT)
                found += ("le",) if key[1].endswith("_bucket") else ()
            else:
                found = await self.source.label_values(key[0], _sound(key[1]), now - LOOK_BACK, now)
            self.known[key] = found
            self.error = ""
        except SourceError as error:
            self.failed.add(key)
            self.error = error.cause
        finally:
            if self.asking.get(group) == key:
                del self.asking[group]
        self.told()

    def again(self) -> None:
        """Forget failures: the next keystroke may ask again."""
        self.failed.clear()


def _sound(match: str) -> str:
    """The selector, or nothing where it does not parse yet."""
    try:
        parse(match)
    except ValueError:
        return ""
    return match
