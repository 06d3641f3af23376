"""Expressions find what Python's engine finds, in time that grows with the text alone."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc.model.errors import QueryError
from noc.model.linear import LONGEST, MARKED, STEPS, Linear, linear, needed

PATTERNS = [
    "",
    "a",
    "a+b",
    "(a|b)*c",
    "^a",
    "b$",
    "^$",
    "a{2,3}",
    "a{2}",
    "a{2,}b",
    "a{0}b",
    "(ab){2}",
    r"\ba\b",
    r"\Bb",
    "[ab]+1",
    "[^a ]",
    "[]a]",
    "(?i)AbC",
    "(?is)a.c",
    "a.*c",
    "(?:a|)b",
    "x?",
    "a|b|",
    "(a+)+$",
    r"\d+ms",
    r"\w\s\W",
    r"a\.b",
    r"\x61b",
    "a??b",
    "a+?",
    ".",
    "(?P<name>ab)c",
    "^(?:a|bc)$",
    "((a|b)(c|1))+",
]


@pytest.mark.parametrize("pattern", PATTERNS)
@given(text=st.text("abcABC .1m]\té", max_size=10))
def test_a_search_finds_what_pythons_engine_finds(pattern: str, text: str) -> None:
    flags = 0 if "(?i" in pattern else re.ASCII
    assert linear(pattern).search(text) is bool(re.search(pattern, text, flags))


PIECES = st.recursive(
    st.sampled_from(["a", "b", ".", "[ab]", "[^b]", r"\d", r"\b", "^", "$", "1"]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map("|".join),
        inner.map(lambda one: f"({one})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{0,2}", "{1,}"])).map(
            lambda pair: f"(?:{pair[0]}){pair[1]}"
        ),
    ),
    max_leaves=6,
)


@given(PIECES, st.text("ab1 ", max_size=8))
def test_any_expression_finds_what_pythons_engine_finds(pattern: str, text: str) -> None:
    assert linear(pattern).search(text) is bool(re.search(pattern, text, re.ASCII))


@given(PIECES, st.text("ab1 ", max_size=8))
def test_spans_are_apart_in_order_and_fit(pattern: str, text: str) -> None:
    spans = linear(pattern).spans(text)
    assert all(0 <= begin < end <= len(text) for begin, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


@pytest.mark.parametrize(
    ("pattern", "text", "spans"),
    [
        ("a+", "baab a", [(1, 3), (5, 6)]),
        ("err|error", "an error, errs", [(3, 8), (10, 13)]),
        (r"\bre\w*", "retry are red", [(0, 5), (10, 13)]),
        ("x*", "axxb", [(1, 3)]),
        ("^a|b$", "aab b", [(0, 1), (4, 5)]),
        ("", "abc", []),
        ("(?i)FAIL", "failed Fail", [(0, 4), (7, 11)]),
    ],
)
def test_spans_are_the_longest_from_their_beginnings(pattern: str, text: str, spans: list[tuple[int, int]]) -> None:
    assert linear(pattern).spans(text) == spans


def test_spans_are_looked_for_in_the_beginning_of_a_text() -> None:
    assert linear("b").spans("a" * MARKED + "b") == []
    assert linear("b").search("a" * MARKED + "b")


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|a)*b", "(a|aa)+c", ".*.*.*.*x", "(a*)*(b*)*c", r"(\w+\s?)*$!", "a.*a.*a.*b"]
)
def test_no_expression_takes_long_for_any_text(pattern: str) -> None:
    """Python's engine needs minutes to ages for each of these; here a letter is looked up in what is known."""
    found = linear(pattern)
    found._steps = 0
    assert not found.search("a" * 20_000 + "!")
    assert found.spans("a" * 300) is not None
    assert found._steps <= 10


def test_ten_times_the_text_takes_about_ten_times_as_long() -> None:
    found = linear("(x+x+)+y")

    def steps(length: int) -> int:
        found._steps = 0
        found._states.clear()
        found.search("x" * length)
        return found._steps

    assert steps(100_000) == steps(1_000) < 10


def test_what_is_remembered_is_bounded_however_many_letters_there_are() -> None:
    found = linear("(?:[^a]b?){3}c")
    for begin in range(0, 0xB000, 1000):
        found.search("".join(chr(code) for code in range(begin, begin + 1000) if not 0xD800 <= code < 0xE000))
        assert sum(map(len, found._states.values())) <= STEPS + 2000
    assert found.search("xbybzc")


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("(a", "invalid regular expression '(a'"),
        ("*a", "invalid regular expression '*a'"),
        ("(?=a)", "uses syntax noc does not evaluate"),
        (r"(a)\1", "uses syntax noc does not evaluate"),
        ("a(?i:b)", "flags may stand at its beginning only"),
        ("(?m)^a", "lines are searched one by one"),
        ("a" * (LONGEST + 1), f"a regular expression of {LONGEST + 1} characters; at most {LONGEST}"),
        ("((a{1,50}){1,50}){1,50}", "is too large to search for"),
    ],
)
def test_what_cannot_be_searched_for_is_refused_in_words(pattern: str, words: str) -> None:
    with pytest.raises(QueryError) as refused:
        Linear(pattern)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("fail.*logout", "logout"),
        ("ab*c", "a"),
        ("ab?", "a"),
        ("abc{2}", "ab"),
        ("a|b", ""),
        (r"x\d+", "x"),
        ("[ab]c", ""),
        ("foo [a-z]+", "foo "),
        ("timeout (a)?", "timeout "),
        ("abc+d", "abc"),
        ("", ""),
    ],
)
def test_a_piece_that_must_stand_in_the_text_is_looked_for_first(text: str, piece: str) -> None:
    assert needed(text) == piece


@given(PIECES, st.text("ab1 ", max_size=8))
def test_the_needed_piece_stands_wherever_the_expression_fits(pattern: str, text: str) -> None:
    if re.search(pattern, text, re.ASCII):
        assert needed(pattern) in text
