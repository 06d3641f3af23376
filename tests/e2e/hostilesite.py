"""One stub server that speaks for a Prometheus, an Alertmanager and a Loki, and has nothing but attacks to say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.alertgiven import text_of
from tests.e2e.misbehaving import Answer, Reply, Request, as_json, vector
from tests.hostile import ATTACKS

SHORT = {name: attack for name, attack in ATTACKS.items() if len(attack) < 1000}
EVERYTHING = "".join(SHORT.values())
OK = {"status": "success"}


def sendable(value: Any) -> Any:
    """What JSON can carry: halves of characters become what a server makes of them."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, Mapping):
        return {sendable(key): sendable(one) for key, one in value.items()}
    return [sendable(one) for one in value] if isinstance(value, list | tuple) else value


def hostile_site(now: float, *, failing: bool = False) -> Answer:
    """Alerts, silences and lines around ``now`` (unix seconds); ``failing``: every question is refused with an attack."""
    metrics = vector(
        *(
            ({"__name__": sendable(EVERYTHING), "job": name, "instance": sendable(attack)}, "1")
            for name, attack in [*SHORT.items(), ("all", EVERYTHING)]
        ),
        warnings=[sendable(EVERYTHING)],
    )
    alerts, silences, lines = alerts_of(now), silences_of(now), lines_of(now)

    def answer(request: Request) -> Reply:
        path = request.path
        if path.endswith("/api/v2/status"):
            return as_json(status_of(now))
        if failing:
            return Reply(400, sendable(EVERYTHING).encode(), "text/plain")
        if path.endswith("/api/v2/alerts/groups"):
            return as_json([{"labels": {}, "receiver": {"name": "noc"}, "alerts": alerts}])
        if path.endswith("/api/v2/silences"):
            return as_json(silences)
        if path.endswith("/api/v1/rules"):
            return as_json({**OK, "data": {"groups": [rules_of()]}})
        if "/loki/api/v1/" not in path:
            return metrics(request)
        return loki(request, lines)

    return answer


def status_of(now: float) -> dict[str, Any]:
    return {
        "cluster": {"name": "01", "status": "ready", "peers": [{"name": "01", "address": "127.0.0.1:9094"}]},
        "config": {"original": ""},
        "uptime": text_of(now - 86_400),
        "versionInfo": dict.fromkeys(
            ("branch", "buildDate", "buildUser", "goVersion", "revision", "version"), "0.27.0"
        ),
    }


def alerts_of(now: float) -> list[dict[str, Any]]:
    """One alert for each attack, which is its name, its labels and all it says."""
    return [
        sendable(
            {
                "labels": {"alertname": attack or name, "severity": "critical", "instance": attack, "what": name},
                "annotations": {"summary": attack, "description": attack, "runbook_url": f"http://x/{attack}"},
                "fingerprint": f"{number:016x}",
                "startsAt": text_of(now - 60 - number),
                "endsAt": text_of(now + 240),
                "updatedAt": text_of(now),
                "generatorURL": f"http://x/graph?g0.expr={attack}",
                "receivers": [{"name": attack or "noc"}],
                "status": {"state": "active", "silencedBy": [], "inhibitedBy": [], "mutedBy": []},
            }
        )
        for number, (name, attack) in enumerate(SHORT.items(), 1)
    ]


def rules_of() -> dict[str, Any]:
    """A group of rules that fail, each in its own words."""
    rules = [
        {
            "type": "alerting",
            "name": attack or name,
            "query": attack,
            "duration": 60,
            "labels": {"a": attack},
            "annotations": {"summary": attack},
            "alerts": [],
            "health": "err",
            "lastError": attack,
            "state": "unknown",
            "evaluationTime": 0.1,
            "lastEvaluation": "2025-10-02T15:30:00Z",
        }
        for name, attack in SHORT.items()
    ]
    group = {"name": EVERYTHING, "file": EVERYTHING, "interval": 15, "rules": rules, "evaluationTime": 0.1}
    return sendable({**group, "lastEvaluation": "2025-10-02T15:30:00Z", "limit": 0})  # type: ignore[no-any-return]


