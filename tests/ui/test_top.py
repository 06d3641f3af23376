"""Top lists by their exact text: who, from where, how much, since when, what is new; and how they give way."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc.engine.origin import Origin
from noc.model.errors import BadQuery, Unreachable
from noc.model.results import State
from noc.ui.cards import draw_card
from noc.ui.panels import KINDS
from noc.ui.panels.data import PanelData, log_key, state
from noc.ui.panels.top import TopRow, keys, row_at, row_key, row_of, rows_of
from tests.ui.given import NOW, PALETTE, Answers, panel

LABEL = "context_ip_address"
SIX = "2001:db8:85a3::8a2e:370:7334"
COUNTS = {"203.0.113.42": 900.0, "198.51.100.7": 225.0, SIX: 100.0, "10.0.0.3": 16.0}


def found(counts: Mapping[str, float], label: str = LABEL) -> Answers:
    return [({label: value}, [(NOW, count)]) for value, count in counts.items()]


def course(value: str, *counts: float | None) -> tuple[dict[str, str], list[tuple[float, float]]]:
    """Counts of the last steps of ten minutes; None is a step that the server left out."""
    last = len(counts) - 1
    return {LABEL: value}, [(NOW - 600 * (last - at), count) for at, count in enumerate(counts) if count is not None]


ANSWERS: dict[str, Answers] = {
    "main": found(COUNTS),
    "trend": [
        course("203.0.113.42", 0, 1, 2, 4, 8, 16, 32),
        course("198.51.100.7", None, None, 3, 3, None, 1, None),
        course("10.0.0.3", 4, 4, 4, 4, 0, 0, 0),
        course("9.9.9.9", 1, 1),
    ],
    "new": found({"198.51.100.7": 225.0}),
    "touched": found({"203.0.113.42": 6.0, "10.0.0.3": 1.0}),
}
ORIGINS = {
    "203.0.113.42": Origin("CH", "Switzerland"),
    "10.0.0.3": Origin(note="private"),
    SIX: Origin(note="documentation"),
}


def top(
    written: Mapping[str, object] | None = None, answers: Mapping[str, Answers] | None = None, **more: object
) -> PanelData:
    spec = {"kind": "top", "title": "Top addresses", "query": '{job="laravel"}', **(written or {})}
    data = panel(spec, ANSWERS if answers is None else answers, step=600.0)
    return replace(data, look=replace(data.look, origin=ORIGINS.get), **more)  # type: ignore[arg-type]


def text(data: PanelData, columns: int, rows: int) -> list[str]:
    """The card's rows, the empty ones at its end left out."""
    return draw_card(data, columns, rows).text().rstrip("\n").split("\n")


# -- at every width


def test_where_there_is_room_a_row_says_everything() -> None:
    assert text(top(), 100, 7) == [
        " Top addresses",
        "    ip address                    from               count  share     trend   first   last  tenants",
        " 1  203.0.113.42                  CH                   900  ██▏  73%  ▁▁▁▂▄▇  14:40  15:30        6",
        " 2  198.51.100.7                                new    225  ▌    18%  ▁▁▇▇▃▁  14:50  15:20",
        " 3  2001:db8:85a3::8a2e:370:7334  documentati…         100  ▎     8%",
        " 4  10.0.0.3                      private               16  ▏     1%  ▇▇▇▇▁▁  14:30  15:00        1",
    ]


def test_a_wider_wall_gives_its_room_to_the_shares() -> None:
    assert text(top(), 140, 7)[2:4] == [
        " 1  203.0.113.42                     CH                    900  ███████████████████████▉           73%"
        "  ▁▁▁▁▁▁▁▂▃▄▆▇  14:40  15:30        6",
        " 2  198.51.100.7                                    new    225  ██████                             18%"
        "  ▁▁▁▄▇▇▇▁▂▃▂▁  14:50  15:20",
    ]


