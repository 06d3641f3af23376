"""The feed by its exact text, from a wall of 140 columns down to a tile of 20; what its viewer does with it; its states."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc.charts.charset import ASCII
from noc.config.loader import load_theme
from noc.config.logpanels import LogsSpec
from noc.config.paths import Places
from noc.model.colour import blend
from noc.model.errors import Auth, BadAnswer, BadQuery, Overloaded, SourceError, Timeout, Unreachable
from noc.model.logs import LogLine
from noc.model.results import State
from noc.model.severity import Severity
from noc.ui.cards import draw_card
from noc.ui.panels import KINDS
from noc.ui.panels.data import Look, PanelData, age, log_key, severity, state
from noc.ui.panels.loglist import MARK, TINT
from noc.ui.panels.logs import keys, row_at
from noc.ui.panels.logwords import REMEMBERED, filters, kept, line_of, young_criticals
from tests.config.colour_science import contrast
from tests.ui.given import NOW, PALETTE, panel
from tests.ui.loggiven import event, failed, failure, feed, line, logs, slow, violation

THEMES = Places.of({}, Path("/nonexistent")).available_themes()

REQUEST = event(
    "request",
    10,
    "info",
    ip_address="2001:db8:85a3::8a2e:370:7334",
    endpoint="/api/v2/bookings",
    status_code=200,
    duration_ms=31,
)
LOGIN = failure(2.4, "198.51.100.7", "/api/v2/auth/login", "BAD_PASSWORD")
WORKER = line("queue worker 3 restarted", 10.5)
EVIL = line("\x1b]0;owned\x07 \u202eevil 字", 11, "error")
YESTERDAY = failure(86_400)
BUSY = [violation(4), failure(2), LOGIN, slow(9), REQUEST, WORKER, EVIL, YESTERDAY]
"""Every kind of line, one of them from the day before."""


def text(data: PanelData, columns: int, rows: int) -> list[str]:
    """The card's rows, the empty ones at its end left out."""
    return draw_card(data, columns, rows).text().rstrip("\n").split("\n")


def key(one: LogLine) -> str:
    return one.key


# -- every width


def test_a_row_says_when_how_bad_what_kind_who_what_and_where_there_is_room() -> None:
    assert text(logs(BUSY), 140, 10) == [
        f" Events{' ' * 122}✖ 1  1.2/s",
        " 15:29:58 ▲ auth failure      203.0.113.42                  signature missing                     /webhook",
        " 15:29:57 ▲ auth failure      198.51.100.7                  bad password                          /api/v2/auth/login",
        " 15:29:56 ✖ tenant violation  user 42 of company 1          view Service of company 2, blocked    /api/v2/bookings",
        " 15:29:51 ◆ slow query        Appointment model             1.25 s over 1 s, 1500 rows            company 5",
        " 15:29:50 · request           2001:db8:85a3::8a2e:370:7334  200, 31 ms                            /api/v2/bookings",
        " 15:29:49 · queue worker 3 restarted",
        " 15:29:49 ▲ ␛]0;owned␇ ‹U+202E›evil 字",
        " Wed 1 Oct",
        " 15:30:00 ▲ auth failure      203.0.113.42                  signature missing                     /webhook",
    ]


def test_at_80_columns_where_leaves_and_a_long_address_is_cut_in_its_middle() -> None:
    assert text(logs(BUSY), 80, 10) == [
        " Events                                                              ✖ 1  1.2/s",
        " 15:29:58 ▲ auth failure      203.0.113.42          signature missing",
        " 15:29:57 ▲ auth failure      198.51.100.7          bad password",
        " 15:29:56 ✖ tenant violation  user 42 of company 1  view Service of company 2,…",
        " 15:29:51 ◆ slow query        Appointment model     1.25 s over 1 s, 1500 rows",
        " 15:29:50 · request           2001:db8:…e:370:7334  200, 31 ms",
        " 15:29:49 · queue worker 3 restarted",
        " 15:29:49 ▲ ␛]0;owned␇ ‹U+202E›evil 字",
        " Wed 1 Oct",
        " 15:30:00 ▲ auth failure      203.0.113.42          signature missing",
    ]


