"""pydantic's errors in plain words: what is wrong at which key, and the nearest word that would have been right."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from noc.config.document import Document, KeyPath
from noc.config.nearest import hint
from noc.config.schema import Location, keys_at, walk
from noc.model.errors import Fault

SHOWN = 60  # characters of a wrong value that are repeated
UNSAID = ("url", "headers", "headers_env", "basic", "password_env", "password_file", "bearer_env", "bearer_file")
"""Keys whose values are never repeated: somebody may have written the secret itself."""

_QUOTED = re.compile(r"'([^']*)'")


def faults_of(errors: list[ErrorDetails], model: type[BaseModel], document: Document) -> list[Fault]:
    """One fault for each wrong place; the alternatives of a union are one place."""
    faults: dict[tuple[KeyPath, str], Fault] = {}
    places: set[KeyPath] = set()
    for error in errors:
        path = key_of(error, model, document.data)
        if error["type"] in _KEY_MESSAGES:
            where, message = path[:-1], _KEY_MESSAGES[error["type"]](error, model)
        else:
            where, message = path, _message(error, path)
            if path in places:
                continue
            places.add(path)
        text = f"{dotted(where)}: {message}" if where else message
        line = document.line(path if error["type"] != "missing" else where)
        faults.setdefault((path, message), Fault(document.file, line, text))
    return list(faults.values())


def dotted(path: KeyPath) -> str:
    """``panels.cpu.queries[1].unit``."""
    text = ""
    for element in path:
        text += f"[{element + 1}]" if isinstance(element, int) else f".{element}" if text else element
    return text


def key_of(error: ErrorDetails, model: type[BaseModel], data: Any) -> KeyPath:
    """The path of the key an error is about, a missing or unknown one included."""
    if error["type"] in _KEY_MESSAGES:
        return (*place(error["loc"][:-1], model, data), error["loc"][-1])
    return place(error["loc"], model, data)


def place(location: Location, model: type[BaseModel], data: Any) -> KeyPath:
    """The path of keys in the file: pydantic's location without what stands for unions, validators and short forms."""
    path: list[str | int] = []
    for element in walk(model, location)[0]:
        if isinstance(data, Mapping):
            inside = element in data
        else:
            inside = isinstance(data, (list, tuple)) and isinstance(element, int) and element < len(data)
        if inside:
            path.append(element)
            data = data[element]
    return tuple(path)


def _extra(error: ErrorDetails, model: type[BaseModel]) -> str:
    word = str(error["loc"][-1])
    return f"unknown key {word!r}{hint(word, keys_at(model, error['loc'][:-1]))}"


def _missing(error: ErrorDetails, model: type[BaseModel]) -> str:
    return f"{str(error['loc'][-1])!r} is missing"


_KEY_MESSAGES: dict[str, Callable[[ErrorDetails, type[BaseModel]], str]] = {
    "extra_forbidden": _extra,
    "missing": _missing,
}


def _shown(value: Any, path: KeyPath) -> str:
    """`` , not 'abc'``, or nothing where the value may be a secret."""
    if any(key in UNSAID for key in path):
        return ""
    if value is None:
        return ", not empty"
    if isinstance(value, Mapping):
        return ", not a mapping"
    if isinstance(value, (list, tuple)):
        return ", not a list"
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return f", not {text if len(text) <= SHOWN else text[: SHOWN - 1] + '…'}"


def _choice(error: ErrorDetails, known: list[str], what: str = "value") -> str:
    value = error["ctx"].get("tag", error["input"])
    near = hint(str(value), known)
    return f"unknown {what} {str(value)[:SHOWN]!r}{near or '; known: ' + ', '.join(known)}"


def _text(error: ErrorDetails, path: KeyPath) -> str:
    value = error["input"]
    if isinstance(value, (bool, int, float)):
        return f"must be text; put it in quotes: '{str(value).lower() if isinstance(value, bool) else value}'"
    return f"must be text{_shown(value, path)}"


def _message(error: ErrorDetails, path: KeyPath) -> str:
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    if kind == "value_error":
        return str(context.get("error", error["msg"]))
    if kind == "union_tag_invalid":
        return _choice(error, _QUOTED.findall(str(context["expected_tags"])), "kind")
    if kind == "union_tag_not_found":
        return (
            "'kind' is missing"
            if isinstance(value, Mapping)
            else f"must be a mapping (key: value){_shown(value, path)}"
        )
    if kind in ("literal_error", "enum"):
        return _choice(error, _QUOTED.findall(str(context["expected"])))
    if kind == "string_type":
        return _text(error, path)
    if kind in _BOUNDS:
        word, key = _BOUNDS[kind]
        return f"must be {word} {context[key]:g}{_shown(value, path)}"
    if kind == "too_short":
        count = context["min_length"]
        return "must not be empty" if count == 1 else f"needs {count} entries, not {context['actual_length']}"
    if kind == "too_long":
        return f"takes {context['max_length']} entries, not {context['actual_length']}"
    for ending, words in _TYPES.items():
        if kind.startswith(ending):
            return f"must be {words}{_shown(value, path)}"
    return error["msg"].replace("Input should be", "must be").replace("Value error, ", "")


_BOUNDS = {
    "greater_than_equal": ("at least", "ge"),
    "less_than_equal": ("at most", "le"),
    "greater_than": ("above", "gt"),
    "less_than": ("below", "lt"),
}
_TYPES = {
    "int_": "a whole number",
    "float_": "a number",
    "finite_number": "a number",
    "bool_": "true or false",
    "dict_": "a mapping (key: value)",
    "model_": "a mapping (key: value)",
    "tuple_": "a list",
    "list_": "a list",
    "path_": "a path",
}
