"""The demo's Prometheus: its answers as whole bodies, its clock, its failures, its place on a port."""

from __future__ import annotations

import httpx
import numpy as np
import orjson
import pytest

from noc.demo.prometheus import PrometheusApi
from noc.demo.samples import Samples, SampleTable
from noc.demo.server import DemoServer, HandlerApp
from noc.model.clock import FixedClock
from noc.model.errors import NocError
from noc.model.ports import Metadata, Target
from noc.model.series import labels_of

NOW = 1_700_000_600.0
TIMES = np.arange(1_700_000_000.0, NOW + 3601, 15.0)


def _samples(values: np.ndarray, **metric: str) -> Samples:
    name = metric.pop("name")
    return Samples(labels_of({"__name__": name, **metric}), TIMES, values)


TABLE = SampleTable(
    [
        _samples(np.ones(len(TIMES)), name="up", job="api", instance="a:9100"),
        _samples(np.zeros(len(TIMES)), name="up", job="api", instance="b:9100"),
        _samples(TIMES - TIMES[0], name="age_seconds", job="api", instance="a:9100"),
    ]
)


def _api(**options: object) -> PrometheusApi:
    return PrometheusApi(TABLE, FixedClock(NOW), **options)  # type: ignore[arg-type]


def _get(path: str, api: PrometheusApi | None = None, **params: str | list[str]) -> tuple[int, object]:
    """Status and decoded body of a GET below /api/v1."""
    form = {name.replace("__", "[]"): [v] if isinstance(v, str) else v for name, v in params.items()}
    reply = (api or _api()).handle("GET", f"/api/v1/{path}", form)
    return reply.status, orjson.loads(reply.body)


def _data(path: str, api: PrometheusApi | None = None, **params: str | list[str]) -> object:
    status, body = _get(path, api, **params)
    assert isinstance(body, dict)
    assert (status, body["status"]) == (200, "success"), body
    return body["data"]


def test_an_instant_vector_is_encoded_as_prometheus_does() -> None:
    reply = _api().handle("GET", "/api/v1/query", {"query": ["up / 3"], "time": ["1700000600.5"]})
    assert reply.body == (
        b'{"status":"success","data":{"resultType":"vector","result":['
        b'{"metric":{"instance":"a:9100","job":"api"},"value":[1700000600.500,"0.3333333333333333"]},'
        b'{"metric":{"instance":"b:9100","job":"api"},"value":[1700000600.500,"0"]}]}}'
    )


def test_a_range_is_a_matrix_sorted_by_labels_with_both_ends() -> None:
    data = _data("query_range", query="-up", start="1700000000", end="1700000060", step="30s")
    assert data == {
        "resultType": "matrix",
        "result": [
            {
                "metric": {"instance": instance, "job": "api"},
                "values": [[1700000000, value], [1700000030, value], [1700000060, value]],
            }
            for instance, value in (("a:9100", "-1"), ("b:9100", "-0"))
        ],
    }


def test_scalars_and_strings_are_bare_pairs() -> None:
    assert _data("query", query="1/3", time="7") == {"resultType": "scalar", "result": [7, "0.3333333333333333"]}
    assert _data("query", query='"text"', time="7") == {"resultType": "string", "result": [7, "text"]}


def test_special_floats_are_strings() -> None:
    for expr, text in (
        ("0/0", "NaN"),
        ("1/0", "+Inf"),
        ("-1/0", "-Inf"),
        ("1e21", "1e+21"),
        ("2e20", "200000000000000000000"),
    ):
        assert _data("query", query=expr, time="0") == {"resultType": "scalar", "result": [0, text]}


def test_the_default_time_is_the_clocks() -> None:
    assert _data("query", query="time()") == {"resultType": "scalar", "result": [1700000600, "1700000600"]}


def test_the_date_header_is_the_clocks() -> None:
    reply = _api().handle("GET", "/-/healthy", {})
    assert reply.headers["Date"] == "Tue, 14 Nov 2023 22:23:20 GMT"
    assert (reply.status, reply.body) == (200, b"Prometheus Server is Healthy.\n")


