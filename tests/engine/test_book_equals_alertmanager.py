"""Property: whatever alerts, silences and inhibitions there are, the book says of each alert what Alertmanager says.

Alerts and silences are posted to a real Alertmanager with the corrected inhibition, and to the demo's; both are read back
as the wall reads them, and compared with the server's own list of alerts.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noc.config.alerting import Alerting
from noc.config.server import Server
from noc.demo.alertmanager import AlertmanagerApi
from noc.demo.request import Request
from noc.engine.alertbook import AlertBook
from noc.engine.book import Book, Entry, MemberView, Observation
from noc.model.alerts import SilenceState
from noc.model.clock import SystemClock
from noc.sources.alertmanager import AlertmanagerSource
from noc.sources.http import client
from tests.e2e.real import until

NUMBERS = itertools.count()
JSON = {"content-type": "application/json"}

LABELS = st.fixed_dictionaries(
    {
        "alertname": st.sampled_from(("A", "B")),
        "severity": st.sampled_from(("critical", "high", "low", "none", "CRITICAL")),
    },
    optional={"company_id": st.sampled_from(("1", "2")), "path": st.sampled_from(("/a", 'q"\\', "x\ny", "ü"))},
)
MATCHERS = st.builds(
    lambda name, value, regex, equal: {"name": name, "value": value, "isRegex": regex, "isEqual": equal},
    st.sampled_from(("alertname", "severity", "company_id", "path", "nolabel")),
    st.sampled_from(
        ("A", "critical", "1", "", ".*", ".+", "critical|high", "(?i)critical", "/a", 'q"\\\\', "x.y", "ü", r"\d")
    ),
    st.booleans(),
    st.booleans(),
)
SILENCES = st.tuples(
    st.lists(MATCHERS, min_size=1, max_size=3),
    st.sampled_from(("ACK! on it", "MW! deploying", "EMERGENCY! all", "ack", "")),
    st.sampled_from((-60, -60, 600)),
    st.sampled_from((False, False, True)),
)
"""Matchers, comment, when it begins (seconds from now), and whether it is ended again."""


class Desk:
    """One server, written over HTTP and read as a wall does, by a book that lives through all examples."""

    def __init__(self, url: str, transport: httpx.MockTransport | None = None) -> None:
        server = Server(url=url)
        self.lasting = AlertBook(Alerting())
        self._http = httpx.Client(base_url=url, transport=transport)
        self._source = AlertmanagerSource(server, client(server, transport), SystemClock())
        self._loop = asyncio.Runner()

    def close(self) -> None:
        self._loop.run(self._source.aclose())
        self._loop.close()
        self._http.close()

    def send(self, method: str, path: str, body: object = None) -> Any:
        reply = self._http.request(method, f"/api/v2/{path}", json=body)
        assert reply.status_code == 200, reply.text
        return reply.json() if reply.content else None

    def observation(self) -> Observation:
        now = SystemClock().now()
        return Observation(now, (MemberView("am", self._loop.run(self._source.poll()), now, asked=True),))

    def silenced(self, example: str, silences: list[tuple[list[Any], str, int, bool]]) -> None:
        now = datetime.now(UTC)
        for matchers, comment, start, ended in silences:
            body = {
                "matchers": [*matchers, {"name": "example", "value": example, "isRegex": False}],
                "startsAt": (now + timedelta(seconds=start)).isoformat(),
                "endsAt": (now + timedelta(hours=1)).isoformat(),
                "createdBy": "me",
                "comment": comment,
            }
            id = self.send("POST", "silences", body)["silenceID"]
            if ended:
                self.send("DELETE", f"silence/{id}")


@pytest.fixture(scope="module")
def real(alertmanager_factory: Callable[..., str]) -> Iterator[Desk]:
    with closing(Desk(alertmanager_factory())) as desk:
        yield desk


@pytest.fixture(scope="module")
def emulated() -> Iterator[Desk]:
    api = AlertmanagerApi(SystemClock())

    def answer(request: httpx.Request) -> httpx.Response:
        params: dict[str, list[str]] = {}
        for name, value in request.url.params.multi_items():
            params.setdefault(name, []).append(value)
        headers = {name.lower(): value for name, value in request.headers.items()}
        reply = api.answer(Request(request.method, request.url.path, params, headers, request.content))
        return httpx.Response(reply.status, headers=dict(reply.headers), content=reply.body)

    with closing(Desk("http://emulated", httpx.MockTransport(answer))) as desk:
        yield desk


def state_word(status: dict[str, Any], comments: dict[str, str]) -> str:
    """The state of alerts.md 3.1 out of the server's own words."""
    if status["state"] == "active":
        return "active"
    if any(comments[id].startswith("ACK!") for id in status["silencedBy"]):
        return "acked"
    return "inhibited" if status["inhibitedBy"] else "silenced"


