"""The catalogue's own YAML to validated models, out of the package so that a zipped install works too."""

from __future__ import annotations

from importlib import resources
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from noc.config.document import parse_document
from noc.config.wording import faults_of
from noc.model.errors import ConfigError

M = TypeVar("M", bound=BaseModel)


def read_bundled(name: str, model: type[M]) -> M:
    """A file beside this module, read once: it does not change, and what is read is frozen. ConfigError with file, line and
    key of every fault."""
    found = _read.get(name)
    if not isinstance(found, model):
        text = resources.files("noc.catalogue").joinpath(name).read_text("utf-8")
        found = _read[name] = parse_model(text, name, model)
    return found


_read: dict[str, BaseModel] = {}
"""The bundled files by name: two of them."""


def parse_model(text: str, file: str, model: type[M]) -> M:
    """A model from YAML text; ``file`` is what faults call it."""
    document = parse_document(text, file)
    try:
        parsed = model.model_validate(document.data)
    except ValidationError as error:
        faults = {*document.faults, *faults_of(error.errors(include_url=False), model, document)}
        raise ConfigError(list(faults)) from None
    if document.faults:
        raise ConfigError(document.faults)
    return parsed
