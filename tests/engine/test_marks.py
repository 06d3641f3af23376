"""Marks out of series, log lines and files: what counts as a change, what is one mark, and what is none."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from noc.engine.marks import changes, distinct, moment, of_file, of_lines, spans, windowed
from noc.model.logs import SECOND, LogLine
from noc.model.markers import Marker
from noc.model.series import Series

NAN = float("nan")


def series(points: Sequence[tuple[float, float]], **labels: str) -> Series:
    return Series.of(labels, points)


def steady(first: int, last: int, value: float = 1.0, **labels: str) -> Series:
    """A point every 10 s from ``first`` to ``last``, both included."""
    return series([(float(at), value) for at in range(first, last + 1, 10)], **labels)


def test_a_label_set_that_appears_is_a_mark_and_what_was_there_before_is_none() -> None:
    found = changes([steady(0, 50, version="v2.13"), steady(60, 100, version="v2.14")], 10.0, "deploy")
    assert found == [Marker(60.0, None, "deploy", "v2.14")]


def test_a_value_that_changes_is_a_mark_with_its_value() -> None:
    found = changes([series([(0, 7), (10, 7), (20, 8), (30, 8)], job="api", build="x")], 10.0, "note")
    assert found == [Marker(20.0, None, "note", "x 8")]


def test_a_scrape_that_was_missed_changes_nothing() -> None:
    both = [series([(0, 1), (10, 1), (60, 1), (70, 1)], version="a"), steady(0, 70, version="b")]
    assert changes(both, 10.0, "deploy") == []


def test_a_release_that_is_rolled_back_is_marked_twice() -> None:
    old = series([(0, 1), (10, 1), (60, 1), (70, 1)], version="v1")
    assert changes([old, steady(20, 50, version="v2")], 10.0, "deploy") == [
        Marker(60.0, None, "deploy", "v1"),
        Marker(20.0, None, "deploy", "v2"),
    ]


def test_nan_is_no_change_and_an_empty_answer_marks_nothing() -> None:
    assert changes([series([(0, 1), (10, NAN), (20, 1), (30, NAN)])], 10.0, "note") == []
    assert changes([], 10.0, "note") == []
    assert changes([series([])], 10.0, "note") == []


def test_a_template_takes_labels_and_the_value() -> None:
    found = changes([series([(0, 1000), (10, 1500)], env="prod")], 10.0, "note", "{{env}} now {{ value }} {{absent}}|")
    assert found == [Marker(10.0, None, "note", "prod now 1.50k |")]


def test_a_stretch_above_a_value_begins_a_step_before_its_first_point() -> None:
    points = [(0, 0), (10, 3), (20, 4), (30, 0), (40, 5)]
    assert spans([series(points, host="db-1")], 2.0, 10.0, "incident") == [
        Marker(0.0, 20.0, "incident", "db-1"),
        Marker(30.0, 40.0, "incident", "db-1"),
    ]


def test_a_gap_ends_a_stretch_and_nan_is_not_above() -> None:
    points = [(0, 3), (10, 3), (60, 3), (70, NAN)]
    assert spans([series(points, host="a")], 2.0, 10.0, "incident", "{{value}}") == [
        Marker(-10.0, 10.0, "incident", "3"),
        Marker(50.0, 60.0, "incident", "3"),
    ]


def line(at: float, text: str, **labels: str) -> LogLine:
    return LogLine(round(at * SECOND), text, tuple(sorted(labels.items())))


def test_a_line_is_a_mark_in_its_own_words_or_in_the_templates() -> None:
    body = json.dumps(
        {"event_type": "deploy", "version": "v2.14", "context": {"user": "mara"}, "message": "rolled out"}
    )
    lines = [line(5.0, body), line(6.5, "plain\x1b[2J words")]
    assert of_lines(lines, "deploy", "{{version}} by {{context.user}}") == [
        Marker(5.0, None, "deploy", "v2.14 by mara"),
        Marker(6.5, None, "deploy", "plain␛[2J words"),
    ]
    own = of_lines(lines, "note")
    assert own[0] == Marker(5.0, None, "note", "rolled out")
    assert own[1].text.startswith("plain") and "\x1b" not in own[1].text


FILE = """\
{"at": "2025-10-02T15:30:00Z", "text": "v2.14"}
{"at": 1759419000, "until": "2025-10-02T15:40:00Z", "mark": "incident", "text": "database  down"}

