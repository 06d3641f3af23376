"""What happened beside the numbers: deployments, incidents, notes, marked on every chart at their time."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from noc.config.base import Model, Refresh
from noc.config.credentials import ConfigPath

Mark = Literal["deploy", "incident", "note"]


class LogAnnotation(Model):
    """Each line of a log query is a mark."""

    kind: Literal["lines"]
    query: str
    """A log query in LogQL; variables as ``$name``."""
    source: str | None = None
    """A configured Loki's name; the first by default."""
    mark: Mark = "deploy"
    text: str = ""
    """Template of its words: ``{{version}} by {{context.user}}``; the line's own words by default."""
    limit: int = Field(default=50, ge=1, le=500)
    refresh: Refresh = 30.0


class SeriesAnnotation(Model):
    """Each change of a series is a mark (a build number, a start time); with ``above`` each span above a value is one."""

    kind: Literal["series"]
    query: str
    """A PromQL expression; variables as ``$name``."""
    source: str | None = None
    mark: Mark = "deploy"
    above: float | None = None
    """Mark the spans in which the value is above this instead of its changes."""
    text: str = ""
    """Template of its words: ``{{version}}`` takes a label, ``{{value}}`` the value."""
    refresh: Refresh = 30.0


class FileAnnotation(Model):
    """Each line of a JSONL file is a mark: ``{"at": "2025-10-02T15:30:00Z", "text": "v2.14", "mark": "deploy", "until": …}``."""

    kind: Literal["file"]
    path: ConfigPath
    """Beside the file that names it; read again when it changes. A deploy script appends a line to it."""
    mark: Mark = "deploy"
    """Of lines that name none."""


Annotation = Annotated[LogAnnotation | SeriesAnnotation | FileAnnotation, Field(discriminator="kind")]