def test_at_80_columns_a_feed_of_one_kind_keeps_where() -> None:
    assert text(logs([failure(2), failure(3, "198.51.100.7")]), 80, 4) == [
        " Events                                                                   1.2/s",
        " 15:29:58 ▲ auth failure  203.0.113.42  signature missing     /webhook",
        " 15:29:57 ▲ auth failure  198.51.100.7  signature missing     /webhook",
    ]


def test_at_60_columns_the_kind_leaves_too() -> None:
    assert text(logs(BUSY), 60, 6) == [
        " Events                                          ✖ 1  1.2/s",
        " 15:29:58 ▲ 203.0.113.42          signature missing",
        " 15:29:57 ▲ 198.51.100.7          bad password",
        " 15:29:56 ✖ user 42 of company 1  view Service of company …",
        " 15:29:51 ◆ Appointment model     1.25 s over 1 s, 1500 ro…",
        " 15:29:50 · 2001:db8:…e:370:7334  request, 200, 31 ms",
    ]


def test_at_40_columns_seconds_leave_and_an_address_is_still_whole() -> None:
    assert text(logs(BUSY), 40, 9) == [
        " Events                      ✖ 1  1.2/s",
        " 15:29 ▲ 203.0.113.42     signature mi…",
        " 15:29 ▲ 198.51.100.7     bad password",
        " 15:29 ✖ user 42…mpany 1  view Service…",
        " 15:29 ◆ Appoint…t model  1.25 s over …",
        " 15:29 · 2001:db…70:7334  request, 200…",
        " 15:29 · queue worker 3 restarted",
        " 15:29 ▲ ␛]0;owned␇ ‹U+202E›evil 字",
    ]


def test_a_day_never_stands_over_nothing_nor_a_line_under_another_day() -> None:
    assert [text(logs(BUSY), 40, rows)[8:] for rows in (8, 9, 10)] == [
        [],
        [],
        [" Wed 1 Oct", " 15:30 ▲ 203.0.113.42     signature mi…"],
    ]


def test_in_the_smallest_card_time_severity_and_who_are_left() -> None:
    assert text(logs(BUSY), 20, 5) == [
        " Events  ✖ 1  1.2/s",
        " 15:29 ▲ 203.…13.42",
        " 15:29 ▲ 198.…100.7",
        " 15:29 ✖ user…any 1",
        " 15:29 ◆ Appo…model",
    ]


def test_columns_widen_by_steps_so_that_a_feed_does_not_twitch() -> None:
    shorter, longer = logs([failure(1, "203.0.113.1")]), logs([failure(1, "203.0.113.42")])
    assert text(shorter, 100, 4)[1] == " 15:29:59 ▲ auth failure  203.0.113.1   signature missing     /webhook"
    assert text(longer, 100, 4)[1] == " 15:29:59 ▲ auth failure  203.0.113.42  signature missing     /webhook"


# -- what a row says


def test_the_oldest_on_top_still_shows_the_newest() -> None:
    assert [row[:35] for row in text(logs(BUSY, {"order": "oldest"}), 80, 4)[1:]] == [
        " 15:29:56 ✖ tenant violation  user ",
        " 15:29:57 ▲ auth failure      198.5",
        " 15:29:58 ▲ auth failure      203.0",
    ]


def test_a_template_of_a_kind_is_its_whole_text_and_leaves_the_other_kinds_alone() -> None:
    templates = {"auth_failure": "{{context.ip_address}} failed at {{endpoint}}: {{context.error_code}}"}
    assert text(logs(BUSY, {"templates": templates}), 100, 4)[1:] == [
        " 15:29:58 ▲ auth failure      203.0.113.42 failed at /webhook: SIGNATURE_MISSING",
        " 15:29:57 ▲ auth failure      198.51.100.7 failed at /api/v2/auth/login: BAD_PASSWORD",
        " 15:29:56 ✖ tenant violation  user 42 of company 1  view Service of company 2, b…  /api/v2/bookings",
    ]


