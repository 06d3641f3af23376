"""Function calls: which arguments a function takes and how its result is named."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import promql_parser as grammar

from noc.demo.promql import dates, functions, overtime, syntax
from noc.demo.promql.faults import UnsupportedError
from noc.demo.promql.histogram import histogram_quantile
from noc.demo.promql.overtime import Answer
from noc.demo.promql.selection import select_sampled
from noc.demo.promql.syntax import Expr
from noc.demo.promql.values import Scalar, Value, Vector
from noc.demo.promql.windows import Windows
from noc.model.series import Labels

if TYPE_CHECKING:
    from noc.demo.promql.engine import Evaluator

_OVER_TIME: dict[str, Callable[[Windows], Answer]] = {
    "avg_over_time": overtime.average,
    "changes": overtime.changes,
    "count_over_time": overtime.count,
    "deriv": overtime.derivative,
    "idelta": overtime.instant_delta,
    "irate": overtime.instant_rate,
    "last_over_time": overtime.last,
    "max_over_time": overtime.maximum,
    "min_over_time": overtime.minimum,
    "present_over_time": overtime.present,
    "resets": overtime.resets,
    "stddev_over_time": overtime.deviation,
    "stdvar_over_time": overtime.variance,
    "sum_over_time": overtime.total,
}

_EXTRAPOLATED: dict[str, Callable[[Windows, bool], Answer]] = {
    "delta": overtime.delta,
    "increase": overtime.increase,
    "rate": overtime.rate,
}


def call(expr: Expr, evaluator: Evaluator) -> Value:
    """A function's value at every step; raises UnsupportedError for a function outside ``SUPPORTED``."""
    name, arguments = str(expr.func.name), list(expr.args)
    if name in _OVER_TIME or name in _EXTRAPOLATED or name in _WITH_WINDOWS:
        return _over_windows(name, arguments, evaluator)
    if name in functions.ELEMENTWISE:
        vector = evaluator.vector(arguments[0])
        return vector.valued(functions.ELEMENTWISE[name](vector.values)).nameless().merged()
    if name in dates.FUNCTIONS:
        return _date(name, arguments, evaluator)
    if name in _OTHERS:
        return _OTHERS[name](arguments, evaluator)
    raise UnsupportedError(f"the demo does not evaluate the function {name}()")


def _over_windows(name: str, arguments: list[Expr], evaluator: Evaluator) -> Vector:
    if name in _WITH_WINDOWS:
        return _WITH_WINDOWS[name](arguments, evaluator)
    windows = evaluator.windows(arguments[0])
    if name in _OVER_TIME:
        values, present = _OVER_TIME[name](windows)
    else:
        values, present = _EXTRAPOLATED[name](windows, evaluator.context.left_open)
    return _named(windows, (values, present), keep_name=name == "last_over_time")


def _named(windows: Windows, answer: Answer, *, keep_name: bool = False) -> Vector:
    vector = Vector.of(windows.labels, *answer)
    return (vector if keep_name else vector.nameless()).distinct()


def _refuse_sliding(argument: Expr, evaluator: Evaluator) -> None:
    """Prometheus pins an ``@`` window only for calls that are alike at every step; elsewhere its window slides."""
    inner = syntax.plain(argument)
    pinned = inner.vector_selector if isinstance(inner, grammar.MatrixSelector) else inner
    if evaluator.grid.size > 1 and syntax.at_milliseconds(pinned, 0, 0) is not None:
        raise UnsupportedError(f"@ is refused here in a range query: {inner.prettify()}")


def _quantile_over_time(arguments: list[Expr], evaluator: Evaluator) -> Vector:
    if not isinstance(syntax.plain(arguments[0]), grammar.NumberLiteral):
        _refuse_sliding(arguments[1], evaluator)
    windows = evaluator.windows(arguments[1])
    return _named(windows, overtime.quantile(windows, evaluator.scalar(arguments[0]).values))


def _predict_linear(arguments: list[Expr], evaluator: Evaluator) -> Vector:
    _refuse_sliding(arguments[0], evaluator)
    windows = evaluator.windows(arguments[0])
    return _named(windows, overtime.predict(windows, evaluator.scalar(arguments[1]).values))


