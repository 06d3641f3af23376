"""What stands behind a Prometheus URL, and what that changes: request parameters and how late points settle."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from noc.model.errors import BadAnswer
from noc.sources.decode import document
from noc.sources.http import Reply

Flavour = Literal["prometheus", "thanos", "mimir", "victoriametrics"]

PARAMETERS: Mapping[Flavour, Mapping[str, str]] = MappingProxyType(
    {
        "prometheus": {},
        # Raw resolution on a live wall, replicas merged, and an answer even when a store is down (it says so).
        "thanos": {"max_source_resolution": "0s", "dedup": "true", "partial_response": "true"},
        "mimir": {},
        # Without these the last 30 s repeat an older value, and the server moves the grid to its own.
        "victoriametrics": {"latency_offset": "1ms", "nocache": "1"},
    }
)
"""Further parameters of every query (protocols.md 7)."""

LATENESS: Mapping[Flavour, float] = MappingProxyType({"mimir": 60.0})
"""Seconds for which a point may still change, where that is longer than usual: remote write takes its way."""


@dataclass(frozen=True, slots=True)
class Detected:
    """``prefix`` stands between the base URL and ``/api/v1``: empty, or ``/prometheus``."""

    flavour: Flavour
    version: str = ""
    prefix: str = ""


async def detect(get: Callable[[str], Awaitable[Reply]]) -> Detected:
    """Ask a server what it is; ``get`` fetches a path below the base URL and raises SourceErrors.

    The order is that of protocols.md 7: an application name is Mimir's, a version alone VictoriaMetrics', the stores
    page or a version 0.x Thanos'. When the API is not at the base URL, it is looked for under ``/prometheus``.
    """
    for prefix in ("", "/prometheus"):
        reply = await get(f"{prefix}/api/v1/status/buildinfo")
        info = _buildinfo(reply)
        if info is None:
            continue
        version = str(info.get("version", ""))
        if info.get("application"):
            return Detected("mimir", version, prefix)
        if set(info) == {"version"}:
            return Detected("victoriametrics", version, prefix)
        if version.startswith("0.") or (await get(f"{prefix}/api/v1/stores")).status == 200:
            return Detected("thanos", version, prefix)
        return Detected("prometheus", version, prefix)
    return Detected("prometheus")


def _buildinfo(reply: Reply) -> Mapping[str, object] | None:
    if reply.status != 200 or not reply.is_json:
        return None
    try:
        data = document(reply.body).get("data")
    except BadAnswer:
        return None
    return data if isinstance(data, dict) else None