def test_a_wrapped_line_takes_the_rows_it_needs_under_itself() -> None:
    wrapped = [
        " 15:29:58 ▲ auth failure 203.0.113.42 signature missing",
        "            /webhook",
        " 15:29:57 ▲ auth failure 198.51.100.7 bad password",
        "            /api/v2/auth/login",
        " 15:29:56 ✖ tenant violation user 42 of company 1 view",
        "            Service of company 2, blocked /api/v2/bookings",
        " 15:29:51 ◆ slow query Appointment model 1.25 s over 1 s,",
        "            1500 rows company 5",
    ]
    assert text(logs(BUSY, {"wrap": True}), 60, 9)[1:] == wrapped
    assert text(logs(BUSY, wrap=True), 60, 9)[1:] == wrapped
    assert text(logs(BUSY, {"wrap": True}, wrap=True), 60, 9) == text(logs(BUSY), 60, 9)


def test_a_wrapped_line_without_end_is_cut_after_eight_rows() -> None:
    endless = line("word " * 2000, 1)
    rows = text(logs([endless, failure(2)], {"wrap": True}), 60, 14)
    assert rows[8].endswith("…")
    assert rows[9] == " 15:29:58 ▲ auth failure 203.0.113.42 signature missing"


def test_a_time_is_quiet_when_the_row_above_has_it_already() -> None:
    card = draw_card(logs([failure(2), failure(2, "203.0.113.7"), failure(3)]), 80, 5)
    assert [card.inks[y][1].fg for y in (1, 2, 3)] == [PALETTE.text, PALETTE.muted, PALETTE.text]


def test_severities_have_their_colours_and_only_critical_rows_a_ground() -> None:
    card = draw_card(logs([failure(1), slow(2), violation(3), REQUEST]), 80, 6)
    assert [(card.chars[y][10], card.inks[y][10].fg) for y in range(1, 5)] == [
        ("▲", PALETTE.high),
        ("◆", PALETTE.medium),
        ("✖", PALETTE.critical),
        ("·", PALETTE.muted),
    ]
    tint = blend(PALETTE.critical, PALETTE.surface, TINT)
    assert [{ink.bg for ink in card.inks[y][1:-1]} for y in range(1, 5)] == [
        {PALETTE.surface},
        {PALETTE.surface},
        {tint},
        {PALETTE.surface},
    ]
    assert all(ink.bold for char, ink in zip(card.chars[3], card.inks[3], strict=True) if char != " ")


def test_a_kind_that_stands_in_its_column_is_not_said_again() -> None:
    assert (
        text(logs([REQUEST]), 100, 4)[1]
        == " 15:29:50 · request   2001:db8:85a3::8a2e:370:7334  200, 31 ms    /api/v2/bookings"
    )
    assert text(logs([REQUEST]), 60, 4)[1] == " 15:29:50 · request   2001:db8:85…2e:370:7334  200, 31 ms"
    assert text(logs([REQUEST]), 40, 4)[1] == " 15:29 · 2001:db…70:7334  request, 200…"


def test_routine_that_calls_itself_low_has_its_mark_without_its_colour() -> None:
    routine = event("request", 1, "info", "low", ip_address="10.0.0.1")
    denied = event("policy_denial", 2, "warn", "low", ip_address="10.0.0.1")
    card = draw_card(logs([routine, denied]), 80, 4)
    assert [(card.chars[y][10], card.inks[y][10].fg) for y in (1, 2)] == [("●", PALETTE.muted), ("●", PALETTE.low)]


def test_who_and_what_are_never_dim() -> None:
    card = draw_card(logs([REQUEST]), 140, 4)
    row = "".join(card.chars[1])
    for word in ("2001:db8", "200, 31", "request  "):
        assert card.inks[1][row.index(word)].fg == PALETTE.text


# -- a calm title, an honest last row


def test_a_feed_is_no_alert_however_critical_its_lines() -> None:
    data = logs(BUSY)
    assert severity(data) is Severity.OK
    card = draw_card(data, 80, 6)
    assert {ink.bg for ink in card.inks[0]} == {PALETTE.surface}
    at = "".join(card.chars[0]).index("✖")
    assert [card.inks[0][x].fg for x in (at, at + 2, at + 5)] == [PALETTE.critical, PALETTE.critical, PALETTE.muted]


