"""An Alertmanager of one's own for walls without servers: it keeps silences as the real one does (alerts.md 4).

``FakeAlertmanager`` is an AlertSource and an AlertSink: tests fire and resolve alerts, make foreign silences, let writing
fail or hang. ``make_desk`` puts the real poller, book, runner and bell over it, and a Prometheus that runs the rules.
"""

from __future__ import annotations

import asyncio
import random
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC
from functools import partial
from pathlib import Path

from noc.actions.audit import Audit
from noc.actions.runner import Runner
from noc.catalogue.runbooks import Runbook, load
from noc.config.alerting import Alerting
from noc.engine.alertbook import AlertBook
from noc.engine.alertpoller import AlertPoller
from noc.engine.bell import Bell
from noc.model.alerts import (
    Alert,
    AlertAnswer,
    ClusterStatus,
    Rule,
    RuleAlert,
    RuleAnswer,
    Silence,
    SilenceDraft,
    SilenceState,
    match_all,
)
from noc.model.clock import FixedClock
from noc.model.errors import BadQuery, SourceError
from noc.runtime import AlertDesk
from tests.alertgiven import alert, text_of

DAY = 86400.0


class FakeAlertmanager:
    """One member. ``posted`` and ``ended`` list what was written, in order; ``fail`` is raised by the next writes."""

    def __init__(self, clock: FixedClock, *firing: Alert, watchdog: bool = True) -> None:
        self.clock = clock
        self.firing = {one.fingerprint: one for one in firing}
        self.silences: dict[str, Silence] = {}
        self.posted: list[SilenceDraft] = []
        self.ended: list[str] = []
        self.fail: SourceError | None = None
        self.down: SourceError | None = None
        self._open = asyncio.Event()
        self._open.set()
        if watchdog:
            self.fire(alert("Watchdog", "none", since=DAY))

    # -- told by the test

    def fire(self, *alerts: Alert) -> None:
        self.firing.update({one.fingerprint: one for one in alerts})

    def resolve(self, *alerts: Alert) -> None:
        for one in alerts:
            del self.firing[one.fingerprint]

    def keep(self, *silences: Silence) -> None:
        """Silences that somebody else made."""
        self.silences.update({one.id: one for one in silences})

    def hold(self) -> None:
        """Writing waits from now on."""
        self._open.clear()

    def release(self) -> None:
        self._open.set()

    def active(self) -> list[Silence]:
        return [one for one in map(self._aged, self.silences.values()) if one.state is SilenceState.ACTIVE]

    # -- asked by noc

    async def poll(self) -> AlertAnswer:
        await asyncio.sleep(0)
        if self.down is not None:
            raise self.down
        self.silences = {id: self._aged(one) for id, one in self.silences.items()}
        active = self.active()
        alerts = []
        for one in self.firing.values():
            ids = tuple(each.id for each in active if match_all(each.matchers, dict(one.labels)))
            hidden = bool(ids or one.inhibited_by or one.muted_by)
            alerts.append(replace(one, silenced_by=ids, suppressed=hidden))
        status = ClusterStatus("0.25.0", "ready", 1, self.clock.now() - DAY)
        return AlertAnswer(tuple(alerts), tuple(self.silences.values()), status, self.clock.now())

    async def silence(self, id: str) -> Silence | None:
        found = self.silences.get(id)
        return self._aged(found) if found else None

    async def create_silence(self, draft: SilenceDraft) -> str:
        """Same id where matchers are equal in order and startsAt to the second; else a new one, and the old one ends."""
        await self._open.wait()
        self.posted.append(draft)
        if self.fail is not None:
            raise self.fail
        now = self.clock.now()
        if draft.ends_at <= now:
            raise BadQuery("end time can't be in the past", status=400)
        if all(one.equal and one.takes_empty for one in draft.matchers):  # a negative one alone is accepted (measured)
            raise BadQuery("at least one matcher must not match the empty string", status=400)
        before = self.silences.get(draft.id)
        if draft.id and before is None:
            raise BadQuery("silence not found", status=404)
        id, starts = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{len(self.posted)}")), max(now, draft.starts_at)
        if before is not None and self._aged(before).state is not SilenceState.EXPIRED:
            if before.matchers == draft.matchers and int(before.starts_at) == int(draft.starts_at):
                id, starts = before.id, before.starts_at
            else:
                self.silences[before.id] = replace(before, ends_at=now, state=SilenceState.EXPIRED, updated_at=now)
        state = SilenceState.PENDING if starts > now else SilenceState.ACTIVE
        self.silences[id] = Silence(
            id, draft.matchers, starts, draft.ends_at, draft.created_by, draft.comment, state, now, text_of(starts)
        )
        return id

    async def expire_silence(self, id: str) -> None:
        await self._open.wait()
        self.ended.append(id)
        if self.fail is not None:
            raise self.fail
        now, found = self.clock.now(), self.silences.get(id)
        if found is None:
            raise BadQuery("silence not found", status=404)
        self.silences[id] = replace(found, ends_at=now, state=SilenceState.EXPIRED, updated_at=now)

    async def aclose(self) -> None:
        self.release()

    def _aged(self, one: Silence) -> Silence:
        now = self.clock.now()
        state = (
            SilenceState.EXPIRED
            if one.ends_at <= now
            else SilenceState.ACTIVE
            if one.starts_at <= now
            else SilenceState.PENDING
        )
        return one if state is one.state else replace(one, state=state, updated_at=now)


class FakeRules:
    """A Prometheus whose rules are the alerts that its Alertmanager was ever given, and those in ``pending``."""

    def __init__(self, alertmanager: FakeAlertmanager) -> None:
        self._alertmanager = alertmanager
        self._known: set[str] = set()
        self.values: dict[str, float] = {}
        """By alert name."""
        self.pending: dict[str, RuleAlert] = {}

    async def rules(self) -> RuleAnswer:
        await asyncio.sleep(0)
        firing = self._alertmanager.firing.values()
        self._known |= {one.name for one in firing} | set(self.pending)
        return RuleAnswer(tuple(self._rule(name) for name in sorted(self._known)))

    def _rule(self, name: str) -> Rule:
        value = self.values.get(name, 1.0)
        alerts = [
            RuleAlert(one.labels, "firing", one.starts_at, value)
            for one in self._alertmanager.firing.values()
            if one.name == name
        ]
        if name in self.pending:
            alerts.append(self.pending[name])
        return Rule(name, "noc", True, "up == 0", hold=60.0, alerts=tuple(alerts))

    async def aclose(self) -> None:
        return None


def make_desk(
    member: FakeAlertmanager,
    *,
    settings: Alerting | None = None,
    author: str = "mara",
    read_only: bool = False,
    audit: Path | None = None,
    rules: FakeRules | None = None,
    runbook: Callable[[str], Runbook] = load,
) -> AlertDesk:
    """The real desk over one fake member; ``audit`` is the file it writes."""
    settings, clock = settings or Alerting(), member.clock
    poller = AlertPoller(
        {"alertmanager": member},
        {"prometheus": rules or FakeRules(member)},
        AlertBook(settings),
        clock,
        random.Random(1),
        settings=settings,
    )
    audited = Audit(audit, clock, "PROD")
    runner = Runner(
        {"alertmanager": member},
        {"alertmanager": member},
        audited,
        clock,
        author=author,
        read_only=read_only,
        zone=UTC,
        book=lambda: poller.book,
        refresh=partial(poller.fresh, 5.0),
    )
    return AlertDesk(settings, poller, runner, Bell(settings.sound), audited, runbook)
