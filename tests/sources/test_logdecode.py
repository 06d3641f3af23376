"""What becomes of Loki's bytes: every recorded answer about lines, and what only a broken server sends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from noc.model.errors import BadAnswer, BadQuery, Overloaded, SourceError
from noc.model.logs import LogLine, TailFrame
from noc.sources import logdecode
from noc.sources.logdecode import Frames
from tests.sources.recorded import recorded_lines, recording, tail_frames

PLAIN = (("environment", "production"), ("job", "laravel"), ("service_name", "laravel"))
UNKNOWN = tuple(sorted((*PLAIN, ("detected_level", "unknown"))))


def body(result: object, kind: str = "streams", **more: object) -> bytes:
    return orjson.dumps({"status": "success", "data": {"resultType": kind, "result": result, **more}})


def stream(*values: Any, **labels: str) -> dict[str, object]:
    return {"stream": labels, "values": list(values)}


def decoded(result: object, *, newest: bool = True) -> tuple[LogLine, ...]:
    return logdecode.streams(body(result), newest=newest).lines


def failure(call: Callable[[], object]) -> SourceError:
    with pytest.raises(SourceError) as caught:
        call()
    return caught.value


@pytest.mark.parametrize("name", ["streams_backward", "streams_forward"])
def test_recorded_streams_are_merged_into_one_list_oldest_first(name: str) -> None:
    answer = recording(name).json["data"]["result"]
    found = logdecode.streams(recording(name).body, newest=name == "streams_backward").lines
    expected = sorted((int(at), text) for one in answer for at, text in one["values"])
    assert sorted((line.at, line.text) for line in found) == expected
    assert [line.at for line in found] == [at for at, _ in expected]
    assert len(found) == 20


def test_the_newest_recorded_line_is_read_with_its_nanoseconds_and_labels() -> None:
    line = logdecode.streams(recording("streams_backward").body, newest=True).lines[-1]
    assert line == LogLine(
        1795405096633237248,
        line.text,
        (
            ("category", "performance"),
            ("detected_level", "warn"),
            ("environment", "production"),
            ("event_type", "slow_query"),
            ("job", "laravel"),
            ("level", "warning"),
            ("service_name", "laravel"),
            ("trace_id", "req_eb682f4c5"),
        ),
    )
    assert orjson.loads(line.text)["trace_id"] == "req_eb682f4c5"
    assert line.metadata == ()


def test_three_tuples_keep_what_belongs_to_a_line_out_of_its_stream() -> None:
    found = logdecode.streams(recording("streams_structured_metadata").body, newest=True).lines
    assert len(found) == 10
    assert {line.labels for line in found} == {
        (
            ("category", "security"),
            ("environment", "production"),
            ("event_type", "auth_failure"),
            ("job", "laravel"),
            ("level", "warning"),
            ("service_name", "laravel"),
        )
    }
    assert found[-1].at == 1795405095433237248
    assert found[-1].metadata == (("detected_level", "warn"), ("trace_id", "req_1a760a4d5"))
    assert all(line.labels is found[0].labels for line in found)


def test_hostile_lines_come_out_as_they_were_sent() -> None:
    found = logdecode.streams(recording("streams_hostile_lines").body, newest=True).lines
    assert [line.text if len(line.text) < 100 else len(line.text) for line in found] == [
        "plain text line without json",
        "\x1b[31mred\x1b[0m \x1b]0;pwned title\x07 \x1b]52;c;ZWNobyBwd25lZA==\x07 clipboard",
        "bidi \u202egnirts desrever\u202c zero\u200bwidth",
        "emoji 👩\u200d👩\u200d👧\u200d👦 wide 漢字 combining e\u0301",
        "[bold red]rich markup[/bold red] [link=file:///etc/passwd]x[/link]",
        "tab\there\rcarriage\nsecond line",
        "null \x00 byte",
        '{"broken json": ',
        200_000,
        "\x9b31m C1 CSI \x90 DCS \x9c",
    ]
    assert {line.labels for line in found} == {UNKNOWN}


def test_labels_of_lokis_own_are_left_out() -> None:
    found = logdecode.streams(recording("streams_json_error").body, newest=True).lines
    assert (len(found), {line.labels for line in found}) == (10, {UNKNOWN})


def test_parsed_labels_stand_in_the_stream_of_two_tuples() -> None:
    found = logdecode.streams(recording("streams_json_stage").body, newest=True).lines
    assert len(found) == 10
    newest = max(found, key=lambda line: line.at)
    assert (newest.label("context_ip_address"), newest.label("event_type_extracted")) == (
        orjson.loads(newest.text)["context"]["ip_address"],
        "auth_failure",
    )


def test_no_lines_are_an_empty_answer_with_its_cost() -> None:
    found = logdecode.streams(recording("streams_empty").body, newest=True)
    assert found.lines == ()
    assert (found.stats["totalLinesProcessed"], found.stats["splits"]) == (0, 2)


def test_structured_and_parsed_labels_are_one_metadata() -> None:
    extra = {"structuredMetadata": {"trace_id": "t", "__x": "1"}, "parsed": {"ip": "192.0.2.1", "__error__": "e"}}
    found = decoded([stream(["5", "a", extra], ["4", "b", {}], ["3", "c", {"parsed": {"k": "v"}}], job="x", __y="1")])
    assert [(line.at, line.text, line.labels, line.metadata) for line in found] == [
        (3, "c", (("job", "x"),), (("k", "v"),)),
        (4, "b", (("job", "x"),), ()),
        (5, "a", (("job", "x"),), (("ip", "192.0.2.1"), ("trace_id", "t"))),
    ]


def test_lines_of_one_moment_keep_their_order_whichever_way_they_were_asked() -> None:
    forward = [stream(["1", "a"], ["1", "b"], ["2", "c"], job="x"), stream(["1", "z"], job="y")]
    backward = [stream(["2", "c"], ["1", "b"], ["1", "a"], job="x"), stream(["1", "z"], job="y")]
    found = decoded(forward, newest=False)
    assert [line.text for line in found] == ["a", "b", "z", "c"]
    assert decoded(backward) == found


def test_a_nanosecond_is_never_rounded() -> None:
    assert [line.at for line in decoded([stream(["1795405195322089681", "a"])])] == [1795405195322089681]


def test_bytes_that_are_no_utf_8_cost_their_characters_only() -> None:
    raw = body([stream(["1", "caf# au lait"], ["2", "next"])]).replace(b"#", b"\xe9")
    assert [line.text for line in logdecode.streams(raw, newest=False).lines] == ["caf\ufffd au lait", "next"]


@pytest.mark.parametrize(
    ("raw", "cause"),
    [
        (b"", "an empty answer"),
        (b" \n", "an empty answer"),
        (b'{"status":"succ', "truncated or broken JSON (15 bytes)"),
        (b"[]", "an answer of unknown shape"),
        (body(None, "pies"), "an answer of unknown shape"),
        (body([{"stream": {}}]), "an answer of unknown shape"),
        (body([stream(["soon", "text"])]), "an answer of unknown shape"),
        (body([stream(["1"])]), "an answer of unknown shape"),
        (body([stream(["1", 7])]), "an answer of unknown shape"),
        (body([stream(["1", "a", "b"])]), "an answer of unknown shape"),
        (b'{"status":"success"}', "an answer of unknown shape"),
    ],
)
def test_what_is_not_the_protocols_is_a_bad_answer(raw: bytes, cause: str) -> None:
    error = failure(lambda: logdecode.streams(raw, newest=True))
    assert (type(error), error.cause) == (BadAnswer, cause)


@pytest.mark.parametrize("name", ["matrix_rate_by_level", "vector_top_ip", "scalar_binary"])
def test_numbers_are_no_lines_and_the_reason_is_said(name: str) -> None:
    error = failure(lambda: logdecode.streams(recording(name).body, newest=True))
    assert (type(error), error.cause) == (BadQuery, logdecode.NOT_LINES)


def test_an_error_in_an_envelope_is_that_error() -> None:
    raw = b'{"status":"error","errorType":"too_many_requests","error":"slow\\u001b down"}'
    error = failure(lambda: logdecode.streams(raw, newest=True))
    assert (type(error), error.cause) == (Overloaded, "slow␛ down")


@pytest.mark.parametrize(("name", "metadata"), [("tail_frames", False), ("tail_frames_categorized", True)])
def test_recorded_frames_give_their_lines_in_the_order_they_came(name: str, metadata: bool) -> None:
    reader = Frames()
    for frame in tail_frames(name):
        found = reader.read(orjson.dumps(frame))
        values = [value for one in frame["streams"] for value in one["values"]]
        assert [(line.at, line.text) for line in found.lines] == [(int(value[0]), value[1]) for value in values]
        assert found.dropped == 0
        assert [dict(line.labels) for line in found.lines] == [one["stream"] for one in frame["streams"]]
        assert [bool(line.metadata) for line in found.lines] == [metadata] * len(values)


def test_a_recorded_line_of_a_tail_carries_its_trace() -> None:
    line = Frames().read(orjson.dumps(tail_frames("tail_frames_categorized")[0])).lines[0]
    assert (line.at, line.label("event_type")) == (1795405158326090752, "auth_failure")
    assert line.metadata == (("detected_level", "warn"), ("trace_id", "req_480a40293"))


def test_dropped_entries_are_counted_and_may_come_alone() -> None:
    gone = [{"timestamp": "1", "labels": {"a": "b"}}] * 3
    assert Frames().read(orjson.dumps({"streams": None, "dropped_entries": gone})) == TailFrame((), 3)
    assert Frames().read(orjson.dumps({"streams": [], "dropped_entries": None})) == TailFrame()


def test_lines_of_a_tail_share_their_label_sets() -> None:
    reader = Frames()
    frames = [reader.read(orjson.dumps({"streams": [stream(["1", "a"], job="x")]})) for _ in range(2)]
    assert frames[0].lines[0].labels is frames[1].lines[0].labels


def test_label_sets_without_end_do_not_fill_the_memory() -> None:
    reader = Frames()
    for n in range(5000):
        reader.read(orjson.dumps({"streams": [stream(["1", "a"], n=str(n))]}))
    assert len(reader._known) <= 2000


@pytest.mark.parametrize(
    "raw", [b'{"streams":[{}]}', b'{"streams":[{"stream":{},"values":[["x","y"]]}]}', b'{"streams":7}']
)
def test_a_frame_of_another_shape_is_a_bad_answer(raw: bytes) -> None:
    error = failure(lambda: Frames().read(raw))
    assert (type(error), error.cause) == (BadAnswer, "a frame of unknown shape")


def test_names_are_sorted_and_none_is_none() -> None:
    assert logdecode.names(recording("label_values").body) == (
        "auth_failure",
        "request",
        "slow_query",
        "tenant_violation",
    )
    assert logdecode.names(b'{"status":"success"}') == ()
    assert isinstance(failure(lambda: logdecode.names(b'{"status":"success","data":7}')), BadAnswer)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (
            recording("error_parse").body,
            "parse error at line 1, col 15: syntax error: unexpected $end, expecting } or ,",
        ),
        (recording("error_no_selector").body, recording("error_no_selector").text),
        (b"two\nlines \x1b[31m\n", "two lines ␛[31m"),
        (b'{"code":400,"status":"error","message":"no such"}', "no such"),
        (b'{"status":"error","error":"why"}', "why"),
        (b'"a string"', "a string"),
        (b"", ""),
        (b"x" * 1000, "x" * 299 + "…"),
    ],
)
def test_the_servers_words_become_one_harmless_line(raw: bytes, said: str) -> None:
    assert logdecode.explanation(raw) == said


def test_the_recorded_lines_are_each_known_once_with_their_metadata() -> None:
    lines = recorded_lines()
    assert (len(lines), len({line.key for line in lines})) == (45, 45)
    assert lines == sorted(lines, key=lambda line: line.at)
    assert {line.label("detected_level") for line in lines} == {"info", "warn", "critical", "unknown"}
