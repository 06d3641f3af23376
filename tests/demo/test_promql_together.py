"""Expressions evaluated together on one grid answer as each does alone."""

from __future__ import annotations

import numpy as np
import pytest

from noc.demo.promql import ExecutionError, QueryResult, evaluate_range, evaluate_ranges
from noc.demo.samples import SampleTable
from noc.model.errors import QueryError
from tests.demo.promql_corpus import samples

SOURCE = SampleTable(samples())
END = max(float(one.times[-1]) for one in samples())
RATE = "rate({__name__=~'.+_total'}[5m])"
ALIKE = [
    f"sum({RATE})",
    f"sum({RATE}) > 1",
    f"sum({RATE}) / count({RATE})",
    f"sum without (job) ({RATE}) * 60 > 5 and sum without (job) ({RATE})",
    f"-sum({RATE})",
    "count_over_time(sum(rate({__name__=~'.+_total'}[5m]))[10m:1m])",
    "sum(rate({__name__=~'.+_total'}[5m] offset 1m))",
    "vector(1)",
]


def plain(result: QueryResult) -> list[tuple[object, ...]]:
    return [(one.labels, one.times.tolist(), np.asarray(one.values).tobytes()) for one in result.points]


def test_expressions_with_parts_in_common_answer_as_each_alone() -> None:
    start = END - 1800
    together = [plain(one) for one in evaluate_ranges(ALIKE, start, END, 30, SOURCE)]
    assert sum(map(bool, together)) >= 6
    assert together == [plain(evaluate_range(expr, start, END, 30, SOURCE)) for expr in ALIKE]


def test_one_bad_expression_among_several_is_refused_as_it_is_alone() -> None:
    with pytest.raises(QueryError, match="range vector"):
        evaluate_ranges(["vector(1)", "up[5m]"], END - 60, END, 30, SOURCE)
    with pytest.raises(ExecutionError, match="at least a millisecond"):
        evaluate_ranges(["vector(1)", "up"], END, END - 60, 30, SOURCE)