{"at": "1759419060.5", "text": 7}
"""


def test_each_line_of_a_file_is_a_mark() -> None:
    assert of_file(FILE, "deploy") == (
        [
            Marker(1759419000.0, None, "deploy", "v2.14"),
            Marker(1759419000.0, 1759419600.0, "incident", "database down"),
            Marker(1759419060.5, None, "deploy", "7"),
        ],
        [],
    )


def test_a_mark_whose_words_are_null_has_none() -> None:
    assert of_file('{"at": 1, "text": null}', "note") == ([Marker(1.0, None, "note", "")], [])


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("deploy!", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[1]", "no JSON object"),
        ('{"text": "x"}', "'at' is missing"),
        ('{"at": "yesterday"}', "a time is RFC 3339 or unix seconds"),
        ('{"at": true}', "a time is RFC 3339 or unix seconds"),
        ('{"at": null}', "a time is RFC 3339 or unix seconds"),
        ('{"at": -5}', "a time out of range"),
        ('{"at": "nan"}', "a time out of range"),
        ('{"at": 1e400}', "a time out of range"),
        ('{"at": 1' + "0" * 400 + "}", "a time out of range"),
        ('{"at": 10, "until": 5}', "'until' is before 'at'"),
        ('{"at": 10, "mark": "party"}', "'mark' is one of deploy, incident, note"),
        ('{"at": 10, "mark": ["deploy"]}', "'mark' is one of deploy, incident, note"),
    ],
)
def test_a_broken_line_is_skipped_and_named(written: str, fault: str) -> None:
    good = '{"at": 1, "text": "x"}'
    assert of_file(f"{good}\n{written}\n{good}", "note") == (
        [Marker(1.0, None, "note", "x")] * 2,
        [f"line 2 is no mark: {fault}"],
    )


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        (1_759_419_000, 1_759_419_000.0),
        (1_759_419_000_000, 1_759_419_000.0),
        ("1759419000000000000", 1_759_419_000.0),
        ("2025-10-02T15:30:00+00:00", 1_759_419_000.0),
        ("2025-10-02T17:30:00+02:00", 1_759_419_000.0),
        ("2025-10-02T15:30:00", 1_759_419_000.0),
    ],
)
def test_times_are_rfc_3339_or_unix(written: object, seconds: float) -> None:
    assert moment(written) == seconds


def test_instances_that_follow_each_other_are_one_mark() -> None:
    marks = [Marker(60.0, None, "deploy", "v2"), Marker(0.0, None, "deploy", "v2"), Marker(30.0, None, "note", "v2")]
    assert distinct(marks, 60.0) == [Marker(0.0, None, "deploy", "v2"), Marker(30.0, None, "note", "v2")]
    assert distinct(marks, 59.0) == [marks[1], marks[2], marks[0]]


def test_of_too_many_the_oldest_are_one_that_counts() -> None:
    marks = [Marker(float(at), None, "deploy", str(at)) for at in range(60)]
    assert windowed(marks, 0.0, 100.0, 3) == (Marker(57.0, None, "note", "+58 earlier"), marks[58], marks[59])
    assert windowed(marks, 50.0, 52.0) == (marks[50], marks[51], marks[52])
    assert len(windowed(marks, 0.0, 100.0)) == 50


def test_a_stretch_reaches_into_a_window_that_it_began_before() -> None:
    assert windowed([Marker(0.0, 50.0)], 40.0, 60.0) == (Marker(0.0, 50.0),)
    assert windowed([Marker(0.0, 30.0)], 40.0, 60.0) == ()
