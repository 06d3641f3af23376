"""A pipeline, compiled: each stage is a function that changes a row and tells whether it stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from noc.catalogue.logql.syntax import (
    Decolorize,
    LabelFilter,
    LabelFormat,
    LineFilter,
    LineFormat,
    Named,
    Parser,
    Selection,
    Stage,
)
from noc.demo.logql import conditions
from noc.demo.logql.conditions import Test, expression
from noc.demo.logql.fault import DETAILS, ERROR, UnsupportedError
from noc.demo.logql.jsonstage import JsonLabels, JsonPaths
from noc.demo.logql.row import DUPLICATE, Row
from noc.demo.logql.template import Template

TextTest = Callable[[str], bool]


class Pipeline:
    """The stages of one query. ``text_tests`` are the line filters in front: they need no row, only the text.

    ``wanted`` are the labels that the rest of the query asks for, None for all. Raises LogQLError and UnsupportedError.
    """

    def __init__(self, stages: Sequence[Stage], wanted: frozenset[str] | None = None) -> None:
        front = 0
        while front < len(stages) and isinstance(stages[front], LineFilter):
            front += 1
        self.text_tests: list[TextTest] = [_line_filter(one) for one in stages[:front] if isinstance(one, LineFilter)]
        self.row_tests: list[Test] = [_compiled(one, wanted) for one in stages[front:]]

    def takes(self, text: str) -> bool:
        return all(passes(text) for passes in self.text_tests)

    def passes(self, row: Row) -> bool:
        """Run the row through the stages behind those filters."""
        return all(stage(row) for stage in self.row_tests)


def required(stages: Sequence[Stage]) -> Iterator[str]:
    """The labels that stages themselves ask for."""
    for stage in stages:
        if isinstance(stage, LabelFilter):
            yield from conditions.names(stage.condition)
        elif isinstance(stage, LineFormat):
            yield from Template(stage.template).fields
        elif isinstance(stage, LabelFormat):
            for one in stage.assignments:
                yield from [one.value] if one.rename else Template(one.value).fields


def hinted(names: Sequence[str]) -> frozenset[str]:
    """Names with those that a parser knows them by before it adds its suffix."""
    return frozenset(names) | {name.removesuffix(DUPLICATE) for name in names}


def _compiled(stage: Stage, wanted: frozenset[str] | None) -> Test:
    match stage:
        case LineFilter():
            passes = _line_filter(stage)
            return lambda row: passes(row.text)
        case Parser():
            return _parser(stage, wanted)
        case LabelFilter():
            return conditions.test(stage.condition)
        case LineFormat():
            return _line_format(Template(stage.template))
        case LabelFormat():
            return _label_format(stage)
        case Selection(op="drop"):
            return _drop(stage.labels)
        case Selection():
            return _keep(stage.labels)
        case Decolorize():
            raise UnsupportedError("decolorize")


def _line_filter(stage: LineFilter) -> TextTest:
    if stage.op in ("|>", "!>"):
        raise UnsupportedError("pattern filters")
    if any(stage.ip):
        raise UnsupportedError("ip() filters")
    positive = stage.op.startswith("|")
    if stage.op in ("|=", "!="):
        values = stage.values
        if len(values) == 1:
            one = values[0]
            return (lambda text: one in text) if positive else (lambda text: one not in text)
        return lambda text: any(value in text for value in values) is positive
    patterns = [expression(value, whole=False) for value in stage.values]
    return lambda text: any(pattern.search(text) for pattern in patterns) is positive


def _parser(stage: Parser, wanted: frozenset[str] | None) -> Test:
    if stage.kind != "json":
        raise UnsupportedError(f"the stage {stage.kind}")
    if wanted is not None and not wanted:
        return lambda _row: True  # nothing is asked of the line: Loki does not read it, nor see whether it could
    return JsonPaths(stage.extractions) if stage.extractions else JsonLabels(wanted)


def _line_format(template: Template) -> Test:
    def write(row: Row) -> bool:
        row.text = template.filled(row)
        return True

    return write


def _label_format(stage: LabelFormat) -> Test:
    steps = [(one.name, one.value if one.rename else Template(one.value)) for one in stage.assignments]

    def write(row: Row) -> bool:
        for name, value in steps:
            if isinstance(value, str):
                row.rename(value, name)
            else:
                row.parsed[name] = value.filled(row)
        return True

    return write


def _drop(labels: Sequence[Named]) -> Test:
    tests = [(one.name, _matching(one)) for one in labels]

    def drop(row: Row) -> bool:
        for name, matches in tests:
            if matches is None or (row.get(name) is not None and matches(row)):
                row.drop(name)
        return True

    return drop


def _keep(labels: Sequence[Named]) -> Test:
    tests = [(one.name, _matching(one)) for one in labels]

    def keep(row: Row) -> bool:
        kept = {name for name, matches in tests if matches is None or matches(row)}
        for name in row.names():
            if name not in kept and name not in (ERROR, DETAILS):
                row.drop(name)
        return True

    return keep


def _matching(label: Named) -> Test | None:
    matcher = label.matcher
    return None if matcher is None else conditions.text_test(matcher.name, matcher.op, matcher.value)