def test_critical_lines_are_counted_for_a_minute_and_only_where_they_are_shown() -> None:
    lines = [violation(5), violation(59.9), violation(60), failure(3)]
    assert young_criticals(logs(lines)) == 2
    assert young_criticals(logs(lines, typed="signature")) == 0
    assert young_criticals(logs(feed(lines, end=NOW))) == 0


def test_a_line_counts_as_critical_when_its_row_is_drawn_so() -> None:
    said_so = event("tamper", 1, "warn", "CRITICAL", ip_address="10.0.0.1")
    by_level = line("disk gone", 2, "critical")
    milder = event("tamper", 3, "critical", "high", ip_address="10.0.0.1")
    mentions = line("a critical word", 4, "info")
    by_label = line("stripped", 5, "warn", severity="critical")
    assert [young_criticals(logs([one])) for one in (said_so, by_level, milder, mentions, by_label)] == [1, 1, 0, 0, 1]
    card = draw_card(logs([said_so, by_level, milder, mentions, by_label]), 80, 7)
    assert [card.chars[y][10] for y in range(1, 6)] == ["✖", "✖", "▲", "·", "✖"]


def test_nothing_is_said_where_there_is_nothing_to_say() -> None:
    assert text(logs(feed([WORKER])), 80, 6) == [" Events", " 15:29:49 · queue worker 3 restarted"]


@pytest.mark.parametrize(
    ("rate", "words"), [(0.0, ""), (0.34, "0.3/s"), (3.14, "3.1/s"), (42.0, "42/s"), (5123.0, "5.12k/s")]
)
def test_the_title_says_how_fast_lines_come(rate: float, words: str) -> None:
    assert text(logs(feed([WORKER], rate=rate)), 60, 4)[0].removeprefix(" Events").strip() == words


def test_what_is_lost_is_counted_and_a_refused_tail_is_named() -> None:
    lost = feed(BUSY, skipped=1234, dropped=8, uncounted=True, note="tail refused by a proxy; polling")
    assert text(logs(lost), 130, 6)[-1] == (
        " 8 dropped by the server   1,234 skipped   more skipped, not counted   tail refused by a proxy; polling"
    )
    assert text(logs(lost), 60, 6)[-1] == " 8 dropped by the server   1,234 skipped"
    assert text(logs(lost), 40, 6)[-1] == " 8 dropped by the server"


def test_while_it_stands_still_the_last_row_counts_what_waits() -> None:
    data = logs(feed(BUSY, rate=42.0, dropped=8), standing=True, waiting=1203, cursor=REQUEST.key)
    assert text(data, 80, 6)[0] == " Events                                                 ✖ 1  stands still  42/s"
    assert text(data, 80, 6)[-1] == " 1,203 new ↑   Esc lets them in   8 dropped by the server"
    assert text(replace(data, spec=data.spec.model_copy(update={"order": "oldest"})), 80, 6)[-1].startswith(
        " 1,203 new ↓   Esc"
    )


def test_a_paused_feed_says_so_in_the_accent() -> None:
    card = draw_card(logs(feed([WORKER]), paused=True, standing=True), 60, 4)
    assert card.text().split("\n")[0] == " Events                                              paused"
    assert card.inks[0][-3].fg == PALETTE.accent


# -- filters


def test_a_typed_filter_leaves_what_passes_marks_it_and_counts_it() -> None:
    data = logs(feed(BUSY), typed="webhook -stripe")
    assert text(data, 80, 6) == [
        " Events",
        " 15:29:58 ▲ auth failure  203.0.113.42  signature missing     /webhook",
        " Wed 1 Oct",
        " 15:30:00 ▲ auth failure  203.0.113.42  signature missing     /webhook",
        "",
        " webhook -stripe   2 of 8 lines",
    ]
    card = draw_card(data, 80, 6)
    at = "".join(card.chars[1]).index("webhook")
    ground = blend(PALETTE.accent, PALETTE.surface, MARK)
    assert [card.inks[1][x].bg for x in (at - 1, at, at + 6)] == [PALETTE.surface, ground, ground]


