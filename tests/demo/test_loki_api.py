"""The emulated Loki's parameters, limits, tenants and failures; what the recordings leave open."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from noc.demo.encoding import Reply
from noc.demo.logql.source import LineTable
from noc.demo.loki import LokiApi
from noc.demo.request import Request
from noc.demo.server import DemoServer, HandlerApp
from noc.model.clock import FixedClock
from noc.model.logs import SECOND, LogLine

NOW = 1_700_000_000.0
START = int(NOW) * SECOND
DETAILS = "Value looks like object, but can't find closing '}' symbol"
INFO, WARN = (("app", "shop"), ("level", "info")), (("app", "shop"), ("level", "warn"))

LINES = LineTable(
    [
        LogLine(START - 7 * 3600 * SECOND, "long ago", (("app", "old"),), (("detected_level", "info"),)),
        LogLine(
            START - 90 * SECOND, '{"n": 1, "m": {"o": null}}', INFO, (("detected_level", "info"), ("trace_id", "t1"))
        ),
        LogLine(START - 60 * SECOND, "two", WARN),
        LogLine(START - 30 * SECOND, '{"n": 3}', INFO, (("detected_level", "info"), ("trace_id", "t3"))),
        LogLine(START, "this moment", INFO),
        LogLine(START + 1, "to come", INFO),
    ]
)


def _api(**options: Any) -> LokiApi:
    return LokiApi(LINES, FixedClock(NOW), **options)


def _get(
    path: str, api: LokiApi | None = None, headers: dict[str, str] | None = None, **params: str | list[str]
) -> Reply:
    form = {name.replace("__", "[]"): [value] if isinstance(value, str) else value for name, value in params.items()}
    return (api or _api()).answer(Request("GET", f"/loki/api/v1/{path}", form, headers or {}))


def _data(path: str, **params: str | list[str]) -> Any:
    reply = _get(path, **params)
    assert reply.status == 200, reply.body
    return json.loads(reply.body)["data"]


def _texts(**params: str) -> list[str]:
    """Texts of a range query over the shop's lines, as they come."""
    found = _data("query_range", query='{app="shop"}', **params)["result"]
    return [entry[1] for stream in found for entry in stream["values"]]


def _refusal(path: str, **params: str | list[str]) -> str:
    reply = _get(path, **params)
    assert (reply.status, reply.headers["Content-Type"]) == (400, "text/plain; charset=utf-8")
    return reply.body.decode()


def test_lines_come_by_stream_with_all_labels_merged() -> None:
    assert _data("query_range", query='{app="shop"} | json', limit="3", start="1699999900")["result"] == [
        {
            "stream": {"__error__": "JSONParserErr", "__error_details__": DETAILS, "app": "shop", "level": "warn"},
            "values": [[str(START - 60 * SECOND), "two"]],
        },
        {
            "stream": {"app": "shop", "detected_level": "info", "level": "info", "n": "1", "trace_id": "t1"},
            "values": [[str(START - 90 * SECOND), '{"n": 1, "m": {"o": null}}']],
        },
        {
            "stream": {"app": "shop", "detected_level": "info", "level": "info", "n": "3", "trace_id": "t3"},
            "values": [[str(START - 30 * SECOND), '{"n": 3}']],
        },
    ]


def test_labels_are_kept_apart_on_request() -> None:
    headers = {"x-loki-response-encoding-flags": "other, categorize-labels"}
    reply = _get("query_range", headers=headers, query='{app="shop"} | json', start="1699999900")
    data = json.loads(reply.body)["data"]
    assert list(data) == ["resultType", "encodingFlags", "result", "stats"]
    assert data["encodingFlags"] == ["categorize-labels"]
    beside = {"structuredMetadata": {"detected_level": "info", "trace_id": "t3"}, "parsed": {"n": "3"}}
    before = {"structuredMetadata": {"detected_level": "info", "trace_id": "t1"}, "parsed": {"n": "1"}}
    broken = {"parsed": {"__error__": "JSONParserErr", "__error_details__": DETAILS}}
    assert data["result"] == [
        {
            "stream": {"app": "shop", "level": "info"},
            "values": [
                [str(START - 30 * SECOND), '{"n": 3}', beside],
                [str(START - 90 * SECOND), '{"n": 1, "m": {"o": null}}', before],
            ],
        },
        {"stream": {"app": "shop", "level": "warn"}, "values": [[str(START - 60 * SECOND), "two", broken]]},
    ]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, 3),
        ({"since": "1m"}, 2),
        ({"since": "59s"}, 1),
        ({"start": str(START - 60 * SECOND)}, 2),
        ({"start": str(START - 60 * SECOND + 1)}, 1),
        ({"start": "1699999940"}, 2),
        ({"start": "1699999940.5"}, 1),
        ({"start": "2023-11-14T22:12:20Z"}, 2),
        ({"start": "2023-11-14T22:12:20.000000001Z"}, 1),
        ({"start": "2023-11-14T23:12:20+01:00"}, 2),
        ({"end": str(START - 30 * SECOND)}, 2),
        ({"end": str(START - 30 * SECOND + 1)}, 3),
        ({"end": "1699999970", "since": "31s"}, 1),
        ({"end": "1700100000", "start": "1699999000"}, 4),
        ({"end": "1700100000", "since": "1m"}, 3),
        ({"limit": "2"}, 2),
    ],
)
def test_the_window_is_read_in_every_spelling(params: dict[str, str], expected: int) -> None:
    """The line of this very moment is seen where the window ends later; what is to come never is."""
    assert len(_texts(**params)) == expected