def own(book: Book, example: str) -> dict[str, Entry]:
    return {one.alert.fingerprint: one for one in book.entries if one.alert.label("example") == example}


def differs(desk: Desk, example: str, count: int) -> str:
    """What the book says otherwise than the server; empty when they agree on all ``count`` alerts."""
    comments = {one["id"]: one["comment"] for one in desk.send("GET", "silences")}
    listed = {one["fingerprint"]: one["status"] for one in desk.send("GET", f"alerts?filter=example={example}")}
    seen = desk.observation()
    book = AlertBook(Alerting()).observe(seen)
    entries = own(book, example)
    said = {
        fp: (state_word(one, comments), sorted(one["silencedBy"]), sorted(one["inhibitedBy"]))
        for fp, one in listed.items()
    }
    found = {
        fp: (one.state.value, sorted(each.id for each in one.silences), sorted(one.alert.inhibited_by))
        for fp, one in entries.items()
    }
    if len(listed) != count or found != said:
        return f"the server has {said}, the book {found}"
    inhibits = {fp: sum(fp in one["inhibitedBy"] for one in listed.values()) for fp in listed}
    assert {fp: one.inhibits for fp, one in entries.items()} == inhibits
    for one in book.silences:
        if one.state is SilenceState.ACTIVE:
            matched = {fp for fp, entry in entries.items() if one.matches(dict(entry.alert.labels))}
            assert matched == {fp for fp, status in listed.items() if one.id in status["silencedBy"]}, one
        else:
            assert not any(one.id in status["silencedBy"] for status in listed.values())
    assert own(desk.lasting.observe(seen), example) == entries
    return ""


def agrees(desk: Desk, example: str, count: int) -> None:
    """Wait until the book and the server agree: Alertmanager inhibits and groups in its own time."""
    said = ""

    def alike() -> bool:
        nonlocal said
        said = ""
        said = differs(desk, example, count)
        return not said

    try:
        until(alike, "never alike", deadline=10)
    except AssertionError as fault:
        raise AssertionError(said or str(fault)) from fault


def prove(desk: Desk, alerts: list[dict[str, str]], silences: list[tuple[list[Any], str, int, bool]]) -> None:
    """Each example has labels of its own, so that none inhibits or silences another's; half of the alerts come first."""
    example = str(next(NUMBERS))
    named = [{**labels, "alertname": f"{labels['alertname']}{example}", "example": example} for labels in alerts]
    half = named[: len(named) // 2] or named
    desk.send("POST", "alerts", [{"labels": labels} for labels in half])
    agrees(desk, example, distinct(half))
    desk.silenced(
        example,
        [
            ([{**one, "value": f"A{example}"} if one["value"] == "A" else one for one in matchers], *rest)
            for matchers, *rest in silences
        ],
    )
    desk.send("POST", "alerts", [{"labels": labels} for labels in named])
    agrees(desk, example, distinct(named))


def distinct(labels: list[dict[str, str]]) -> int:
    return len({tuple(sorted(one.items())) for one in labels})


EXAMPLES = {"alerts": st.lists(LABELS, min_size=1, max_size=8), "silences": st.lists(SILENCES, max_size=4)}


@pytest.mark.servers
@settings(max_examples=30)
@given(**EXAMPLES)
def test_the_book_says_what_a_real_alertmanager_says(
    alerts: list[dict[str, str]], silences: list[tuple[list[Any], str, int, bool]], real: Desk
) -> None:
    prove(real, alerts, silences)


@settings(max_examples=30)
@given(**EXAMPLES)
def test_the_book_says_what_the_demos_alertmanager_says(
    alerts: list[dict[str, str]], silences: list[tuple[list[Any], str, int, bool]], emulated: Desk
) -> None:
    prove(emulated, alerts, silences)


@pytest.mark.parametrize("server", ["real", "emulated"])
def test_an_acked_critical_keeps_inhibiting_and_says_how_many(server: str, request: pytest.FixtureRequest) -> None:
    desk: Desk = request.getfixturevalue(server)
    example = str(next(NUMBERS))
    labels = {"alertname": f"A{example}", "example": example, "company_id": "1"}
    every = [{"labels": {**labels, "severity": severity}} for severity in ("critical", "high", "low")]
    desk.send("POST", "alerts", every)
    desk.silenced(example, [([{"name": "severity", "value": "critical", "isRegex": False}], "ACK! on it", -60, False)])
    agrees(desk, example, 3)

    def told() -> dict[str, tuple[str, int]]:
        entries = own(AlertBook(Alerting()).observe(desk.observation()), example)
        return {one.alert.label("severity"): (one.state.value, one.inhibits) for one in entries.values()}

    expected = {"critical": ("acked", 2), "high": ("inhibited", 0), "low": ("inhibited", 0)}
    until(lambda: told() == expected, f"never {expected}", deadline=10)
