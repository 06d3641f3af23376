"""What happened, in words: whole texts, as they are read or pasted."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from noc.engine.book import Book, Entry, Event, EventKind, Finding, FindingKind, MemberView
from noc.engine.digest import Span, clock, hours, named, oneline, owner, since, six_lines, spans_of
from noc.model.alerts import AlertAnswer, AlertState, Matcher, Phase, SilenceState
from noc.model.errors import Unreachable
from noc.model.series import Series, labels_of
from noc.model.severity import Severity
from tests.alertgiven import MINUTE, NOW, acked, alert, book, entry, silence

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = 3600.0
SLOW = alert("Slow", "high", since=20 * MINUTE, instance="db-1", annotations={"summary": "p95 above 1 s"})
DEAD = alert("Dead", "critical", since=90 * MINUTE)


def event(kind: EventKind, ago: float, name: str = "Slow", who: str = "", words: str = "", **labels: str) -> Event:
    return Event(NOW - ago, kind, name, Severity.HIGH, name, labels_of({"alertname": name, **labels}), who, words)


# -- the strip


def test_the_strip_counts_what_happened_and_names_who_did_it() -> None:
    log = [
        event(EventKind.FIRED, 700),
        *(event(EventKind.FIRED, 500 - n) for n in range(4)),
        *(event(EventKind.RESOLVED, 300, who="mara") for _ in range(3)),
        event(EventKind.ACKED, 200, who="mara"),
        event(EventKind.ACKED, 190, who="jo"),
        event(EventKind.ACKED, 180, who="mara"),
        event(EventKind.SILENCED, 170, who="jo", words="deploying"),
        event(EventKind.SILENCED, 160, words="inhibited"),
        event(EventKind.SILENCED, 150, words="inhibited"),
        event(EventKind.SILENCED, 140),
        event(EventKind.FLAPPING, 100),
        event(EventKind.UNACKED, 90),
        event(EventKind.STAGE, 80, who="mara"),
        event(EventKind.FOUND, 70, name="Watchdog missing"),
        event(EventKind.FOUND, 60, name="Watchdog missing"),
        event(EventKind.MENDED, 50, name="Watchdog missing"),
    ]
    assert since(log, NOW - 600, BERLIN) == (
        "since 17:20: 4 fired, 3 resolved, 1 acked by jo, 2 acked by mara, 2 inhibited, 1 silenced by jo, "
        "1 silenced by somebody, 1 flapping, Watchdog missing"
    )


def test_the_strip_is_empty_when_nothing_happened() -> None:
    assert since([], NOW, BERLIN) == since([event(EventKind.FIRED, 700)], NOW - 600, BERLIN) == ""


def test_names_of_people_in_the_strip_are_cleaned() -> None:
    assert (
        since([event(EventKind.ACKED, 10, who="ma\x1b[31mra\n")], NOW - 60, BERLIN)
        == "since 17:29: 1 acked by ma␛[31mra"
    )


def test_a_clock_may_say_the_day() -> None:
    assert (clock(NOW, BERLIN), clock(NOW, BERLIN, day=True)) == ("17:30", "Thu 02 Oct 17:30")


# -- one alert


def test_an_alert_is_named_by_what_tells_it_from_others() -> None:
    assert [named(entry(one)) for one in (SLOW, DEAD)] == ["Slow{instance=db-1}", "Dead"]
    assert named(entry(SLOW), 10) == "Slow{inst…"


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (entry(SLOW), ""),
        (acked(SLOW), "acked by mara, 13 m left"),
        (acked(SLOW, left=-5), "acked by mara, 0s left"),
        (
            entry(replace(SLOW, silenced_by=("a", "b")), silences=(silence(by="jo"), silence(by="ada", left=2 * HOUR))),
            "silenced by ada, 2 h left",
        ),
        (entry(SLOW, AlertState.SILENCED), ""),
        (entry(SLOW, AlertState.INHIBITED), "inhibited"),
        (entry(replace(SLOW, muted_by=("nights", "weekend"))), "muted nights, weekend"),
        (entry(SLOW, AlertState.MUTED), "muted"),
        (entry(SLOW, phase=Phase.RESOLVED, was_acked_by="mara"), "was acked by mara"),
        (entry(SLOW, phase=Phase.RESOLVED), ""),
    ],
)
def test_who_has_an_alert_or_what_hides_it(one: Entry, words: str) -> None:
    assert owner(one, NOW) == words


def test_an_alert_is_six_lines_for_the_incident_channel() -> None:
    one = replace(
        acked(replace(SLOW, annotations=(("runbook_url", "https://r/slow"), ("summary", "p95 above 1 s")))), value=2.5
    )
    assert six_lines(one, NOW, BERLIN, "prod") == (
        "▲ HIGH Slow [prod]\n"
        "labels: instance=db-1\n"
        "what: p95 above 1 s, value 2.50\n"
        "since: Thu 02 Oct 17:10 CEST (20 m)\n"
        "state: acked by mara, 13 m left\n"
        "links: https://r/slow  http://prometheus:9090/graph?g0.expr=up"
    )


def test_an_alert_of_which_little_is_known_is_six_lines_too() -> None:
    bare = replace(alert("Dead", "critical", since=0), annotations=(), generator_url="")
    assert six_lines(entry(bare), NOW, BERLIN) == (
        "✖ CRITICAL Dead\nlabels: none\nwhat: no summary\nsince: Thu 02 Oct 17:30 CEST (0s)\nstate: active\nlinks: none"
    )


@pytest.mark.parametrize(
    ("one", "line"),
    [
        (entry(SLOW, phase=Phase.PENDING), "state: pending"),
        (entry(SLOW, phase=Phase.RESOLVED, was_acked_by="mara"), "state: resolved, was acked by mara"),
        (entry(SLOW, phase=Phase.CLEARING), "state: active"),
    ],
)
def test_the_state_line_says_the_phase_of_what_does_not_fire(one: Entry, line: str) -> None:
    assert six_lines(one, NOW, BERLIN).splitlines()[4] == line


def test_no_label_or_summary_makes_a_seventh_line_or_colours_the_channel() -> None:
    evil = alert("A\nB", "high", annotations={"summary": "x\ny\x1b]0;t\x07"}, path="a\r\nb\u202e")
    text = six_lines(entry(evil), NOW, BERLIN, "pr\nod")
    assert text.splitlines()[:3] == ["▲ HIGH A⏎B [pr⏎od]", "labels: path=a⏎b‹U+202E›", "what: x⏎y␛]0;t␇"]
    assert len(text.splitlines()) == 6


# -- the last hours


def test_the_last_hours_are_a_text_to_paste() -> None:
    running = silence(Matcher("job", "db"), by="jo", comment="MW! vacuum", left=HOUR)
    planned = replace(
        silence(Matcher("job", "web", regex=True), by="ada", comment="release", since=-2 * HOUR, left=3 * HOUR),
        state=SilenceState.PENDING,
    )
    ended = silence(by="mara", comment="planned", since=3 * HOUR, left=-HOUR, state=SilenceState.EXPIRED)
    long_ago = silence(by="mara", comment="x", since=30 * HOUR, left=-9 * HOUR, state=SilenceState.EXPIRED)
    log = (
        event(EventKind.FIRED, 9 * HOUR, name="Earlier"),
        event(EventKind.FIRED, 2 * HOUR, name="Disk", instance="a"),
        event(EventKind.ACKED, 1.5 * HOUR, name="Disk", who="mara", words="on it", instance="a"),
        event(EventKind.RESOLVED, HOUR, name="Disk", who="mara", instance="a"),
        event(EventKind.SILENCED, 1800, who="jo", words="vacuum"),
    )
    shown = book(entry(DEAD), acked(SLOW), silences=[running, planned, ended, long_ago], log=log)
    assert hours(shown, now=NOW, tz=BERLIN, environment="prod") == (
        "Alerts Thu 02 Oct 09:30 to 17:30 CEST in prod\n"
        "\n"
        "Open now:\n"
        "  ✖ CRITICAL Dead since 16:00 (1 h), nobody has it\n"
        "  ▲ HIGH Slow{instance=db-1} since 17:10 (20 m), acked by mara, 13 m left\n"
        "\n"
        "What happened:\n"
        "  15:30 ▲ Disk{instance=a} fired\n"
        "  16:00 ▲ Disk{instance=a} acked by mara: on it\n"
        "  16:30 ▲ Disk{instance=a} resolved, had been acked by mara\n"
        "  17:00 ▲ Slow silenced by jo: vacuum\n"
        "\n"
        "Silences:\n"
        '  {job="db"} by jo until Thu 02 Oct 18:30: vacuum\n'
        '  {job=~"web"} by ada from Thu 02 Oct 19:30 until Thu 02 Oct 20:30: release\n'
        '  {alertname="DatabaseDeadlocks"} by mara ended Thu 02 Oct 16:30: planned\n'
    )


def test_a_calm_night_is_said_as_such() -> None:
    assert hours(Book(at=NOW), now=NOW, tz=BERLIN, span=HOUR) == (
        "Alerts Thu 02 Oct 16:30 to 17:30 CEST\n"
        "\n"
        "Open now:\n"
        "  nothing\n"
        "\n"
        "What happened:\n"
        "  nothing\n"
        "\n"
        "Silences:\n"
        "  none\n"
    )


def happened(shown: Book, *spans: Span) -> list[str]:
    text = hours(shown, now=NOW, tz=BERLIN, spans=spans)
    return text.partition("What happened:\n")[2].partition("\n\n")[0].splitlines()


def span(name: str, start: float, end: float, **labels: str) -> Span:
    """A firing from ``start`` to ``end`` seconds ago."""
    return Span(name, labels_of({"alertname": name, **labels}), NOW - start, NOW - end)


def test_what_fired_before_the_wall_was_started_is_told_from_prometheus_history() -> None:
    log = (event(EventKind.FIRED, HOUR, name="Disk"),)
    shown = book(entry(alert("Slow", "high", since=5 * HOUR, instance="db-1", environment="prod")), log=log)
    assert happened(
        shown,
        span("Slow", 5 * HOUR, 60, instance="db-1"),
        span("Slow", 4 * HOUR, 60, instance="db-2"),
        span("Night", 10 * HOUR, 7 * HOUR),
        span("Gone", 12 * HOUR, 9 * HOUR),
        span("Disk", HOUR, 0),
    ) == [
        "  09:30 Night fired, until 10:30",
        "  12:30 Slow{instance=db-1} fired, still firing",
        "  13:30 Slow{instance=db-2} fired, until 17:29",
        "  16:30 ▲ Disk fired",
    ]


def test_what_has_ended_before_is_not_still_firing_though_its_alert_fires_anew() -> None:
    shown = book(entry(alert("Slow", "high", since=60)))
    assert happened(shown, span("Slow", 3 * HOUR, HOUR)) == ["  14:30 Slow fired, until 16:30"]


def test_spans_are_read_off_a_range_and_a_gap_ends_one() -> None:
    made = Series.of(
        {"__name__": "ALERTS", "alertname": "Slow", "alertstate": "firing", "instance": "a"},
        [(at, 1.0) for at in (60, 120, 180, 360, 420)],
    )
    early = Series.of({"__name__": "ALERTS", "alertname": "Dead", "alertstate": "firing"}, [(0, 1.0)])
    dog = Series.of({"__name__": "ALERTS", "alertname": "Watchdog", "alertstate": "firing"}, [(0, 1.0), (60, 1.0)])
    labels = labels_of({"alertname": "Slow", "instance": "a"})
    assert spans_of([made, early, dog], 60.0) == (
        Span("Dead", labels_of({"alertname": "Dead"}), 0.0, 0.0),
        Span("Slow", labels, 60.0, 180.0),
        Span("Slow", labels, 360.0, 420.0),
    )
    assert spans_of([Series.of({"alertname": "Empty"}, [])], 60.0) == ()


def test_the_text_to_paste_is_harmless() -> None:
    evil = event(EventKind.ACKED, 60, name="A\x1b[2J", who="m\na", words="x\ny")
    shown = book(
        entry(alert("B\n\nOpen now:", "high")), silences=[silence(by="j\to", comment="z\r\n\x00")], log=(evil,)
    )
    assert hours(shown, now=NOW, tz=BERLIN, environment="p\n").splitlines() == [
        "Alerts Thu 02 Oct 09:30 to 17:30 CEST in p",
        "",
        "Open now:",
        "  ▲ HIGH B⏎⏎Open now: since 17:25 (5 m), nobody has it",
        "",
        "What happened:",
        "  17:29 ▲ A␛[2J acked by m⏎a: x⏎y",
        "",
        "Silences:",
        '  {alertname="DatabaseDeadlocks"} by j o until Thu 02 Oct 17:43: z⏎␀',
    ]


# -- one line


FINDING = Finding(FindingKind.WATCHDOG, "Watchdog missing", "x", NOW)
SILENT = MemberView("am", AlertAnswer((), ()), NOW, Unreachable("refused"), asked=True)


@pytest.mark.parametrize(
    ("shown", "text", "level"),
    [
        (book(), "✔ prod", Severity.OK),
        (
            book(
                *(entry(alert(f"A{n}", s)) for n, s in enumerate(("critical", "high", "high", "medium", "low", "none")))
            ),
            "✖1 ▲2 ◆1 ●1 prod",
            Severity.CRITICAL,
        ),
        (book(acked(DEAD), entry(SLOW)), "▲1 prod", Severity.HIGH),
        (book(acked(DEAD), entry(SLOW, AlertState.SILENCED)), "✔ prod", Severity.OK),
        (book(entry(SLOW, phase=Phase.UNKNOWN)), "▲1 prod", Severity.HIGH),
        (book(entry(SLOW), findings=[FINDING]), "✖1 ▲1 prod", Severity.CRITICAL),
        (book(findings=[replace(FINDING, hint=True)]), "✔ prod", Severity.OK),
        (book(pending=[entry(DEAD, phase=Phase.PENDING)]), "✔ prod", Severity.OK),
        (book(members=[]), "? prod", Severity.OK),
        (book(members=[MemberView("am")]), "? prod", Severity.OK),
        (book(members=[SILENT]), "? prod", Severity.OK),
        (book(entry(SLOW), members=[SILENT], findings=[FINDING]), "? ✖1 ▲1 prod", Severity.CRITICAL),
        (book(entry(SLOW), members=[SILENT, replace(SILENT, error=None)]), "▲1 prod", Severity.HIGH),
    ],
)
def test_one_line_counts_what_nobody_has_and_says_the_worst(shown: Book, text: str, level: Severity) -> None:
    assert oneline(shown, "prod") == (text, level)


def test_one_line_without_an_environment_is_the_counts_alone() -> None:
    assert (oneline(book())[0], oneline(book(entry(DEAD)))[0], oneline(book(), "p\n\x1b")[0]) == ("✔", "✖1", "✔ p⏎␛")
