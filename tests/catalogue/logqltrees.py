"""Random LogQL trees, such as reading a text can give."""

from __future__ import annotations

from hypothesis import strategies as st

from noc.catalogue.logql.syntax import (
    Assignment,
    Binary,
    Comparison,
    Decolorize,
    Expr,
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
    Unwrap,
    VectorAggregation,
    VectorOf,
)

NAMES = st.sampled_from(["app", "level", "x_1", "rate", "count", "ip", "duration", "ünicode", "_"])
TEXTS = st.text(max_size=12)
NUMBERS = st.floats(0, 1e300, allow_nan=False)
ORDERS = st.sampled_from(["==", "!=", ">", ">=", "<", "<="])
MATCHES = st.sampled_from(["=", "!=", "=~", "!~"])
MILLISECONDS = st.integers(1, 10**9).map(lambda number: number * 1_000_000)


def _tuples(items: st.SearchStrategy, least: int = 0) -> st.SearchStrategy:
    return st.lists(items, min_size=least, max_size=3).map(tuple)


MATCHERS = st.builds(Matcher, NAMES, MATCHES, TEXTS)
SELECTORS = _tuples(MATCHERS).map(lambda found: (Matcher("app", "=", "shop"), *found))

COMPARISONS = st.one_of(
    st.builds(Comparison, NAMES, MATCHES, TEXTS),
    st.builds(Comparison, NAMES, ORDERS, st.floats(-1e300, 1e300, allow_nan=False), st.just("number")),
    st.builds(Comparison, NAMES, ORDERS, st.integers(1, 2**62), st.just("duration")),
    st.builds(Comparison, NAMES, ORDERS, st.integers(0, 2**62), st.just("bytes")),
    st.builds(Comparison, NAMES, st.sampled_from(["=", "!="]), TEXTS, st.just("ip")),
)
CONDITIONS = st.recursive(
    COMPARISONS, lambda inner: st.builds(Junction, st.sampled_from(["and", "or"]), inner, inner), max_leaves=5
)


def _line_filter(op: str, terms: list[tuple[str, bool]]) -> LineFilter:
    ip = tuple(ip for _, ip in terms)
    return LineFilter(op, tuple(text for text, _ in terms), ip if any(ip) else ())


LINE_FILTERS = st.builds(
    _line_filter,
    st.sampled_from(["|=", "|~", "|>", "!~", "!=", "!>"]),
    st.lists(st.tuples(TEXTS, st.booleans()), min_size=1, max_size=3),
)
EXTRACTIONS = _tuples(st.builds(Extraction, NAMES, TEXTS))
PARSERS = st.one_of(
    st.builds(Parser, st.just("json"), EXTRACTIONS),
    st.builds(Parser, st.just("logfmt"), EXTRACTIONS, flags=_tuples(st.sampled_from(["--strict", "--keep-empty"]))),
    st.builds(Parser, st.sampled_from(["regexp", "pattern"]), expression=TEXTS),
    st.just(Parser("unpack")),
)
ASSIGNMENTS = st.one_of(
    st.builds(Assignment, NAMES, NAMES, st.just(True)), st.builds(Assignment, NAMES, TEXTS, st.just(False))
)
MATCHED = MATCHERS.map(lambda matcher: Named(matcher.name, matcher))
SELECTIONS = st.builds(  # a plain name at the end would take a line filter behind it for its matcher, in Loki too
    lambda op, labels, last: Selection(op, (*labels, last)),
    st.sampled_from(["drop", "keep"]),
    _tuples(st.one_of(st.builds(Named, NAMES), MATCHED)),
    MATCHED,
)
STAGES = st.one_of(
    LINE_FILTERS,
    PARSERS,
    st.builds(LabelFilter, CONDITIONS),
    st.builds(LineFormat, TEXTS),
    st.builds(LabelFormat, _tuples(ASSIGNMENTS, 1)),
    st.just(Decolorize()),
    SELECTIONS,
)
LOG_QUERIES = st.builds(LogQuery, SELECTORS, _tuples(STAGES))

GROUPINGS = st.builds(Grouping, _tuples(NAMES), st.booleans())
UNWRAPS = st.builds(Unwrap, NAMES, st.sampled_from(["", "bytes", "duration", "duration_seconds"]), _tuples(CONDITIONS))
OFFSETS = st.integers(-(2**60), 2**60)
RANGES = st.one_of(
    st.builds(
        RangeAggregation,
        st.sampled_from(["count_over_time", "rate", "bytes_over_time", "bytes_rate", "absent_over_time"]),
        LOG_QUERIES,
        MILLISECONDS,
        OFFSETS,
    ),
    st.builds(
        RangeAggregation,
        st.sampled_from(["avg_over_time", "max_over_time", "first_over_time", "stddev_over_time"]),
        LOG_QUERIES,
        MILLISECONDS,
        OFFSETS,
        UNWRAPS,
        grouping=st.one_of(st.none(), GROUPINGS),
    ),
    st.builds(
        RangeAggregation,
        st.just("quantile_over_time"),
        LOG_QUERIES,
        MILLISECONDS,
        OFFSETS,
        UNWRAPS,
        NUMBERS,
        st.one_of(st.none(), GROUPINGS),
    ),
)
MATCHINGS = st.one_of(
    st.just(Matching()),
    st.builds(Matching, _tuples(NAMES), st.booleans(), st.sampled_from(["left", "right"]), _tuples(NAMES)),
    st.builds(Matching, _tuples(NAMES, 1), st.booleans()),
    st.builds(Matching, _tuples(NAMES), st.just(True)),
)


def _combined(inner: st.SearchStrategy) -> st.SearchStrategy:
    vectors = inner.filter(lambda one: not isinstance(one, Number))
    return st.one_of(
        st.builds(
            VectorAggregation, st.sampled_from(["sum", "avg", "min", "max", "count", "stddev"]), inner, GROUPINGS
        ),
        st.builds(VectorAggregation, st.sampled_from(["topk", "bottomk"]), inner, GROUPINGS, st.integers(1, 99)),
        st.builds(VectorAggregation, st.sampled_from(["sort", "sort_desc"]), inner),
        st.builds(LabelReplace, inner, TEXTS, TEXTS, TEXTS, TEXTS),
        st.builds(
            Binary, st.sampled_from(["+", "-", "*", "/", "%", "^", "=="]), inner, inner, MATCHINGS, st.booleans()
        ),
        st.builds(Binary, st.sampled_from(["or", "and", "unless"]), vectors, vectors, MATCHINGS),
    )


METRICS = st.recursive(
    st.one_of(
        RANGES,
        st.builds(Number, st.floats(-1e300, 1e300, allow_nan=False)),
        st.builds(VectorOf, NUMBERS),
    ),
    _combined,
    max_leaves=4,
)
EXPRESSIONS: st.SearchStrategy[Expr] = st.one_of(LOG_QUERIES, METRICS)
