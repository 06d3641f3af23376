"""Property: whatever alerts and silences there are, a real Alertmanager and the emulation judge each alert alike."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noc.demo import routing
from noc.demo.alertmanager import AlertmanagerApi
from noc.demo.corrected import CONFIG
from noc.demo.request import Request
from noc.demo.routing import Inhibition
from noc.model.alerts import Matcher, match_all
from noc.model.clock import SystemClock
from tests.e2e.real import until

BOTH_SIDES = Inhibition(
    (Matcher("severity", "critical|high", regex=True),),
    (Matcher("severity", "high|medium", regex=True),),
    ("alertname", "instance"),
)
"""A rule under which some alerts are source and target at once."""
RULES = replace(CONFIG, inhibitions=(*CONFIG.inhibitions, BOTH_SIDES))

NUMBERS = itertools.count()
JSON = {"content-type": "application/json"}
VALUES = {
    "alertname": ("A", "B"),
    "severity": ("critical", "high", "medium", "low", "none", "CRITICAL"),
    "company_id": ("1", "2"),
    "instance": ("x", "y", "x:1"),
}
LABELS = st.fixed_dictionaries(
    {"alertname": st.sampled_from(VALUES["alertname"])},
    optional={name: st.sampled_from(values) for name, values in VALUES.items() if name != "alertname"},
)
MATCHERS = st.builds(
    lambda name, value, regex, equal: {"name": name, "value": value, "isRegex": regex, "isEqual": equal},
    st.sampled_from((*VALUES, "nolabel")),
    st.sampled_from(
        ("A", "critical", "1", "x", "", ".*", ".+", "critical|high", "x.*", "(?i)critical", "[0-9]+", "x:1")
    ),
    st.booleans(),
    st.booleans(),
)
SILENCES = st.tuples(
    st.lists(MATCHERS, min_size=1, max_size=3), st.sampled_from((-60, 600)), st.sampled_from((False, False, True))
)
"""Matchers, when it begins (seconds from now), and whether it is ended again."""

Send = Callable[[str, str, object], Any]


@pytest.fixture(scope="module")
def real(alertmanager_factory: Callable[..., str]) -> Iterator[Send]:
    with httpx.Client(base_url=alertmanager_factory(routing.document(RULES))) as client:

        def send(method: str, path: str, body: object) -> Any:
            content = None if body is None else orjson.dumps(body)
            reply = client.request(method, path, content=content, headers=JSON)
            assert reply.status_code == 200, reply.text
            return reply.json() if reply.content else None

        yield send


@pytest.fixture(scope="module")
def emulated() -> Send:
    api = AlertmanagerApi(SystemClock(), config=RULES)

    def send(method: str, path: str, body: object) -> Any:
        where, _, query = path.partition("?filter=")
        params = {"filter": [query]} if query else {}
        reply = api.answer(Request(method, where, params, JSON, b"" if body is None else orjson.dumps(body)))
        assert reply.status == 200, reply.body
        return orjson.loads(reply.body) if reply.body else None

    return send


def silenced(send: Send, example: str, silences: list[tuple[list[Any], int, bool]]) -> dict[str, int]:
    """Make the silences; their numbers by the ids this server gave."""
    now = datetime.now(UTC)
    ids = {}
    for number, (matchers, start, ended) in enumerate(silences):
        body = {
            "matchers": [*matchers, {"name": "example", "value": example, "isRegex": False}],
            "startsAt": (now + timedelta(seconds=start)).isoformat(),
            "endsAt": (now + timedelta(hours=1)).isoformat(),
            "createdBy": "me",
            "comment": "",
        }
        id = send("POST", "/api/v2/silences", body)["silenceID"]
        ids[id] = number
        if ended:
            send("DELETE", f"/api/v2/silence/{id}", None)
    return ids


def judged(send: Send, example: str, ids: Mapping[str, int]) -> dict[str, tuple[object, ...]]:
    """State, numbers of the silences, and how many alerts inhibit, by fingerprint."""
    alerts = {one["fingerprint"]: one for one in send("GET", f"/api/v2/alerts?filter=example={example}", None)}
    out = {}
    for fingerprint, alert in alerts.items():
        status = alert["status"]
        inhibiting = [alerts[other]["labels"] for other in status["inhibitedBy"]]
        assert all(justified(source, alert["labels"]) for source in inhibiting)
        hidden = sorted(ids[id] for id in status["silencedBy"])
        out[fingerprint] = (status["state"], hidden, len(inhibiting))
    return out


def justified(source: Mapping[str, str], target: Mapping[str, str]) -> bool:
    """Whether some rule lets one alert inhibit another; of several sources a server names any one."""
    return any(
        match_all(rule.source, source)
        and match_all(rule.target, target)
        and all(source.get(name, "") == target.get(name, "") for name in rule.equal)
        for rule in RULES.inhibitions
    )


@pytest.mark.servers
@settings(max_examples=60)
@given(alerts=st.lists(LABELS, min_size=1, max_size=10), silences=st.lists(SILENCES, max_size=4))
def test_every_alert_is_judged_alike(
    alerts: list[dict[str, str]], silences: list[tuple[list[Any], int, bool]], real: Send, emulated: Send
) -> None:
    """Each example has alert names of its own, so that none inhibits another's."""
    example = str(next(NUMBERS))
    own = [{**labels, "alertname": f"{labels['alertname']}{example}", "example": example} for labels in alerts]
    named = [
        ([{**one, "value": f"A{example}"} if one["value"] == "A" else one for one in matchers], start, ended)
        for matchers, start, ended in silences
    ]
    ids = {}
    for send in (emulated, real):
        ids[send] = silenced(send, example, named)
        send("POST", "/api/v2/alerts", [{"labels": labels} for labels in own])
    expected = judged(emulated, example, ids[emulated])
    until(lambda: judged(real, example, ids[real]) == expected, f"a real one never says {expected}", deadline=10)
