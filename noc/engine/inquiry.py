"""Asks a server what changed: which labels there are, and the expression split by each, now and an hour before.

A few requests at once, each cheap; cancelled as a whole. Failures of single labels are part of the answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from noc.engine.changes import Change, counted, labels_of_interest, power, ranked
from noc.engine.split import additive, obstacle, sample, selectors, split_by
from noc.model.errors import SourceError
from noc.model.ports import MetricSource
from noc.model.series import Answer, Series

HOUR = 3600.0
AT_ONCE = 3
LABELS = 12
"""Labels asked for at most."""

SAMPLE = 50
"""Series looked at to learn a selector's labels."""


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The expression by one label: its changes, or why there are none."""

    label: str
    changes: tuple[Change, ...] = ()
    error: str = ""

    @property
    def power(self) -> float:
        return power(self.changes) if self.changes else 0.0

    @property
    def moved(self) -> bool:
        return any(change.change for change in self.changes)


@dataclass(slots=True)
class Inquiry:
    """What is known so far; filled in as answers come. Times are unix seconds of the server."""

    source: MetricSource | None
    expr: str
    at: float
    back: float = HOUR
    now: float | None = None
    before: float | None = None
    labels: tuple[str, ...] = ()
    unasked: int = 0
    found: tuple[Breakdown, ...] = ()
    done: bool = False
    obstacle: str = ""
    error: str = ""

    @classmethod
    def refused(cls, reason: str, at: float) -> Inquiry:
        """What cannot be asked at all."""
        return cls(None, "", at, obstacle=reason, done=True)

    @property
    def ordered(self) -> list[Breakdown]:
        """Breakdowns with values, the most telling first; those that failed or found nothing are left out."""
        told = [one for one in self.found if one.changes]
        return sorted(told, key=lambda one: (-round(one.power, 6), len(one.changes), one.label))

    @property
    def failed(self) -> list[Breakdown]:
        return [one for one in self.found if one.error]

    async def run(self, progress: Callable[[], object]) -> None:
        """Ask all there is to ask; ``progress`` is called whenever something became known."""
        self.obstacle = obstacle(self.expr)
        if not self.obstacle:
            gate = asyncio.Semaphore(AT_ONCE)
            try:
                await self._learn(gate)
                progress()
                await asyncio.gather(*(self._break_down(label, gate, progress) for label in self.labels))
            except SourceError as error:
                self.error = error.cause
        self.done = True
        progress()

    async def _learn(self, gate: asyncio.Semaphore) -> None:
        """The whole, and the labels of its series at both moments. SourceError when the server does not answer."""
        wholes = [self._ask(self.expr, moment, gate) for moment in (self.at, self.at - self.back)]
        chosen = selectors(self.expr)
        samples = [
            self._ask(sample(selector, SAMPLE), moment, gate)
            for selector in chosen
            for moment in (self.at, self.at - self.back)
        ]
        answers = await _all([*wholes, *samples])
        adds = additive(self.expr)
        self.now, self.before = (_value(answer, adds) for answer in answers[:2])
        series: list[list[Series]] = []
        for index in range(2, len(answers), 2):
            series.append([*answers[index].series, *answers[index + 1].series])
        complete = all(len(answer.series) < SAMPLE for answer in answers[2:])
        labels = labels_of_interest(series, complete=complete)
        if not any(series):
            self.obstacle = "its selectors find no series"
        elif not labels:
            self.obstacle = "no label of its series has two values"
        self.labels, self.unasked = tuple(labels[:LABELS]), max(0, len(labels) - LABELS)

    async def _break_down(self, label: str, gate: asyncio.Semaphore, progress: Callable[[], object]) -> None:
        text = split_by(self.expr, label)
        if text is None:
            self.found = (*self.found, Breakdown(label, error=obstacle(self.expr, label)))
            return
        try:
            now, before = await _all([self._ask(text, self.at, gate), self._ask(text, self.at - self.back, gate)])
        except SourceError as error:
            self.found = (*self.found, Breakdown(label, error=error.cause))
        else:
            changes = ranked(now, before, label, additive=additive(self.expr))
            told = any(change.value for change in changes)
            self.found = (*self.found, Breakdown(label, tuple(changes) if told else ()))
        progress()

    async def _ask(self, expr: str, at: float, gate: asyncio.Semaphore) -> Answer:
        assert self.source is not None
        async with gate:
            return await self.source.instant(expr, at)


async def _all(questions: list[Awaitable[Answer]]) -> list[Answer]:
    """Every answer; the first failure cancels the other questions and is raised."""
    tasks = [asyncio.ensure_future(question) for question in questions]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _value(answer: Answer, additive: bool) -> float | None:
    """The one number of an answer: its only series', or the sum where parts add up."""
    values = [one.last for one in counted(answer.series) if one.last is not None]
    if len(values) > 1 and not additive:
        return None
    return sum(values) if values else None
