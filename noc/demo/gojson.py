"""JSON as Go decodes it into typed fields: what it takes, and its complaint about what it does not."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from noc.demo import gotime

Check = Callable[[object], str]
"""What is wrong with a value, in Go's words; nothing if it is good."""


def document(body: bytes) -> object:
    """The first JSON value of a body; Go reads no further. ValueError in Go's words."""
    text = body.decode("utf-8", "replace").lstrip(" \t\r\n")
    try:
        value: object = json.JSONDecoder().raw_decode(text)[0]
    except json.JSONDecodeError as fault:
        odd = text[fault.pos : fault.pos + 1]
        words = f"invalid character '{odd}' looking for beginning of value" if odd else "unexpected EOF"
        raise ValueError(words) from None
    return value


def fields(value: object, kind: str, known: Mapping[str, Check]) -> Mapping[str, Any]:
    """An object whose known keys have the right types; null is an empty one. ValueError in Go's words."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ValueError(mismatch(value, "value", kind))
    for key, one in value.items():
        fault = known[key](one) if key in known and one is not None else ""
        if fault:
            raise ValueError(fault)
    return value


def mismatch(value: object, where: str, kind: str) -> str:
    """``where`` is ``value``, or ``struct field`` with its name."""
    name = {bool: "bool", str: "string", dict: "object", list: "array"}.get(type(value), "number")
    return f"json: cannot unmarshal {name} into Go {where} of type {kind}"


def text(name: str) -> Check:
    return lambda value: "" if isinstance(value, str) else mismatch(value, f"struct field {name}", "string")


def truth(name: str) -> Check:
    return lambda value: "" if isinstance(value, bool) else mismatch(value, f"struct field {name}", "bool")


def moment(name: str) -> Check:
    def check(value: object) -> str:
        if not isinstance(value, str):
            return mismatch(value, f"struct field {name}", "string")
        try:
            gotime.parsed(value)
        except ValueError as fault:
            return str(fault)
        return ""

    return check


def texts(name: str) -> Check:
    """An object of strings; null stands for an empty one."""

    def check(value: object) -> str:
        if not isinstance(value, dict):
            return mismatch(value, f"struct field {name}", "models.LabelSet")
        bad = (one for one in value.values() if one is not None and not isinstance(one, str))
        return next((mismatch(one, f"struct field {name}", "string") for one in bad), "")

    return check


def objects(name: str, kind: str, inner: str, known: Mapping[str, Check]) -> Check:
    """A list of objects with ``known`` keys."""

    def check(value: object) -> str:
        if not isinstance(value, list):
            return mismatch(value, f"struct field {name}", kind)
        for one in value:
            if one is not None and not isinstance(one, dict):
                return mismatch(one, f"struct field {name}", inner)
            try:
                fields(one, inner, known)
            except ValueError as fault:
                return str(fault)
        return ""

    return check
