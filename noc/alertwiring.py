"""Alerts wired: members, rules, book, poller, runner, bell. Beside ``wiring``, for the wall and for scripts alike."""

from __future__ import annotations

import getpass
import random
from collections.abc import Mapping
from datetime import tzinfo
from functools import partial

from noc.actions.audit import Audit
from noc.actions.hook import Hook
from noc.actions.runner import Runner
from noc.catalogue.runbooks import load as load_runbook
from noc.config.paths import Places
from noc.config.settings import Settings
from noc.engine.alertbook import AlertBook
from noc.engine.alertpoller import AlertPoller
from noc.engine.bell import Bell
from noc.model.clock import Clock
from noc.runtime import AlertDesk
from noc.sources.alertmanager import AlertmanagerSource
from noc.sources.http import client
from noc.sources.prometheus import PrometheusSource
from noc.sources.rules import PrometheusRules

ASKED_WITHIN = 15.0
"""Seconds to wait for the book after something was written; what does not answer by then is old."""


def author_of(settings: Settings) -> str:
    """Who acts from here: the settings' word, else the account; a person is asked for a name where it is generic."""
    if settings.author:
        return settings.author
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


def members_of(settings: Settings, clock: Clock) -> dict[str, AlertmanagerSource]:
    """The members of the active environment's cluster, by name."""
    servers = settings.active().alertmanager
    return {name: AlertmanagerSource(one, client(one), clock) for name, one in servers.items()}


def alert_desk(
    settings: Settings,
    places: Places,
    clock: Clock,
    members: Mapping[str, AlertmanagerSource],
    metrics: Mapping[str, PrometheusSource],
    *,
    zone: tzinfo,
    read_only: bool,
    environment: str = "",
    rng: random.Random | None = None,
    pace: float = 1.0,
    correct_clock: bool = True,
    audited: bool = True,
) -> AlertDesk:
    """The desk over these members; Prometheus servers tell what is pending and which rule fails."""
    own = settings.alerting
    poller = AlertPoller(
        members,
        {name: PrometheusRules(source) for name, source in metrics.items()},
        AlertBook(own),
        clock,
        rng or random.Random(),  # noqa: S311  jitter, no secret
        settings=own,
        pace=pace,
        correct_clock=correct_clock,
    )
    path = (own.audit or places.state / "audit.jsonl") if audited else None
    audit = Audit(path, clock, environment)
    runner = Runner(
        members,
        members,
        audit,
        clock,
        author=author_of(settings),
        read_only=read_only,
        zone=zone,
        book=lambda: poller.book,
        refresh=partial(poller.fresh, ASKED_WITHIN),
    )
    sound = own.sound
    return AlertDesk(
        settings=own,
        poller=poller,
        runner=runner,
        bell=Bell(sound),
        audit=audit,
        runbook=lambda name: load_runbook(name, own.runbooks),
        hook=Hook(sound.on_critical, sound.timeout) if sound.on_critical else None,
    )
