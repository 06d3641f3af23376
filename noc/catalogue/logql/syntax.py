"""What a LogQL text means, as a tree of frozen nodes. Durations are whole nanoseconds, sizes are bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Matcher:
    """``name op value`` of a stream selector, with op one of ``=``, ``!=``, ``=~``, ``!~``."""

    name: str
    op: str
    value: str


@dataclass(frozen=True, slots=True)
class LineFilter:
    """``op`` is one of ``|= != |~ !~ |> !>``; ``values`` are joined by ``or``. ``ip`` tells which values are addresses."""

    op: str
    values: tuple[str, ...]
    ip: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True)
class Extraction:
    """``name="path"`` of a parser stage; the name alone stands for itself."""

    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Parser:
    """``json``, ``logfmt``, ``regexp``, ``pattern`` or ``unpack``; ``expression`` is that of regexp and pattern."""

    kind: Literal["json", "logfmt", "regexp", "pattern", "unpack"]
    extractions: tuple[Extraction, ...] = ()
    expression: str = ""
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """A label against a value: texts with ``= != =~ !~``, numbers, durations (nanoseconds) and sizes (bytes) with
    ``== != > >= < <=``, addresses (``ip("…")``) with ``=`` and ``!=``."""

    name: str
    op: str
    value: str | float | int
    kind: Literal["text", "number", "duration", "bytes", "ip"] = "text"


@dataclass(frozen=True, slots=True)
class Junction:
    """Two conditions, joined by ``and`` (a comma and nothing at all mean the same) or ``or``."""

    op: Literal["and", "or"]
    left: Condition
    right: Condition


Condition = Comparison | Junction


@dataclass(frozen=True, slots=True)
class LabelFilter:
    condition: Condition


@dataclass(frozen=True, slots=True)
class LineFormat:
    template: str


@dataclass(frozen=True, slots=True)
class Assignment:
    """``name=other`` renames a label, ``name="template"`` fills one."""

    name: str
    value: str
    rename: bool


@dataclass(frozen=True, slots=True)
class LabelFormat:
    assignments: tuple[Assignment, ...]


@dataclass(frozen=True, slots=True)
class Decolorize:
    pass


@dataclass(frozen=True, slots=True)
class Named:
    """A label of ``drop`` and ``keep``: by name, or only where it matches."""

    name: str
    matcher: Matcher | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """``drop`` or ``keep``."""

    op: Literal["drop", "keep"]
    labels: tuple[Named, ...]


Stage = LineFilter | Parser | LabelFilter | LineFormat | LabelFormat | Decolorize | Selection


@dataclass(frozen=True, slots=True)
class LogQuery:
    """A stream selector and its pipeline: what yields lines."""

    matchers: tuple[Matcher, ...]
    stages: tuple[Stage, ...] = ()


@dataclass(frozen=True, slots=True)
class Unwrap:
    """The label whose number is aggregated. ``conversion`` is empty, ``bytes``, ``duration`` or ``duration_seconds``."""

    name: str
    conversion: str = ""
    filters: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Grouping:
    names: tuple[str, ...] = ()
    without: bool = False


@dataclass(frozen=True, slots=True)
class RangeAggregation:
    """``op(parameter, query | unwrap … [window] offset …) grouping``."""

    op: str
    query: LogQuery
    window: int
    offset: int = 0
    unwrap: Unwrap | None = None
    parameter: float | None = None
    grouping: Grouping | None = None


@dataclass(frozen=True, slots=True)
class VectorAggregation:
    op: str
    expr: Metric
    grouping: Grouping = Grouping()
    parameter: int | None = None


@dataclass(frozen=True, slots=True)
class Matching:
    """How two vectors meet; ``many`` is the side with many series, empty for one to one."""

    names: tuple[str, ...] = ()
    on: bool = False
    many: Literal["", "left", "right"] = ""
    include: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Binary:
    op: str
    left: Metric
    right: Metric
    matching: Matching = Matching()
    as_bool: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    value: float


@dataclass(frozen=True, slots=True)
class VectorOf:
    """``vector(1)``."""

    value: float


@dataclass(frozen=True, slots=True)
class LabelReplace:
    expr: Metric
    target: str
    replacement: str
    source: str
    pattern: str


Metric = RangeAggregation | VectorAggregation | Binary | Number | VectorOf | LabelReplace
Expr = LogQuery | Metric
