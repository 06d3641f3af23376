"""How much a silence would hide, and when a number must be typed, judged before anything is sent."""

from __future__ import annotations

import pytest

from noc.actions.guard import narrows, preview
from noc.actions.intent import Breadth, Preview
from noc.config.alerting import Guard
from noc.engine.alertfilter import parse_matcher
from noc.engine.book import Book
from noc.model.alerts import Matcher
from tests.alertgiven import acked, alert, book, entry, silence

GUARD = Guard()
DISK = entry(alert("DiskFull", "critical", instance="db-1"))
SLOW = [entry(alert("SlowScope", "medium", company_id=str(number))) for number in range(4)]
BARE = entry(alert("NoSeverity", ""))
WATCHDOG = alert("Watchdog", "none", since=86400)
SEEN = book(DISK, *SLOW, BARE, watchdog=WATCHDOG)
"""Six firing alerts."""


def matchers(*texts: str) -> list[Matcher]:
    return [parse_matcher(text) for text in texts]


def judged(*texts: str, seen: Book = SEEN) -> tuple[int, Breadth, str]:
    found = preview(matchers(*texts), seen, GUARD)
    return (found.number, found.breadth, found.why)


def test_a_silence_that_picks_one_alert_is_narrow() -> None:
    found = preview(matchers("alertname=DiskFull"), SEEN, GUARD)
    assert found == Preview((DISK,), 6)
    assert found.words == "hides 1 of 6 firing"


def test_what_is_hidden_already_is_counted() -> None:
    window = silence(Matcher("alertname", "DiskFull"))
    hidden = entry(alert("DiskFull", "critical", silenced_by=[window.id]), silences=(window,))
    found = preview(matchers("alertname=~Disk.*|Slow.*"), book(hidden, acked(SLOW[0].alert)), GUARD)
    assert (found.number, found.hidden_already) == (2, 2)


def test_without_a_matcher_there_is_no_silence() -> None:
    assert judged()[1:] == (Breadth.FORBIDDEN, "a silence needs a matcher")


@pytest.mark.parametrize("texts", [['severity=~".*"'], ['nolabel=""'], ['a=""', 'b=~"x|"', 'c=~".*"']])
def test_what_alertmanager_refuses_is_forbidden(texts: list[str]) -> None:
    words = "every matcher is met by alerts without that label: Alertmanager refuses it"
    assert judged(*texts)[1:] == (Breadth.FORBIDDEN, words)


@pytest.mark.parametrize("texts", [['nolabel!="b"'], ['nolabel!~"b|c"'], ["severity!=critical", 'nolabel!="b"']])
def test_negative_matchers_alone_are_broad_however_many_they_hide(texts: list[str]) -> None:
    number, breadth, why = judged(*texts)
    assert (breadth, why) == (Breadth.BROAD, "a negative matcher alone hides everything else")
    assert number == 6 - any("critical" in text for text in texts)


@pytest.mark.parametrize("texts", [['alertname=~".+"'], ['alertname=~"(.*)"', 'nolabel!="b"'], ['severity=~"[^#]+"']])
def test_a_match_all_in_any_spelling_is_broad(texts: list[str]) -> None:
    assert judged(*texts)[1:] == (Breadth.BROAD, "this matches everything")


def test_a_positive_matcher_beside_a_negative_one_is_judged_by_what_it_hides() -> None:
    assert judged("alertname=SlowScope", "company_id!=3") == (3, Breadth.NARROW, "")


@pytest.mark.parametrize("text", ["alertname=Watchdog", "severity=none", 'alertname=~"Watch.*|Disk.*"'])
def test_hiding_the_watchdog_is_broad_though_it_is_one_alert(text: str) -> None:
    words = "this hides the Watchdog: nobody would notice that alerts no longer arrive"
    assert judged(text)[1:] == (Breadth.BROAD, words)


def test_the_watchdog_as_it_is_counts_not_as_it_usually_looks() -> None:
    seen = book(DISK, watchdog=alert("Watchdog", "info", team="ops"))
    assert judged("team=ops", seen=seen)[1] is Breadth.BROAD
    assert judged("severity=none", seen=seen)[1] is Breadth.NARROW
    assert judged("severity=none", seen=book(DISK))[1] is Breadth.BROAD


def test_more_than_a_share_is_broad_from_a_least_number_on() -> None:
    assert judged("alertname=SlowScope") == (4, Breadth.BROAD, "more than 50% of all that fires")
    assert judged('company_id=~"0|1|2"') == (3, Breadth.NARROW, "")  # just half
    assert judged("alertname=DiskFull", seen=book(DISK)) == (1, Breadth.NARROW, "")  # all, and only one


def test_share_and_least_number_are_settings() -> None:
    strict = Guard(share=0.1, least=1)
    assert preview(matchers("alertname=DiskFull"), SEEN, strict).breadth is Breadth.BROAD
    assert preview(matchers("alertname=DiskFull"), SEEN, strict).why == "more than 10% of all that fires"


def test_an_expression_that_noc_cannot_read_as_alertmanager_does_is_broad() -> None:
    found = preview([Matcher("instance", "db-1"), Matcher("alertname", "Disk(?=Full)", regex=True)], SEEN, GUARD)
    words = "noc cannot tell for 1 alerts: the expression is read differently by Alertmanager"
    assert found == Preview((), 6, Breadth.BROAD, words, unsure=1)


def test_an_expression_that_may_hide_the_watchdog_is_taken_to_hide_it() -> None:
    found = preview([Matcher("alertname", "Disk(?=Full)", regex=True)], SEEN, GUARD)
    words = "this hides the Watchdog: nobody would notice that alerts no longer arrive"
    assert found == Preview((), 6, Breadth.BROAD, words, unsure=6)


def test_pending_and_resolved_alerts_do_not_count() -> None:
    seen = book(DISK, pending=[SLOW[0]], resolved=[SLOW[1]])
    assert judged('alertname=~"Disk.*|Slow.*"', seen=seen) == (1, Breadth.NARROW, "")


@pytest.mark.parametrize(
    ("text", "does"),
    [
        ("severity=high", True),
        ("severity=~high|low", True),
        ('severity=""', False),
        ("severity!=high", False),
        ("severity!~high", False),
        ('severity=~".+"', False),
        ('severity=~".*"', False),
        ('severity=~"h.*"', True),
    ],
)
def test_a_matcher_narrows_when_it_picks_values(text: str, does: bool) -> None:
    assert narrows(parse_matcher(text)) is does
