"""What the parts are worth, by evaluation: each part equals the whole over its own series, and counts add up."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from noc.demo.promql import evaluate_instant
from noc.demo.samples import Samples, SampleTable
from noc.engine.split import additive, narrowed, split_by
from noc.model.errors import QueryError
from noc.model.series import labels_of

AT = 1_700_000_000.0
TIMES = np.arange(AT - 7200, AT + 1, 60.0)


def _table() -> SampleTable:
    held = []
    for index, (name, t, j, i) in enumerate(
        (name, t, j, i)
        for name in ("a", "b")
        for t in ("", "p", "q")
        for j in ("x", "y")
        for i in ("1", "2")
        if not (name == "b" and t == "q" and j == "y")
    ):
        labels = {"__name__": name, "j": j, "i": i, **({"t": t} if t else {})}
        slope = (index * 7 % 11 + 1) / 60
        held.append(Samples(labels_of(labels), TIMES, (TIMES - TIMES[0]) * slope + index * 3.0))
    return SampleTable(held)


TABLE = _table()
LEAVES = st.sampled_from(["a", "b", 'a{j="x"}', "rate(a[5m])", "increase(b[10m])", "(a > 400)", "abs(a - b)", "a + b"])
FOLDS = st.sampled_from(["sum", "max", "min", "avg", "count", "quantile(0.5, ", "stddev"])
GROUPS = st.sampled_from(["", "by (j)", "by (i, j)", "by (t)", "without (i)", "without (t)"])


def _folded(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(
        lambda fold, group, each: f"{fold.split('(')[0]} {group} ({fold.partition('(')[2]}{each})", FOLDS, GROUPS, inner
    )


def _joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    matching = st.sampled_from(["", "", " on (j)", " on ()", " ignoring (i)", " ignoring (t)"])
    return st.one_of(
        _folded(inner),
        st.builds(
            "({}) {}{} ({})".format, inner, st.sampled_from(["+", "-", "/", "and", "unless", "or"]), matching, inner
        ),
        st.builds("({}) / on (j) group_left () (sum by (j) ({}))".format, inner, inner),
        st.builds("({}) / ignoring (i, j, t) group_left () (sum ({}))".format, inner, inner),
        st.builds("({}) * scalar(sum({}))".format, inner, inner),
        st.builds("max_over_time(({})[10m:5m])".format, inner),
        st.builds("-({}) * 3".format, inner),
    )


EXPRESSIONS = _folded(st.recursive(LEAVES, _joined, max_leaves=4)) | st.recursive(
    _folded(LEAVES), _joined, max_leaves=4
)


def _values(expr: str) -> dict[tuple[tuple[str, str], ...], float]:
    """Values by labels; the test is over where the data do not allow the expression."""
    try:
        found = evaluate_instant(expr, AT, TABLE).series()
    except QueryError as error:
        assume(not error)
        raise
    return {tuple(pair for pair in one.labels if pair[0] != "__name__"): one.values[-1] for one in found}


@given(EXPRESSIONS, st.sampled_from(["", "p", "q"]))
def test_each_part_is_the_whole_over_its_own_series(expr: str, value: str) -> None:
    parts = split_by(expr, "t")
    assume(parts is not None and "t)" not in expr.replace("ignoring (i, j, t)", "") and "or on ()" not in expr)
    assert parts is not None
    alone = narrowed(expr, "t", value)
    assert alone is not None
    _values(expr)
    part = {
        tuple(pair for pair in labels if pair[0] != "t"): number
        for labels, number in _values(parts).items()
        if dict(labels).get("t", "") == value
    }
    whole = {tuple(pair for pair in labels if pair[0] != "t"): number for labels, number in _values(alone).items()}
    assert part.keys() == whole.keys() or (part.keys() > whole.keys() and {"+", "-"} & set(expr))
    assert all(part[key] == pytest.approx(whole[key], nan_ok=True) for key in whole)


@settings(suppress_health_check=[HealthCheck.filter_too_much])  # most expressions promise no sum
@given(EXPRESSIONS)
def test_parts_that_are_said_to_add_up_do(expr: str) -> None:
    parts = split_by(expr, "t")
    inner_join = re.search(r"[-+] (on|ignoring)|\b(by|without).*\) [-+]|[-+].*(by|without)", expr)  # parts are lost
    assume(parts is not None and additive(expr) and " or" not in expr and not inner_join)
    assert parts is not None
    whole = math.fsum(_values(expr).values())
    assert math.fsum(_values(parts).values()) == pytest.approx(whole, nan_ok=True)