def silences_of(now: float) -> list[dict[str, Any]]:
    return [
        sendable(
            {
                "id": f"{number:08x}-0000-0000-0000-000000000000",
                "status": {"state": "active"},
                "comment": attack,
                "createdBy": attack or "x",
                "startsAt": text_of(now - 600),
                "endsAt": text_of(now + 600),
                "updatedAt": text_of(now - 600),
                "matchers": [{"name": "what", "value": attack or "x", "isRegex": False, "isEqual": True}],
            }
        )
        for number, attack in enumerate(SHORT.values(), 1)
    ]


def lines_of(now: float) -> list[dict[str, Any]]:
    """Streams of one line each: the attack as text, as JSON, in labels, in metadata; in the categorised encoding."""
    streams = []
    for number, (name, attack) in enumerate([*SHORT.items(), ("long", ATTACKS["long"])]):
        for shape, text in enumerate((attack, event(attack))):
            at = str(int((now - 120 + number) * 1e9) + shape)
            metadata = {"structuredMetadata": {"trace_id": attack, "detected_level": "error"}, "parsed": {"x": attack}}
            streams.append(sendable({"stream": {"job": name, "what": attack}, "values": [[at, text, metadata]]}))
    return streams


def event(attack: str) -> str:
    context = {"ip_address": attack, "endpoint": attack, "error_code": attack, attack[:20]: attack}
    return json.dumps({"level": attack, "event_type": "auth_failure", "severity": attack, "context": context})


def loki(request: Request, streams: list[dict[str, Any]]) -> Reply:
    query, path = request.params.get("query", ""), request.path
    if path.endswith("/query_range") and query.startswith("{"):
        start, end = (int(request.params[name]) for name in ("start", "end"))
        found = [one for one in streams if start <= int(one["values"][0][0]) < end]
        data = {"resultType": "streams", "result": found, "encodingFlags": ["categorize-labels"], "stats": {}}
        return as_json({**OK, "data": data})
    if path.endswith("/query"):
        at = int(request.params["time"]) / 1e9
        return as_json(
            {**OK, "data": {"resultType": "vector", "result": [{**one, "value": [at, "7"]} for one in named()]}}
        )
    if path.endswith("/query_range"):
        first, last = (int(request.params[name]) / 1e9 for name in ("start", "end"))
        times = [first + (last - first) * part / 10 for part in range(11)]
        result = [{**one, "values": [[at, "7"] for at in times]} for one in named()]
        return as_json({**OK, "data": {"resultType": "matrix", "result": result}})
    if path.endswith("/buildinfo"):
        return as_json({"version": "3.5.0"})
    return as_json({**OK, "data": [sendable(attack) for attack in SHORT.values()]})


def named() -> list[dict[str, Any]]:
    """What is counted by: hostile levels and addresses."""
    return [sendable({"metric": {"detected_level": one, "context_ip_address": one}}) for one in SHORT.values()]


LAYOUT = """\
title: One
refresh: 2s
range: 5m
variables: {who: {kind: query, query: 'label_values(up, job)', all: true}}
grid:
  areas: [number list alerts, lines lines alerts, rate top incidents]
panels:
  number: {kind: stat, title: Number, query: up}
  list: {kind: table, title: List, query: up}
  alerts: {kind: alerts, title: Firing, view: table, silences: true}
  incidents: {kind: incidents, title: Worked}
  lines: {kind: logs, title: Lines, query: '{job=~".+"}', templates: {auth_failure: '{{context.ip_address}} {{x}} {{what}}'}}
  rate: {kind: log-rate, title: Rate, query: '{job=~".+"}'}
  top: {kind: top, title: Top, query: '{job=~".+"} | json'}
"""


def settings(home: Path, url: str) -> Path:
    """A configuration in which one server is all three, and a layout of all that they say."""
    (home / "one.yaml").write_text(LAYOUT)
    path = home / "config.yaml"
    servers = {kind: {kind: {"url": url}} for kind in ("prometheus", "alertmanager", "loki")}
    path.write_text(
        json.dumps({"author": "mara", "environments": {"PROD": servers}, "alerting": {"sound": {"bell": False}}})
    )
    return path