def test_a_highlight_marks_and_leaves_every_line() -> None:
    data = logs(BUSY, {"highlight": [r"203\.0\.113\.\d+", "(?i)QUEUE"]})
    card = draw_card(data, 80, 10)
    ground = blend(PALETTE.accent, PALETTE.surface, MARK)
    marked = [
        "".join(char for char, ink in zip(*row, strict=True) if ink.bg == ground)
        for row in zip(card.chars, card.inks, strict=True)
    ]
    assert [one for one in marked if one] == ["203.0.113.42", "queue", "203.0.113.42"]


def test_the_panels_level_its_filter_and_the_typed_one_must_all_hold() -> None:
    data = logs(BUSY, {"level": "warn", "filter": "context"}, typed="-slow_query")
    assert [one.key for one in BUSY if line_of(data, one.key)] == [
        key(BUSY[0]),
        key(BUSY[1]),
        key(LOGIN),
        key(YESTERDAY),
    ]


def test_where_nothing_passes_the_filter_stands_in_its_place() -> None:
    assert text(logs(feed(BUSY), {"level": "error"}, typed="nothing of it"), 80, 7)[1:] == [
        "",
        "",
        "                             none of 8 lines passes",
        "                           level>=error nothing of it",
    ]
    waiting = logs(feed(BUSY, dropped=8), typed="nothing of it", paused=True, standing=True, waiting=3)
    assert text(waiting, 80, 6)[2:] == [
        "                             none of 8 lines passes",
        "                                 nothing of it",
        "",
        " 3 new ↑   Esc lets them in   8 dropped by the server",
    ]


def test_a_filter_that_cannot_be_read_yet_keeps_every_line_and_says_so() -> None:
    assert text(logs(feed(BUSY), typed="level>=wran"), 80, 5) == [
        *text(logs(feed(BUSY)), 80, 4),
        " filter level>=wran is not understood",
    ]


def test_a_growing_feed_is_filtered_by_its_new_lines_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Watched(LogLine):
        def label(self, name: str) -> str:
            asked.append(self.text)
            return super().label(name)

    def watched(number: int) -> LogLine:
        return Watched(number, f"line {number}", (), (("n", str(number % 2)),))

    first = [watched(number) for number in range(6)]
    data = logs(feed(first), typed='n="1"')
    assert [one.text for one in kept(data.logs.feed, filters(data))] == ["line 1", "line 3", "line 5"]  # type: ignore[union-attr]
    asked.clear()
    grown = logs(feed([*first[2:], watched(6), watched(7)]), typed='n="1"')
    assert [one.text for one in kept(grown.logs.feed, filters(grown))] == ["line 3", "line 5", "line 7"]  # type: ignore[union-attr]
    assert set(asked) == {"line 6", "line 7"}


def test_as_many_filtered_lists_are_remembered_as_a_wall_shows_and_no_more() -> None:
    from noc.ui.panels import logwords

    for number in range(3 * REMEMBERED):
        data = logs(BUSY, typed=f"word{number}")
        assert kept(data.logs.feed, filters(data)) == ()  # type: ignore[union-attr]
    assert len(logwords._held) == REMEMBERED


def test_two_feeds_with_one_filter_have_a_list_each() -> None:
    one, other = logs([WORKER], typed="queue"), logs(feed([failure(1), WORKER], limit=50), typed="queue")
    assert [kept(each.logs.feed, filters(each)) for each in (one, other, one)] == [(WORKER,)] * 3  # type: ignore[union-attr]


# -- the cursor


def test_keys_are_all_lines_that_pass_top_to_bottom() -> None:
    newest = [key(one) for one in sorted(BUSY, key=lambda one: -one.at)]
    assert keys(logs(BUSY), 78, 5) == newest
    assert keys(logs(BUSY, {"order": "oldest"}), 78, 5) == newest[::-1]
    assert keys(logs(BUSY, typed="slow"), 78, 5) == [key(BUSY[3])]


@pytest.mark.parametrize("order", ["newest", "oldest"])
@pytest.mark.parametrize("wrap", [False, True])
@pytest.mark.parametrize("rows", [3, 4, 5, 8])
def test_the_cursors_line_is_seen_wherever_it_stands(order: str, wrap: bool, rows: int) -> None:
    lines = [*BUSY, *(failure(100_000 + 90_000 * number) for number in range(8))]
    for one in lines:
        data = logs(lines, {"order": order, "wrap": wrap}, standing=True, waiting=2, cursor=one.key)
        assert one.key in {row_at(data, 58, rows - 1, y) for y in range(rows - 1)}


