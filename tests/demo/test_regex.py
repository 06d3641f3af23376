"""RE2 on Python's engine."""

from __future__ import annotations

import pytest

from noc.demo.regex import expand
from noc.demo.samples import LabelMatcher
from noc.model.errors import QueryError
from noc.model.regex import compiled


def test_matchers_are_anchored_and_absent_labels_are_empty() -> None:
    assert LabelMatcher("a", "=~", "b|cd").matches("cd")
    assert not LabelMatcher("a", "=~", "b|c").matches("cd")
    assert LabelMatcher("a", "!~", ".+").matches("")
    assert LabelMatcher("a", "=", "").matches("")
    assert LabelMatcher("a", "!=", "x").matches("")


def test_classes_are_ascii() -> None:
    assert compiled(r"\d").fullmatch("٣") is None
    assert compiled("(?i)É").fullmatch("é")


@pytest.mark.parametrize(
    "pattern",
    ["[[:alpha:]]", r"\pL", r"\Qa\E", "(?=a)", "(?!a)", "(?<=a)b", "(?P=x)", "(?U)a", "a*+", "(?>a)", "[a&&b]", "("],
)
def test_what_both_engines_do_not_share_is_refused(pattern: str) -> None:
    with pytest.raises(QueryError):
        compiled(pattern)


@pytest.mark.parametrize(
    "pattern", ["5..", r"api-\d+(\.\w+)?", "(?:a|b)c{2,3}", "(?P<n>x)", "[a-z-]+", r"a\.b|\[x\]", "[^/]*"]
)
def test_what_dashboards_use_is_compiled(pattern: str) -> None:
    compiled(pattern)


def test_templates_expand_as_in_go() -> None:
    match = compiled(r"(\w+):(?P<port>\d+)").fullmatch("host:90")
    assert match is not None
    assert expand("$1-${2}-$port-$$-$1x-${9}-$none-$", match) == "host-90-90-$----$"