def test_samples_after_the_clock_do_not_exist_yet() -> None:
    assert _data("query", query="age_seconds", time=str(NOW + 200))["result"][0]["value"] == [1700000800, "600"]  # type: ignore[index]
    assert _data("query", query="age_seconds", time=str(NOW + 301)) == {"resultType": "vector", "result": []}
    assert _data("query", query="count_over_time(age_seconds[1m] offset -10m)") == {
        "resultType": "vector",
        "result": [],
    }


@pytest.mark.parametrize(
    ("params", "error"),
    [
        ({}, 'invalid parameter "start": cannot parse "" to a valid timestamp'),
        ({"start": "5", "end": "1"}, 'invalid parameter "end": end timestamp must not be before start time'),
        (
            {"start": "1", "end": "5", "step": "1.5m"},
            'invalid parameter "step": cannot parse "1.5m" to a valid duration',
        ),
        (
            {"start": "1", "end": "5", "step": "0"},
            'invalid parameter "step": zero or negative query resolution step widths are not accepted. Try a positive integer',
        ),
        (
            {"start": "0", "end": "11001", "step": "1"},
            "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)",
        ),
    ],
)
def test_bad_ranges_are_refused_in_prometheus_words(params: dict[str, str], error: str) -> None:
    assert _get("query_range", query="1", **params) == (
        400,
        {"status": "error", "errorType": "bad_data", "error": error},
    )


def test_eleven_thousand_steps_and_one_point_more_pass() -> None:
    data = _data("query_range", query="1", start="0", end="11000", step="1")
    assert len(data["result"][0]["values"]) == 11_001  # type: ignore[index,call-overload]


def test_ambiguous_matches_are_execution_errors() -> None:
    status, body = _get("query", query="age_seconds + on (job) up")
    assert status == 422
    assert body == {
        "status": "error",
        "errorType": "execution",
        "error": 'found duplicate series for the match group {job="api"} on the right hand-side of the operation: '
        '[{__name__="up", instance="b:9100", job="api"}, {__name__="up", instance="a:9100", job="api"}]'
        ";many-to-many matching not allowed: matching labels must be unique on one side",
    }


def test_what_is_not_supported_is_refused_by_name() -> None:
    status, body = _get("query", query="mad_over_time(up[5m])")
    assert (status, body["error"]) == (422, "the demo does not evaluate the function mad_over_time()")  # type: ignore[index]


def test_labels_values_and_series() -> None:
    assert _data("labels") == ["__name__", "instance", "job"]
    assert _data("labels", match__="up") == ["__name__", "instance", "job"]
    assert _data("label/__name__/values") == ["age_seconds", "up"]
    assert _data("label/instance/values", match__="up") == ["a:9100", "b:9100"]
    assert _data("series", match__=['up{instance=~"b.*"}', "age_seconds"]) == [
        {"__name__": "age_seconds", "instance": "a:9100", "job": "api"},
        {"__name__": "up", "instance": "b:9100", "job": "api"},
    ]
    assert _data("series", match__="up", start="1", end="2") == []
    assert _get("series")[1]["error"] == "no match[] parameter provided"  # type: ignore[index]
    assert _get("label/b-d/values")[1]["error"] == 'invalid label name: "b-d"'  # type: ignore[index]


def test_metadata_is_a_list_per_name() -> None:
    api = _api(metadata={"up": Metadata("gauge", "Up.", ""), "age_seconds": Metadata("gauge", "Age.", "seconds")})
    assert _data("metadata", api, metric="up") == {"up": [{"type": "gauge", "help": "Up.", "unit": ""}]}
    assert list(_data("metadata", api, limit="1")) == ["age_seconds"]  # type: ignore[call-overload]


def test_targets_follow_up() -> None:
    targets = _data("targets")["activeTargets"]  # type: ignore[index,call-overload]
    assert [(t["labels"], t["health"], t["scrapePool"], t["scrapeInterval"]) for t in targets] == [
        ({"instance": "a:9100", "job": "api"}, "up", "api", "15s"),
        ({"instance": "b:9100", "job": "api"}, "down", "api", "15s"),
    ]
    assert targets[0]["lastScrape"] == "2023-11-14T22:23:15Z"
    assert targets[1]["lastError"] == 'Get "http://b:9100/metrics": dial tcp b:9100: connect: connection refused'