def test_a_mouse_points_at_what_is_drawn_and_at_no_heading() -> None:
    data = logs(BUSY, {"wrap": True})
    assert [row_at(data, 58, 20, y) == key(BUSY[1]) for y in range(3)] == [True, True, False]
    plain = logs(BUSY)
    found = [row_at(plain, 78, 9, y) for y in range(-1, 10)]
    newest = [key(one) for one in sorted(BUSY, key=lambda one: -one.at)]
    assert found == [None, *newest[:7], None, newest[7], None]


def test_the_cursors_row_has_its_ground_and_its_line_is_found_by_its_key() -> None:
    data = logs(BUSY, standing=True, cursor=WORKER.key)
    card = draw_card(data, 80, 10, focused=True)
    grounds = [row[40].bg for row in card.inks]
    assert [y for y, ground in enumerate(grounds) if ground == blend(PALETTE.accent, PALETTE.surface, 0.25)] == [6]
    assert line_of(data, WORKER.key) is WORKER
    assert line_of(data, "line:0:0:0") is None
    assert line_of(data, "/group") is None


# -- states


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (logs(feed(age=None)), State.LOADING),
        (replace(panel({"kind": "logs", "query": '{a="b"}'}), logs=None), State.LOADING),
        (logs(feed()), State.NODATA),
        (logs(feed(BUSY)), State.FRESH),
        (logs(feed(BUSY, age=240)), State.STALE),
        (failed(Timeout("no answer in 10 s")), State.ERROR),
        (logs(feed(BUSY, error=BadQuery("no"))), State.ERROR),
        (logs(feed(BUSY, age=5, error=Unreachable("refused"))), State.FRESH),
    ],
)
def test_the_state_is_the_feeds(data: PanelData, wanted: State) -> None:
    assert state(data) is wanted


def test_before_the_first_answer_there_is_a_quiet_skeleton() -> None:
    assert text(logs(feed(age=None)), 40, 6) == [
        " Events",
        "",
        " ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄",
        "",
        " ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄",
    ]


def test_a_feed_without_lines_is_quiet_and_names_its_query() -> None:
    card = draw_card(logs(feed()), 60, 6)
    assert card.text().rstrip("\n").split("\n") == [
        " Events",
        "",
        "                   quiet: no lines in 1h",
        '            {job="laravel", category="security"}',
    ]
    assert card.inks[2][25].fg == PALETTE.muted


def test_a_refused_query_is_shown_with_a_mark_where_the_server_points() -> None:
    refused = failed(BadQuery("parse error at line 1, col 24: syntax error: unexpected IDENTIFIER"))
    assert text(refused, 80, 8) == [
        " Events                                                                   error",
        "",
        "      ✖ parse error at line 1, col 24: syntax error: unexpected IDENTIFIER",
        "",
        '                      {job="laravel", category="security"}',
        "                                             ^",
    ]
    assert text(refused, 40, 8) == [
        " Events                           error",
        "",
        "    ✖ parse error at line 1, col 24:",
        "  syntax error: unexpected IDENTIFIER",
        "",
        '  {job="laravel", category="security"}',
        "                         ^",
    ]
    assert len(text(refused, 80, 4)) == 3  # too low for the query: the server's words alone


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            Auth("401: no org id; set tenant: for this server", status=401),
            "✖ 401: no org id; set tenant: for this server",
        ),
        (Overloaded("429 too many outstanding requests", status=429), "✖ 429 too many outstanding requests"),
        (BadAnswer("HTML instead of an answer: a proxy's page?"), "✖ HTML instead of an answer: a proxy's page?"),
        (Unreachable("connection refused"), "✖ connection refused"),
    ],
)
def test_a_feed_that_never_answered_names_the_cause_and_the_next_try(error: SourceError, words: str) -> None:
    rows = [row.strip() for row in text(failed(error, next_try=NOW + 12), 70, 6)]
    assert [row for row in rows if row] == [f"Events{' ' * 57}error", words, "next try in 12 s"]


