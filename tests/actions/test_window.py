"""Maintenance windows by class: a positive matcher each, never the Watchdog, now or planned."""

from __future__ import annotations

from dataclasses import replace

import pytest

from noc.actions import window
from noc.actions.intent import Intent, Verb
from noc.config.alerting import Alerting, WindowClass
from noc.engine.book import Book
from noc.model.alerts import Matcher, SilenceDraft, SilenceKind
from noc.model.errors import Refused
from tests.actions.given import SETTINGS, refused
from tests.alertgiven import NOW, alert, book, entry, silence

HOUR = 3600.0
DEADLOCKS = entry(alert(company_id="7"))
DOWN = entry(alert("ServiceDown", "critical", company_id="7"))
SEEN = book(DEADLOCKS, DOWN, watchdog=alert("Watchdog", "none", team="ops"))


def proposed(
    name: str, values: dict[str, str] | None = None, *, settings: Alerting = SETTINGS, **more: object
) -> Intent:
    given = {"author": "mara", "comment": "upgrade", "ends_at": NOW + HOUR, "now": NOW, **more}
    return window.propose(name, values or {}, SEEN, settings, **given)  # type: ignore[arg-type]


def of(*matchers: str) -> Alerting:
    return Alerting(windows={"x": WindowClass(title="Mine", matchers=matchers)})


def test_a_deployment_hides_all_but_critical_and_says_its_class() -> None:
    matchers = (Matcher("severity", "high|medium|low", regex=True),)
    assert proposed("deployment") == Intent(
        Verb.WINDOW,
        'silence {severity=~"high|medium|low"}: hides 1 of 2 firing',
        (DEADLOCKS.key,),
        (SilenceDraft(matchers, NOW - 300, NOW + HOUR, "mara", "MW! upgrade"),),
        detail={"hides": "1", "class": "deployment"},
    )


def test_its_comment_is_that_of_a_window_and_no_acknowledgement() -> None:
    comment = proposed("database", comment="ACK! not really").drafts[0].comment
    assert silence(comment=comment).kind is SilenceKind.WINDOW


def test_a_tenants_test_asks_for_the_tenant() -> None:
    assert window.asks(SETTINGS.windows["rate-limit-test"]) == ("company_id",)
    assert window.asks(SETTINGS.windows["deployment"]) == ()
    intent = proposed("rate-limit-test", {"company_id": "7"})
    assert intent.drafts[0].matchers == (Matcher("company_id", "7"),)
    with refused("company_id is needed"):
        proposed("rate-limit-test")


def test_a_planned_window_begins_when_it_should() -> None:
    intent = proposed("database", starts_at=NOW + HOUR, ends_at=NOW + 3 * HOUR)
    assert (intent.drafts[0].starts_at, intent.drafts[0].ends_at, intent.keys) == (NOW + HOUR, NOW + 3 * HOUR, ())


@pytest.mark.parametrize("name", SETTINGS.windows)
def test_no_bundled_class_hides_the_watchdog_or_is_without_a_positive_matcher(name: str) -> None:
    asked = dict.fromkeys(window.asks(SETTINGS.windows[name]), "7")
    for seen in (SEEN, book()):
        assert window.matchers_of(SETTINGS.windows[name], asked, seen)


@pytest.mark.parametrize(
    "matchers", [('severity!="critical"',), ('alertname=~".+"',), ('severity!="critical"', 'env=~".*"')]
)
def test_a_class_without_a_positive_matcher_is_refused(matchers: tuple[str, ...]) -> None:
    with refused("Mine: a window needs a positive matcher"):
        proposed("x", settings=of(*matchers))


@pytest.mark.parametrize("text", ["team=ops", "alertname=~W.*", "severity=none"])
def test_a_class_over_the_watchdog_as_it_is_is_refused(text: str) -> None:
    with refused("Mine would hide the Watchdog"):
        proposed("x", settings=of(text))


def test_the_watchdog_as_it_usually_looks_counts_where_none_is_seen() -> None:
    blind: Book = replace(SEEN, watchdog=None)
    chosen = WindowClass(title="Mine", matchers=("severity=none",))
    with refused("Mine would hide the Watchdog"):
        window.matchers_of(chosen, {}, blind)


def test_an_expression_that_noc_cannot_read_as_alertmanager_does_is_refused() -> None:
    with pytest.raises(Refused):
        proposed("x", settings=of('alertname=~"Database(?=D)"'))


def test_a_positive_matcher_beside_a_negative_one_is_enough() -> None:
    intent = proposed("x", settings=of('severity!="critical"', "company_id=7"))
    assert intent.keys == (DEADLOCKS.key,)


def test_an_unknown_class_is_refused_with_those_there_are() -> None:
    with refused("there is no class of windows 'deploy'; there are deployment, database, rate-limit-test"):
        proposed("deploy")


def test_a_window_needs_a_comment_and_a_person_as_a_silence_does() -> None:
    with refused("a comment is required: the next one on call reads it"):
        proposed("database", comment="  ")
    with refused("'root' does not say who you are; give your name"):
        proposed("database", author="root")
    with refused("longer than 24 hours; say so (--long) if you mean it"):
        proposed("database", ends_at=NOW + 25 * HOUR)
