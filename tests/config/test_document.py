"""YAML as data with lines: what YAML 1.2 means, merges, aliases and limits."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noc.config.document import MAX_BYTES, parse_document, read_document
from noc.config.loader import read_layout
from noc.model.errors import ConfigError

TEXT = """\
title: On call
count: 3
ratio: 0.5
on: yes
day: 2025-10-02
nothing:
flag: true
list:
  - one
  - {two: 2}
text: |
  a: b
  c
"""


def test_scalars_are_what_yaml_1_2_says_and_dates_stay_text() -> None:
    assert parse_document(TEXT, "a.yaml").data == {
        "title": "On call",
        "count": 3,
        "ratio": 0.5,
        "on": "yes",
        "day": "2025-10-02",
        "nothing": None,
        "flag": True,
        "list": ["one", {"two": 2}],
        "text": "a: b\nc\n",
    }


def test_every_key_and_item_knows_its_line() -> None:
    document = parse_document(TEXT, "a.yaml")
    assert document.line(("title",)) == 1
    assert document.line(("list", 0)) == 9
    assert document.line(("list", 1, "two")) == 10
    assert document.line(("list", 1, "three")) == 10
    assert document.line(("missing",)) == 0


def test_keys_are_text_whatever_they_look_like() -> None:
    document = parse_document("1: a\ntrue: b\n~: c\n2025-10-02: d\n? [x]\n: e\n", "a.yaml")
    assert document.data == {"1": "a", "true": "b", "~": "c", "2025-10-02": "d"}
    assert [str(fault) for fault in document.faults] == ["a.yaml:5: a key must be a word, not a list or mapping"]


def test_a_merge_fills_in_what_a_mapping_does_not_say() -> None:
    document = parse_document("a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  y: 3\nc: {<<: [*a, {z: 4}]}\n", "a.yaml")
    assert document.data["b"] == {"y": 3, "x": 1}
    assert document.data["c"] == {"x": 1, "y": 2, "z": 4}
    assert document.line(("b", "x")) == 3
    assert document.faults == []


def test_a_file_above_a_megabyte_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "big.yaml"
    path.write_text("#" * (MAX_BYTES + 1))
    with pytest.raises(ConfigError) as caught:
        read_document(path, "big.yaml")
    assert str(caught.value) == "big.yaml:0: is larger than 976 kB"


def test_a_file_nested_without_end_is_refused() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_document("[" * 800, "deep.yaml")
    assert str(caught.value) == "deep.yaml:0: nested too deeply"


@pytest.mark.parametrize("kind", ["missing", "directory"])
def test_what_is_no_file_says_so(tmp_path: Path, kind: str) -> None:
    loaded = read_layout(tmp_path if kind == "directory" else tmp_path / "no.yaml", "x.yaml")
    problem = "Is a directory" if kind == "directory" else "No such file or directory"
    assert [str(fault) for fault in loaded.faults] == [f"x.yaml:0: cannot be read: {problem}"]


@settings(deadline=None)
@given(st.text())
def test_any_text_is_data_or_a_fault_with_a_line(text: str) -> None:
    try:
        parse_document(text, "x.yaml")
    except ConfigError as error:
        assert all(0 <= fault.line <= text.count("\n") + text.count("\r") + 2 for fault in error.faults)


WORDS = st.sampled_from(["title", "grid", "panels", "areas", "kind", "query", "cpu", "stat", "range", "variables"])
DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
)


@settings(deadline=None)
@given(DATA)
def test_any_data_in_a_layout_file_is_a_layout_or_faults(data: object) -> None:
    with TemporaryDirectory() as directory:
        path = Path(directory) / "any.yaml"
        path.write_text(json.dumps(data))
        loaded = read_layout(path, "any.yaml")
    assert loaded.faults or loaded.model is not None
