"""The strict base of every configuration model, and the value types files share."""

from __future__ import annotations

import zoneinfo
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

from noc.model.timerange import parse_duration

MIN_REFRESH = 2.0  # seconds; below this a wall is a load test


class Model(BaseModel):
    """Unknown keys are errors; instances are frozen, so that a layout can be compared and cached."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, allow_inf_nan=False)


def _seconds(value: Any) -> Any:
    return parse_duration(value) if isinstance(value, str) else value


Duration = Annotated[float, BeforeValidator(_seconds)]
"""Seconds; written as ``90s``, ``5m``, ``1h30m`` or a plain number of seconds."""


def _slow_enough(value: float) -> float:
    if value < MIN_REFRESH:
        raise ValueError(f"is under {MIN_REFRESH:.0f}s, which is a load test")
    return value


Refresh = Annotated[Duration, AfterValidator(_slow_enough)]
"""Seconds between two questions, 2 at least."""


def _zone(value: str) -> str:
    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{value!r} is no time zone; write a name like Europe/Zurich or UTC") from None
    return value


Zone = Annotated[str, AfterValidator(_zone)]
"""IANA name of a time zone."""