def test_the_direction_says_which_lines_are_left_out_and_how_a_stream_is_ordered() -> None:
    assert _texts(limit="2", direction="forward") == ['{"n": 1, "m": {"o": null}}', "two"]
    assert _texts(limit="2", direction="BACKWARD") == ['{"n": 3}', "two"]
    lines = LineTable([LogLine(START - n * SECOND, f"{n}", INFO) for n in range(1, 5)])
    for direction, expected in (("forward", ["4", "3", "2", "1"]), ("backward", ["1", "2", "3", "4"])):
        reply = _get("query_range", LokiApi(lines, FixedClock(NOW)), query='{app="shop"}', direction=direction)
        (stream,) = json.loads(reply.body)["data"]["result"]
        assert [entry[1] for entry in stream["values"]] == expected


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"start": "abc"}, "could not parse 'start' parameter: strconv.ParseInt: parsing \"abc\": invalid syntax"),
        ({"end": "2023-13-01T00:00:00Z"}, (
            "could not parse 'end' parameter: strconv.ParseInt: parsing \"2023-13-01T00:00:00Z\": invalid syntax"
        )),
        ({"since": "1x"}, "could not parse 'since' parameter: not a valid duration string: \"1x\""),
        ({"start": "1700000000"}, "end timestamp must not be before or equal to start time"),
        ({"limit": "x"}, 'strconv.Atoi: parsing "x": invalid syntax'),
        ({"limit": "0"}, "limit must be a positive value"),
        ({"limit": "-1"}, "limit must be a positive value"),
        ({"limit": "5001"}, "max entries limit per query exceeded, limit > max_entries_limit_per_query (5001 > 5000)"),
        ({"direction": "up"}, "invalid direction 'up'"),
        ({"step": "x"}, 'cannot parse "x" to a valid duration'),
        ({"step": "1e300"}, 'cannot parse "1e300" to a valid duration. It overflows int64'),
        ({"step": "-1"}, "zero or negative query resolution step widths are not accepted. Try a positive integer"),
        ({"step": "0.1"}, (
            "exceeded maximum resolution of 11,000 points per time series. Try increasing the value of the step parameter"
        )),
        ({"interval": "5s"}, "the demo does not evaluate interval"),
        ({"interval": "-5"}, "interval must be >= 0"),
        ({"start": "1690000000", "step": "1d"}, (
            "the query time range exceeds the limit (query length: 2777h46m40s, limit: 30d1h)"
        )),
        ({"query": ""}, "parse error at line 1, col 1: syntax error: unexpected $end"),
        ({"query": '{app="shop"} | logfmt'}, "the demo does not evaluate the stage logfmt"),
        ({"query": '{app=~"["}'}, "parse error : error parsing regexp: missing closing ]: `[`"),
    ],
)  # fmt: skip
def test_a_wrong_range_query_is_refused_in_lokis_words(params: dict[str, str], words: str) -> None:
    assert _refusal("query_range", **{"query": '{app="shop"}', "start": "1699990000", **params}) == words


def test_a_metric_query_asks_for_no_lines_so_its_limit_is_free() -> None:
    assert _get("query_range", query='sum(rate({app="shop"}[1m]))', limit="9999").status == 200


def test_a_matrix_lies_on_multiples_of_its_step() -> None:
    reply = _get(
        "query_range", query='sum by (level) (count_over_time({app="shop"}[40s]))', step="40", start="1699999930"
    )
    assert reply.body.startswith(
        b'{"status":"success","data":{"resultType":"matrix","result":['
        b'{"metric":{"level":"info"},"values":[[1699999920,"1"],[1700000000,"2"]]},'
        b'{"metric":{"level":"warn"},"values":[[1699999960,"1"]]}],"stats":{'
    )
    assert reply.body.endswith(b"}}}")


def test_a_step_of_its_own_is_a_250th_of_the_range() -> None:
    (series,) = _data("query_range", query='count_over_time({app="old"}[1h])', since="1d")["result"]
    times = [time for time, _ in series["values"]]
    assert {later - earlier for earlier, later in pairwise(times)} == {345}
    (series,) = _data("query_range", query="vector(1)", since="10s")["result"]
    assert len(series["values"]) == 11


def test_times_of_samples_have_the_decimals_they_need() -> None:
    query = 'sum(count_over_time({app="shop"}[1h]))'
    for at, shown in (
        ("1700000000.5", "1700000000.5"),
        ("1700000000", "1700000000"),
        ("1700000000123456789", "1700000000.123"),
    ):
        assert f'"value":[{shown},'.encode() in _get("query", query=query, time=at).body


