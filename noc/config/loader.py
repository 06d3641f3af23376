"""YAML files to validated models. Every fault names file, line and key, and the nearest word that would be valid.

``load_*`` raise ConfigError with all faults of the file; ``read_*`` return what is sound beside the faults, so that
the lint can go on through the panels that are well.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from noc.config.document import Document, KeyPath, read_document
from noc.config.layout import Layout
from noc.config.paths import is_path
from noc.config.programme import Programme
from noc.config.settings import Settings
from noc.config.theme import Theme
from noc.config.wording import faults_of, key_of
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
    """A layout, as far as it is sound: refused panels and variables are left out, a refused grid is one row."""
    sound = _Sound(entries=("panels", "variables"), instead={"grid": _one_row})
    return _read(path, Layout, sound, file=file, defaults={"title": path.stem}, context={"base": path.parent})


def _one_row(data: Mapping[str, Any]) -> dict[str, Any]:
    panels = data.get("panels")
    return {"areas": [" ".join(map(str, panels)) if isinstance(panels, dict) and panels else "."]}


def read_theme(path: Path, file: str | None = None) -> Loaded[Theme]:
    """A theme and its faults."""
    return _read(path, Theme, _Sound(), file=file, defaults={"title": path.stem})


def load_programme(path: Path) -> Programme:
    """A TV programme from its file; layouts it names by a path that lies beside it are found there. ConfigError."""
    programme = read_programme(path).required()
    pages = tuple(page.model_copy(update={"layout": beside(path, page.layout)}) for page in programme.pages)
    preempt = programme.preempt
    if preempt is not None:
        preempt = preempt.model_copy(update={"layout": beside(path, preempt.layout)})
    return programme.model_copy(update={"pages": pages, "preempt": preempt})


def beside(file: Path, name: str) -> str:
    """A layout as a programme names it: a relative path stands beside the programme's file, if there is such a file."""
    found = file.parent / name
    return str(found) if is_path(name) and not Path(name).is_absolute() and found.is_file() else name


def read_programme(path: Path, file: str | None = None) -> Loaded[Programme]:
    """A TV programme and its faults. A list whose first page is refused is not empty, though its schema counts it so."""
    loaded = _read(path, Programme, _Sound(), file=file, defaults={"title": path.stem})
    if any(fault.message.startswith("pages[") for fault in loaded.faults):
        told = tuple(fault for fault in loaded.faults if fault.message != "pages: must not be empty")
        loaded = replace(loaded, faults=told)
    return loaded


def read_settings(path: Path, home: Path | None = None, file: str | None = None) -> Loaded[Settings]:
    """The settings and their faults; an empty file is all defaults."""
    context: dict[str, Any] = {"base": path.parent}
    if home is not None:
        context["home"] = home
    return _read(path, Settings, _Sound(entries=("environments",)), file=file, context=context, may_be_empty=True)


@dataclass(frozen=True, slots=True)
class _Sound:
    """How the sound part of a refused file is cut out: entries one by one, other keys whole."""

    entries: tuple[str, ...] = ()
    instead: Mapping[str, Callable[[Mapping[str, Any]], Any]] = field(default_factory=dict)
    """What stands in for a refused key that is required."""

    def part(self, data: Mapping[str, Any], refused: set[KeyPath], model: type[BaseModel]) -> dict[str, Any]:
        """The data without what was refused."""
        bad = {path[0] for path in refused if path}
        part: dict[str, Any] = {}
        for key, value in data.items():
            if key in self.entries and isinstance(value, dict):
                part[key] = {name: item for name, item in value.items() if (key, name) not in refused}
            elif key in model.model_fields and key not in bad:
                part[key] = value
        part.update((key, make(data)) for key, make in self.instead.items() if key in bad)
        return part


def _read(
    path: Path,
    model: type[M],
    sound: _Sound,
    *,
    file: str | None,
    defaults: Mapping[str, Any] | None = None,
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
    refused = {key_of(item, model, document.data)[:2] for item in errors}
    rest = sound.part(data, refused, model)
    try:
        left = model.model_validate(rest, context=context)
    except ValidationError:
        left = None
    return Loaded(left, tuple(faults), document, frozenset(refused))
