"""The embedded world: a multi-tenant API gateway, its servers and its monitoring, as seeded functions of time.

Nothing runs and nothing is stored: a sample at any moment of the past five weeks, or of the future, is computed when
asked for. Equal seed, scenario and zero give equal samples.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from noc.catalogue import contract
from noc.catalogue.contract import Contract
from noc.demo import figures
from noc.demo.flows import Block, Counters, Moments, Shapes
from noc.demo.incidents import Incidents
from noc.demo.samples import STALE_BITS, Floats, LabelMatcher, Samples, selected
from noc.demo.scenarios import DEFAULT, SCENARIOS, How, Scenario
from noc.demo.targets import ScrapeTarget
from noc.demo.traffic import DAY
from noc.model.ports import Metadata, Target
from noc.model.series import Labels, labels_of

HISTORY = 35 * DAY
"""How far samples reach back before the scenario's zero, in seconds."""

_CHUNK = 256  # scrapes computed at a time
_CACHE_BYTES = 64 * 2**20
_STALE = np.array([STALE_BITS], dtype=np.uint64).view(np.float64)[0]


@dataclass(frozen=True)
class _Row:
    """Where a series is computed: its block's number and its row there."""

    block: int
    row: int
    labels: Labels
    sparse: bool


class _Cache:
    """The last computed chunks, bounded by their bytes; safe to share between threads."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._chunks: OrderedDict[tuple[int, int], Floats] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[int, int]) -> Floats | None:
        with self._lock:
            chunk = self._chunks.get(key)
            if chunk is not None:
                self._chunks.move_to_end(key)
            return chunk

    def put(self, key: tuple[int, int], chunk: Floats) -> None:
        with self._lock:
            if key in self._chunks:
                return
            self._chunks[key] = chunk
            self._size += chunk.nbytes
            while self._size > self._limit and len(self._chunks) > 1:
                self._size -= self._chunks.popitem(last=False)[1].nbytes


class World:
    """A SampleSource. ``zero`` is the unix time at which ``scenario`` (a name of SCENARIOS, or one's own) begins.

    ``scrape_interval`` (seconds) stands for the contract's 15 s; slower jobs are stretched alike.
    """

    def __init__(
        self, seed: int = 1, scenario: str | Scenario = DEFAULT, zero: float = 0.0, scrape_interval: float = 15.0
    ) -> None:
        self.seed = seed
        self.scenario = SCENARIOS[scenario] if isinstance(scenario, str) else scenario
        self.zero = float(zero)
        self.scrape_interval = scrape_interval
        self.contract: Contract = contract.load()
        self._shapes = Shapes(seed)
        self._targets: list[ScrapeTarget] = []
        self._blocks: list[tuple[ScrapeTarget, Block, bool]] = []
        self._by_name: dict[str, list[_Row]] = {}
        self._cache = _Cache(_CACHE_BYTES)
        self._moments = lru_cache(maxsize=256)(self._moments_of)
        self._matching = lru_cache(maxsize=512)(self._rows_of)
        incidents = Incidents(self.scenario, self.zero, self._shapes)
        for target in figures.targets(self.contract, self.scenario, self.zero, scrape_interval / 15.0):
            self._add_target(target, incidents)

    @property
    def begin(self) -> float:
        """The oldest moment with samples (unix seconds)."""
        return self.zero - HISTORY

    # --- SampleSource ----------------------------------------------------------------------------------------

    def select(self, matchers: Sequence[LabelMatcher], start: float, end: float) -> list[Samples]:
        """All series that match every matcher, with their samples where start <= t <= end; none without samples.

        A target that stops answering ends its series with a stale marker.
        """
        start = max(start, self.begin)
        found: list[Samples] = []
        windows: dict[int, tuple[Floats, Floats]] = {}
        for row in self._matching(tuple(matchers)):
            if row.block not in windows:
                windows[row.block] = self._window(row.block, start, end)
            times, values = windows[row.block]
            samples = _cut(row, times, values[row.row])
            if len(samples.times):
                found.append(samples)
        return found

    def label_names(self) -> set[str]:
        return {name for rows in self._by_name.values() for row in rows for name, _ in row.labels}

    def series(self, matchers: Sequence[LabelMatcher], start: float, end: float) -> list[Labels]:
        """The label sets that have samples where start <= t <= end; values are only computed where births matter."""
        start = max(start, self.begin)
        found: list[Labels] = []
        spans: dict[int, bool] = {}
        for row in self._matching(tuple(matchers)):
            if row.sparse:
                times, values = self._window(row.block, start, end)
                present = bool(len(_cut(row, times, values[row.row]).times))
            else:
                if row.block not in spans:
                    target, _, _ = self._blocks[row.block]
                    first, stop = target.scrapes(start, end)
                    spans[row.block] = first < stop
                present = spans[row.block]
            if present:
                found.append(row.labels)
        return found

    # --- beside samples --------------------------------------------------------------------------------------

    def at(self, now: float) -> list[tuple[Labels, float]]:
        """Every series its target exposes at this very moment, as an exporter would show it: no ``up``, no ``scrape_*``."""
        figures_now: list[tuple[Labels, float]] = []
        moments: dict[ScrapeTarget, Moments] = {}
        tables: dict[int, Floats] = {}
        clock = np.array([float(now)])
        for number, (target, block, own) in enumerate(self._blocks):
            if own and target.alive(clock)[0]:
                if target not in moments:
                    moments[target] = Moments(clock, target.since(clock))
                tables[number] = block.at(moments[target])[:, 0]
        for rows in self._by_name.values():
            for row in rows:
                if row.block in tables:
                    value = float(tables[row.block][row.row])
                    if value > 0 or not row.sparse:
                        figures_now.append((row.labels, value))
        return figures_now

    def metadata(self) -> Mapping[str, Metadata]:
        """Type, help and unit by family, as the contract has them."""
        return {name: Metadata(spec.type, spec.help, spec.unit or "") for name, spec in self.contract.series.items()}

    def targets(self, now: float) -> list[Target]:
        """The scrape targets and their health at ``now``."""
        clock = np.array([float(now)])
        listed = []
        for target in self._targets:
            alive = bool(target.alive(clock)[0])
            error = "" if alive else f'Get "http://{target.instance}/metrics": connect: connection refused'
            listed.append(Target(target.job, target.instance, "up" if alive else "down", error, target.interval))
        return listed

    def counters(self) -> list[tuple[ScrapeTarget, Counters]]:
        """What counts whole events, target by target: their moments can be told exactly."""
        return [(target, block) for target, block, _ in self._blocks if isinstance(block, Counters)]

    def outage(self, server: str, t: float) -> How | None:
        """How a server (prometheus, loki, alertmanager) fails at ``t``: "refused", "503", "slow", or None."""
        return self.scenario.outage(server, t - self.zero)

    # --- within ----------------------------------------------------------------------------------------------

    def _add_target(self, target: ScrapeTarget, incidents: Incidents) -> None:
        self._targets.append(target)
        site = figures.Site(self._shapes, incidents, self.contract, target)
        blocks = figures.blocks(site)
        exposed = sum(len(block.rows) for block in blocks)
        for block, own in [*((block, True) for block in blocks), (figures.scrape_block(site, exposed), False)]:
            number = len(self._blocks)
            self._blocks.append((target, block, own))
            for row, (name, labels) in enumerate(block.rows):
                spec = self.contract.series.get(name)
                full = labels_of({"__name__": name, "job": target.job, "instance": target.instance, **labels})
                entry = _Row(number, row, full, spec is not None and spec.sparse)
                self._by_name.setdefault(name, []).append(entry)

    def _rows_of(self, matchers: tuple[LabelMatcher, ...]) -> tuple[_Row, ...]:
        names = [matcher for matcher in matchers if matcher.name == "__name__"]
        others = [matcher for matcher in matchers if matcher.name != "__name__"]
        exact = next((matcher.value for matcher in names if matcher.op == "="), None)
        candidates = [exact] if exact is not None else list(self._by_name)
        chosen = [name for name in candidates if all(matcher.matches(name) for matcher in names)]
        return tuple(row for name in chosen for row in self._by_name.get(name, ()) if selected(row.labels, others))

    def _moments_of(self, target: ScrapeTarget, chunk: int) -> Moments:
        times = target.times(chunk * _CHUNK, (chunk + 1) * _CHUNK)
        return Moments(times, target.since(times))

    def _chunk(self, number: int, chunk: int) -> Floats:
        """One block's values at 256 scrapes: (rows, 256)."""
        values = self._cache.get((number, chunk))
        if values is None:
            target, block, _ = self._blocks[number]
            values = block.at(self._moments(target, chunk))
            values.flags.writeable = False
            self._cache.put((number, chunk), values)
        return values

    def _window(self, number: int, start: float, end: float) -> tuple[Floats, Floats]:
        """Times and (rows, times) of the samples within start <= t <= end, gaps left out, stale markers in place."""
        target, block, own = self._blocks[number]
        first, stop = target.scrapes(start, end)
        if first >= stop:
            return np.empty(0), np.empty((len(block.rows), 0))
        chunks = range(first // _CHUNK, (stop - 1) // _CHUNK + 1)
        parts = [self._chunk(number, chunk) for chunk in chunks]
        joined = parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)
        skip = first - chunks[0] * _CHUNK
        values, times = joined[:, skip : skip + stop - first], target.times(first, stop)
        if not own or not target.gaps:
            return times, values
        answers = target.alive(target.times(first - 1, stop))
        return _with_gaps(times, values, answers[1:], answers[:-1] & ~answers[1:])


def _with_gaps(
    times: Floats, values: Floats, answers: NDArray[np.bool_], ends: NDArray[np.bool_]
) -> tuple[Floats, Floats]:
    """Drops what was not scraped; the first scrape that failed marks every series stale."""
    if answers.all():
        return times, values
    values = np.where(ends, _STALE, values)
    keep = answers | ends
    return times[keep], values[:, keep]


def _cut(row: _Row, times: Floats, values: Floats) -> Samples:
    """One series; a sparse one is born with its first event."""
    if row.sparse:
        born = ~(values <= 0)
        if not np.any(values > 0):
            born[:] = False
        times, values = times[born], values[born]
    return Samples(row.labels, times, values)