def _absent_over_time(arguments: list[Expr], evaluator: Evaluator) -> Vector:
    windows = evaluator.windows(arguments[0])
    missing = np.asarray(~(windows.counts > 0).any(axis=0))
    inner = syntax.plain(arguments[0])
    labels: Labels = ()
    if isinstance(inner, grammar.MatrixSelector):
        labels = functions.absent_labels(syntax.matchers(inner.vector_selector))
    return Vector.single(labels, np.ones(len(missing)), missing)


_WITH_WINDOWS: dict[str, Callable[[list[Expr], Evaluator], Vector]] = {
    "absent_over_time": _absent_over_time,
    "predict_linear": _predict_linear,
    "quantile_over_time": _quantile_over_time,
}


def _date(name: str, arguments: list[Expr], evaluator: Evaluator) -> Vector:
    if not arguments:
        return Vector.single((), dates.calendar_value(name, evaluator.grid.times / 1000))
    vector = evaluator.vector(arguments[0])
    known = np.where(vector.present, vector.values, 0.0)
    return vector.valued(dates.calendar_value(name, known)).nameless().merged()


def _absent(arguments: list[Expr], evaluator: Evaluator) -> Vector:
    inner = syntax.plain(arguments[0])
    labels: Labels = ()
    if isinstance(inner, grammar.VectorSelector):
        labels = functions.absent_labels(syntax.matchers(inner))
    return functions.absent(evaluator.vector(inner), labels)


def _timestamp(arguments: list[Expr], evaluator: Evaluator) -> Vector:
    """A selector's samples have their own times, everything else the evaluation's."""
    inner = syntax.plain(arguments[0])
    if isinstance(inner, grammar.VectorSelector):
        vector, times = select_sampled(inner, evaluator.grid, evaluator.context)
    else:
        vector = evaluator.vector(inner)
        times = np.broadcast_to(evaluator.grid.times / 1000, vector.values.shape)
    return vector.valued(times).nameless().merged()


def _histogram_quantile(arguments: list[Expr], evaluator: Evaluator) -> Vector:
    return histogram_quantile(evaluator.scalar(arguments[0]).values, evaluator.vector(arguments[1]))


def _round(arguments: list[Expr], evaluator: Evaluator) -> Vector:
    nearest = evaluator.scalar(arguments[1]) if len(arguments) > 1 else Scalar(np.ones(evaluator.grid.size))
    return functions.rounded(evaluator.vector(arguments[0]), nearest).nameless().merged()


def _clamped(limit: Callable[..., Vector]) -> Callable[[list[Expr], Evaluator], Vector]:
    def apply(arguments: list[Expr], evaluator: Evaluator) -> Vector:
        limits = [evaluator.scalar(argument) for argument in arguments[1:]]
        return limit(evaluator.vector(arguments[0]), *limits).nameless().merged()

    return apply


def _labelled(change: Callable[..., Vector]) -> Callable[[list[Expr], Evaluator], Vector]:
    def apply(arguments: list[Expr], evaluator: Evaluator) -> Vector:
        return change(evaluator.vector(arguments[0]), *map(syntax.text_of, arguments[1:]))

    return apply


_OTHERS: dict[str, Callable[[list[Expr], Evaluator], Value]] = {
    "absent": _absent,
    "clamp": _clamped(functions.clamp),
    "clamp_max": _clamped(functions.clamp_max),
    "clamp_min": _clamped(functions.clamp_min),
    "histogram_quantile": _histogram_quantile,
    "label_join": _labelled(functions.label_join),
    "label_replace": _labelled(functions.label_replace),
    "pi": lambda _arguments, evaluator: Scalar(np.full(evaluator.grid.size, np.pi)),
    "round": _round,
    "scalar": lambda arguments, evaluator: functions.scalar_of(evaluator.vector(arguments[0])),
    "sort": lambda arguments, evaluator: functions.sort(evaluator.vector(arguments[0]), descending=False),
    "sort_desc": lambda arguments, evaluator: functions.sort(evaluator.vector(arguments[0]), descending=True),
    "time": lambda _arguments, evaluator: Scalar(evaluator.grid.times / 1000),
    "timestamp": _timestamp,
    "vector": lambda arguments, evaluator: Vector.single((), evaluator.scalar(arguments[0]).values),
}

SUPPORTED: tuple[str, ...] = tuple(
    sorted({*_OVER_TIME, *_EXTRAPOLATED, *_WITH_WINDOWS, *functions.ELEMENTWISE, *dates.FUNCTIONS, *_OTHERS})
)
