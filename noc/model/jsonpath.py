"""Where in a JSON document: the small part of JSONPath (RFC 9535) that health checks need.

``$`` is the document, ``.name`` or ``['name']`` a member, ``[2]`` an item (``[-1]`` the last one), ``*`` or ``[*]`` every
member or item. Filters, slices and ``..`` are refused: a check says exactly where it looks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

EVERY = None
"""The step ``*``."""

Step = str | int | None

MOST = 1000
"""Places that are looked at, at most: a ``*`` over a large list is bounded, and what is beyond is not taken for good."""

_STEP = re.compile(
    r"""\.(?P<name>[\w-]+) | (?P<every>\.\*|\[\*\]) | \[(?P<item>-?\d{1,9})\]"""
    r""" | \['(?P<single>[^']*)'\] | \["(?P<double>[^"]*)"\]""",
    re.VERBOSE,
)


def parse(text: str) -> tuple[Step, ...]:
    """The steps of a path; ValueError says where it cannot be read."""
    if not text.startswith("$"):
        raise ValueError(f"the path {text!r} must begin with $, such as $.status")
    steps: list[Step] = []
    at = 1
    while at < len(text):
        found = _STEP.match(text, at)
        if found is None:
            rest = text[at : at + 12]
            raise ValueError(f"the path {text!r} cannot be read at {rest!r}; write .name, ['name'], [0] or *")
        if found["every"]:
            steps.append(EVERY)
        elif found["item"]:
            steps.append(int(found["item"]))
        else:
            steps.append(next(name for name in (found["name"], found["single"], found["double"]) if name is not None))
        at = found.end()
    return tuple(steps)


@dataclass(frozen=True, slots=True)
class Place:
    """One place a path leads to. ``name`` is its own path without the ``$.``: ``services.db.status``; empty for the document."""

    name: str
    value: Any = None
    missing: str = ""
    """Why there is no value: ``no status in services.db``."""


def find(document: Any, steps: tuple[Step, ...]) -> tuple[Place, ...]:
    """Every place in the document's order, MOST at most; where the path ends early, and where there are more, a place
    that says so."""
    out: list[Place] = []
    for place in _walk(document, steps, ""):
        if len(out) == MOST:
            out.append(Place("", missing=f"more than {MOST} values, the others were not looked at"))
            break
        out.append(place)
    return tuple(out)


def _walk(value: Any, steps: tuple[Step, ...], name: str) -> Iterator[Place]:
    if not steps:
        yield Place(name, value)
        return
    step, rest = steps[0], steps[1:]
    where = name or "the body"
    if step is EVERY:
        members = _members(value)
        if not members:
            yield Place(name, missing=f"nothing in {where}")
        for key, member in members:
            yield from _walk(member, rest, _joined(name, key))
    elif isinstance(step, int):
        if isinstance(value, list) and -len(value) <= step < len(value):
            yield from _walk(value[step], rest, _joined(name, step))
        else:
            yield Place(name, missing=f"no item {step} in {where}")
    elif isinstance(value, dict) and step in value:
        yield from _walk(value[step], rest, _joined(name, step))
    else:
        yield Place(name, missing=f"no {step} in {where}")


def _members(value: Any) -> list[tuple[Step, Any]]:
    if isinstance(value, dict):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, list) else []


def _joined(name: str, step: Step) -> str:
    if isinstance(step, int):
        return f"{name}[{step}]"
    return f"{name}.{step}" if name else str(step)