def test_at_80_columns_the_first_time_leaves() -> None:
    assert text(top(), 80, 7) == [
        " Top addresses",
        "    ip address           from           count  share     trend    last  tenants",
        " 1  203.0.113.42         CH               900  ██▏  73%  ▁▁▁▂▄▇  15:30        6",
        " 2  198.51.100.7                   new    225  ▌    18%  ▁▁▇▇▃▁  15:20",
        " 3  2001:db8:85a3::8a2…  documen…         100  ▎     8%",
        " 4  10.0.0.3             private           16  ▏     1%  ▇▇▇▇▁▁  15:00        1",
    ]


def test_at_60_columns_share_and_times_leave() -> None:
    assert text(top(), 60, 7) == [
        " Top addresses",
        "    ip address        from           count  trend   tenants",
        " 1  203.0.113.42      CH               900  ▁▁▁▂▄▇        6",
        " 2  198.51.100.7                new    225  ▁▁▇▇▃▁",
        " 3  2001:db8:85a3::…  documen…         100",
        " 4  10.0.0.3          private           16  ▇▇▇▇▁▁        1",
    ]


def test_in_a_tile_address_and_count_are_left_and_an_ipv4_address_is_whole() -> None:
    assert text(top(), 24, 7) == [
        " Top addresses",
        " ip address       count",
        " 203.0.113.42       900",
        " 198.51.100.7       225",
        " 2001:db8:85a3:…    100",
        " 10.0.0.3            16",
    ]


def test_what_does_not_fit_is_counted() -> None:
    assert text(top(), 40, 5) == [
        " Top addresses",
        "    ip address           count  tenants",
        " 1  203.0.113.42           900        6",
        " 2  198.51.100.7           225",
        " +2 more",
    ]


# -- what a row knows


def test_rows_know_their_labels_their_share_and_when_they_were_seen() -> None:
    first, second, third, fourth = rows_of(top())
    assert (first.labels, first.values, first.count, first.rank) == (
        ((LABEL, "203.0.113.42"),),
        ("203.0.113.42",),
        900.0,
        1,
    )
    assert first.key == 'top:["203.0.113.42"]'
    assert (first.first, first.last, first.touched, first.new) == (NOW - 3000, NOW, 6, False)
    assert (second.first, second.last, second.touched, second.new) == (NOW - 2400, NOW - 600, None, True)
    assert (third.trend, third.first, third.last) == (None, None, None)
    assert (fourth.address, fourth.first, fourth.last) == ("10.0.0.3", NOW - 3600, NOW - 1800)
    assert [round(row.share, 3) for row in rows_of(top())] == [0.725, 0.181, 0.081, 0.013]


def test_a_share_is_of_the_whole_only_where_the_whole_is_known() -> None:
    full = top({"top": 4})
    assert [round(row.share, 3) for row in rows_of(full)] == [1.0, 0.25, 0.111, 0.018]
    assert text(full, 100, 4)[1:] == [
        "    ip address                    from               count            trend   first   last  tenants",
        " 1  203.0.113.42                  CH                   900  ████████  ▁▁▁▂▄▇  14:40  15:30        6",
        " +3 more",
    ]


def test_equal_counts_keep_the_order_of_their_values() -> None:
    counts = {"10.0.0.9": 3.0, "10.0.0.1": 3.0, "10.0.0.5": 3.0, "10.0.0.7": 4.0}
    names = ["10.0.0.7", "10.0.0.1", "10.0.0.5", "10.0.0.9"]
    for order in (counts, dict(reversed(counts.items()))):
        assert [row.values[0] for row in rows_of(top(answers={"main": found(order)}))] == names


def test_counts_that_are_none_make_no_row() -> None:
    counts = {"10.0.0.1": float("nan"), "10.0.0.2": float("inf"), "10.0.0.3": 0.0, "10.0.0.4": 2.0}
    assert [row.values for row in rows_of(top(answers={"main": found(counts)}))] == [("10.0.0.4",)]


