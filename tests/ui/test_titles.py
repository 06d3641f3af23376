"""A page narrowed to one value, and panels that are not: their titles say so."""

from __future__ import annotations

import pytest

from noc.config.layout import ListVariable, TextVariable, Variable
from noc.engine.variables import ALL, Values
from noc.ui.titles import titled
from tests.ui.given import spec_of

VARIABLES: dict[str, Variable] = {
    "provider": ListVariable(kind="list", values=("retell", "stripe"), all=True),
    "tenant": ListVariable(kind="list", values=("3", "7")),
    "word": TextVariable(kind="text"),
}
WIDE = {"kind": "stat", "title": "Retries", "query": "sum(retries)"}
OWN = {"kind": "stat", "title": "Retries", "query": 'sum(retries{provider=~"$provider"})'}
SECOND = {"kind": "stat", "title": "Retries", "queries": [{"query": "x"}, {"query": 'y{p="${provider}"}'}]}
LINES = {"kind": "logs", "title": "Lines", "query": '{job="laravel"}'}


@pytest.mark.parametrize(
    ("spec", "chosen", "title"),
    [
        (WIDE, ("retell",), "Retries  · any provider"),
        (WIDE, ("retell", "stripe"), "Retries  · any provider"),
        (WIDE, (ALL,), "Retries"),
        (WIDE, (), "Retries"),
        (OWN, ("retell",), "Retries"),
        (SECOND, ("retell",), "Retries"),
        (LINES, ("retell",), "Lines  · any provider"),
        ({"kind": "clock", "title": "Time"}, ("retell",), "Time"),
        ({"kind": "stat", "query": "x"}, ("retell",), "here  · any provider"),
    ],
)
def test_a_panel_that_the_page_does_not_narrow_says_so(
    spec: dict[str, object], chosen: tuple[str, ...], title: str
) -> None:
    values: Values = {"provider": chosen, "tenant": ("3",), "word": ("x",)}
    assert titled(spec_of(spec), "here", VARIABLES, lambda: values) == title


def test_a_page_without_such_variables_is_not_asked_for_values() -> None:
    def never() -> Values:
        raise AssertionError

    assert titled(spec_of(WIDE), "here", {"tenant": VARIABLES["tenant"]}, never) == "Retries"