def test_targets_can_be_told() -> None:
    api = _api(targets=lambda now: [Target("blackbox", "x:1", "down", "timeout", 30.0)])
    (target,) = _data("targets", api)["activeTargets"]  # type: ignore[index,call-overload]
    assert (target["scrapePool"], target["health"], target["lastError"], target["scrapeInterval"]) == (
        "blackbox",
        "down",
        "timeout",
        "30s",
    )
    assert _data("targets", api, state="dropped") == {"activeTargets": [], "droppedTargets": []}


def test_rules_and_alerts_are_plugged_in() -> None:
    group = {"name": "g", "rules": [{"type": "alerting", "name": "A"}, {"type": "recording", "name": "r"}]}
    api = _api(rules=lambda now: [group], alerts=lambda now: [{"labels": {"alertname": "A"}, "at": now}])
    assert _data("rules", api) == {"groups": [group]}
    assert _data("rules", api, type="record") == {
        "groups": [{"name": "g", "rules": [{"type": "recording", "name": "r"}]}]
    }
    assert _data("alerts", api) == {"alerts": [{"labels": {"alertname": "A"}, "at": NOW}]}
    assert _data("rules") == {"groups": []}
    assert _get("rules", type="x")[1]["error"] == 'invalid parameter "type": not supported value "x"'  # type: ignore[index]


def test_the_version_is_the_one_that_is_emulated() -> None:
    assert _data("status/buildinfo")["version"] == "2.42.0"  # type: ignore[index,call-overload]


def test_a_failing_server_answers_everything_with_its_status() -> None:
    reply = _api(fail=lambda now: 503).handle("GET", "/api/v1/query", {"query": ["1"]})
    assert (reply.status, reply.body, reply.headers["Content-Type"]) == (
        503,
        b"Service Unavailable",
        "text/plain; charset=utf-8",
    )


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/metrics", 404),
        ("DELETE", "/api/v1/query", 405),
        ("POST", "/api/v1/metadata", 405),
        ("HEAD", "/-/ready", 200),
    ],
)
def test_routes(method: str, path: str, status: int) -> None:
    assert _api().handle(method, path, {}).status == status


def test_it_is_served_on_a_free_port_by_get_and_form() -> None:
    with DemoServer({"prometheus": HandlerApp(_api()), "second": HandlerApp(_api(version="3.1.0"))}) as server:
        url = server.urls["prometheus"]
        answers = [
            httpx.get(f"{url}/api/v1/query", params={"query": 'sum(up{job=~".+"})'}),
            httpx.post(f"{url}/api/v1/query", data={"query": 'sum(up{job=~".+"})'}),
        ]
        second = httpx.get(f"{server.urls['second']}/api/v1/status/buildinfo").json()
    for answer in answers:
        assert answer.json()["data"]["result"] == [{"metric": {}, "value": [1700000600, "1"]}]
        assert answer.headers["date"] == "Tue, 14 Nov 2023 22:23:20 GMT"
    assert second["data"]["version"] == "3.1.0"
    assert server.urls == {}


def test_a_hanging_server_keeps_the_connection_and_can_be_stopped() -> None:
    with (
        DemoServer({"prometheus": HandlerApp(_api(fail=lambda now: "hang"))}) as server,
        pytest.raises(httpx.ReadTimeout),
    ):
        httpx.get(server.urls["prometheus"] + "/-/ready", timeout=0.2)


def test_a_taken_port_is_named() -> None:
    with DemoServer({"first": HandlerApp(_api())}) as server:
        port = int(server.urls["first"].rsplit(":", 1)[1])
        with pytest.raises(NocError, match=f"cannot listen on 127.0.0.1:{port} for second: Address already in use"):
            DemoServer({"second": HandlerApp(_api())}, ports={"second": port}).start()