def test_nothing_is_new_while_nobody_has_said_what_was_there_before() -> None:
    assert [row.new for row in rows_of(top(answers={"main": found(COUNTS)}))] == [False] * 4
    assert "new" not in " ".join(text(top(answers={"main": found(COUNTS)}), 80, 7))


def test_columns_without_anything_to_say_are_left_out() -> None:
    assert text(top({"by": "user_agent"}, {"main": found({"curl/7.68": 3.0, "": 2.0}, "user_agent")}), 60, 5) == [
        " Top addresses",
        "    user agent  count  share",
        " 1  curl/7.68       3  ██████████████████▋              60%",
        " 2  –               2  ████████████▍                    40%",
    ]


def test_combinations_have_a_column_for_each_label_and_give_way_together() -> None:
    pairs = [
        ("203.0.113.42", "/webhook", 40.0),
        ("203.0.113.42", "/api/v2/auth/login", 20.0),
        ("10.0.0.3", "/webhook", 5.0),
    ]
    main = [({LABEL: address, "context_endpoint": path}, [(NOW, count)]) for address, path, count in pairs]
    data = top({"by": [LABEL, "context_endpoint"]}, {"main": main})
    assert text(data, 80, 6) == [
        " Top addresses",
        "    ip address    endpoint            from     count  share",
        " 1  203.0.113.42  /webhook            CH          40  ████████████▎         62%",
        " 2  203.0.113.42  /api/v2/auth/login  CH          20  ██████▏               31%",
        " 3  10.0.0.3      /webhook            private      5  █▌                     8%",
    ]
    assert text(data, 40, 6)[1:] == [
        "    ip address    endpoint        count",
        " 1  203.0.113.42  /webhook           40",
        " 2  203.0.113.42  /api/v…h/login     20",
        " 3  10.0.0.3      /webhook            5",
    ]
    assert rows_of(data)[1].labels == ((LABEL, "203.0.113.42"), ("context_endpoint", "/api/v2/auth/login"))
    assert text(data, 34, 6)[1:] == [
        " ip address    endpoint     count",
        " 203.0.113.42  /webhook        40",
        " 203.0.113.42  /api/…login     20",
        " 10.0.0.3      /webhook         5",
    ]


@pytest.mark.parametrize(
    ("label", "value", "address", "wanted"),
    [
        ("context_ip_address", "10.0.0.3", None, "10.0.0.3"),
        ("client_addr", " 10.0.0.3", None, "10.0.0.3"),
        ("ip", "::1", None, "::1"),
        ("context_ip_address", "not one", None, ""),
        ("zip", "10.0.0.3", None, ""),  # its name does not say so
        ("client", "10.0.0.3", True, "10.0.0.3"),
        ("context_ip_address", "10.0.0.3", False, ""),
    ],
)
def test_a_label_is_an_address_by_its_name_or_by_the_spec(
    label: str, value: str, address: bool | None, wanted: str
) -> None:
    data = top({"by": label, "address": address}, {"main": found({value: 1.0}, label)})
    assert [row.address for row in rows_of(data)] == [wanted]


def test_times_of_a_long_range_have_their_day() -> None:
    data = replace(top(), start=NOW - 2 * 86_400)
    assert "1 Oct" not in text(data, 140, 4)[2]
    assert " 2 Oct 14:40  2 Oct 15:30 " in text(data, 140, 4)[2]


def test_hostile_values_are_shown_and_kept_as_they_are() -> None:
    evil = '\x1b[31mcurl\u202e", "x'
    data = top({"by": "user_agent"}, {"main": found({evil: 3.0}, "user_agent")})
    assert text(data, 60, 4)[2].startswith(' 1  ␛[31mcurl‹U+202E›", "x ')
    (row,) = rows_of(data)
    assert row.values == (evil,)
    assert json.loads(row.key.removeprefix("top:")) == [evil]


def test_keys_of_different_combinations_differ_whatever_is_in_them() -> None:
    assert (
        len({row_key(["a", "b"]), row_key(['a", "b']), row_key(["a,b"]), row_key(["a", "b", ""]), row_key(["ab"])}) == 5
    )


