"""The book of five thousand alerts and a thousand silences: what one poll's ``observe`` costs, and drawing it; no server.

Answers are made as the source makes them: an alert of which the server says the same keeps its object, silences are new
objects as soon as one of them differs. It runs in a thread beside the event loop and shares the interpreter with it, so
processor time counts.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from pydantic import TypeAdapter

from noc.config.alerting import Alerting
from noc.config.kinds import PanelSpec
from noc.config.panels import PanelBase
from noc.engine.alertbook import AlertBook
from noc.engine.book import Book, MemberView, Observation, RulesView
from noc.model.acks import Ack
from noc.model.alerts import (
    Alert,
    AlertAnswer,
    ClusterStatus,
    Matcher,
    Rule,
    RuleAlert,
    RuleAnswer,
    Silence,
    SilenceState,
    fingerprint,
)
from noc.model.series import labels_of
from noc.ui.cards import body_size, draw_card
from noc.ui.panels import KINDS
from noc.ui.panels.alertwords import order_of
from noc.ui.panels.data import Alerts, Look, PanelData
from tests.benchmarks.figures import Figure, Report, Spread
from tests.palettes import DARK

ALERTS = 5000
SILENCES = 1000
RULES = 60
POLLS = 15
LIMIT = 60.0  # milliseconds
LIMIT_ALL = 100.0
NOW = 1_760_000_000.0
INTERVAL = 5.0
SEVERITIES = ("critical", "high", "medium", "low")
GLASS = (200, 55)
LOOK = Look(DARK)
SPEC: TypeAdapter[PanelBase] = TypeAdapter(PanelSpec)
TEXT = "2025-10-09T08:53:20.000Z"


def alert_of(number: int, since: float = 300.0) -> Alert:
    labels = {
        "alertname": f"Alert{number % RULES:02d}",
        "severity": SEVERITIES[number % 4],
        "category": "performance",
        "company_id": str(number),
        "instance": f"app-{number % 40:02d}:9100",
        "job": "laravel",
        "environment": "production",
    }
    return Alert(
        fingerprint(labels),
        labels_of(labels),
        NOW - since - number % 600,
        labels_of(
            {"summary": f"Alert {number} fires on app-{number % 40:02d}", "runbook_url": "https://example.net/r"}
        ),
        NOW + 240,
        NOW,
        receivers=("noc", "slack"),
        since_text=TEXT,
    )


def silence_of(number: int, alert: Alert) -> Silence:
    """Three of five acknowledge an alert that fires, one did so once, one is a window."""
    ended, window = number % 5 == 3, number % 5 == 4
    comment = "MW! deploying" if window else Ack("on it", alert.fingerprint, TEXT, "high").comment()
    return Silence(
        f"silence-{number:04d}",
        tuple(Matcher(name, value) for name, value in alert.labels),
        NOW - 7200 if ended else NOW - 120,
        NOW - 3600 if ended else NOW + 780,
        "mara",
        comment,
        SilenceState.EXPIRED if ended else SilenceState.ACTIVE,
        NOW - 120,
        TEXT,
    )


def answer_of(alerts: int, silences: int) -> AlertAnswer:
    """Every fifth alert is hidden by its own silence; every tenth is inhibited by its neighbour."""
    made = [alert_of(number) for number in range(alerts)]
    hiding = [silence_of(number, made[number * 5 % alerts]) for number in range(silences)]
    for number, silence in enumerate(hiding):
        at = number * 5 % alerts
        if silence.state is SilenceState.ACTIVE:
            made[at] = replace(made[at], silenced_by=(silence.id,), suppressed=True)
    for at in range(1, alerts, 10):
        made[at] = replace(made[at], inhibited_by=(made[at - 1].fingerprint,), suppressed=True)
    return AlertAnswer(tuple(made), tuple(hiding), ClusterStatus("0.25.0", "ready", 1, NOW - 86400), NOW)


def rules_of(answer: AlertAnswer, value: float) -> RuleAnswer:
    """The rules behind the alerts; they lack the external label."""
    own: dict[str, list[RuleAlert]] = {}
    for one in answer.alerts:
        labels = tuple(pair for pair in one.labels if pair[0] != "environment")
        own.setdefault(one.name, []).append(RuleAlert(labels, "firing", one.starts_at - 60, value))
    rules = [
        Rule(name, "noc", True, "up == 0", hold=60.0, alerts=tuple(alerts), evaluated_at=NOW)
        for name, alerts in own.items()
    ]
    return RuleAnswer(tuple(rules), server_time=NOW)


def moved(answer: AlertAnswer, poll: int, share: float) -> AlertAnswer:
    """The same with a share of it changed: one half begins anew, the other is acknowledged or not any more."""
    count = max(2, int(len(answer.alerts) * share))
    first = poll * count % (len(answer.alerts) - count)
    alerts = list(answer.alerts)
    for at in range(first, first + count):
        one = alerts[at]
        if at % 2:
            alerts[at] = replace(one, starts_at=one.starts_at + 120.0)
        else:
            hidden = () if one.silenced_by else (answer.silences[at % 3].id,)
            alerts[at] = replace(one, silenced_by=hidden, suppressed=bool(hidden or one.inhibited_by))
    silences = [replace(one) for one in answer.silences]
    silences[0] = replace(silences[0], ends_at=silences[0].ends_at + 1.0)
    return replace(answer, alerts=tuple(alerts), silences=tuple(silences))


def resent(answer: AlertAnswer) -> AlertAnswer:
    """What Prometheus does each minute: every alert is sent again, and ends later."""
    alerts = tuple(replace(one, ends_at=one.ends_at + 60, updated_at=one.updated_at + 60) for one in answer.alerts)
    return replace(answer, alerts=alerts)


class Wall:
    """A book and what it saw last. ``members``: how many Alertmanagers have the same alerts."""

    def __init__(self, alerts: int, silences: int, members: int) -> None:
        self.members = members
        self.now = NOW
        self.answer = answer_of(alerts, silences)
        self.rules = rules_of(self.answer, 1.0)
        self.book = AlertBook(Alerting())

    def observe(self) -> tuple[Book, float]:
        """The next poll; milliseconds of processor time in this thread."""
        self.now += INTERVAL
        health = ClusterStatus("0.25.0", "ready", self.members, NOW - 86400)
        seen = Observation(
            self.now,
            tuple(
                MemberView(f"am-{n}", replace(self.answer, status=health), self.now - 0.2, asked=True)
                for n in range(self.members)
            ),
            (RulesView("prometheus", self.rules, self.now - 0.1, asked=True),),
        )
        gc.collect()
        began = time.thread_time()
        book = self.book.observe(seen)
        return book, 1000 * (time.thread_time() - began)


def measured(alerts: int, silences: int, members: int, polls: int) -> Iterator[tuple[str, list[float], float | None]]:
    """Names, milliseconds, and the aim, where there is one."""
    firsts = [Wall(alerts, silences, members).observe()[1] for _ in range(3)]
    yield "first", firsts, None
    wall = Wall(alerts, silences, members)
    wall.observe()

    def each(step: Callable[[int], None]) -> list[float]:
        out = []
        for poll in range(polls):
            step(poll)
            book, lasted = wall.observe()
            assert len(book.entries) == alerts, f"{len(book.entries)} of {alerts} alerts in the book"
            out.append(lasted)
        return out

    def move(poll: int) -> None:
        wall.answer = moved(wall.answer, poll, 0.01)

    def resend(_: int) -> None:
        wall.answer = resent(wall.answer)

    def evaluate(poll: int) -> None:
        wall.rules = rules_of(wall.answer, 2.0 + poll)

    yield "nothing changed", each(lambda _: None), None
    yield "1 % changed", each(move), LIMIT
    yield "all sent again", each(resend), LIMIT_ALL
    yield "every rule's value changed", each(evaluate), None


PANELS: tuple[tuple[str, dict[str, object]], ...] = (
    ("alerts", {"silences": True}),
    ("incidents", {}),
    ("alert-tiles", {}),
    ("status", {}),
)
SECONDS = 15
LIMIT_DRAW = 30.0
LIMIT_KEY = 50.0


def drawn(alerts: int, silences: int, seconds: int) -> Iterator[tuple[str, list[float], float | None]]:
    """A card of 200x55 in the moment a new book comes, each second after it, and at each key that moves the cursor."""
    wall = Wall(alerts, silences, 1)
    for kind, written in PANELS:
        fresh, ticks, keys = [], [], []
        for second in range(seconds):
            wall.answer = moved(wall.answer, second, 0.01)
            data = _panel(kind, written, wall.now, wall.observe()[0])
            fresh.append(_timed(partial(draw_card, data, *GLASS)))
            later = replace(data, now=data.now + 1)
            ticks.append(_timed(partial(draw_card, later, *GLASS)))
            if KINDS[kind].keys is not None:
                keys.append(_timed(partial(_moved, later, second)))
        yield f"{kind}, a new book", fresh, None
        yield f"{kind}, a second later", ticks, LIMIT_DRAW
        if keys:
            yield f"{kind}, a key that moves the cursor", keys, LIMIT_KEY
    page = []
    for second in range(seconds):
        wall.answer = moved(wall.answer, second, 0.01)
        book = wall.observe()[0]
        cards = [_panel(kind, written, wall.now, book) for kind, written in PANELS]
        page.append(_timed(lambda cards=cards: [draw_card(one, *GLASS) for one in cards]))  # type: ignore[misc]
    yield "all four on one wall, a new book", page, LIMIT_ALL


def _panel(kind: str, written: dict[str, object], now: float, book: Book) -> PanelData:
    spec = SPEC.validate_python({"kind": kind, **written})
    return PanelData(kind, kind, spec, (), now, now - 3600, now, LOOK, alerts=Alerts(book))


def _moved(data: PanelData, at: int) -> None:
    """What a key costs: the order as it stands, the keys of all rows, the cursor on one of them, the card."""
    walk = KINDS[data.id].keys
    assert walk is not None and data.alerts is not None
    held = replace(data, alerts=replace(data.alerts, order=order_of(data)))
    keys = walk(held, *body_size(*GLASS))
    cursor = keys[at * 97 % len(keys)]
    draw_card(replace(held, alerts=replace(held.alerts, cursor=cursor)), *GLASS, focused=True)


def _timed(step: Callable[[], object]) -> float:
    gc.collect()
    began = time.thread_time()
    step()
    return 1000 * (time.thread_time() - began)


def run(polls: int = POLLS, alerts: int = ALERTS, silences: int = SILENCES) -> Report:
    figures = []
    for members in (1, 2):
        who = "one member" if members == 1 else f"{members} members"
        for name, lasted, aim in measured(alerts, silences, members, polls):
            figures.append(_figure(f"{who}, {name}", lasted, aim))
    figures += [_figure(name, lasted, aim) for name, lasted, aim in drawn(alerts, silences, SECONDS)]
    return Report(
        "alertbook",
        f"observe() at {alerts} alerts and {silences} silences, {polls} polls of each kind; their panels at 200x55",
        tuple(figures),
        ("processor time of the thread that makes the book, or draws; the middle of the polls is the value",),
    )


def _figure(name: str, values: Sequence[float], aim: float | None) -> Figure:
    spread = Spread.of(values)
    return Figure(name, spread.middle, "ms", aim=aim, spread=spread)
