"""YAML files to validated models. Every fault names file, line and key, and the nearest word that would be valid.

``load_*`` raise ConfigError with all faults of the file; ``read_*`` return what is sound beside the faults, so that
the lint can go on through the panels that are well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from noc.config.document import Document, KeyPath, read_document
from noc.config.layout import Layout
from noc.config.settings import Settings
from noc.config.theme import Theme
from noc.config.wording import faults_of, place
from noc.model.errors import ConfigError, Fault

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Loaded(Generic[M]):
    """``model`` is None when nothing sound is left; ``document`` is None when the file is no YAML mapping."""

    model: M | None
    faults: tuple[Fault, ...]
    document: Document | None
    refused: frozenset[KeyPath] = frozenset()
    """The first one or two keys of everything that was refused, and so is missing or replaced in ``model``."""

    def line(self, *path: str | int) -> int:
        """The line of a key (or the nearest above it); 0 when unknown."""
        return self.document.line(path) if self.document else 0

    def required(self) -> M:
        """The model; ConfigError with every fault that is an error."""
        if self.model is None or any(fault.severity == "error" for fault in self.faults):
            raise ConfigError(list(self.faults))
        return self.model


def load_layout(path: Path) -> Layout:
    """A layout from its file; the file's name is its title unless it has one."""
    return read_layout(path).required()


def load_theme(path: Path) -> Theme:
    """A theme from its file; the file's name is its title unless it has one."""
    return read_theme(path).required()


def load_settings(path: Path, home: Path | None = None) -> Settings:
    """The settings from their file; relative paths in it stand beside it, ``~`` is ``home``."""
    return read_settings(path, home).required()


def read_layout(path: Path, file: str | None = None) -> Loaded[Layout]:
    """A layout, as far as it is sound: refused panels and variables are left out of the model, with their faults."""
    return _read(path, Layout, file=file, defaults={"title": path.stem}, droppable=("panels", "variables"))


def read_theme(path: Path, file: str | None = None) -> Loaded[Theme]:
    """A theme and its faults."""
    return _read(path, Theme, file=file, defaults={"title": path.stem})


def read_settings(path: Path, home: Path | None = None, file: str | None = None) -> Loaded[Settings]:
    """The settings and their faults; an empty file is all defaults."""
    context: dict[str, Any] = {"base": path.parent}
    if home is not None:
        context["home"] = home
    return _read(path, Settings, file=file, context=context, may_be_empty=True)


def _read(
    path: Path,
    model: type[M],
    *,
    file: str | None,
    defaults: Mapping[str, Any] | None = None,
    droppable: tuple[str, ...] = (),
    context: Mapping[str, Any] | None = None,
    may_be_empty: bool = False,
) -> Loaded[M]:
    try:
        document = read_document(path, file)
    except ConfigError as error:
        return Loaded(None, tuple(error.faults), None)
    if document.data is None and may_be_empty:
        document.data = {}
    if not isinstance(document.data, dict):
        problem = "the file is empty" if document.data is None else "the file must be a mapping (key: value)"
        return Loaded(None, (Fault(document.file, 0 if document.data is None else 1, problem),), None)
    data = {**(defaults or {}), **document.data}
    try:
        return Loaded(model.model_validate(data, context=context), tuple(sorted(document.faults)), document)
    except ValidationError as error:
        errors = error.errors(include_url=False)
    faults = sorted({*document.faults, *faults_of(errors, model, document)})
    refused = {place(item["loc"], model, document.data)[:2] for item in errors}
    return Loaded(_rest(data, refused, model, droppable, context), tuple(faults), document, frozenset(refused))


def _rest(
    data: dict[str, Any],
    refused: set[KeyPath],
    model: type[M],
    droppable: tuple[str, ...],
    context: Mapping[str, Any] | None,
) -> M | None:
    """The model without the refused entries, if that is enough to make it valid. A refused grid becomes one row."""
    if model is Layout and any(path[0] == "grid" for path in refused):
        data = {**data, "grid": {"areas": [" ".join(map(str, data.get("panels") or ["."]))]}}
    rest = {
        key: {name: item for name, item in value.items() if (key, name) not in refused}
        if key in droppable and isinstance(value, dict)
        else value
        for key, value in data.items()
        if (key,) not in refused or (key in model.model_fields and model.model_fields[key].is_required())
    }
    rest = {key: value for key, value in rest.items() if key in model.model_fields}
    try:
        return model.model_validate(rest, context=context)
    except ValidationError:
        return None
