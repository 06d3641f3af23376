"""What a model would have accepted at a place: keys, kinds. Found by walking annotations beside pydantic's error path."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel


def members(annotation: Any) -> Iterator[Any]:
    """The alternatives of an annotation, without Annotated, Optional and Union around them."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from members(get_args(annotation)[0])
    elif origin in (Union, types.UnionType):
        for member in get_args(annotation):
            yield from members(member)
    elif annotation is not type(None):
        yield annotation


def keys(model: type[BaseModel]) -> dict[str, Any]:
    """The keys a file may write, with their annotations."""
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}


def tag(model: type[BaseModel]) -> str | None:
    """The word of a model that is chosen by ``kind``."""
    field = model.model_fields.get("kind")
    words = get_args(field.annotation) if field and get_origin(field.annotation) is Literal else ()
    return words[0] if words else None


def _inside(annotation: Any, element: str | int) -> Iterator[Any]:
    for member in members(annotation):
        if isinstance(member, type) and issubclass(member, BaseModel):
            if tag(member) == element:
                yield member
            elif element in (known := keys(member)):
                yield known[str(element)]
        elif get_origin(member) is dict:
            yield get_args(member)[1]
        elif get_origin(member) in (tuple, list):
            yield get_args(member)[0]


def keys_at(model: type[BaseModel], location: tuple[str | int, ...]) -> set[str]:
    """The keys allowed where ``location`` (of a pydantic error) points."""
    at: list[Any] = [model]
    for element in location:
        at = [inner for annotation in at for inner in _inside(annotation, element)]
    return {
        key
        for annotation in at
        for member in members(annotation)
        if isinstance(member, type) and issubclass(member, BaseModel)
        for key in keys(member)
    }
