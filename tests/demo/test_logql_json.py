"""The ``json`` stage as Loki has it: what becomes a label, what does not, and what a broken line is called."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc.catalogue.logql import LogQLError
from noc.catalogue.logql.syntax import Extraction
from noc.demo.logql import jsonscan
from noc.demo.logql.jsonscan import ScanError
from noc.demo.logql.jsonstage import JsonLabels, JsonPaths, path
from noc.demo.logql.row import Row
from noc.model.logs import LogLine


def _read(text: str, stage: JsonLabels | JsonPaths | None = None, **stream: str) -> Row:
    row = Row(LogLine(0, text, tuple(sorted(stream.items())), (("trace_id", "t"),)), stream)
    assert (stage or JsonLabels())(row)
    return row


def _labels(text: str, **stream: str) -> Mapping[str, str]:
    row = _read(text, **stream)
    assert (row.error, row.details) == ("", "")
    return row.parsed


def test_nested_keys_are_joined_and_everything_is_a_text() -> None:
    assert _labels('{"a": "x", "b": {"c": {"d": 1.50, "e": true}, "f": 1e3}, "g": false, "h": -0}') == {
        "a": "x",
        "b_c_d": "1.50",
        "b_c_e": "true",
        "b_f": "1e3",
        "g": "false",
        "h": "-0",
    }


def test_arrays_nulls_and_empty_objects_are_no_labels() -> None:
    assert _labels('{"a": [1, {"b": 2}], "c": null, "d": {}, "e": {"f": []}, "g": ""}') == {"g": ""}


def test_a_key_that_the_stream_or_the_line_has_gets_a_suffix() -> None:
    assert _labels('{"level": "x", "trace_id": "y", "b": {"c": 1}}', level="info", b_c="2") == {
        "level_extracted": "x",
        "trace_id_extracted": "y",
        "b_c_extracted": "1",
    }


def test_keys_are_made_names() -> None:
    assert _labels('{"user-agent": "a", "9lives": "b", "x.y": {"z w": "c", "1": "d"}, "é": "e"}') == {
        "user_agent": "a",
        "_9lives": "b",
        "x_y_z_w": "c",
        "x_y_1": "d",
        "_": "e",
    }


def test_texts_are_unescaped_and_broken_signs_empty_them() -> None:
    assert _labels(r'{"a": "\"x\"\n\u00e9", "b": "\ud800", "c": "�", "d": "漢", "e": "👍"}') == {
        "a": '"x"\né',
        "b": "",
        "c": "",
        "d": "漢",
        "e": "👍",
    }


def test_what_follows_the_object_is_not_read_and_control_signs_are_borne() -> None:
    assert _labels(' {"a": "x\ty"} and more') == {"a": "x\ty"}
    assert _labels("{}") == {}


@pytest.mark.parametrize(
    ("text", "words", "parsed"),
    [
        ('{"broken json": ', jsonscan.MALFORMED, {}),
        ("plain text", jsonscan.OBJECT, {}),
        ("[1]", jsonscan.OBJECT, {}),
        ("", jsonscan.OBJECT, {}),
        ("{", jsonscan.MALFORMED, {}),
        ('{"a": 1, "b": ', jsonscan.MALFORMED, {"a": "1"}),
        ('{"a": 1, "b"', jsonscan.MALFORMED, {"a": "1"}),
        ('{"a": 1', jsonscan.VALUE, {}),
        ('{"a": "x', jsonscan.STRING, {}),
        ('{"a": [1, 2', jsonscan.ARRAY, {}),
        ('{"a": {"b": 1', jsonscan.OBJECT, {}),
        ('{"a": "x" "b": 2}', jsonscan.OBJECT, {"a": "x"}),
        ('{"a": "x",', jsonscan.ARRAY, {"a": "x"}),
        ('{"a": nope}', jsonscan.UNKNOWN, {}),
        ("{a: 1}", jsonscan.OBJECT, {}),
        (r'{"\q": 1}', jsonscan.ESCAPE, {}),
        ('{"a": {"b": 1, nope}, "c": 2}', jsonscan.OBJECT, {"a_b": "1"}),
    ],
)
def test_a_broken_line_keeps_what_came_before_the_fault(text: str, words: str, parsed: Mapping[str, str]) -> None:
    row = _read(text)
    assert (row.error, row.details, row.parsed) == ("JSONParserErr", words, parsed)


def test_wanted_labels_only_are_taken_and_a_fault_behind_them_goes_unseen() -> None:
    wanted = JsonLabels(frozenset({"a", "b_c"}))
    assert _read('{"a": 1, "x": 2, "b": {"c": 3, "d": 4}}', wanted).parsed == {"a": "1", "b_c": "3"}
    row = _read('{"a": 1, "b": {"c": 3}, nope', wanted)
    assert (row.parsed, row.error) == ({"a": "1", "b_c": "3"}, "")
    row = _read('{"a": 1, nope', wanted)
    assert (row.parsed, row.error) == ({"a": "1"}, "JSONParserErr")


def test_paths_take_these_values_only_and_leave_empty_labels() -> None:
    paths = {"ip": "context.ip", "first": "list[0].x", "level": "level", "agent": 'headers["user-agent"]'}
    missing = {"none": "context.none", "deep": "list[7]"}
    stage = JsonPaths([Extraction(name, place) for name, place in {**paths, **missing}.items()])
    text = '{"context": {"ip": "203.0.113.1"}, "list": [{"x": 1.0}], "level": "warn", "headers": {"user-agent": "c"}}'
    assert _read(text, stage, level="info").parsed == {
        "ip": "203.0.113.1",
        "first": "1.0",
        "level_extracted": "warn",
        "agent": "c",
        "none": "",
        "deep": "",
    }


def test_a_path_to_an_object_or_an_array_gives_it_as_it_is_written() -> None:
    stage = JsonPaths([Extraction("a", "a"), Extraction("b", "a.b"), Extraction("c", "c[1]"), Extraction("d", "d")])
    row = _read('{"a": { "b" : [1,  {"x": "]"}] }, "c": [0, {"y": 1.0} ], "d": null}', stage)
    assert row.parsed == {"a": '{ "b" : [1,  {"x": "]"}] }', "b": '[1,  {"x": "]"}]', "c": '{"y": 1.0}', "d": ""}


def test_paths_find_what_stands_before_a_fault() -> None:
    stage = JsonPaths([Extraction("a", "a"), Extraction("b", "b")])
    row = _read('{"a": "x", "b": ', stage)
    assert (row.parsed, row.error) == ({"a": "x", "b": ""}, "JSONParserErr")
    row = _read("plain", stage)
    assert (row.parsed, row.error, row.details) == ({}, "JSONParserErr", "")


@pytest.mark.parametrize("text", ["", "a b", "[x]", "a[", "a..b", '"a"', "a.[0"])
def test_a_path_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(LogQLError, match=r"cannot parse expression \["):
        path(text)


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=4), VALUES, max_size=4), st.booleans())
def test_the_scanner_for_broken_lines_reads_sound_ones_like_the_decoder(document: dict[str, Any], dense: bool) -> None:
    text = json.dumps(document, ensure_ascii=dense, separators=(",", ":") if dense else None)
    fast = _read(text)
    slow = Row(LogLine(0, text, (), (("trace_id", "t"),)), {})
    JsonLabels()._scan(slow)
    assert (fast.parsed, fast.error) == (slow.parsed, slow.error)


@given(st.text(alphabet='{}[]":,\\ a1tn\t') | st.text())
def test_no_text_harms_the_scanner(text: str) -> None:
    try:
        jsonscan.members(text, lambda _key, _raw, _kind: False)
    except ScanError as fault:
        assert str(fault)
    row = _read(text)
    assert (row.error == "") == (row.details == "")
    _read(text, JsonPaths([Extraction("a", "a[0].b"), Extraction("b", "b")]))


def test_a_line_nested_without_end_is_a_broken_one() -> None:
    assert _read('{"a":' * 100_000).error == "JSONParserErr"
    assert _read('{"a":' + "[" * 100_000).error == "JSONParserErr"
    for depth in (200, 900, 5_000):
        assert _read('{"a":' * depth + "1" + "}" * depth).error == "JSONParserErr"
    assert _labels('{"a":' * 50 + "1" + "}" * 50) == {"_".join("a" * 50): "1"}
