"""What the tests of actions share: refusals told whole, a cluster that keeps silences by script, a runner over it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any

import pytest

from noc.actions.audit import Audit
from noc.actions.runner import Runner
from noc.config.alerting import Alerting
from noc.engine.book import Book
from noc.model.alerts import AlertAnswer, Silence, SilenceDraft, SilenceState
from noc.model.clock import FixedClock
from noc.model.errors import BadQuery, Refused, SourceError, Timeout, Unreachable
from noc.sources.http import unsent
from tests.alertgiven import NOW, book, text_of

SETTINGS = Alerting()


def refused(words: str) -> AbstractContextManager[Any]:
    """noc refuses with exactly these words."""
    return pytest.raises(Refused, match=f"^{re.escape(words)}$")


def not_running() -> Unreachable:
    """A refused connection: surely nothing was sent."""
    return unsent(Unreachable("connection refused by http://one; is it running?"))


def no_answer() -> Timeout:
    return Timeout("no answer from http://one within 10s")


@dataclass(frozen=True)
class Took:
    """The server did what was asked, and its answer was lost."""

    error: SourceError


@dataclass(frozen=True)
class Forks:
    """The server makes a new silence though an update was meant."""


Step = SourceError | Took | Forks | None


class Member:
    """An AlertSource and an AlertSink. ``script`` says how the next writes go, ``silences`` is shared by a cluster.

    ``posted`` and ``ended`` list what was sent here; ``down`` is what every question raises.
    """

    def __init__(self, *held: Silence, silences: dict[str, Silence] | None = None) -> None:
        self.silences = silences if silences is not None else {}
        self.silences.update({one.id: one for one in held})
        self.script: list[Step] = []
        self.posted: list[SilenceDraft] = []
        self.ended: list[str] = []
        self.down: SourceError | None = None

    @property
    def active(self) -> list[Silence]:
        return [one for one in self.silences.values() if one.state is SilenceState.ACTIVE]

    async def poll(self) -> AlertAnswer:
        if self.down is not None:
            raise self.down
        return AlertAnswer((), tuple(self.silences.values()))

    async def silence(self, id: str) -> Silence | None:
        if self.down is not None:
            raise self.down
        return self.silences.get(id)

    async def create_silence(self, draft: SilenceDraft) -> str:
        self.posted.append(draft)
        step = self._step()
        id = draft.id
        if not id or isinstance(step, Forks):
            id = str(uuid.UUID(int=len(self.silences) + 1))
        self.silences[id] = Silence(
            id,
            draft.matchers,
            draft.starts_at if draft.id else max(NOW, draft.starts_at),
            draft.ends_at,
            draft.created_by,
            draft.comment,
            SilenceState.PENDING if draft.starts_at > NOW else SilenceState.ACTIVE,
            NOW,
            draft.starts_text or text_of(NOW),
        )
        if isinstance(step, Took):
            raise step.error
        return id

    async def expire_silence(self, id: str) -> None:
        self.ended.append(id)
        step = self._step()
        if id not in self.silences:
            raise BadQuery(f"there is no silence {id}", status=404)
        self.silences[id] = replace(self.silences[id], ends_at=NOW, state=SilenceState.EXPIRED)
        if isinstance(step, Took):
            raise step.error

    async def aclose(self) -> None:
        return None

    def _step(self) -> Step:
        """The next step of the script; a failure is raised before anything is done."""
        step = self.script.pop(0) if self.script else None
        if isinstance(step, SourceError):
            raise step
        return step


class Bench:
    """A runner over members, and the book it sees; ``refreshed`` counts how often it asked for a new one."""

    def __init__(
        self,
        *members: Member,
        seen: Book | None = None,
        read_only: bool = False,
        audit: Path | None = None,
        zone: tzinfo = UTC,
    ) -> None:
        self.clock = FixedClock(NOW)
        self.book = seen if seen is not None else book()
        self.refreshed = 0
        self.members = dict(zip(("one", "two", "three"), members, strict=False))
        self.runner = Runner(
            self.members,
            self.members,
            Audit(audit, self.clock, "prod"),
            self.clock,
            author="mara",
            read_only=read_only,
            zone=zone,
            book=lambda: self.book,
            refresh=self._refresh,
        )

    async def _refresh(self) -> None:
        self.refreshed += 1


def cluster(n: int, *held: Silence) -> list[Member]:
    """Members that share their silences, as gossip does."""
    shared: dict[str, Silence] = {}
    return [Member(*held, silences=shared) for _ in range(n)]


def posted(members: Iterable[Member]) -> list[int]:
    """How many requests each got."""
    return [len(one.posted) + len(one.ended) for one in members]
