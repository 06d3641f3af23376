"""LogQL is read as Loki reads it, refused in its words, and written back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc.catalogue.logql import Expr, LogQLError, is_log, parse, quoted, selectors, written
from noc.catalogue.logql.syntax import (
    Assignment,
    Binary,
    Comparison,
    Decolorize,
    Extraction,
    Grouping,
    Junction,
    LabelFilter,
    LabelFormat,
    LabelReplace,
    LineFilter,
    LineFormat,
    LogQuery,
    Matcher,
    Matching,
    Named,
    Number,
    Parser,
    RangeAggregation,
    Selection,
    Stage,
    Unwrap,
    VectorAggregation,
    VectorOf,
)
from noc.catalogue.logql.units import duration, size, spelled, unquoted, window
from tests.catalogue.logqltrees import EXPRESSIONS, TEXTS

APP = (Matcher("app", "=", "shop"),)
SHOP = LogQuery(APP)
MINUTE = 60_000_000_000
A, B, C, D = (Comparison(name, "=", "1") for name in "abcd")


def _stages(text: str) -> tuple[Stage, ...]:
    found = parse(f'{{app="shop"}} {text}')
    assert isinstance(found, LogQuery)
    return found.stages


def _condition(text: str) -> object:
    (stage,) = _stages(f"| {text}")
    assert isinstance(stage, LabelFilter)
    return stage.condition


def test_a_selector_has_its_matchers_in_order() -> None:
    assert parse('{ app = "shop", level!="info",a=~`x.*`,b!~"y" }') == LogQuery(
        (
            Matcher("app", "=", "shop"),
            Matcher("level", "!=", "info"),
            Matcher("a", "=~", "x.*"),
            Matcher("b", "!~", "y"),
        )
    )


@pytest.mark.parametrize("name", ["rate", "sum", "duration", "bytes", "ip", "count_over_time", "vector", "topk"])
def test_words_for_functions_are_names_of_labels_where_no_parenthesis_follows(name: str) -> None:
    assert parse(f'{{{name}="x"}} | {name}="y"') == LogQuery(
        (Matcher(name, "=", "x"),), (LabelFilter(Comparison(name, "=", "y")),)
    )


def test_line_filters_take_alternatives_and_addresses() -> None:
    assert _stages('|= "a" or `b` != "c" |~ "d" !~ "e" |> "<_>" !> "f" |= ip("10.0.0.0/8") or "g"') == (
        LineFilter("|=", ("a", "b")),
        LineFilter("!=", ("c",)),
        LineFilter("|~", ("d",)),
        LineFilter("!~", ("e",)),
        LineFilter("|>", ("<_>",)),
        LineFilter("!>", ("f",)),
        LineFilter("|=", ("10.0.0.0/8", "g"), (True, False)),
    )


def test_parsers_are_read_with_and_without_arguments() -> None:
    assert _stages(
        '| json | json a="b.c[0]", d | logfmt --strict --keep-empty x | regexp "(?P<y>z)" | pattern `<w>` | unpack'
    ) == (
        Parser("json"),
        Parser("json", (Extraction("a", "b.c[0]"), Extraction("d", "d"))),
        Parser("logfmt", (Extraction("x", "x"),), flags=("--strict", "--keep-empty")),
        Parser("regexp", expression="(?P<y>z)"),
        Parser("pattern", expression="<w>"),
        Parser("unpack"),
    )


def test_what_changes_lines_and_labels_is_read() -> None:
    assert _stages('| line_format "{{.a}}" | label_format a=b, c="{{.d}}" | decolorize | keep a, b="x" | drop c') == (
        LineFormat("{{.a}}"),
        LabelFormat((Assignment("a", "b", True), Assignment("c", "{{.d}}", False))),
        Decolorize(),
        Selection("keep", (Named("a"), Named("b", Matcher("b", "=", "x")))),
        Selection("drop", (Named("c"),)),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a="x"', Comparison("a", "=", "x")),
        ('a!~"x"', Comparison("a", "!~", "x")),
        ("a=5", Comparison("a", "==", 5.0, "number")),
        ("a == 5.5", Comparison("a", "==", 5.5, "number")),
        ("a>=-1e3", Comparison("a", ">=", -1000.0, "number")),
        ("a<+2", Comparison("a", "<", 2.0, "number")),
        ("a > 250ms", Comparison("a", ">", 250_000_000, "duration")),
        ("a != 1.5h", Comparison("a", "!=", 90 * MINUTE, "duration")),
        ("a <= 1h30m", Comparison("a", "<=", 90 * MINUTE, "duration")),
        ("a < 20KB", Comparison("a", "<", 20_000, "bytes")),
        ("a = 1.5KiB", Comparison("a", "==", 1536, "bytes")),
        ('a = ip("10.0.0.1")', Comparison("a", "=", "10.0.0.1", "ip")),
    ],
)
def test_a_label_is_compared_with_a_text_a_number_a_duration_a_size_or_an_address(
    text: str, expected: Comparison
) -> None:
    assert _condition(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{a} and {b} or {c}", Junction("or", Junction("and", A, B), C)),
        ("{a} or {b} and {c}", Junction("or", A, Junction("and", B, C))),
        ("{a} or {b} or {c}", Junction("or", Junction("or", A, B), C)),
        ("({a} or {b}) and {c}", Junction("and", Junction("or", A, B), C)),
        ("{a}, {b}", Junction("and", A, B)),
        ("{a} {b}", Junction("and", A, B)),
        ("{a}, {b} or {c}", Junction("and", A, Junction("or", B, C))),
        ("{a} or {b}, {c} or {d}", Junction("or", A, Junction("and", B, Junction("or", C, D)))),
        ("{a} and {b} {c}", Junction("and", A, Junction("and", B, C))),
    ],
)
def test_conditions_are_joined_as_lokis_grammar_joins_them(text: str, expected: Junction) -> None:
    assert _condition(text.format(a='a="1"', b='b="1"', c='c="1"', d='d="1"')) == expected


@pytest.mark.parametrize(
    "text",
    [
        'count_over_time({app="shop"}[5m])',
        'count_over_time( {app="shop"} [5m] )',
        'count_over_time(({app="shop"})[5m])',
        'count_over_time(({app="shop"}[5m]))',
        'count_over_time((({app="shop"}[5m])))',
        'Count_Over_Time({app="shop"}[5m])',
        'count_over_time(# what\n{app="shop"} # and [1m]\n[5m])# end',
    ],
)
def test_a_range_is_read_in_every_spelling(text: str) -> None:
    assert parse(text) == RangeAggregation("count_over_time", SHOP, 5 * MINUTE)


@pytest.mark.parametrize(
    "inner",
    [
        '{app="shop"} | json | unwrap ms [5m] offset 1h',
        '{app="shop"}[5m] offset 1h | json | unwrap ms',
        '({app="shop"} | json | unwrap ms)[5m] offset 1h',
        '({app="shop"} | json | unwrap ms [5m] offset 1h)',
    ],
)
def test_stages_and_unwrap_may_stand_before_and_behind_the_window(inner: str) -> None:
    assert parse(f"max_over_time({inner}) by (channel)") == RangeAggregation(
        "max_over_time",
        LogQuery(APP, (Parser("json"),)),
        5 * MINUTE,
        60 * MINUTE,
        Unwrap("ms"),
        grouping=Grouping(("channel",)),
    )


def test_unwrap_converts_and_filters() -> None:
    text = 'quantile_over_time(0.95, {app="shop"} | unwrap duration(took) | __error__="" | took!="" [5m]) without (pod)'
    assert parse(text) == RangeAggregation(
        "quantile_over_time",
        SHOP,
        5 * MINUTE,
        unwrap=Unwrap("took", "duration", (Comparison("__error__", "=", ""), Comparison("took", "!=", ""))),
        parameter=0.95,
        grouping=Grouping(("pod",), without=True),
    )


def test_an_offset_may_lie_in_the_future() -> None:
    assert parse('rate({app="shop"}[1m] offset -5m)') == RangeAggregation("rate", SHOP, MINUTE, -5 * MINUTE)


RATE = RangeAggregation("rate", SHOP, MINUTE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sum(R)", VectorAggregation("sum", RATE)),
        ("sum by (a, b) (R)", VectorAggregation("sum", RATE, Grouping(("a", "b")))),
        ("sum(R) by (a)", VectorAggregation("sum", RATE, Grouping(("a",)))),
        ("sum without () (R)", VectorAggregation("sum", RATE, Grouping((), without=True))),
        ("sum by () (R)", VectorAggregation("sum", RATE)),
        ("topk(5, R) by (a)", VectorAggregation("topk", RATE, Grouping(("a",)), 5)),
        ("bottomk by (a) (5, R)", VectorAggregation("bottomk", RATE, Grouping(("a",)), 5)),
        ("sort_desc(R)", VectorAggregation("sort_desc", RATE)),
        ("sum(1)", VectorAggregation("sum", Number(1.0))),
        ("vector(0)", VectorOf(0.0)),
        ("-5", Number(-5.0)),
        ('label_replace(R, "a", "$1", "b", "(.*)")', LabelReplace(RATE, "a", "$1", "b", "(.*)")),
    ],
)
def test_functions_over_vectors_are_read(text: str, expected: Expr) -> None:
    assert parse(text.replace("R", 'rate({app="shop"}[1m])')) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", Binary("+", Number(1), Binary("*", Number(2), Number(3)))),
        ("(1 + 2) * 3", Binary("*", Binary("+", Number(1), Number(2)), Number(3))),
        ("1 - 2 - 3", Binary("-", Binary("-", Number(1), Number(2)), Number(3))),
        ("2 ^ 3 ^ 4", Binary("^", Number(2), Binary("^", Number(3), Number(4)))),
        ("1 > bool 2 + -3", Binary(">", Number(1), Binary("+", Number(2), Number(-3)), as_bool=True)),
        ("R or vector(0)", Binary("or", RATE, VectorOf(0))),
        ("R unless R or R", Binary("or", Binary("unless", RATE, RATE), RATE)),
        ("R / on(a) R", Binary("/", RATE, RATE, Matching(("a",), on=True))),
        (
            "R / ignoring(a, b) group_left(c) R",
            Binary("/", RATE, RATE, Matching(("a", "b"), many="left", include=("c",))),
        ),
        ("R / on() group_right R", Binary("/", RATE, RATE, Matching((), on=True, many="right"))),
        ("R / on(a) group_left (R)", Binary("/", RATE, RATE, Matching(("a",), on=True, many="left"))),
    ],
)
def test_operators_bind_as_in_promql(text: str, expected: Expr) -> None:
    assert parse(text.replace("R", 'rate({app="shop"}[1m])')) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{job="laravel"', "parse error at line 1, col 15: syntax error: unexpected $end, expecting } or ,"),
        ("{", "parse error at line 1, col 2: syntax error: unexpected $end, expecting IDENTIFIER or }"),
        ("{a}", "parse error at line 1, col 3: syntax error: unexpected }, expecting = or =~ or !~ or !="),
        ("{a=b}", "parse error at line 1, col 4: syntax error: unexpected IDENTIFIER, expecting STRING"),
        ('{a="b",}', "parse error at line 1, col 8: syntax error: unexpected }, expecting IDENTIFIER"),
        ('{a="b"}\n|= 5', "parse error at line 2, col 4: syntax error: unexpected NUMBER, expecting STRING or ip"),
        ('{a="b"} | 5', "parse error at line 1, col 11: syntax error: unexpected NUMBER"),
        ('{a="b"} | line_format', "parse error at line 1, col 22: syntax error: unexpected $end, expecting STRING"),
        ('{a="b"} | addr>=ip("1")', "parse error at line 1, col 17: syntax error: unexpected ip"),
        ('unk({a="b"}[5m])', "parse error at line 1, col 1: syntax error: unexpected IDENTIFIER"),
        ('min({a="b"}[5m])', "parse error at line 1, col 12: syntax error: unexpected RANGE"),
        ('rate({a="b"})', "parse error at line 1, col 13: syntax error: unexpected )"),
        ("sum(SUM)", "parse error at line 1, col 5: syntax error: unexpected IDENTIFIER"),
        ("sum(sum(", "parse error at line 1, col 9: syntax error: unexpected $end"),
        ("1 sum(2)", "parse error at line 1, col 3: syntax error: unexpected SUM"),
        ('rate({a="b"}[5minutes])', 'parse error at line 1, col 13: not a valid duration string: "5minutes"'),
        ('rate({a="b"}[])', "parse error at line 1, col 13: empty duration string"),
        ('rate({a="b"}[5', "parse error at line 1, col 13: missing closing ']' in duration"),
        ('rate({a="b"}[5m]', "parse error at line 1, col 17: syntax error: unexpected $end"),
        (
            'rate({a="b"} | unwrap 5 [5m])',
            (
                "parse error at line 1, col 23: syntax error: unexpected NUMBER, expecting IDENTIFIER or BYTES_CONV or "
                "DURATION_CONV or DURATION_SECONDS_CONV"
            ),
        ),
        (
            'label_replace(rate({a="b"}[5m]),"")',
            "parse error at line 1, col 35: syntax error: unexpected ), expecting ,",
        ),
        ('{a="b', "parse error at line 1, col 4: literal not terminated"),
        (r'{a="\q"}', "parse error at line 1, col 4: invalid char escape"),
        ("§", "parse error at line 1, col 1: syntax error: unexpected '§'"),
        ("", "parse error at line 1, col 1: syntax error: unexpected $end"),
        ('absent_over_time({a="b"}[5m]) by (c)', "parse error : grouping not allowed for absent_over_time aggregation"),
        ('sum_over_time({a="b"}[5m])', "parse error : invalid aggregation sum_over_time without unwrap"),
        ('count_over_time({a="b"} | unwrap c [5m])', "parse error : invalid aggregation count_over_time with unwrap"),
        ('rate(5, {a="b"}[5m])', "parse error : parameter 5 not supported for operation rate"),
        (
            'quantile_over_time({a="b"} | unwrap c [5m])',
            "parse error : parameter required for operation quantile_over_time",
        ),
        ('topk(rate({a="b"}[5m]))', "parse error : parameter required for operation topk"),
        ('topk(1.5, rate({a="b"}[5m]))', "parse error : invalid parameter topk(1.5,"),
        ('topk(0, rate({a="b"}[5m]))', "parse error : invalid parameter (must be greater than 0) topk(0"),
        ('sum(5, rate({a="b"}[5m]))', "parse error : unsupported parameter for operation sum(5,"),
        ('sort(rate({a="b"}[5m])) by (c)', "parse error : sort and sort_desc doesn't allow grouping by "),
        ('{a="b"} + 1', "parse error : unexpected type for left leg of binary operation (+): *syntax.MatchersExpr"),
        (
            '1 + {a="b"} |= "c"',
            "parse error : unexpected type for right leg of binary operation (+): *syntax.PipelineExpr",
        ),
        (
            'rate({a="b"}[5m]) or 1',
            ("parse error : unexpected literal for right leg of logical/set binary operation (or): 1.000000"),
        ),
    ],
)
def test_a_wrong_query_is_refused_in_lokis_words(text: str, words: str) -> None:
    with pytest.raises(LogQLError) as caught:
        parse(text)
    assert str(caught.value) == words


def test_a_refusal_knows_its_place_and_reason() -> None:
    with pytest.raises(LogQLError) as caught:
        parse('{a="b"}\n| json\n|= 5')
    fault = caught.value
    assert (fault.line, fault.column, fault.reason) == (3, 4, "syntax error: unexpected NUMBER, expecting STRING or ip")
    with pytest.raises(LogQLError) as caught:
        parse("{}")
    assert (caught.value.line, caught.value.column) == (0, 0)


@pytest.mark.parametrize("selector", ["{}", '{a=""}', '{a!="b"}', '{a=~".*"}', '{a!~"b.+"}', '{a=~"x|", b!~"y"}'])
def test_a_selector_of_everything_is_refused(selector: str) -> None:
    for text in (selector, f"sum(rate({selector}[5m]))", f"vector(1) or rate({selector}[5m])"):
        with pytest.raises(LogQLError, match=r"^parse error : queries require at least one reg"):
            parse(text)


@pytest.mark.parametrize("selector", ['{a="b"}', '{a!=""}', '{a=~".+"}', '{a!~"|b"}', '{a=~"(?U)go"}', '{c="", a="b"}'])
def test_a_selector_with_one_matcher_that_needs_its_label_is_taken(selector: str) -> None:
    assert is_log(parse(selector))


def test_selectors_come_from_left_to_right() -> None:
    text = (
        'sum(rate({a="1"}[5m])) / label_replace(count_over_time({b="2"} | json [5m]), "x", "", "", "") + vector(1) * 2'
    )
    assert list(selectors(parse(text))) == [(Matcher("a", "=", "1"),), (Matcher("b", "=", "2"),)]


def test_only_a_log_query_yields_lines() -> None:
    assert is_log(parse('({app="shop"} |= "x")'))
    assert not is_log(parse('rate({app="shop"}[5m])'))
    assert not is_log(parse("1"))


MONSTERS = (
    "(" * 50_000,
    "sum(" * 50_000,
    "1" + "+1" * 5_000,
    "1" + "^1" * 5_000,
    '{a="b"} | ' + "(" * 50_000,
    '{a="b"} | a=1' + " a=1" * 5_000,
    '{a="b"} | a=1' + " or a=1" * 5_000,
    '{a="b"} | a=1' + ", a=1" * 5_000,
    "rate(" * 5_000,
    "rate(" + "(" * 5_000,
    "[" * 50_000,
    '"' * 50_000,
    "#" * 50_000,
    "9" * 50_000,
    "9" * 50_000 + "m",
    "9" * 50_000 + "KB",
    f'{{a="b"}}[{"9" * 50_000}m]',
    f"topk({'9' * 50_000}, vector(1))",
    "-" * 50_000,
    "a" * 200_000,
    '{a=~"' + "(a*)*" * 1_000 + '"} |',
)


@pytest.mark.parametrize("number", range(len(MONSTERS)))
def test_a_monstrous_query_is_refused_without_harm(number: int) -> None:
    with pytest.raises(LogQLError):
        parse(MONSTERS[number])


def test_nesting_within_reason_is_read() -> None:
    assert parse("(" * 50 + "1" + ")" * 50) == Number(1.0)
    assert is_log(parse('{a="b"} ' + '|= "x" ' * 500))
    assert is_log(parse('{a="b"} | ' + " or ".join(["a=1"] * 100)))
    assert not is_log(parse(" + ".join(["1"] * 100)))


WORDS = (
    '{ } ( ) [5m] [ ] , | |= != =~ = > + - ^ "x" `y` a 5 5m 5KB sum by rate json unwrap offset or and bool on ip vector # '
    "--strict keep label_format line_format topk label_replace duration quantile_over_time § ' \\ \n"
)
SIGNS = st.sampled_from(WORDS.split(" "))


@given(st.one_of(st.text(), st.lists(SIGNS, max_size=30).map(" ".join), st.lists(SIGNS, max_size=30).map("".join)))
def test_garbage_is_refused_by_one_kind_of_error_only(text: str) -> None:
    try:
        found = parse(text)
    except LogQLError as fault:
        assert str(fault).startswith("parse error")
        assert (fault.line == 0) == (fault.column == 0)
        assert fault.line <= text.count("\n") + 1
    else:
        assert parse(written(found)) == found


@given(EXPRESSIONS)
def test_what_is_written_reads_as_the_same_tree(expr: Expr) -> None:
    text = written(expr)
    assert parse(text) == expr
    assert written(parse(text)) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('sum by(level)(rate({job="laravel"}[1m]))', 'sum by (level)(rate({job="laravel"}[1m]))'),
        ('{a="b",c="d"}|="x"|json|y>5', '{a="b", c="d"} |= "x" | json | y>5'),
        (
            'topk(5,sum(count_over_time({a="b"}|json ip="c.ip"[30m] offset 90m))by(ip))',
            'topk(5,sum by (ip)(count_over_time({a="b"} | json ip="c.ip"[30m] offset 1h30m)))',
        ),
        ('sum(rate({a="b"}[1d]))or vector(0)', '(sum(rate({a="b"}[1d])) or vector(0.000000))'),
    ],
)
def test_a_query_is_written_as_loki_formats_it(text: str, expected: str) -> None:
    assert written(parse(text)) == expected


@given(TEXTS)
def test_a_text_is_quoted_so_that_it_reads_back(text: str) -> None:
    assert unquoted(quoted(text)) == text
    assert parse(f"{{a={quoted(text + 'x')}}}") == LogQuery((Matcher("a", "=", text + "x"),))


@given(st.integers(-(2**60), 2**60))
def test_a_duration_reads_back(nanoseconds: int) -> None:
    assert duration(spelled(nanoseconds)) == nanoseconds


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5m", 5 * MINUTE),
        ("1h30m", 90 * MINUTE),
        ("1d", 1440 * MINUTE),
        ("250ms", 250_000_000),
        ("30m1h", None),
        ("1.5h", None),
        ("", None),
        ("5", None),
        ("5 m", None),
        ("300y", None),
    ],
)
def test_a_window_is_a_duration_of_prometheus(text: str, expected: int | None) -> None:
    assert window(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5B", 5),
        ("1kB", 1000),
        ("1KiB", 1024),
        ("2.5MB", 2_500_000),
        ("1GiB", 2**30),
        ("3TB", 3 * 10**12),
        ("1PB", 10**15),
        ("7", 7),
        ("1.5 KB", 1500),
        ("1EB", None),
        ("KB", None),
        ("1iB", None),
        ("-1B", None),
    ],
)
def test_a_size_is_read_in_thousands_or_in_powers_of_two(text: str, expected: int | None) -> None:
    assert size(text) == expected
