"""Bodies of query answers, and every way in which they can be wrong."""

from __future__ import annotations

import math

import orjson
import pytest

from noc.model.errors import BadAnswer, BadQuery, Overloaded, SourceError, Timeout
from noc.sources import decode


def body(kind: str, result: object, **more: object) -> bytes:
    return orjson.dumps({"status": "success", "data": {"resultType": kind, "result": result}, **more})


def vector(*values: str) -> list[object]:
    return [{"metric": {"n": str(n)}, "value": [1.5, value]} for n, value in enumerate(values)]


def test_a_matrix_becomes_one_pair_of_float_arrays_a_series() -> None:
    result = [{"metric": {"b": "2", "a": "1"}, "values": [[1, "1"], [2.5, "NaN"], [4, "-Inf"], [5, "1e-300"]]}]
    series = decode.answer(body("matrix", result), max_series=9).series[0]
    assert (series.labels, list(series.times)) == ((("a", "1"), ("b", "2")), [1.0, 2.5, 4.0, 5.0])
    assert str(list(series.values)) == "[1.0, nan, -inf, 1e-300]"


def test_a_number_of_309_digits_is_read_as_victoriametrics_writes_it() -> None:
    assert decode.answer(body("vector", vector("1" + "0" * 308)), max_series=9).series[0].last == 1e308


def test_a_string_keeps_its_text_as_a_label() -> None:
    series = decode.answer(body("string", [1.0, "hello"]), max_series=9).series[0]
    assert series.label("value") == "hello"
    assert math.isnan(series.values[0])


def test_ten_thousand_series_are_capped_and_counted() -> None:
    answer = decode.answer(body("vector", vector(*["1"] * 10_000)), max_series=200)
    assert (len(answer.series), answer.dropped, answer.partial) == (200, 9800, True)
    assert answer.series[0].label("n") == "0"


def test_native_histograms_are_said_to_be_undrawable_and_never_a_crash() -> None:
    histogram = {"count": "71", "sum": "106.5", "buckets": [[0, "0.7", "1", "19"]]}
    instant = decode.answer(body("vector", [{"metric": {}, "histogram": [1, histogram]}, *vector("1")]), max_series=9)
    assert (len(instant.series), instant.warnings, instant.partial) == (1, (decode.HISTOGRAMS,), False)
    course = decode.answer(body("matrix", [{"metric": {}, "histograms": [[1, histogram]]}]), max_series=9)
    assert (course.series, course.warnings) == ((), (decode.HISTOGRAMS,))


def test_warnings_mark_an_answer_partial_and_remarks_do_not() -> None:
    dead = decode.answer(body("vector", [], warnings=["store 10.0.0.1 is dead"]), max_series=9)
    assert (dead.warnings, dead.partial) == (("store 10.0.0.1 is dead",), True)
    remark = decode.answer(
        body("vector", [], warnings=["PromQL warning: mixed"], infos=["PromQL info: x"]), max_series=9
    )
    assert (remark.warnings, remark.infos, remark.partial) == (("PromQL warning: mixed",), ("PromQL info: x",), False)


def test_infos_among_the_warnings_of_thanos_are_infos() -> None:
    answer = decode.answer(body("vector", [], warnings=["PromQL info: maybe no counter"]), max_series=9)
    assert (answer.warnings, answer.infos, answer.partial) == ((), ("PromQL info: maybe no counter",), False)


def test_a_partial_answer_of_a_victoriametrics_cluster_says_so() -> None:
    answer = decode.answer(body("matrix", [], isPartial=True), max_series=9)
    assert answer.partial
    assert answer.warnings == ("partial answer: a part of the servers behind did not answer",)


def test_control_characters_of_warnings_do_not_reach_the_glass() -> None:
    answer = decode.answer(body("vector", [], warnings=["a\x1b[31mb"]), max_series=9)
    assert answer.warnings == ("a␛[31mb",)


def test_statistics_are_kept_when_they_were_asked_for() -> None:
    data = {"resultType": "vector", "result": [], "stats": {"samples": {"totalQueryableSamples": 7}}}
    assert decode.answer(orjson.dumps({"status": "success", "data": data}), max_series=9).samples == 7
    assert decode.answer(body("vector", [], stats={"seriesFetched": "24"}), max_series=9).samples is None


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (b"", "an empty answer"),
        (b" \n", "an empty answer"),
        (body("vector", vector("1"))[:-9], "truncated or broken JSON (92 bytes)"),
        (b"[1,2]", "an answer of unknown shape"),
        (b'{"status":"success"}', "an answer of unknown shape"),
        (b'{"status":"success","data":[]}', "an answer of unknown shape"),
        (body("vector", None), "an answer of unknown shape"),
        (body("vector", [1]), "an answer of unknown shape"),
        (body("vector", [{"metric": {}, "value": [1, "one"]}]), "an answer of unknown shape"),
        (body("matrix", [{"metric": {}, "values": [[1]]}]), "an answer of unknown shape"),
        (body("matrix", [{"values": [[1, "1"]]}]), "an answer of unknown shape"),
        (body("streams", []), "an answer of unknown shape"),
    ],
)
def test_what_is_not_the_protocol_is_a_bad_answer(text: bytes, cause: str) -> None:
    with pytest.raises(BadAnswer) as caught:
        decode.answer(text, max_series=9)
    assert caught.value.cause == cause


@pytest.mark.parametrize(
    ("kind", "status", "expected", "code"),
    [
        ("bad_data", 400, BadQuery, 400),
        ("execution", 422, BadQuery, 422),
        ("not_acceptable", 406, BadQuery, 406),
        ("too_large_entry", 413, BadQuery, 413),
        ("timeout", 503, Timeout, 503),
        ("canceled", 499, Overloaded, 499),
        ("canceled", 503, Overloaded, 503),
        ("unavailable", 500, Overloaded, 500),
        ("internal", 500, Overloaded, 500),
        ("too_many_requests", 429, Overloaded, 429),
        ("422", 422, BadQuery, 422),
        ("400", 400, BadQuery, 400),
        ("503", 503, Overloaded, 503),
        ("something new", 400, BadQuery, 400),
        ("something new", 500, Overloaded, 500),
        ("", 200, BadAnswer, 200),
    ],
)
def test_error_types_become_exceptions(kind: str, status: int, expected: type[SourceError], code: int) -> None:
    error = decode.error_of({"status": "error", "errorType": kind, "error": "why"}, status)
    assert type(error) is expected
    assert error.status == code
    assert "why" in error.cause


def test_an_error_with_status_200_is_an_error_all_the_same() -> None:
    with pytest.raises(BadQuery, match="nope"):
        decode.answer(b'{"status":"error","errorType":"bad_data","error":"nope"}', max_series=9)
