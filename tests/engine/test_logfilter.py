"""Filters of log lines: what they keep, what they mark, and how they say that they are not understood."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc.engine.logfilter import LogFilter, field_of, highlights, parse, rank_of, spans
from noc.model.logs import LogLine


def line(text: str = "", level: str = "", metadata: dict[str, str] | None = None, **labels: str) -> LogLine:
    own = {**({"detected_level": level} if level else {}), **(metadata or {})}
    return LogLine(1, text, tuple(sorted(labels.items())), tuple(sorted(own.items())))


EVENT = line(
    json.dumps(
        {
            "level": "warning",
            "event_type": "auth_failure",
            "context": {"ip_address": "203.0.113.42", "endpoint": "/webhook", "company_id": 7, "duration_ms": 31.5},
        }
    ),
    "warn",
    {"trace_id": "req_abc"},
    job="laravel",
)
ERROR = line("Payment FAILED for order 17: card declined", "error", job="laravel", channel="billing")
DEBUG = line("tick", "debug", job="cron")
BARE = line("plain words")
LINES = {"event": EVENT, "error": ERROR, "debug": DEBUG, "bare": BARE}


def kept(text: str) -> str:
    """Names of the lines a filter keeps."""
    found = parse(text)
    return " ".join(name for name, one in LINES.items() if found.keeps(one))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", "event error debug bare"),
        ("   ", "event error debug bare"),
        ("failed", "error"),
        ("FAILED", "error"),
        ("failed order", "error"),
        ("failed webhook", ""),
        ('"order 17"', "error"),
        ('"17 order"', ""),
        ('"say \\"x\\""', ""),
        ("-failed", "event debug bare"),
        ('-"order 17"', "event debug bare"),
        ("billing", "error"),  # a value of a label
        ("req_abc", "event"),  # a value of the metadata
        ("/webhook", "event"),  # a path is a word
        ("/api/v1/orders", ""),
        ("/fail|tick/", "event debug"),
        ("/(?i)fail|tick/", "event error debug"),
        ("/FAILED for \\w+ \\d+/", "error"),
        (r"/\/webhook/", "event"),
        ("-/(?i)fail|tick/", "bare"),
        ("-", ""),
        ("+failed", "event error debug bare"),
        ("+failed tick", "debug"),
    ],
)
def test_words_phrases_and_expressions(text: str, names: str) -> None:
    assert kept(text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('job="laravel"', "event error"),
        ("job=laravel", "event error"),
        ('job!="laravel"', "debug bare"),
        ('job=~"lara.*|cron"', "event error debug"),
        ('job=~"lara"', ""),
        ('job=~"(?i)LARAVEL|x"', "event error"),
        ('job!~"lara.*"', "debug bare"),
        ('job=""', "bare"),
        ('channel!=""', "error"),
        ('trace_id="req_abc"', "event"),
        ('context.ip_address="203.0.113.42"', "event"),
        ('ip_address="203.0.113.42"', "event"),
        ('context_ip_address="203.0.113.42"', "event"),
        ('ip_address=~"203\\.0\\..*"', "event"),
        ('ip_address!="203.0.113.42"', "error debug bare"),
        ('endpoint="/webhook"', "event"),
        ('endpoint=~"/web.*"', "event"),
        ("company_id=7", "event"),
        ("company_id>6", "event"),
        ("company_id<=6", ""),
        ("duration_ms>=31.5 duration_ms<32", "event"),
        ('event_type="auth_failure" job="laravel"', "event"),
        ('event_type="auth_failure" -webhook', ""),
    ],
)
def test_labels_metadata_and_fields_of_the_event(text: str, names: str) -> None:
    assert kept(text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("level>=warn", "event error"),
        ("level>=WARNING", "event error"),
        ("level>warn", "error"),
        ("level<=info", "debug bare"),  # no known level counts as info
        ("level<info", "debug"),
        ("level=error", "error"),
        ("level=info", "bare"),
        ("level!=info", "event error debug"),
        ("level=warn|error", "event error"),
        ("level!=warn|error", "debug bare"),
        ('level="err"', "error"),
        ("level>=fatal", ""),
    ],
)
def test_levels_have_an_order(text: str, names: str) -> None:
    assert kept(text) == names


def test_a_field_is_found_behind_the_escapes_of_its_writer() -> None:
    """PHP writes every slash with a backslash, and may write any letter as its number."""
    escaped = line(
        '{"event_type": "x", "context": {"endpoint": "\\/api\\/v2", "ip_address": "\\u0032\\u0030\\u0033.0.113.9"}}'
    )
    assert parse('endpoint="/api/v2"').keeps(escaped)
    assert parse('endpoint=~"/api/.*"').keeps(escaped)
    assert parse('ip_address="203.0.113.9"').keeps(escaped)
    assert field_of(escaped, "ip_address", "203.0.113.9") == "203.0.113.9"


def test_a_field_in_the_labels_of_a_parser_stage_is_found_where_the_line_has_lost_it() -> None:
    stripped = line("signature missing", metadata={"context_ip_address": "203.0.113.9"})
    assert parse('ip_address="203.0.113.9"').keeps(stripped)
    assert parse('context.ip_address="203.0.113.9"').keeps(stripped)


def test_ranks_follow_lokis_words() -> None:
    levels = ("trace", "debug", "info", "", "nonsense", "warn", "error", "critical", "fatal")
    assert [rank_of(line("x", level)) for level in levels] == [0, 1, 2, 2, 2, 3, 4, 5, 5]


# -- marks


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("failed", ["FAILED"]),
        ("-failed", []),
        ("+card failed", ["FAILED", "card"]),
        ('"order 17"', ["order 17"]),
        ("/o\\w+/", ["or", "order"]),
        ("/for order/ order", ["for order"]),
        ('job="laravel" level>=warn', []),
        ("d", ["D", "d", "d", "d", "d"]),
    ],
)
def test_what_was_asked_for_is_marked(text: str, marked: list[str]) -> None:
    words = ERROR.text
    assert [words[begin:end] for begin, end in parse(text).marks(words)] == marked


def test_overlapping_marks_are_one() -> None:
    assert spans(("abc", "cd", "d"), "xabcdx") == [(1, 5)]


def test_a_text_that_changes_its_length_in_lower_case_is_marked_by_expressions_alone() -> None:
    text = "\u0130stanbul failed"
    assert len(text.lower()) != len(text)
    assert spans(("failed",), text) == []
    assert spans(highlights(("failed",)), text) == [(9, 15)]


# -- what is not understood


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('"open', 'at 1: a quote is not closed; write "two words"'),
        ('word "open', 'at 6: a quote is not closed; write "two words"'),
        ('word -"open', 'at 6: a quote is not closed; write "two words"'),
        ('wo"rd', 'at 1: a quote is not closed; write "two words"'),
        ('"a"b', "at 1: a blank is missing before 'b'; write words apart"),
        ('job="a"b', "at 1: a blank is missing before 'b'; write words apart"),
        ("level>=wran", "at 1: there is no level 'wran', did you mean 'warn'?"),
        ("x level=7", "at 3: there is no level '7'; known: critical, debug, error, info, trace, warn"),
        ("level=~warn", "at 1: level is compared by =, !=, >=, <=, > and <"),
        ("level>=warn|error", "at 1: level>= is followed by one level"),
        ("job=", 'at 1: job= needs a value; write job="value"'),
        ("size>big", "at 1: size> is followed by a number, not 'big'"),
        ("/(a/", "at 1: invalid regular expression '(a': missing ), unterminated subpattern at position 0"),
        ('job=~"(a"', "at 1: invalid regular expression '(a': missing ), unterminated subpattern at position 0"),
        ('job=~"a)|(b"', "at 1: invalid regular expression 'a)|(b': unbalanced parenthesis at position 1"),
        ("/(?=a)/", "at 1: regular expression '(?=a)' uses syntax noc does not evaluate"),
    ],
)
def test_a_filter_that_is_not_understood_says_where_and_why(text: str, words: str) -> None:
    with pytest.raises(ValueError) as refused:
        parse(text)
    assert str(refused.value) == words


def test_equal_texts_make_equal_filters() -> None:
    assert parse("a  b") == LogFilter("a  b") != parse("a b")
    assert parse(" a ").text == "a"


@pytest.mark.parametrize("text", ["/(a+)+$/", 'job=~"(a|a)*b"', "/(x+x+)+y/"])
def test_no_expression_makes_a_wall_hang(text: str) -> None:
    found = parse(text)
    evil = line("a" * 3000 + "!" + "x" * 3000, job="a" * 3000)
    assert not found.keeps(evil)
    assert found.marks(evil.text[:2000]) is not None


@given(st.text(st.sampled_from('ab "/\\-+=~!<>|.(*[]{}^$level'), max_size=24))
def test_whatever_is_typed_is_a_filter_or_an_explanation(text: str) -> None:
    try:
        found = parse(text)
    except ValueError as error:
        assert str(error).startswith("at ")
        return
    for one in LINES.values():
        assert found.keeps(one) in (True, False)
        assert all(begin < end for begin, end in found.marks(one.text))


@given(st.text(max_size=60), st.text(st.characters(exclude_categories=("Cs", "Zs", "Cc")), min_size=1, max_size=8))
def test_a_word_keeps_what_has_it_and_its_negation_the_rest(text: str, word: str) -> None:
    quoted = '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'
    one = line(text)
    assert parse(quoted).keeps(one) is (word.lower() in text.lower())
    assert parse("-" + quoted).keeps(one) is not parse(quoted).keeps(one)
