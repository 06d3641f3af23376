"""A tree written as a LogQL text, on one line and spaced as Loki spaces it; read again it is the same tree."""

from __future__ import annotations

from noc.catalogue.logql.syntax import (
    Assignment,
    Binary,
    Comparison,
    Condition,
    Decolorize,
    Expr,
    Extraction,
    Grouping,
    Junction,
    LabelFilter,
    LabelFormat,
    LabelReplace,
    LineFilter,
    LineFormat,
    LogQuery,
    Matcher,
    Named,
    Number,
    Parser,
    RangeAggregation,
    Selection,
    Stage,
    Unwrap,
    VectorAggregation,
    VectorOf,
)
from noc.catalogue.logql.units import quoted, spelled


def written(expr: Expr) -> str:
    """The text of an expression."""
    match expr:
        case LogQuery():
            return _query(expr)
        case RangeAggregation():
            return _range(expr)
        case VectorAggregation():
            count = f"{expr.parameter}," if expr.parameter is not None else ""
            grouping = "" if expr.grouping == Grouping() else _grouping(expr.grouping)
            return f"{expr.op}{grouping}({count}{written(expr.expr)})"
        case Binary():
            return f"({written(expr.left)} {expr.op}{_modifier(expr)} {written(expr.right)})"
        case Number():
            return number(expr.value)
        case VectorOf():
            return (
                f"vector({expr.value:f})" if float(f"{expr.value:f}") == expr.value else f"vector({number(expr.value)})"
            )
        case LabelReplace():
            texts = (expr.target, expr.replacement, expr.source, expr.pattern)
            return f"label_replace({','.join((written(expr.expr), *map(quoted, texts)))})"


def number(value: float) -> str:
    """A number without an exponent where that is short."""
    text = repr(value)
    return text.removesuffix(".0") if "e" not in text else text.replace("+", "")


def _query(query: LogQuery) -> str:
    selector = "{" + ", ".join(_matcher(one) for one in query.matchers) + "}"
    return " ".join((selector, *map(_stage, query.stages)))


def _matcher(matcher: Matcher) -> str:
    return f"{matcher.name}{matcher.op}{quoted(matcher.value)}"


def _range(node: RangeAggregation) -> str:
    share = f"{number(node.parameter)}," if node.parameter is not None else ""
    unwrap = f" {_unwrap(node.unwrap)}" if node.unwrap else ""
    offset = f" offset {spelled(node.offset)}" if node.offset else ""
    grouping = _grouping(node.grouping) if node.grouping is not None else ""
    return f"{node.op}({share}{_query(node.query)}{unwrap}[{spelled(node.window)}]{offset}){grouping}"


def _unwrap(unwrap: Unwrap) -> str:
    name = f"{unwrap.conversion}({unwrap.name})" if unwrap.conversion else unwrap.name
    return " ".join((f"| unwrap {name}", *(f"| {_condition(one)}" for one in unwrap.filters)))


def _grouping(grouping: Grouping) -> str:
    return f" {'without' if grouping.without else 'by'} ({','.join(grouping.names)})"


def _modifier(node: Binary) -> str:
    rules = node.matching
    text = " bool" if node.as_bool else ""
    if rules.on or rules.names or rules.many:
        text += f" {'on' if rules.on else 'ignoring'} ({','.join(rules.names)})"
    if rules.many:
        text += f" group_{rules.many} ({','.join(rules.include)})"
    return text


def _stage(stage: Stage) -> str:
    match stage:
        case LineFilter():
            ips = stage.ip or (False,) * len(stage.values)
            terms = (f"ip({quoted(one)})" if ip else quoted(one) for one, ip in zip(stage.values, ips, strict=True))
            return f"{stage.op} {' or '.join(terms)}"
        case Parser():
            return _parser(stage)
        case LabelFilter():
            return f"| {_condition(stage.condition)}"
        case LineFormat():
            return f"| line_format {quoted(stage.template)}"
        case LabelFormat():
            return f"| label_format {','.join(map(_assignment, stage.assignments))}"
        case Decolorize():
            return "| decolorize"
        case Selection():
            return f"| {stage.op} {','.join(map(_named, stage.labels))}"


def _parser(parser: Parser) -> str:
    if parser.kind in ("regexp", "pattern"):
        return f"| {parser.kind} {quoted(parser.expression)}"
    words = ("|", parser.kind, *parser.flags, ",".join(map(_extraction, parser.extractions)))
    return " ".join(word for word in words if word)


def _extraction(one: Extraction) -> str:
    return f"{one.name}={quoted(one.path)}"


def _assignment(one: Assignment) -> str:
    return f"{one.name}={one.value if one.rename else quoted(one.value)}"


def _named(one: Named) -> str:
    return _matcher(one.matcher) if one.matcher is not None else one.name


def _condition(condition: Condition) -> str:
    if isinstance(condition, Junction):
        word = "," if condition.op == "and" else "or"
        return f"( {_condition(condition.left)} {word} {_condition(condition.right)} )"
    return f"{condition.name}{condition.op}{_operand(condition)}"


def _operand(comparison: Comparison) -> str:
    value = comparison.value
    match comparison.kind:
        case "text":
            return quoted(str(value))
        case "ip":
            return f"ip({quoted(str(value))})"
        case "duration":
            return spelled(int(value))
        case "bytes":
            return f"{value}B"
        case "number":
            return number(float(value))
