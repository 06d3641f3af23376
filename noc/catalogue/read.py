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
    """A file beside this module. ConfigError with file, line and key of every fault."""
    return parse_model(resources.files("noc.catalogue").joinpath(name).read_text("utf-8"), name, model)


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