# -- the cursor


def test_the_cursor_holds_a_value_and_not_a_place() -> None:
    data = top(chosen='top:["10.0.0.3"]')
    assert keys(data, 78, 6) == [row_key([address]) for address in COUNTS]
    row = row_of(data, 'top:["10.0.0.3"]')
    assert row is not None
    assert (row.rank, row.count) == (4, 16.0)
    moved = top(answers={"main": found({**COUNTS, "10.0.0.3": 5000.0})}, chosen='top:["10.0.0.3"]')
    assert row_of(moved, 'top:["10.0.0.3"]') == replace(rows_of(moved)[0], rank=1, count=5000.0)
    assert row_of(top(answers={"main": []}), 'top:["10.0.0.3"]') is None
    assert log_key(top()) != log_key(data)


@pytest.mark.parametrize("rows", [2, 3, 4, 5, 6])
@pytest.mark.parametrize("address", list(COUNTS))
def test_the_cursors_row_is_seen_and_the_mouse_finds_it_there(rows: int, address: str) -> None:
    data = top(chosen=row_key([address]))
    body = KINDS["top"].draw(data, 78, rows)
    drawn = body.text().split("\n")
    marked = [y for y in range(rows) if body.inks[y][0].bg == PALETTE.raised]
    assert len(marked) == 1
    assert address[:12] in drawn[marked[0]]
    for y in range(rows):
        pointed = row_at(data, 78, rows, y)
        assert pointed == next((row_key([one]) for one in COUNTS if one[:12] in drawn[y]), None)


# -- states


def test_no_lines_are_a_quiet_range() -> None:
    assert text(top(answers={"main": []}), 60, 6) == [
        " Top addresses",
        "",
        "                   quiet: no lines in 1h",
        '                      {job="laravel"}',
    ]


def test_a_refused_query_is_marked_where_the_server_points() -> None:
    data = panel(
        {"kind": "top", "title": "Top", "query": '{job="laravel"} | jsn'},
        age=None,
        error=BadQuery("parse error at line 1, col 19: syntax error: unexpected IDENTIFIER"),
    )
    assert state(data) is State.ERROR
    assert text(data, 80, 8)[2:] == [
        "      ✖ parse error at line 1, col 19: syntax error: unexpected IDENTIFIER",
        "",
        '                             {job="laravel"} | jsn',
        "                                               ^",
    ]


def test_an_old_list_stays_dimmed_with_its_cause() -> None:
    data = panel(
        {"kind": "top", "title": "Top", "query": "x"}, ANSWERS, age=300, error=Unreachable("connection refused")
    )
    rows = text(data, 80, 7)
    assert state(data) is State.STALE
    assert rows[0].endswith("◷ 5 m old")
    assert rows[-1] == " ✖ connection refused"


counts = st.floats(allow_nan=True, allow_infinity=True, width=64)
words = st.text(st.characters(codec="utf-8") | st.sampled_from("\x1b\u202e字\udcff"), max_size=60)


@given(
    st.lists(st.tuples(words, words, counts), max_size=8),
    st.integers(0, 140),
    st.integers(0, 14),
    st.booleans(),
)
def test_no_value_no_count_and_no_size_breaks_a_list(
    rows: list[tuple[str, str, float]], columns: int, height: int, both: bool
) -> None:
    main: Answers = [({"a_ip": one, "b": other}, [(NOW, count)]) for one, other, count in rows]
    written = {"by": ["a_ip", "b"] if both else "a_ip", "top": 5}
    data = top(written, {"main": main, "trend": main, "new": main[:2], "touched": main})
    chosen = replace(data, chosen=next(iter(keys(data, columns, height)), None))
    card = draw_card(chosen, columns, height)
    assert all(len(row) == columns for row in card.chars)
    assert all(isinstance(row, TopRow) for row in rows_of(chosen))
    for y in range(-1, height + 1):
        row_at(chosen, columns, height, y)
