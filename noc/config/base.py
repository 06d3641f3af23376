"""The strict base of every configuration model, and the value types files share."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict

from noc.model.timerange import parse_duration


class Model(BaseModel):
    """Unknown keys are errors; instances are frozen, so that a layout can be compared and cached."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


def _seconds(value: Any) -> Any:
    return parse_duration(value) if isinstance(value, str) else value


Duration = Annotated[float, BeforeValidator(_seconds)]
"""Seconds; written as ``90s``, ``5m``, ``1h30m`` or a plain number of seconds."""
