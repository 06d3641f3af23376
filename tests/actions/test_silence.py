"""Silencing, as values: what the form starts with, what is refused at which field, what would be sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from noc.actions import silence
from noc.actions.intent import Intent, Verb
from noc.config.alerting import Ack, Alerting, Template
from noc.engine.book import Book, MemberView
from noc.model.alerts import AlertAnswer, Matcher, SilenceDraft
from noc.model.errors import Refused
from tests.actions.given import SETTINGS, refused
from tests.alertgiven import NOW, alert, book, entry

HOUR = 3600.0
DISK = entry(alert("DiskFull", "critical", category="system", instance="db-1", mountpoint="/data"))
SLOW = [entry(alert("SlowScope", "medium", company_id=str(number))) for number in range(4)]
SEEN = book(DISK, *SLOW)
ON_DISK = (Matcher("alertname", "DiskFull"), Matcher("instance", "db-1"))


def proposed(
    matchers: tuple[Matcher, ...] = ON_DISK,
    author: str = "mara",
    comment: str = "disk swap",
    ends_at: float = NOW + HOUR,
    *,
    seen: Book = SEEN,
    **more: object,
) -> Intent:
    return silence.propose(matchers, seen, SETTINGS, author, comment, ends_at, NOW, **more)  # type: ignore[arg-type]


# --- what the form starts with


def test_the_form_starts_with_name_first_and_without_severity_and_category() -> None:
    assert silence.prefilled([DISK], SETTINGS) == (
        Matcher("alertname", "DiskFull"),
        Matcher("instance", "db-1"),
        Matcher("mountpoint", "/data"),
    )


def test_volatile_labels_are_left_out_of_it() -> None:
    settings = Alerting(ack=Ack(ignore_labels=("mountpoint",)))
    assert silence.prefilled([DISK], settings) == ON_DISK


def test_of_several_alerts_only_shared_labels_are_taken() -> None:
    assert silence.prefilled(SLOW, SETTINGS) == (Matcher("alertname", "SlowScope"),)


def test_alerts_that_share_only_their_severity_still_give_a_matcher() -> None:
    others = [entry(alert("A", "low", a="1")), entry(alert("B", "low", b="1"))]
    assert silence.prefilled(others, SETTINGS) == (Matcher("severity", "low"),)


def test_alerts_that_share_nothing_give_an_empty_form() -> None:
    assert silence.prefilled([entry(alert("A", "low")), entry(alert("B", "high"))], SETTINGS) == ()
    assert silence.prefilled([], SETTINGS) == ()


# --- what would be sent


def test_a_silence_says_what_it_hides_and_begins_five_minutes_ago() -> None:
    assert proposed() == Intent(
        Verb.SILENCE,
        'silence {alertname="DiskFull", instance="db-1"}: hides 1 of 5 firing',
        (DISK.key,),
        (SilenceDraft(ON_DISK, NOW - 300, NOW + HOUR, "mara", "disk swap"),),
        detail={"hides": "1"},
    )


def test_a_planned_silence_begins_when_it_should_and_hides_nothing_yet() -> None:
    intent = proposed(starts_at=NOW + HOUR, ends_at=NOW + 2 * HOUR)
    assert intent.drafts == (SilenceDraft(ON_DISK, NOW + HOUR, NOW + 2 * HOUR, "mara", "disk swap"),)
    assert intent.keys == ()


def test_times_are_sent_by_alertmanagers_clock() -> None:
    ahead = replace(SEEN, members=(MemberView("alertmanager", AlertAnswer((), ()), NOW, asked=True, skew=-120.0),))
    now, planned = proposed(seen=ahead), proposed(seen=ahead, starts_at=NOW + HOUR, ends_at=NOW + 2 * HOUR)
    assert [(one.drafts[0].starts_at, one.drafts[0].ends_at) for one in (now, planned)] == [
        (NOW - 300 - 120, NOW + HOUR - 120),
        (NOW + HOUR - 120, NOW + 2 * HOUR - 120),
    ]


def test_blanks_around_words_are_not_sent() -> None:
    draft = proposed(author=" mara ", comment=" disk swap\n").drafts[0]
    assert (draft.created_by, draft.comment) == ("mara", "disk swap")


# --- what is refused, and at which field


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"matchers": ()}, "matchers", "a silence needs a matcher"),
        (
            {"matchers": (Matcher("severity", ".*", regex=True),)},
            "matchers",
            "every matcher is met by alerts without that label: Alertmanager refuses it",
        ),
        (
            {"matchers": (Matcher("a", "1"), Matcher("b", "1"), Matcher("a", "2"))},
            "matchers",
            "a stands twice: no alert has both values",
        ),
        ({"author": " "}, "author", "say who you are"),
        ({"author": "Root"}, "author", "'Root' does not say who you are; give your name"),
        ({"comment": " \n"}, "comment", "a comment is required: the next one on call reads it"),
        ({"ends_at": NOW}, "ends", "the end must come after the start and after now"),
        (
            {"ends_at": NOW + HOUR, "starts_at": NOW + HOUR},
            "ends",
            "the end must come after the start and after now",
        ),
        ({"ends_at": NOW + 24 * HOUR + 1}, "ends", "longer than 24 hours; say so (--long) if you mean it"),
    ],
)
def test_a_refusal_names_its_field(changes: dict[str, object], field: str, words: str) -> None:
    with pytest.raises(Refused) as error:
        proposed(**changes)  # type: ignore[arg-type]
    assert (str(error.value), error.value.field) == (words, field)


def test_a_long_silence_may_be_meant() -> None:
    assert proposed(ends_at=NOW + 72 * HOUR, long=True).drafts[0].ends_at == NOW + 72 * HOUR
    assert proposed(ends_at=NOW + 24 * HOUR).drafts[0].ends_at == NOW + 24 * HOUR
    later = proposed(starts_at=NOW + 48 * HOUR, ends_at=NOW + 50 * HOUR)  # two hours, though they end in two days
    assert later.drafts[0].ends_at == NOW + 50 * HOUR


def test_two_matchers_of_one_label_are_fine_unless_both_want_equality() -> None:
    both = (Matcher("alertname", "Disk.+", regex=True), Matcher("alertname", "DiskIdle", equal=False))
    assert proposed(both).keys == (DISK.key,)


# --- ends


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2h", "2025-10-02T19:30+02:00"),
        ("tomorrow 09:00", "2025-10-03T09:00+02:00"),
        ("mon 8:00", "2025-10-06T08:00+02:00"),
        ("18:00", "2025-10-02T18:00+02:00"),
        ("2025-10-03 08:00", "2025-10-03T08:00+02:00"),
        ("2025-10-03T08:00:00Z", "2025-10-03T08:00+00:00"),
    ],
)
def test_an_end_is_a_duration_or_a_time_ahead_in_the_walls_zone(text: str, at: str) -> None:
    assert silence.ends(text, NOW, ZoneInfo("Europe/Berlin")) == datetime.fromisoformat(at).timestamp()


def test_every_offered_duration_is_one() -> None:
    ends = [silence.ends(text, NOW, UTC) - NOW for text in silence.DURATIONS]
    assert ends == sorted(ends)
    assert ends[-1] == silence.LONG


@pytest.mark.parametrize("text", ["", "yesterday", "soon", "2025-10-01 08:00", "25:00"])
def test_a_bad_end_is_told_at_its_field(text: str) -> None:
    with pytest.raises(Refused) as error:
        silence.ends(text, NOW, UTC)
    assert error.value.field == "ends"


# --- templates


def test_a_template_gives_its_matchers() -> None:
    template = Template(matchers=("alertname=SlowScope", 'company_id=~"1|2"'))
    assert silence.templated(template) == (
        Matcher("alertname", "SlowScope"),
        Matcher("company_id", "1|2", regex=True),
    )


def test_what_a_template_asks_for_is_filled_in_wherever_it_stands() -> None:
    template = Template(matchers=('instance="shop-$number"', "company_id=$company_id"))
    assert silence.wanted(template.matchers) == ("number", "company_id")
    assert silence.templated(template, {"number": " 7 ", "company_id": "42"}) == (
        Matcher("instance", "shop-7"),
        Matcher("company_id", "42"),
    )


def test_a_value_can_become_neither_a_second_matcher_nor_an_expression() -> None:
    template = Template(matchers=('company_id="$id"', 'path=~"/tenants/$id/.*"', 'other!="$id"'))
    assert silence.templated(template, {"id": '1", severity=~".*|$x'}) == (
        Matcher("company_id", '1", severity=~".*|$x'),
        Matcher("path", r'/tenants/1",\ severity=\~"\.\*\|\$x/.*', regex=True),
        Matcher("other", '1", severity=~".*|$x', equal=False),
    )


def test_a_missing_value_is_told_at_its_own_field() -> None:
    with pytest.raises(Refused) as error:
        silence.templated(Template(matchers=("company_id=$company_id",)), {"company_id": "  "})
    assert (str(error.value), error.value.field) == ("company_id is needed", "company_id")


def test_a_template_that_is_no_matcher_is_told_at_the_matchers() -> None:
    with pytest.raises(Refused) as error:
        silence.filled(("a>1",), {})
    assert error.value.field == "matchers"


# --- the server's own words


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ("comment in body is required", "comment"),
        ("createdBy in body is required", "author"),
        ("endsAt in body is required", "ends"),
        ("Failed to create silence: end time can't be in the past", "ends"),
        ("startsAt in body is required", "starts"),
        ("matchers in body should have at least 1 items", "matchers"),
        ("silence invalid: at least one matcher must not match the empty string", "matchers"),
        ('silence invalid: invalid label matcher 0: invalid label name "foo.bar"', "matchers"),
        ('silence invalid: invalid label matcher 0: invalid regular expression "(": error parsing regexp', "matchers"),
        ("silence not found", ""),
        ("401 from http://alertmanager: login needed or wrong", ""),
    ],
)
def test_a_servers_refusal_is_shown_at_its_field(words: str, field: str) -> None:
    assert silence.field_of(words) == field


def test_names_that_several_people_share_are_generic_in_any_case() -> None:
    assert [name for name in ("root", " OnCall ", "mara", "noc", "") if silence.generic(name, SETTINGS)] == [
        "root",
        " OnCall ",
        "noc",
    ]
    with refused("'ops-team' does not say who you are; give your name"):
        settings = Alerting(generic_authors=("Ops-Team",))
        silence.propose(ON_DISK, SEEN, settings, "ops-team", "x", NOW + HOUR, NOW)
