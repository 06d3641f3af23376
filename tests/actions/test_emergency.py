"""Silence everything but the Watchdog: half an hour, by name and reason, with a list of what fired meanwhile."""

from __future__ import annotations

import pytest

from noc.actions import emergency
from noc.actions.intent import Breadth, Intent, Verb
from noc.engine.book import Event, EventKind, emergencies
from noc.model.alerts import Matcher, SilenceDraft, SilenceKind, match_all
from noc.model.errors import Refused
from noc.model.severity import Severity
from tests.actions.given import SETTINGS, refused
from tests.alertgiven import MINUTE, NOW, alert, book, entry, silence

DOWN, BARE = entry(alert("ServiceDown", "critical")), entry(alert("NoSeverity", ""))
SEEN = book(DOWN, BARE, watchdog=alert("Watchdog", "none"))


def test_it_hides_alerts_with_and_without_a_severity_and_always_asks_for_the_number() -> None:
    found = emergency.preview(SEEN, SETTINGS)
    assert (found.hides, found.number, found.breadth) == ((DOWN, BARE), 2, Breadth.BROAD)
    assert emergency.preview(book(), SETTINGS).breadth is Breadth.BROAD


def test_it_leaves_the_watchdog() -> None:
    assert not match_all(emergency.MATCHERS, {"alertname": "Watchdog", "severity": "critical"})


def test_what_is_sent_is_marked_as_an_emergency() -> None:
    intent = emergency.propose(SEEN, SETTINGS, "mara", "data centre move", 30 * MINUTE, NOW)
    matchers = (Matcher("alertname", ".+", regex=True), Matcher("alertname", "Watchdog", equal=False))
    assert intent == Intent(
        Verb.EMERGENCY,
        'silence {alertname=~".+", alertname!="Watchdog"}: hides 2 of 2 firing',
        (DOWN.key, BARE.key),
        (SilenceDraft(matchers, NOW - 300, NOW + 30 * MINUTE, "mara", "EMERGENCY! data centre move"),),
        detail={"hides": "2"},
    )
    made = silence(*matchers, comment=intent.drafts[0].comment)
    assert made.kind is SilenceKind.EMERGENCY
    assert emergencies([made, silence()]) == (made,)


@pytest.mark.parametrize("seconds", [0, -60, 30 * MINUTE + 1])
def test_it_lasts_half_an_hour_at_most(seconds: float) -> None:
    with pytest.raises(Refused) as error:
        emergency.propose(SEEN, SETTINGS, "mara", "x", seconds, NOW)
    assert (str(error.value), error.value.field) == ("an emergency silence lasts 30 minutes at most", "ends")


def test_it_needs_a_person_and_a_reason() -> None:
    with refused("a comment is required: the next one on call reads it"):
        emergency.propose(SEEN, SETTINGS, "mara", "", MINUTE, NOW)
    with refused("'oncall' does not say who you are; give your name"):
        emergency.propose(SEEN, SETTINGS, "oncall", "x", MINUTE, NOW)


def test_afterwards_what_fired_meanwhile_is_listed_oldest_first() -> None:
    def event(at: float, kind: EventKind, name: str) -> Event:
        return Event(NOW + at, kind, name, Severity.HIGH, name)

    ended = silence(since=20 * MINUTE, left=-5 * MINUTE)
    early, first, last = (event(at, EventKind.FIRED, name) for at, name in ((-1300, "A"), (-1200, "B"), (-300, "C")))
    late, other = event(-299, EventKind.FIRED, "D"), event(-600, EventKind.RESOLVED, "B")
    assert emergency.aftermath(book(log=(early, first, other, last, late)), ended) == (first, last)
