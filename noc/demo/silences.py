"""The silences of an emulated Alertmanager: what an id stands for, when it is kept, what is refused (alerts.md 4).

A silence is its matchers, in their order, and its start: an update that touches neither keeps the id, any other ends the
old silence and makes a new one. That is done in 0.25's order, expire first: a refused replacement leaves nothing silenced.
"""

from __future__ import annotations

import random
import re
import threading
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from noc.demo.goregexp import complaint
from noc.model.alerts import Matcher, SilenceState, match_all

RETENTION = 120 * 3600.0
"""Seconds for which an ended silence is remembered."""

_JUDGED = 10_000
"""For how many alerts it is remembered which silences match them."""

_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*", re.ASCII)
_ORDER = {SilenceState.ACTIVE: 0, SilenceState.PENDING: 1, SilenceState.EXPIRED: 2}


class RefusedSilence(ValueError):
    """A silence the server does not take, in its words."""


class UnknownSilence(KeyError):
    """No silence has that id."""


@dataclass(frozen=True, slots=True)
class StoredSilence:
    """A silence as the server keeps it; times with the offsets they were sent with."""

    id: str
    matchers: tuple[Matcher, ...]
    starts_at: datetime
    ends_at: datetime
    created_by: str
    comment: str
    updated_at: datetime

    def state(self, now: datetime) -> SilenceState:
        if now < self.starts_at:
            return SilenceState.PENDING
        return SilenceState.ACTIVE if now < self.ends_at else SilenceState.EXPIRED


class Silences:
    """One store, shared by the members of a cluster: what a real one gossips is here at once.

    Ids come from ``seed``: the same requests give the same ids. Safe to share between threads.
    """

    def __init__(self, seed: int = 1, retention: float = RETENTION) -> None:
        self._rng = random.Random(seed)
        self._retention = timedelta(seconds=retention)
        self._held: dict[str, StoredSilence] = {}
        self._matching: dict[str, tuple[str, ...]] = {}
        self._lock = threading.Lock()

    def set(self, wanted: StoredSilence, now: datetime) -> str:
        """Create, update in place or replace; returns the id. ``wanted.id`` is empty for a new one.

        Raises UnknownSilence and RefusedSilence.
        """
        with self._lock:
            self._forget(now)
            old = self._held.get(wanted.id)
            if wanted.id and old is None:
                raise UnknownSilence(wanted.id)
            if old is not None:
                if _updates(old, wanted, now):
                    self._keep(replace(wanted, updated_at=now))
                    return wanted.id
                self._expire(old, now)
            made = replace(
                wanted,
                id=str(uuid.UUID(int=self._rng.getrandbits(128), version=4)),
                starts_at=max(wanted.starts_at, now),
                updated_at=now,
            )
            self._keep(made)
            return made.id

    def expire(self, id: str, now: datetime) -> None:
        """End a silence now; a pending one never begins, an ended one stays as it is. Raises UnknownSilence."""
        with self._lock:
            self._forget(now)
            if id not in self._held:
                raise UnknownSilence(id)
            self._expire(self._held[id], now)

    def get(self, id: str, now: datetime) -> StoredSilence | None:
        with self._lock:
            self._forget(now)
            return self._held.get(id)

    def listed(self, now: datetime) -> list[StoredSilence]:
        """All of them: active by their end, pending by their start, then ended ones, the latest first."""
        with self._lock:
            self._forget(now)
            held = list(self._held.values())
        return sorted(held, key=lambda one: _listed(one, now))

    def silencing(self, fingerprint: str, labels: Mapping[str, str], now: datetime) -> tuple[str, ...]:
        """Sorted ids of the silences that hide an alert at ``now``."""
        with self._lock:
            if fingerprint not in self._matching:
                if len(self._matching) >= _JUDGED:
                    self._matching.clear()
                found = (one.id for one in self._held.values() if match_all(one.matchers, labels))
                self._matching[fingerprint] = tuple(sorted(found))
            ids = self._matching[fingerprint]
            return tuple(id for id in ids if self._held[id].state(now) is SilenceState.ACTIVE)

    def _expire(self, old: StoredSilence, now: datetime) -> None:
        state = old.state(now)
        if state is not SilenceState.EXPIRED:
            starts = now if state is SilenceState.PENDING else old.starts_at
            self._held[old.id] = replace(old, starts_at=starts, ends_at=now, updated_at=now)

    def _keep(self, silence: StoredSilence) -> None:
        _check(silence.matchers)
        self._held[silence.id] = silence
        self._matching.clear()

    def _forget(self, now: datetime) -> None:
        gone = [id for id, one in self._held.items() if one.ends_at <= now - self._retention]
        for id in gone:
            del self._held[id]
        if gone:
            self._matching.clear()


def _updates(old: StoredSilence, wanted: StoredSilence, now: datetime) -> bool:
    """Whether the id stays: the past must not change."""
    if old.matchers != wanted.matchers:
        return False
    state = old.state(now)
    if state is SilenceState.ACTIVE:
        return _second(old.starts_at) == _second(wanted.starts_at) and wanted.ends_at >= now
    return state is SilenceState.PENDING and wanted.starts_at >= now


def _second(at: datetime) -> datetime:
    return at.replace(microsecond=0)


def _listed(one: StoredSilence, now: datetime) -> tuple[int, float, str]:
    state = one.state(now)
    at = one.starts_at.timestamp() if state is SilenceState.PENDING else one.ends_at.timestamp()
    return _ORDER[state], -at if state is SilenceState.EXPIRED else at, one.id


def _check(matchers: Sequence[Matcher]) -> None:
    """RefusedSilence for what no silence may consist of."""
    for number, matcher in enumerate(matchers):
        fault = ""
        if not _NAME.fullmatch(matcher.name):
            fault = f"invalid label name {_quoted(matcher.name)}"
        elif matcher.regex:
            words = complaint(matcher.value)
            fault = f"invalid regular expression {_quoted(matcher.value)}: {words}" if words else ""
        if fault:
            raise RefusedSilence(f"silence invalid: invalid label matcher {number}: {fault}")
    if all(_takes_empty(matcher) for matcher in matchers):
        raise RefusedSilence("silence invalid: at least one matcher must not match the empty string")


def _takes_empty(matcher: Matcher) -> bool:
    """As 0.25 sees it: a negative matcher never does, so that a lone one may silence everything (alerts.md 0)."""
    return matcher.equal and matcher.takes_empty


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'
