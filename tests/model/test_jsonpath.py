"""The stated part of JSONPath: what it finds, what it says is missing, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc.model.jsonpath import EVERY, MOST, Place, Step, find, parse

BODY = {
    "status": "ok",
    "services": {"db": {"status": "up"}, "cache": {"status": "down"}, "queue": {}},
    "nodes": [{"name": "a"}, {"name": "b"}],
    "odd name": {"it's": 1},
}


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("$", ()),
        ("$.status", ("status",)),
        ("$.services.*.status", ("services", EVERY, "status")),
        ("$.nodes[0].name", ("nodes", 0, "name")),
        ("$.nodes[-1]", ("nodes", -1)),
        ("$.nodes[*].name", ("nodes", EVERY, "name")),
        ("$['odd name'][\"it's\"]", ("odd name", "it's")),
        ("$.with-dash.größe", ("with-dash", "größe")),
        ("$['']", ("",)),
    ],
)
def test_a_path_is_read_into_steps(text: str, steps: tuple[Step, ...]) -> None:
    assert parse(text) == steps


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the path '' must begin with $, such as $.status"),
        ("status", "the path 'status' must begin with $, such as $.status"),
        ("$status", "the path '$status' cannot be read at 'status'; write .name, ['name'], [0] or *"),
        ("$..name", "the path '$..name' cannot be read at '..name'; write .name, ['name'], [0] or *"),
        ("$.a[?(@.b)]", "the path '$.a[?(@.b)]' cannot be read at '[?(@.b)]'; write .name, ['name'], [0] or *"),
        ("$.a[0:2]", "the path '$.a[0:2]' cannot be read at '[0:2]'; write .name, ['name'], [0] or *"),
        ("$.", "the path '$.' cannot be read at '.'; write .name, ['name'], [0] or *"),
        ("$['a", "the path \"$['a\" cannot be read at \"['a\"; write .name, ['name'], [0] or *"),
    ],
)
def test_what_is_not_of_the_stated_part_is_refused_where_it_stands(text: str, message: str) -> None:
    with pytest.raises(ValueError, match="path") as caught:
        parse(text)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("path", "places"),
    [
        ("$.status", [Place("status", "ok")]),
        ("$.nodes[1].name", [Place("nodes[1].name", "b")]),
        ("$.nodes[-2].name", [Place("nodes[-2].name", "a")]),
        ("$.nodes[*].name", [Place("nodes[0].name", "a"), Place("nodes[1].name", "b")]),
        ("$['odd name'][\"it's\"]", [Place("odd name.it's", 1)]),
    ],
)
def test_values_are_found_with_their_own_paths(path: str, places: list[Place]) -> None:
    assert list(find(BODY, parse(path))) == places


@pytest.mark.parametrize(
    ("document", "path", "places"),
    [
        (
            BODY,
            "$.services.*.status",
            [
                Place("services.db.status", "up"),
                Place("services.cache.status", "down"),
                Place("services.queue", missing="no status in services.queue"),
            ],
        ),
        (BODY, "$.nothing.here", [Place("", missing="no nothing in the body")]),
        (BODY, "$.nodes[2]", [Place("nodes", missing="no item 2 in nodes")]),
        (BODY, "$.status[0]", [Place("status", missing="no item 0 in status")]),
        (BODY, "$.services.queue.*", [Place("services.queue", missing="nothing in services.queue")]),
        ([], "$.*", [Place("", missing="nothing in the body")]),
        (None, "$.a", [Place("", missing="no a in the body")]),
    ],
)
def test_what_is_not_there_is_said_place_by_place(document: Any, path: str, places: list[Place]) -> None:
    assert list(find(document, parse(path))) == places


def test_the_document_itself_is_a_place() -> None:
    assert find([1, 2], parse("$")) == (Place("", [1, 2]),)


def test_a_star_over_a_huge_list_is_bounded() -> None:
    (*seen, last) = find(list(range(10 * MOST)), parse("$[*]"))
    assert len(seen) == MOST
    assert last.missing == "more than 1000 values, the others were not looked at"
    assert not any(place.missing for place in find(list(range(MOST)), parse("$[*]")))


documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=12,
)
steps = st.lists(st.sampled_from(["a", "b", 0, -1, EVERY]), max_size=4).map(tuple)


@given(documents, steps)
def test_every_path_leads_somewhere_or_says_why_not(document: Any, path: tuple[Step, ...]) -> None:
    found = find(document, path)
    assert found
    assert all(not place.missing or place.value is None for place in found)
