"""The rules of a Prometheus (or Thanos, Mimir, vmalert) with their pending and firing alerts: ``/api/v1/rules``.

The endpoint is no stable API (protocols.md 1.5): parsed tolerantly. VictoriaMetrics answers an empty placeholder, which
is no evidence of anything.
"""

from __future__ import annotations

import asyncio

from noc.model.alerts import RuleAnswer
from noc.model.errors import BadAnswer
from noc.sources import alertdecode, decode
from noc.sources.prometheus import IN_THREAD, PrometheusSource


class PrometheusRules:
    """RuleSource over a PrometheusSource: its login, its prefix, its errors."""

    def __init__(self, source: PrometheusSource) -> None:
        self._source = source

    async def rules(self) -> RuleAnswer:
        """Every rule with its health and its alerts. SourceError."""
        known, reply = await self._source.look_up("rules")
        if len(reply.body) > IN_THREAD:
            return await asyncio.to_thread(_read, reply.body, known.flavour, reply.date)
        return _read(reply.body, known.flavour, reply.date)

    async def aclose(self) -> None:
        """The connections belong to the metric source."""


def _read(body: bytes, flavour: str, date: float | None) -> RuleAnswer:
    envelope = decode.document(body)
    if envelope.get("status") != "success":
        raise decode.error_of(envelope, 200)
    data = envelope.get("data")
    groups = data.get("groups") if isinstance(data, dict) else None
    if not isinstance(groups, list):
        raise BadAnswer("an answer of unknown shape: no groups of rules")
    return RuleAnswer(alertdecode.rules(groups), flavour == "victoriametrics" and not groups, date)
