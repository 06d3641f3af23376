"""Rows under the header: what nobody may miss is said in words, in the order of its weight, at every width."""

from __future__ import annotations

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest

from noc.charts.canvas import Ink
from noc.config.alerting import Alerting
from noc.engine.book import Book
from noc.model.alerts import Matcher, SilenceState
from noc.model.colour import readable_on
from noc.model.severity import Severity
from noc.ui.banner import Banner, banners, draw_banner, draw_banners
from tests.alertgiven import MINUTE, NOW, alert, book, entry, silence
from tests.ui.given import PALETTE

SETTINGS = Alerting()
ALL = Matcher("alertname", "Watchdog", equal=False)


def emergency(left: float = 12 * MINUTE, state: SilenceState = SilenceState.ACTIVE, by: str = "jo"):  # type: ignore[no-untyped-def]
    return silence(ALL, by=by, comment="EMERGENCY! switch is down", since=10 * MINUTE, left=left, state=state, id="e")


def said(of: Book, **more: object) -> list[Banner]:
    return banners(of, SETTINGS, NOW, UTC, **more)  # type: ignore[arg-type]


def test_a_quiet_hour_has_no_banner() -> None:
    assert said(book(entry(alert()), fired_hour=SETTINGS.busy)) == []


def test_an_emergency_silence_is_red_and_says_whose_it_is_and_when_it_ends() -> None:
    words = "EVERYTHING BUT THE WATCHDOG IS SILENCED by jo until 15:42 (12:00 left)"
    assert said(book(silences=[emergency()])) == [Banner(words, Severity.CRITICAL)]


def test_an_emergency_silence_ends_in_the_zone_of_the_wall() -> None:
    (one,) = banners(book(silences=[emergency()]), SETTINGS, NOW, ZoneInfo("Europe/Berlin"))
    assert "until 17:42 (12:00 left)" in one.text


def test_for_half_an_hour_after_an_emergency_silence_what_fired_meanwhile_is_named() -> None:
    over = emergency(-5 * MINUTE, SilenceState.EXPIRED)
    during = [entry(alert(f"Fired{n}", since=9 * MINUTE - n)) for n in range(5)]
    before = entry(alert("Before", since=3600))
    assert said(book(before, *during[:2], silences=[over])) == [
        Banner("the emergency silence of jo ended 15:25; 2 fired meanwhile: Fired0, Fired1", Severity.MEDIUM)
    ]
    assert said(book(*during, silences=[over]))[0].text.endswith(
        "5 fired meanwhile: Fired0, Fired1, Fired2, Fired3 and 1 more"
    )
    assert said(book(before, silences=[over]))[0].text.endswith("nothing fired meanwhile")
    assert said(book(silences=[emergency(-31 * MINUTE, SilenceState.EXPIRED)])) == []


def test_more_than_ten_firings_within_the_hour_are_a_storm() -> None:
    words = "14 alerts fired within the hour: more than 10 is a storm"
    assert said(book(fired_hour=14)) == [Banner(words, Severity.HIGH)]
    assert said(book(fired_hour=10)) == []


def test_a_bell_that_is_off_says_for_how_long_and_how_it_comes_back() -> None:
    assert said(book(), bell_left=432.0) == [Banner("BELL OFF 7:12   b brings it back", Severity.MEDIUM)]


def test_after_quiet_minutes_a_strip_sums_up() -> None:
    assert said(book(), digest="since 03:12: 4 fired, 3 resolved") == [
        Banner("since 03:12: 4 fired, 3 resolved   h: the last 8 hours", Severity.OK)
    ]


def test_the_gravest_stands_first() -> None:
    over = silence(ALL, comment="EMERGENCY! first", since=3600, left=-60, state=SilenceState.EXPIRED, id="old")
    found = said(book(silences=[over, emergency()], fired_hour=20), bell_left=60.0, digest="since 03:12: 1 fired")
    assert [one.level for one in found] == [
        Severity.CRITICAL,
        Severity.MEDIUM,
        Severity.HIGH,
        Severity.MEDIUM,
        Severity.OK,
    ]


@pytest.mark.parametrize(
    ("columns", "row"),
    [
        (120, " ✖ EVERYTHING BUT THE WATCHDOG IS SILENCED by jo until 15:42 (12:00 left)"),
        (80, " ✖ EVERYTHING BUT THE WATCHDOG IS SILENCED by jo until 15:42 (12:00 left)"),
        (40, " ✖ EVERYTHING BUT THE WATCHDOG IS SILEN…"),
        (20, " ✖ EVERYTHING BUT T…"),
    ],
)
def test_the_red_row_at_every_width(columns: int, row: str) -> None:
    (one,) = said(book(silences=[emergency()]))
    canvas = draw_banner(one, columns, PALETTE)
    assert canvas.text() == row
    ink = Ink(readable_on(PALETTE.critical), PALETTE.critical, bold=True)
    assert set(canvas.inks[0]) == {ink}


def test_banners_stand_one_beneath_the_other_and_a_quiet_one_is_no_colour() -> None:
    found = [Banner("storm", Severity.HIGH), Banner("since 03:12: 1 fired")]
    canvas = draw_banners(found, 30, PALETTE)
    assert canvas.text().split("\n") == [" ▲ storm", " · since 03:12: 1 fired"]
    assert canvas.inks[1][5] == Ink(PALETTE.text, PALETTE.raised)
    assert canvas.inks[0][5].bg not in (PALETTE.raised, PALETTE.background, PALETTE.high)


def test_a_hostile_author_stays_within_the_row() -> None:
    (one,) = said(book(silences=[emergency(by="\x1b[31m\u202emara\n" + "x" * 500)]))
    assert not any(ord(char) < 32 or char == "\u202e" for char in one.text)
    canvas = draw_banner(one, 80, PALETTE)
    assert (canvas.width, canvas.height) == (80, 1)
    assert len(one.text) < 120
