"""Panels of log lines become feeds and counts: the exact LogQL, whatever stands in variables, and the server that is asked."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from pydantic import TypeAdapter

from noc.catalogue import logql
from noc.config.kinds import PanelSpec
from noc.config.layout import Layout
from noc.engine.logplan import NO_LOKI, loki_key, loki_named, unhurried
from noc.engine.plan import PanelPlan, PlacedPanel, PlannedQuery, Role, plan
from noc.model.errors import QueryError
from noc.model.logs import FeedQuery, Follow
from noc.model.query import Query, QueryKind
from noc.model.timerange import TimeWindow

LAYOUT = Layout.model_validate(
    {"range": "1h", "refresh": "5s", "grid": {"areas": ["a"]}, "panels": {"a": {"kind": "text", "text": ""}}}
)
LINES = '{job="laravel"}'
FIELDS = '{job="laravel"} | json'


@dataclass(frozen=True)
class Server:
    scrape_interval: float = 15.0


PROMETHEUS = {"main": Server(), "edge": Server(60.0)}
LOKI = {"loki": Server(), "archive": Server(30.0)}


def planned(*, across: int = 120, **more: object) -> PanelPlan:
    """The plan of one panel; what is no field of a panel is an argument of :func:`plan`."""
    own = {"values": {}, "window": TimeWindow(3600.0), "servers": PROMETHEUS, "logs": LOKI}
    arguments = {key: more.pop(key, value) for key, value in own.items()}
    panel = PlacedPanel("p", TypeAdapter(PanelSpec).validate_python(more), across + 4, across)
    return plan([panel], layout=LAYOUT, **arguments)["p"]  # type: ignore[arg-type]


def asked(found: PanelPlan) -> dict[Role, Query]:
    assert found.error == ""
    assert len({one.role for one in found.queries}) == len(found.queries)
    return {one.role: one.query for one in found.queries}


def fed(**more: object) -> FeedQuery:
    found = planned(kind="logs", **more)
    assert (found.error, found.queries) == ("", ())
    assert found.feed is not None
    return found.feed


# -- lines


def test_a_panel_of_lines_asks_no_metric_query_and_has_a_feed() -> None:
    assert planned(kind="logs", query=LINES) == PanelPlan("p", span=3600.0, feed=FeedQuery("loki", LINES, 3600.0))


def test_a_feed_takes_limit_way_and_pace_from_its_panel() -> None:
    found = fed(query=LINES, limit=50, follow="tail", refresh="10s", range="15m", source="archive")
    assert found == FeedQuery("archive", LINES, 900.0, None, 50, Follow.TAIL, 10.0)


def test_history_is_a_feed_with_a_fixed_end() -> None:
    assert fed(query=LINES, window=TimeWindow(600.0, 1000.0)) == FeedQuery("loki", LINES, 600.0, 1000.0)


def test_variables_stand_in_a_feeds_query_escaped_for_their_place() -> None:
    values = {"job": ('a"b',), "ip": ("203.0.113.1", "203.0.113.2")}
    query = '{job="$job"} |= "${job}" | json | context_ip_address=~"$ip" | line_format "{{.msg}}"'
    assert fed(query=query, values=values).expr == (
        '{job="a\\"b"} |= "a\\"b" | json | context_ip_address=~"(203\\\\.0\\\\.113\\\\.1|203\\\\.0\\\\.113\\\\.2)"'
        ' | line_format "{{.msg}}"'
    )


def test_a_dollar_in_a_value_is_no_variable() -> None:
    assert fed(query='{job="$job"} |= "$word"', values={"job": ("$word",), "word": ("$HOME",)}).expr == (
        '{job="$word"} |= "$HOME"'
    )


def test_a_feed_with_an_unknown_variable_says_which_and_asks_nothing() -> None:
    found = planned(kind="logs", query='{job="$jbo"}', values={"job": ("laravel",)})
    assert found == PanelPlan("p", span=3600.0, error="unknown variable $jbo, did you mean $job?")


# -- lines by level


def test_a_rate_counts_each_step_and_divides_by_its_seconds() -> None:
    found = planned(kind="log-rate", query=LINES, across=60)
    text = 'sum by (detected_level) (count_over_time({job="laravel"} [1m])) / 60'
    assert asked(found) == {Role.MAIN: Query("loki", text, QueryKind.RANGE, step=60.0, span=3600.0)}


def test_a_rate_guards_against_lines_that_its_parser_cannot_read() -> None:
    found = planned(kind="log-rate", query=FIELDS, by="context_provider", across=60)
    assert asked(found)[Role.MAIN].expr == (
        'sum by (context_provider) (count_over_time({job="laravel"} | json | __error__="" [1m])) / 60'
    )


def test_a_rate_is_one_bar_a_column_and_its_own_step_wins() -> None:
    found = asked(planned(kind="log-rate", query=LINES, across=10))[Role.MAIN]
    assert (found.step, found.expr) == (
        600.0,
        'sum by (detected_level) (count_over_time({job="laravel"} [10m])) / 600',
    )
    own = asked(planned(kind="log-rate", query=LINES, step="90s"))[Role.MAIN]
    assert (own.step, own.expr) == (90.0, 'sum by (detected_level) (count_over_time({job="laravel"} [1m30s])) / 90')


def test_a_comment_at_the_end_of_a_query_swallows_nothing() -> None:
    text = asked(planned(kind="log-rate", query=f"{LINES} # all of it", across=60))[Role.MAIN]
    assert text.expr == 'sum by (detected_level) (count_over_time({job="laravel"} # all of it\n[1m])) / 60'
    logql.parse(text.expr)


# -- top lists


def top(query: str = FIELDS, **more: object) -> dict[Role, Query]:
    return asked(planned(kind="top", query=query, across=60, **more))


def test_a_top_list_asks_its_rows_their_course_what_is_new_and_what_they_touched() -> None:
    known = '{job="laravel"} | json | context_ip_address!="" | __error__=""'
    count = "sum by (context_ip_address) (count_over_time"
    assert top() == {
        Role.MAIN: Query("loki", f"topk(10, {count}({known} [1h])))"),
        Role.TREND: Query("loki", f"topk(50, {count}({known} [1m])))", QueryKind.RANGE, 60.0, 3600.0),
        Role.NEW: Query("loki", f"topk(10, {count}({known} [1h]))) unless {count}({known} [1h] offset 1h))"),
        Role.TOUCHED: Query(
            "loki",
            "count by (context_ip_address) (sum by (context_ip_address, context_company_id) (count_over_time("
            '{job="laravel"} | json | context_ip_address!="" | context_company_id!="" | __error__="" [1h])))',
        ),
    }


def test_a_top_list_of_two_labels_counts_their_combinations() -> None:
    found = top(by=["context_ip_address", "context_endpoint"], top=3, range="30m")
    known = '{job="laravel"} | json | context_ip_address!="" | __error__=""'
    assert found[Role.MAIN].expr == (
        f"topk(3, sum by (context_ip_address, context_endpoint) (count_over_time({known} [30m])))"
    )
    assert found[Role.TREND].expr.startswith("topk(15, sum by (context_ip_address, context_endpoint) (count_over_time(")
    assert found[Role.TOUCHED].expr == (
        "count by (context_ip_address, context_endpoint) ("
        "sum by (context_ip_address, context_endpoint, context_company_id) (count_over_time("
        '{job="laravel"} | json | context_ip_address!="" | context_company_id!="" | __error__="" [30m])))'
    )


def test_a_label_of_the_stream_needs_no_parser() -> None:
    found = top(LINES, by="level", touched=None)
    assert found[Role.MAIN].expr == 'topk(10, sum by (level) (count_over_time({job="laravel"} [1h])))'
    assert set(found) == {Role.MAIN, Role.TREND, Role.NEW}


@pytest.mark.parametrize("touched", [None, "context_ip_address"])
def test_what_is_counted_by_is_not_counted_again_as_touched(touched: str | None) -> None:
    assert set(top(touched=touched)) == {Role.MAIN, Role.TREND, Role.NEW}


def test_a_top_list_of_the_past_asks_everything_at_its_end() -> None:
    found = top(window=TimeWindow(600.0, 1000.0))
    assert {role: query.end for role, query in found.items()} == dict.fromkeys(found, 1000.0)


def test_variables_of_a_top_list_stand_in_all_its_questions() -> None:
    values = {"job": ("$other\\",), "other": ("no",)}
    found = top('{job="$job"} | json', values=values)
    assert [('{job="$other\\\\"} | json' in query.expr, "no" in query.expr) for query in found.values()] == [
        (True, False)
    ] * 4
    for query in found.values():
        logql.parse(query.expr)


@pytest.mark.parametrize("kind", ["log-rate", "top"])
def test_a_query_that_counts_by_itself_is_refused(kind: str) -> None:
    query = f"sum(count_over_time({LINES} [5m]))"
    found = planned(kind=kind, query=query)
    assert found.error == "parse error : only log selector is supported"


def test_a_broken_query_is_its_panels_error_with_line_and_column() -> None:
    found = planned(kind="top", query='{job="a"} | jsn')
    assert (found.queries, found.error) == ((), "parse error at line 1, col 16: syntax error: unexpected $end")


# -- which server


@pytest.mark.parametrize(
    ("source", "found"), [(None, "loki"), ("archive", "archive"), ("loki:archive", "archive"), ("loki", "loki")]
)
def test_a_panel_of_lines_asks_the_first_loki_or_the_named_one(source: str | None, found: str) -> None:
    assert fed(query=LINES, source=source).source == found


@pytest.mark.parametrize("kind", ["logs", "log-rate", "top"])
@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("archiv", "no Loki named archiv; did you mean archive?"),
        ("loki:archiv", "no Loki named loki:archiv; did you mean archive?"),
        ("nothing", "no Loki named nothing; configured: loki, archive"),
        ("main", "no Loki named main; configured: loki, archive"),
    ],
)
def test_an_unknown_loki_is_named_with_the_nearest(kind: str, source: str, words: str) -> None:
    found = planned(kind=kind, query=FIELDS, source=source)
    assert (found.error, found.queries, found.feed) == (words, (), None)


@pytest.mark.parametrize("kind", ["logs", "log-rate", "top"])
def test_without_a_loki_a_panel_says_how_to_give_one(kind: str) -> None:
    assert planned(kind=kind, query=FIELDS, logs={}).error == NO_LOKI


def test_a_name_that_a_prometheus_has_too_means_the_prometheus_unless_it_is_asked_in_logql() -> None:
    both = {"prod": Server(60.0)}
    assert (loki_key("prod", both), loki_key("prod", {})) == ("loki:prod", "prod")

    def source(**spec: object) -> str:
        (one,) = planned(servers=both, logs={"prod": Server()}, **spec).queries
        return one.query.source

    assert source(kind="gauge", query="up", source="prod") == "prod"
    assert source(kind="gauge", query="x", source="loki:prod") == "loki:prod"
    assert source(kind="gauge", queries=[{"query": "x", "language": "logql"}], source="prod") == "loki:prod"
    assert source(kind="gauge", queries=[{"query": "x", "language": "logql"}]) == "loki:prod"
    assert source(kind="log-rate", query=LINES, source="prod") == "loki:prod"
    assert fed(query=LINES, servers=both, logs={"prod": Server()}).source == "prod"


COUNT = f"sum(count_over_time({LINES} [$__range]))"


def test_a_metric_panel_asks_a_loki_by_naming_it() -> None:
    assert asked(planned(kind="gauge", queries=[{"query": COUNT}], source="archive")) == {
        Role.MAIN: Query("archive", f"sum(count_over_time({LINES} [3600s]))")
    }


def test_a_metric_in_logql_asks_the_first_loki_and_its_neighbour_the_first_prometheus() -> None:
    found = planned(kind="timeseries", queries=[{"query": "up"}, {"query": COUNT, "language": "logql"}])
    assert [(one.query.source, one.query.expr) for one in found.queries] == [
        ("main", "up"),
        ("loki", f"sum(count_over_time({LINES} [3600s]))"),
    ]


def test_a_metric_in_logql_without_a_loki_says_how_to_give_one() -> None:
    assert planned(kind="gauge", queries=[{"query": COUNT, "language": "logql"}], logs={}).error == NO_LOKI


def test_an_unknown_server_of_a_metric_panel_may_have_meant_a_loki() -> None:
    assert planned(kind="gauge", queries=[{"query": "up"}], source="archiv").error == (
        "no Prometheus named archiv; did you mean archive?"
    )
    assert planned(kind="gauge", queries=[{"query": "up"}], source="xyz").error == (
        "no Prometheus named xyz; configured: main, edge, loki, archive"
    )


def test_what_fired_is_asked_of_a_prometheus_though_the_panel_asks_a_loki() -> None:
    found = planned(kind="timeseries", queries=[{"query": COUNT}], source="loki", firing=["PoolHigh"])
    assert [(one.role, one.query.source) for one in found.queries] == [(Role.MAIN, "loki"), (Role.FIRING, "main")]


def test_without_a_prometheus_a_panel_over_a_loki_is_drawn_without_what_fired() -> None:
    found = planned(kind="timeseries", queries=[{"query": COUNT}], source="loki", firing=["PoolHigh"], servers={})
    assert (found.error, [one.role for one in found.queries]) == ("", [Role.MAIN])


def test_the_first_loki_is_the_default() -> None:
    assert (loki_named(None, LOKI), loki_named("archive", LOKI)) == ("loki", "archive")
    with pytest.raises(QueryError, match="no Loki is configured"):
        loki_named("archive", {})


# -- how often


@pytest.mark.parametrize(
    ("refresh", "span", "seconds"),
    [(5.0, 300.0, 5.0), (5.0, 3600.0, 30.0), (5.0, 21_600.0, 60.0), (5.0, 604_800.0, 60.0), (120.0, 604_800.0, 120.0)],
)
def test_counts_over_a_long_range_are_asked_less_often(refresh: float, span: float, seconds: float) -> None:
    assert unhurried(refresh, span) == seconds


def test_all_questions_of_a_counting_panel_are_unhurried_and_those_of_a_metric_panel_are_not() -> None:
    def paces(queries: tuple[PlannedQuery, ...]) -> list[float]:
        return [one.refresh for one in queries]

    day = TimeWindow(86_400.0)
    assert paces(planned(kind="top", query=FIELDS, window=day).queries) == [60.0] * 4
    assert paces(planned(kind="log-rate", query=LINES, window=day).queries) == [60.0]
    assert paces(planned(kind="gauge", queries=[{"query": COUNT}], source="loki", window=day).queries) == [5.0]
    assert fed(query=LINES, window=day).poll == 2.0