def test_values_have_no_exponent() -> None:
    assert _data("query", query="vector(0.0000001) * 1")["result"][0]["value"][1] == "0.0000001"
    assert _data("query", query="vector(1) / 0")["result"][0]["value"][1] == "NaN"
    assert _data("query", query="2 ^ 80")["result"] == [1700000000000, "1208925819614629200000000"]


def test_an_instant_query_is_answered_for_now_unless_told_and_wrong_ones_are_refused() -> None:
    assert _data("query", query='sum(count_over_time({app="shop"}[31s]))')["result"][0]["value"] == [1700000000, "2"]
    assert _data("query", query='sum(count_over_time({app="shop"}[31s]))', time="1700000100")["result"] == []
    assert _refusal("query", query="1", time="x") == 'strconv.ParseInt: parsing "x": invalid syntax'
    assert _refusal("query", query="1", limit="x") == 'strconv.Atoi: parsing "x": invalid syntax'
    assert _refusal("query", query="1", direction="x") == "invalid direction 'x'"


def test_a_broken_line_fails_a_metric_query_with_plain_text() -> None:
    words = _refusal("query", query='sum by (n) (count_over_time({app="shop"} | json [1h]))')
    assert words.startswith(
        "pipeline error: 'JSONParserErr' for series: '{__error__=\"JSONParserErr\", __error_details__="
    )
    assert (
        _data("query", query='sum by (n) (count_over_time({app="shop"} | json | __error__="" [1h]))')["resultType"]
        == "vector"
    )


def test_labels_and_series_are_those_of_six_hours_unless_told() -> None:
    assert _data("labels") == ["app", "level"]
    assert _data("label/app/values") == ["shop"]
    assert _data("label/app/values", since="8h") == ["old", "shop"]
    assert _data("label/level/values", query='{app="shop", level!="info"}') == ["warn"]
    assert _data("label/nothing/values") == []
    assert _data("series", match__=['{level="info"}', '{level="warn"}']) == [dict(INFO), dict(WARN)]
    assert _data("series", start="1699950000", end="1699990000") == [{"app": "old"}]
    assert _refusal("series", match__='{app="shop"} |= "x"') == "only label matchers are supported"
    assert _refusal("labels", start="x").startswith("could not parse 'start' parameter")


def test_figures_of_the_index_count_what_is_there() -> None:
    body = json.loads(_get("index/stats", query='{app="shop"}').body)
    assert body == {"streams": 2, "chunks": 2, "bytes": 26 + 3 + 8, "entries": 3}


def test_a_form_is_read_like_the_address() -> None:
    form = urlencode({"query": '{app="shop"} |= "two"', "start": str(START - 3600 * SECOND)}).encode()
    headers = {"content-type": "application/x-www-form-urlencoded"}
    path = "/loki/api/v1/query_range"
    posted = _api().answer(Request("POST", path, {"end": [str(START)]}, headers, form))
    assert json.loads(posted.body) == json.loads(_get("query_range", query='{app="shop"} |= "two"').body)
    assert _api().answer(Request("DELETE", path)).status == 405


def test_a_server_with_tenants_wants_one_whichever_it_is() -> None:
    api = _api(tenants=True)
    refused = _get("labels", api)
    assert (refused.status, refused.body, refused.headers["Content-Type"]) == (
        401,
        b"no org id\n",
        "text/plain; charset=utf-8",
    )
    assert _get("labels", api, {"x-scope-orgid": "a"}).status == 200
    assert _get("status/buildinfo", api).status == 200
    assert api.answer(Request("GET", "/ready")).status == 200


def test_a_server_fails_as_the_story_wants_at_every_path() -> None:
    for broken, status, words in (
        (503, 503, b"Service Unavailable"),
        (429, 429, b"too many outstanding requests"),
        ("hang", 0, b""),
    ):
        reply = _get("labels", _api(fail=lambda _now, broken=broken: broken))
        assert (reply.status, reply.body) == (status, words)
    assert _get("labels", _api(fail=lambda _now: 429)).headers["Connection"] == "close"
    asked: list[float] = []
    _get("labels", _api(fail=lambda now: asked.append(now)))
    assert asked == [NOW]


def test_the_date_is_the_demos() -> None:
    for path in ("labels", "nothing", "query"):
        assert _get(path).headers["Date"] == "Tue, 14 Nov 2023 22:13:20 GMT"


def test_it_answers_on_a_port() -> None:
    with DemoServer({"loki": HandlerApp(_api())}) as server, httpx.Client(base_url=server.urls["loki"]) as client:
        assert client.get("/ready").text == "ready\n"
        found = client.get("/loki/api/v1/query_range", params={"query": '{app="shop"} |= "two"'}).json()
        assert found["data"]["result"][0]["values"] == [[str(START - 60 * SECOND), "two"]]
        assert client.post("/loki/api/v1/query", data={"query": "1+1"}).json()["data"]["result"][1] == "2"
        assert client.get("/loki/api/v1/query", params={"query": "sum("}).status_code == 400
