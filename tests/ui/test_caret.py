"""A complaint's place in a query is shown under the query itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc.model.text import width
from noc.ui.panels.caret import caret

QUERY = '{job="laravel"} |= "x" | jsn'


@pytest.mark.parametrize(
    ("complaint", "rows"),
    [
        ("parse error at line 1, col 26: syntax error", [QUERY, " " * 25 + "^"]),
        ("1:3: parse error: unexpected", [QUERY, "  ^"]),
        ("parse error at line 1, col 29: unexpected end", [QUERY, " " * 28 + "^"]),
        ("parse error at line 1, col 30: beyond", []),
        ("parse error at line 2, col 1: another line", []),
        ("parse error at line 0, col 0: nowhere", []),
        ("max entries limit per query exceeded", []),
        ("", []),
    ],
)
def test_the_mark_stands_under_the_place(complaint: str, rows: list[str]) -> None:
    assert caret(QUERY, complaint, 60) == rows


def test_the_line_that_is_named_is_shown() -> None:
    assert caret('{a="b"}\n| jsn', "parse error at line 2, col 3: no", 60) == ["| jsn", "  ^"]


def test_a_long_line_is_cut_around_the_place() -> None:
    long = '{job="laravel", environment="production"} |= "signature" | jsn | line_format "{{.message}}"'
    assert caret(long, f"parse error at line 1, col {long.index('jsn') + 1}: no", 40) == [
        '…ion"} |= "signature" | jsn | line_form…',
        "                        ^",
    ]


def test_what_cannot_be_shown_in_so_little_room_is_not() -> None:
    assert caret(QUERY, "parse error at line 1, col 3: no", 9) == []


@given(st.text(max_size=80), st.integers(1, 90), st.integers(10, 60))
def test_whatever_the_query_two_rows_fit(query: str, column: int, columns: int) -> None:
    found = caret(query, f"parse error at line 1, col {column}: no", columns)
    assert len(found) in (0, 2)
    assert all(width(row) <= columns for row in found[:1])
    assert all(len(row) <= columns + 1 for row in found[1:])
