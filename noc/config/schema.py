"""What a model would have accepted at a place: keys, kinds. Found by walking annotations beside pydantic's error path."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

Location = tuple[str | int, ...]


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


def _models(annotations: list[Any]) -> Iterator[type[BaseModel]]:
    for annotation in annotations:
        for member in members(annotation):
            if isinstance(member, type) and issubclass(member, BaseModel):
                yield member


def _inside(annotation: Any, element: str | int) -> Iterator[Any]:
    for member in members(annotation):
        if isinstance(member, type) and issubclass(member, BaseModel):
            if element in (known := keys(member)):
                yield known[str(element)]
        elif get_origin(member) is dict:
            yield get_args(member)[1]
        elif get_origin(member) in (tuple, list):
            yield get_args(member)[0]


def walk(model: type[BaseModel], location: Location) -> tuple[Location, list[Any]]:
    """``location`` of a pydantic error without the tags of unions, and the annotations it leads to.

    pydantic puts the chosen ``kind`` into the location, and a key of the same name may follow it.
    """
    at: list[Any] = [model]
    path: list[str | int] = []
    chosen = False
    for element in location:
        tagged = [] if chosen else [member for member in _models(at) if tag(member) == element]
        chosen = bool(tagged)
        if chosen:
            at = tagged
        else:
            path.append(element)
            at = [inner for annotation in at for inner in _inside(annotation, element)]
    return tuple(path), at


def keys_at(model: type[BaseModel], location: Location) -> set[str]:
    """The keys allowed where ``location`` points."""
    return {key for member in _models(walk(model, location)[1]) for key in keys(member)}
