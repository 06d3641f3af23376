"""Runbooks: Markdown files in three sections, bundled or the user's own, with commands whose placeholders have types.

``php artisan user:disable {user_id:integer}``: a placeholder is a name and a type; what is inserted matches its type whole,
so that no label of a stranger can become a second command (corrections 33).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from noc.config.nearest import hint
from noc.model.errors import ConfigError, Fault

SECTIONS = ("Immediate actions", "Investigation", "Resolution")
"""What every runbook has, in this order (specification 4.4)."""

NAME = re.compile(r"[a-z][a-z0-9-]{0,63}")
PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*):([a-z]+)\}")
_LOOSE = re.compile(r"(?<![$\w{])\{([a-z][a-z0-9_]*)\}(?!\})")


def _integer(value: str) -> bool:
    return re.fullmatch(r"[0-9]{1,19}", value, re.ASCII) is not None


def _address(value: str) -> bool:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return re.fullmatch(r"[0-9A-Fa-f.:]{2,45}", value, re.ASCII) is not None  # no %zone


def _word(value: str) -> bool:
    return re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.:-]{0,63}", value, re.ASCII) is not None


def _path(value: str) -> bool:
    return re.fullmatch(r"/(?:[A-Za-z0-9_.-]+/?){0,12}", value, re.ASCII) is not None and ".." not in value


TYPES: dict[str, Callable[[str], bool]] = {"integer": _integer, "address": _address, "word": _word, "path": _path}
"""Types of placeholders by name; none of their values holds a blank, a quote or anything a shell would read."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the second level and the Markdown beneath. ``line`` is its place in the file, from 1."""

    title: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Runbook:
    """One runbook as its author wrote it, placeholders and all."""

    name: str
    title: str
    summary: str
    sections: tuple[Section, ...]
    text: str


def names(directories: Sequence[Path] = ()) -> list[str]:
    """Names of all runbooks, the user's and the bundled ones, sorted."""
    own = {path.stem for directory in directories if directory.is_dir() for path in directory.glob("*.md")}
    bundled = {entry.name.removesuffix(".md") for entry in _bundled().iterdir() if entry.name.endswith(".md")}
    return sorted(name for name in own | bundled if NAME.fullmatch(name))


def _bundled() -> resources.abc.Traversable:
    return resources.files("noc.catalogue").joinpath("runbooks")


def load(name: str, directories: Sequence[Path] = ()) -> Runbook:
    """A runbook by name, the user's own first. ConfigError with file and line for a broken one, or the nearest name."""
    if not NAME.fullmatch(name):
        raise ConfigError([Fault("runbook", 0, f"{name!r} is no runbook's name: small letters, digits and dashes")])
    for directory in directories:
        path = directory / f"{name}.md"
        if path.is_file():
            try:
                return parse(name, path.read_text("utf-8"), str(path))
            except OSError as error:
                raise ConfigError([Fault(str(path), 0, f"cannot be read: {error.strerror}")]) from None
            except UnicodeDecodeError:
                raise ConfigError([Fault(str(path), 0, "is no UTF-8 text")]) from None
    entry = _bundled().joinpath(f"{name}.md")
    if not entry.is_file():
        raise ConfigError([Fault("runbook", 0, f"there is no runbook {name!r}{hint(name, names(directories))}")])
    return parse(name, entry.read_text("utf-8"), f"runbooks/{name}.md")


def parse(name: str, text: str, file: str) -> Runbook:
    """A runbook from its Markdown. ConfigError names each fault with its line."""
    lines = text.splitlines()
    faults: list[Fault] = []
    title = ""
    summary: list[str] = []
    sections: list[tuple[str, int, list[str]]] = []
    body: list[str] = []
    for number, line in enumerate(lines, 1):
        if line.startswith("# ") and not title:
            title = line[2:].strip()
        elif line.startswith("## "):
            sections.append((line[3:].strip(), number, body := []))
        elif sections:
            body.append(line)
        elif title:
            summary.append(line)
        for match in PLACEHOLDER.finditer(line):
            if match[2] not in TYPES:
                faults.append(Fault(file, number, f"placeholder {match[0]}: unknown type{hint(match[2], TYPES)}"))
        faults += [
            Fault(file, number, f"placeholder {match[0]} has no type; write {{{match[1]}:integer}}")
            for match in _LOOSE.finditer(line)
            if "`" in line or line.startswith("    ")
        ]
    if not title:
        faults.append(Fault(file, 1, "a runbook begins with '# Title'"))
    found = [heading for heading, _, _ in sections]
    faults += [Fault(file, 0, f"section '## {wanted}' is missing") for wanted in SECTIONS if wanted not in found]
    if faults:
        raise ConfigError(faults)
    made = tuple(Section(heading, "\n".join(own).strip("\n"), at) for heading, at, own in sections)
    return Runbook(name, title, " ".join(" ".join(summary).split()), made, text)