def test_old_lines_stay_dimmed_under_their_age_and_cause() -> None:
    data = logs(feed(BUSY, age=240, error=Unreachable("connection refused")))
    rows = text(data, 80, 6)
    assert rows[0] == " Events                                                               ◷ 4 m old"
    assert rows[1] == " 15:29:58 ▲ auth failure      203.0.113.42          signature missing"
    assert rows[-1] == " ✖ connection refused"
    assert age(data) == 240
    assert draw_card(data, 80, 6).inks[1][32].fg == blend(PALETTE.text, PALETTE.surface, 0.45)


# -- what the picture hangs on


def test_the_key_moves_with_the_viewer_the_day_and_the_minute_of_a_new_line() -> None:
    data = logs(feed(BUSY))
    same = logs(data.logs.feed)  # type: ignore[union-attr]
    assert log_key(data) == log_key(same)
    moved = [
        logs(data.logs.feed, typed="x"),  # type: ignore[union-attr]
        logs(data.logs.feed, wrap=True),  # type: ignore[union-attr]
        logs(data.logs.feed, cursor=WORKER.key),  # type: ignore[union-attr]
        logs(data.logs.feed, waiting=1),  # type: ignore[union-attr]
        logs(replace(data.logs.feed, version=2)),  # type: ignore[union-attr]
        replace(data, now=NOW + 1),
    ]
    assert len({log_key(one) for one in (data, *moved)}) == 7
    later, much_later = replace(data, now=NOW + 100), replace(data, now=NOW + 200)
    assert log_key(later) == log_key(much_later)
    assert log_key(replace(data, now=NOW + 86_400)) != log_key(later)


# -- whatever comes


TEXTS = st.text(st.characters(codec="utf-8") | st.sampled_from("\x1b\x07\u202e\u200b字🙂\udcff"), max_size=80)


@given(
    st.lists(
        st.tuples(TEXTS, st.floats(0, 200_000), st.sampled_from(["", "info", "critical", "nonsense"])), max_size=12
    ),
    st.integers(0, 120),
    st.integers(0, 16),
    st.booleans(),
    TEXTS,
)
def test_no_line_no_size_and_no_filter_breaks_the_feed(
    lines: list[tuple[str, float, str]], columns: int, rows: int, wrap: bool, typed: str
) -> None:
    made = [line(words, ago, level) for words, ago, level in lines]
    data = logs(made, {"highlight": [".", "a+"]}, typed=typed, wrap=wrap, standing=wrap, waiting=int(wrap))
    look = Look(PALETTE, ASCII if wrap else data.look.charset)
    card = draw_card(replace(data, look=look, now=NOW), columns, rows)
    assert (card.width, card.height) == (columns, rows)
    assert all(len(row) == columns for row in card.chars)
    drawn = card.text().replace("\n", "")
    assert not any(ord(char) < 32 or 0x7F <= ord(char) < 0xA0 or char in "\u202e\u200b" for char in drawn)


@pytest.mark.parametrize("name", sorted(THEMES))
def test_critical_rows_marks_and_the_cursors_row_can_be_read_in_every_theme(name: str) -> None:
    palette = load_theme(THEMES[name]).palette(name)
    shown = logs(feed(BUSY), {"highlight": ["signature"]}, standing=True, cursor=WORKER.key)
    card = draw_card(replace(shown, look=Look(palette)), 100, 12)
    for chars, inks in zip(card.chars[1:], card.inks[1:], strict=True):
        for char, ink in zip(chars, inks, strict=True):
            least = 3.0 if char in "✖▲◆·" else 3.7 if ink.fg == palette.muted else 4.5
            assert char == " " or contrast(ink.fg or "", ink.bg or "") >= least


def test_a_kind_of_the_registry_knows_its_rows() -> None:
    kind = KINDS["logs"]
    assert (kind.keys, kind.row_at) == (keys, row_at)


def test_a_highlight_that_is_no_expression_is_refused_with_the_layout() -> None:
    with pytest.raises(ValueError, match=r"invalid regular expression '\(a'"):
        LogsSpec(kind="logs", query='{a="b"}', highlight=("(a",))
