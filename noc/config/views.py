"""Named views: what was looked at, kept under a name. ``views.yaml`` beside the configuration; people edit it too.

Reading is strict, with file and line. Writing changes one entry and keeps the others as they stand, comments too.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError

from noc.config.base import Duration, Model
from noc.config.document import read_document
from noc.config.nearest import hint
from noc.config.wording import faults_of
from noc.config.write import write_whole
from noc.model.errors import ConfigError, Fault

FILE = "views.yaml"


def _listed(value: Any) -> Any:
    """One value is a list of one; numbers and booleans are what people write for text."""
    if isinstance(value, dict):
        return {key: _texts(one) for key, one in value.items()}
    return value


def _texts(value: Any) -> Any:
    items = value if isinstance(value, (list, tuple)) else (value,)
    return tuple(str(one) if isinstance(one, (int, float)) else one for one in items)


Chosen = Annotated[dict[str, tuple[str, ...]], BeforeValidator(_listed)]
"""Values of variables by name; one value may stand without a list."""


class SavedView(Model):
    """What was looked at: a layout and how."""

    layout: str
    """Name or path of a layout."""
    range: Duration | None = Field(default=None, gt=0)
    """Seconds shown; the layout's own range by default."""
    until: float | None = Field(default=None, ge=0)
    """The window's right edge in unix seconds; without it the view is live."""
    compare: Duration | None = Field(default=None, gt=0)
    """How much earlier the comparison lies."""
    variables: Chosen = Field(default_factory=dict)
    """Values of the layout's variables; ``$__all`` for all."""
    filters: dict[str, str] = Field(default_factory=dict)
    """Filters typed on lists, by panel."""
    focus: str | None = None
    """The panel that has the focus."""


class Views(Model):
    """The file: views by name."""

    views: dict[str, SavedView] = Field(default_factory=dict)


def load_views(path: Path) -> dict[str, SavedView]:
    """The views of a file, in its order; none where there is no file. ConfigError with file and line."""
    if not path.is_file():
        return {}
    document = read_document(path)
    if document.data is None:
        return {}
    if not isinstance(document.data, dict):
        raise ConfigError([Fault(document.file, 1, "the file must be a mapping (views: {NAME: ...})")])
    try:
        found = Views.model_validate(document.data)
    except ValidationError as error:
        raise ConfigError(faults_of(error.errors(include_url=False), Views, document)) from None
    if document.faults:
        raise ConfigError(document.faults)
    return found.views


def find_view(path: Path, name: str) -> SavedView:
    """A view by its name; ConfigError with the nearest one."""
    views = load_views(path)
    if name not in views:
        raise ConfigError([Fault(str(path), 0, f"unknown view {name!r}{hint(name, views)}")])
    return views[name]


def save_view(path: Path, name: str, view: SavedView) -> None:
    """Write a view under a name, over the one that had it. ConfigError where the file is broken, OSError."""
    load_views(path)
    data = view.model_dump(exclude_defaults=True)
    data["variables"] = {key: list(values) for key, values in view.variables.items()}
    _rewritten(path, name, {key: value for key, value in data.items() if value not in ({}, None)})


def delete_view(path: Path, name: str) -> None:
    """Take a view out of the file. ConfigError where it is not there or the file is broken, OSError."""
    find_view(path, name)
    _rewritten(path, name, None)


def _rewritten(path: Path, name: str, entry: dict[str, Any] | None) -> None:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 100
    yaml.indent(mapping=2, sequence=4, offset=2)
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    try:
        data = yaml.load(text)
    except YAMLError as error:
        raise ConfigError([Fault(str(path), 0, f"no YAML: {error}")]) from None
    data = CommentedMap() if data is None else data
    views = data.get("views")
    if views is None:
        views = data["views"] = CommentedMap()
    if entry is None:
        del views[name]
    else:
        views[name] = entry
    stream = io.StringIO()
    yaml.dump(data, stream)
    write_whole(path, stream.getvalue())
