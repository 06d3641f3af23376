"""A TV programme: which page when, for how long, and what may interrupt it. One YAML file, found like a layout."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from noc.config.alerting import Delay
from noc.config.base import Duration, Model

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_CLOCK = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)-([01]?\d|2[0-4]):([0-5]\d)")


def _span(value: Any) -> Any:
    """``22:00-06:00`` -> (1320, 360), minutes of the day; the end is not in it, and may lie on the next day."""
    if isinstance(value, str) and (match := _CLOCK.fullmatch(value.strip())):
        begin, end = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
        if begin <= 1440 and end <= 1440 and begin != end:
            return (begin % 1440, end % 1440)
    if isinstance(value, tuple):
        return value
    raise ValueError(f"{value!r} is no span of the day; write 22:00-06:00")


Daytime = Annotated[tuple[int, int], BeforeValidator(_span)]
"""Minutes of the wall's day from and to; written ``22:00-06:00``."""


class ProgrammePage(Model):
    """One page: a layout, how long, over which range, when."""

    layout: str
    """A layout by name or path."""
    dwell: Duration | None = None
    """Seconds on the glass; the programme's by default."""
    range: Duration | None = None
    """Instead of the layout's own: the same layout twice with two ranges is two pages."""
    variables: dict[str, str] = Field(default_factory=dict)
    between: Daytime | None = None
    """Only in this part of the day, in the wall's zone: night pages."""
    days: tuple[Day, ...] = ()
    """Only on these days (those on which the part of the day began); every day by default."""


class Preempt(Model):
    """A CRITICAL that fires and nobody has acknowledged takes the glass."""

    layout: str = "alerts"
    """The page it brings, its row under the cursor."""
    hold: Delay = 300.0
    """Seconds it stays until somebody acknowledges; then every second page is its page, until it is over."""
    dwell: Duration | None = None
    """Seconds of those second pages; the programme's by default."""


class Night(Model):
    """Dimming in the dark hours."""

    between: Daytime = (1320, 360)
    dim: float = Field(default=0.45, ge=0, le=0.8)
    """Share of the light that is taken away; an unacknowledged CRITICAL is never dimmed."""


class Programme(Model):
    """One file of ``programmes/``; only ``pages`` is required."""

    title: str = ""
    dwell: Duration = 30.0
    pages: tuple[ProgrammePage, ...] = Field(min_length=1, max_length=100)
    preempt: Preempt | None = Preempt()
    """null: nothing interrupts."""
    night: Night | None = None
    shift: bool = True
    """Move the picture by one cell at each page change, so that nothing burns in."""

    @model_validator(mode="after")
    def _shows_something_always(self) -> Programme:
        if all(page.between is not None or page.days for page in self.pages):
            raise ValueError("some page must have neither 'between' nor 'days', so that the glass is never empty")
        return self
