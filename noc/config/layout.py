"""A layout: the grid as it appears on the glass, its panels, variables and defaults."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from noc.config.annotations import Annotation
from noc.config.base import Duration, Model, Refresh
from noc.config.kinds import PanelSpec

_TRACK = re.compile(r"(\d+(?:\.\d+)?)fr")


def _track(value: object) -> object:
    """``2fr`` -> (2.0, True): a share; ``9`` -> (9.0, False): cells."""
    if isinstance(value, str) and (match := _TRACK.fullmatch(value.strip())):
        return (float(match[1]), True)
    if isinstance(value, str) and value.strip().isdigit():
        value = int(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return (float(value), False)
    if isinstance(value, (tuple, list)):
        return value
    raise ValueError(f"{value!r} is neither a number of cells nor a share like '1fr'")


Track = Annotated[tuple[float, bool], BeforeValidator(_track)]
"""Size of a column or row: (amount, is a share)."""


def _row(value: object) -> object:
    return tuple(value.split()) if isinstance(value, str) else value


AreaRow = Annotated[tuple[str, ...], BeforeValidator(_row)]


class Grid(Model):
    """Columns, rows and named areas; a name that spans several cells must fill a rectangle, ``.`` is empty."""

    columns: tuple[Track, ...] = ()
    """Equal shares by default."""
    rows: tuple[Track, ...] = ()
    """Equal shares by default."""
    areas: tuple[AreaRow, ...] = Field(min_length=1)


_LABEL_VALUES = re.compile(r"label_values\(\s*(?:(?P<selector>.+?)\s*,\s*)?(?P<label>[A-Za-z_]\w*)\s*\)", re.DOTALL)


class QueryVariable(Model):
    """Values of a label: ``label_values(up, instance)`` or ``label_values(job)``."""

    kind: Literal["query"]
    query: str
    title: str = ""
    multi: bool = False
    all: bool = False
    default: tuple[str, ...] | str | None = None
    source: str | None = None
    """A configured server's name; the first Prometheus by default."""
    language: Literal["promql", "logql"] | None = None
    """``logql`` asks the first Loki."""
    regex: str | None = None

    @property
    def parts(self) -> tuple[str, str] | None:
        """Selector (may be empty) and label; None when the query is no ``label_values(…)``."""
        match = _LABEL_VALUES.fullmatch(self.query.strip())
        return (match["selector"] or "", match["label"]) if match else None


class ListVariable(Model):
    """A fixed list."""

    kind: Literal["list"]
    values: tuple[str, ...] = Field(min_length=1)
    title: str = ""
    multi: bool = False
    all: bool = False
    default: tuple[str, ...] | str | None = None


class TextVariable(Model):
    """Free text."""

    kind: Literal["text"]
    default: str = ""
    title: str = ""


Variable = Annotated[QueryVariable | ListVariable | TextVariable, Field(discriminator="kind")]


class Layout(Model):
    """One wall page. Only ``grid`` and ``panels`` are required."""

    title: str | None = None
    """The file's name by default."""
    needs: tuple[str, ...] = ()
    """Metric names without which this layout makes no sense."""
    range: Duration = 3600.0
    refresh: Refresh = 15.0
    variables: dict[str, Variable] = Field(default_factory=dict)
    annotations: tuple[Annotation, ...] = ()
    """Marks on the charts of this layout, beside those of the settings."""
    grid: Grid
    panels: dict[str, PanelSpec] = Field(min_length=1)
