"""The emulated Loki against the recorded answers of a real one."""

from __future__ import annotations

import json

import pytest

from noc.demo.request import Request
from tests.demo.lokirecorded import HERE, api, recording, request, result

STREAMS = (
    "streams_backward",
    "streams_forward",
    "streams_empty",
    "streams_hostile_lines",
    "streams_json_error",
    "streams_json_stage",
    "streams_structured_metadata",
)
ERRORS = tuple(sorted(path.stem for path in HERE.glob("error_*.json")))


@pytest.mark.parametrize("name", STREAMS)
def test_recorded_lines_come_back_in_the_recorded_shape_and_order(name: str) -> None:
    reply = api().answer(request(name))
    body = json.loads(reply.body)
    stats = body["data"].pop("stats")
    assert (reply.status, body["status"], body["data"]) == (200, "success", result(name))
    assert reply.headers["Content-Type"] == recording(name)["content_type"]
    assert list(body["data"]) == list(result(name))
    assert reply.body.endswith(b"}}\n")
    assert stats["summary"]["totalEntriesReturned"] == sum(len(one["values"]) for one in body["data"]["result"])


@pytest.mark.parametrize(
    "name", [*ERRORS, "ready", "buildinfo", "format_query", "patterns", "vector_empty", "scalar_binary"]
)
def test_recorded_texts_and_small_answers_come_back_to_the_byte(name: str) -> None:
    reply = api().answer(request(name))
    recorded = recording(name)
    body = reply.body.decode()
    if name in ("vector_empty", "scalar_binary"):
        body, recorded["body"] = (text.split(',"stats":')[0] for text in (body, recorded["body"]))
    assert (reply.status, reply.headers["Content-Type"], body) == (
        recorded["status"],
        recorded["content_type"],
        recorded["body"],
    )


def test_there_are_recorded_errors() -> None:
    assert len(ERRORS) == 9


@pytest.mark.parametrize("name", ["labels", "label_values"])
def test_labels_and_their_values_are_those_of_the_recorded_streams(name: str) -> None:
    reply = api().answer(request(name))
    assert (reply.status, reply.headers["Content-Type"]) == (200, recording(name)["content_type"])
    assert reply.body.decode() == recording(name)["body"]


def test_series_are_those_of_the_recorded_streams_in_whatever_order() -> None:
    def streams(body: str | bytes) -> list[list[tuple[str, str]]]:
        return sorted(sorted(one.items()) for one in json.loads(body)["data"])

    reply = api().answer(request("series"))
    assert streams(reply.body) == streams(recording("series")["body"])


def test_figures_of_an_index_have_the_recorded_shape() -> None:
    reply = api().answer(request("index_stats"))
    assert list(json.loads(reply.body)) == list(json.loads(recording("index_stats")["body"]))
    assert reply.headers["Content-Type"] == recording("index_stats")["content_type"]


def test_the_cost_has_every_figure_of_the_recorded_one() -> None:
    def shape(value: object) -> object:
        return {key: shape(one) for key, one in value.items()} if isinstance(value, dict) else None

    recorded = json.loads(recording("streams_empty")["body"])["data"]["stats"]
    ours = json.loads(api().answer(request("streams_empty")).body)["data"]["stats"]
    assert shape(ours) == shape(recorded)


def test_a_recorded_matrix_has_the_points_of_its_grid() -> None:
    """Its lines were not recorded, its grid was: start rounded down and end rounded up to the step."""
    reply = api().answer(request("matrix_rate_by_level"))
    ours, recorded = json.loads(reply.body)["data"], result("matrix_rate_by_level")
    last = {json.dumps(one["metric"]): one["values"][-1] for one in recorded["result"]}
    assert [one["metric"] for one in ours["result"]] == [one["metric"] for one in recorded["result"]]
    assert max(one["values"][-1][0] for one in ours["result"]) == 1795405140
    assert {point[0] for one in ours["result"] for point in one["values"]} <= {
        point[0] for one in recorded["result"] for point in one["values"]
    }
    hostile = next(one for one in ours["result"] if one["metric"] == {})
    assert hostile["values"] == [last["{}"]]
    assert reply.body[-3:] == b"}}}"


def test_a_vector_has_the_recorded_shape_and_time() -> None:
    ours = json.loads(api().answer(request("vector_top_ip")).body)["data"]
    recorded = result("vector_top_ip")
    assert ours["resultType"] == recorded["resultType"]
    assert {one["value"][0] for one in ours["result"]} == {one["value"][0] for one in recorded["result"]}
    addresses = [one["metric"]["context_ip_address"] for one in ours["result"]]
    assert addresses == sorted(addresses)


def test_an_unknown_path_is_not_found() -> None:
    for path in ("/", "/loki/api/v1", "/loki/api/v1/", "/api/v1/query", "/loki/api/v1/label//values"):
        assert api().answer(Request("GET", path)).status == 404
