"""Placeholders of runbooks: ``{user_id:integer}`` is a name and a type, and what is inserted matches the type whole.

Labels and log lines come from attackers, and what stands in a runbook is pasted into a root shell. So the types are the
guard (corrections 33): by construction none of their values holds a blank, a quote, a line break or anything else that a
shell reads, and none begins with a dash, which a program would take for an option.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator

from noc.config.nearest import hint

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*):([a-z]+)\}")
"""Groups: name, type."""

_UNTYPED = re.compile(r"(?<![$%#\w{])\{([a-z][a-z0-9_]*)\}(?!\})")
"""``{user_id}``, but neither ``${HOME}`` nor ``%{http_code}`` nor ``{{ip}}``, which are the shell's and its programs' own."""

_INTEGER = re.compile(r"[0-9]{1,19}")
_ADDRESS = re.compile(r"[0-9A-Fa-f.:]{2,45}")
_WORD = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:-]{0,63}")
_PATH = re.compile(r"/(?:[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)*/?)?")
_DURATION = re.compile(r"(?:[0-9]{1,6}(?:ms|[smhdwy])){1,5}")
_LONGEST_PATH = 200


def _integer(value: str) -> bool:
    return _INTEGER.fullmatch(value) is not None


def _address(value: str) -> bool:
    """IPv4 or IPv6, without a zone. Nobody attacks from an address no host on the network has, but a forged header says
    ``127.0.0.1`` gladly, and whoever blocks that blocks himself."""
    if _ADDRESS.fullmatch(value) is None:
        return False
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None) or address
    return not (mapped.is_unspecified or mapped.is_loopback or mapped.is_multicast or mapped.is_reserved)


def _word(value: str) -> bool:
    return _WORD.fullmatch(value) is not None


def _path(value: str) -> bool:
    return len(value) <= _LONGEST_PATH and _PATH.fullmatch(value) is not None and ".." not in value


def _duration(value: str) -> bool:
    return _DURATION.fullmatch(value) is not None


TYPES: dict[str, Callable[[str], bool]] = {
    "integer": _integer,
    "address": _address,
    "word": _word,
    "path": _path,
    "duration": _duration,
}
"""By name, whether a value is of the type: ``integer`` (not negative), ``address``, ``word`` (a host with or without its
port, a model, a job), ``path`` (of a route, absolute, without ``..``), ``duration`` (``1h30m``)."""


def fits(kind: str, value: str) -> bool:
    """Whether a value may stand for a placeholder of that type; of an unknown type nothing may."""
    known = TYPES.get(kind)
    return known is not None and known(value)


def unknown_types(line: str) -> Iterator[str]:
    """What is wrong with the placeholders of a line of any text."""
    for match in PLACEHOLDER.finditer(line):
        if match[2] not in TYPES:
            yield f"placeholder {match[0]}: unknown type {match[2]!r}{hint(match[2], TYPES)}"


def untyped(command: str) -> Iterator[str]:
    """What is wrong with a command's braces: a placeholder that lost its type would be copied as it stands."""
    for match in _UNTYPED.finditer(command):
        name = match[1]
        yield f"placeholder {match[0]} has no type: write {{{name}:word}}, or {{ {name} }} for braces of the shell's own"
