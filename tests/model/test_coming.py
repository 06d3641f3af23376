"""Moments ahead as people type them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc.model.coming import EXAMPLES, parse_coming

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2025, 10, 2, 17, 30, tzinfo=BERLIN)
"""A Thursday."""


def said(text: str, now: datetime = NOW) -> str:
    """The moment in Berlin."""
    return datetime.fromtimestamp(parse_coming(text, now.timestamp(), BERLIN), BERLIN).isoformat(" ", "minutes")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2h", "2025-10-02 19:30+02:00"),
        ("in 1h30m", "2025-10-02 19:00+02:00"),
        ("1h 30m", "2025-10-02 19:00+02:00"),
        ("90", "2025-10-02 17:31+02:00"),
        ("7d", "2025-10-09 17:30+02:00"),
        ("18:00", "2025-10-02 18:00+02:00"),
        ("until 18:00", "2025-10-02 18:00+02:00"),
        ("17:30", "2025-10-03 17:30+02:00"),
        ("8:05", "2025-10-03 08:05+02:00"),
        ("today 23:59", "2025-10-02 23:59+02:00"),
        ("tonight 22:00", "2025-10-02 22:00+02:00"),
        ("Tomorrow 09:00", "2025-10-03 09:00+02:00"),
        ("tomorrow at 9:00", "2025-10-03 09:00+02:00"),
        ("tomorrow", "2025-10-03 00:00+02:00"),
        ("mon 8:00", "2025-10-06 08:00+02:00"),
        ("Friday", "2025-10-03 00:00+02:00"),
        ("thu 18:00", "2025-10-09 18:00+02:00"),
        ("2025-10-03 08:00", "2025-10-03 08:00+02:00"),
        ("2025-10-03", "2025-10-03 00:00+02:00"),
        ("2025-10-03T08:00Z", "2025-10-03 10:00+02:00"),
        ("2025-10-03t08:00+00:00", "2025-10-03 10:00+02:00"),
    ],
)
def test_a_moment_ahead_is_understood(text: str, moment: str) -> None:
    assert said(text) == moment


def test_days_are_days_of_the_calendar_where_clocks_change() -> None:
    before = datetime(2025, 10, 25, 12, 0, tzinfo=BERLIN)
    assert said("tomorrow 9:00", before) == "2025-10-26 09:00+01:00"
    assert said("24h", before) == "2025-10-26 11:00+01:00"
    assert said("11:00", before) == "2025-10-26 11:00+01:00"


def test_every_example_in_the_messages_is_understood() -> None:
    assert [said(text) for text in EXAMPLES] == [
        "2025-10-02 19:30+02:00",
        "2025-10-02 18:00+02:00",
        "2025-10-03 09:00+02:00",
        "2025-10-06 08:00+02:00",
        "2025-10-03 08:00+02:00",
    ]


LIST = "write 2h, 18:00, tomorrow 09:00, mon 8:00, 2025-10-03 08:00"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "write 2h, 18:00, tomorrow 09:00"),
        ("  ", "write 2h, 18:00, tomorrow 09:00"),
        ("soon", f"'soon' is no time ahead; {LIST}"),
        (" 24:00 ", f"'24:00' is no time ahead; {LIST}"),
        ("mon 8:60", f"'mon 8:60' is no time ahead; {LIST}"),
        ("tomorrow noon", f"'tomorrow noon' is no time ahead; {LIST}"),
        ("-2h", f"'-2h' is no time ahead; {LIST}"),
        ("2025-13-01", f"'2025-13-01' is no time ahead; {LIST}"),
        ("nan", f"'nan' is no time ahead; {LIST}"),
        ("today 8:00", "that lies in the past"),
        ("2025-10-02 17:30", "that lies in the past"),
        ("0001-01-01", "that lies in the past"),
        ("1e300", "that is more than ten years away"),
        ("99999999y", "that is more than ten years away"),
        ("9999-12-31 23:59", "that is more than ten years away"),
    ],
)
def test_what_is_no_moment_ahead_says_what_to_write(text: str, words: str) -> None:
    with pytest.raises(ValueError) as refused:
        parse_coming(text, NOW.timestamp(), BERLIN)
    assert str(refused.value) == words


@given(
    st.text(st.characters(codec="utf-8"), max_size=25)
    | st.from_regex(r"(mon|today|in)? ?[0-9:.eTZ+-]{0,16}[smhdy]?", fullmatch=True)
)
def test_any_text_is_a_moment_ahead_or_a_clear_refusal(text: str) -> None:
    now = NOW.timestamp()
    try:
        at = parse_coming(text, now, BERLIN)
    except ValueError as refused:
        assert str(refused).startswith(("write ", "that ", repr(text.strip())))
    else:
        assert at > now
        assert datetime.fromtimestamp(at, BERLIN)
