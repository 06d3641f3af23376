"""Runbooks: Markdown files in three sections, bundled or the user's own, and the commands that stand in them.

A command is a line of a fenced block without a language or in ``sh`` (a backslash at its end joins it to the next), or
code in the running text that has a placeholder. A block in ``promql``, ``logql`` or ``sql`` is one query as a whole. All
other blocks are to look at. Files are read when they are asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from noc.catalogue.placeholders import PLACEHOLDER, unknown_types, untyped
from noc.config.nearest import hint
from noc.model.errors import ConfigError, Fault

if TYPE_CHECKING:
    from markdown_it.token import Token

SECTIONS = ("Immediate actions", "Investigation", "Resolution")
"""What a runbook has, in this order (specification 4.4)."""

NAME = re.compile(r"[a-z][a-z0-9-]{0,63}")
SHELL = frozenset({"", "sh", "bash", "shell"})
QUERIES = frozenset({"promql", "logql", "sql"})


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the second level and the Markdown beneath. ``line`` is its place in the file, from 1."""

    title: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Code:
    """A command or a query as written, on one line, placeholders and all.

    ``language`` is empty for a command, else ``promql``, ``logql`` or ``sql``; ``section`` the title above it, ``line``
    the place of its first line in the file, from 1.
    """

    text: str
    language: str
    section: str
    line: int


@dataclass(frozen=True, slots=True)
class Runbook:
    """One runbook as its author wrote it. ``faults`` is what is wrong with its file, in order of lines."""

    name: str
    title: str
    summary: str
    sections: tuple[Section, ...]
    text: str
    codes: tuple[Code, ...] = ()
    faults: tuple[Fault, ...] = ()


def names(directories: Sequence[Path] = ()) -> list[str]:
    """Names of all runbooks, the user's and the bundled ones, sorted."""
    own = {path.stem for directory in directories for path in _files(directory)}
    bundled = {entry.name.removesuffix(".md") for entry in _bundled().iterdir() if entry.name.endswith(".md")}
    return sorted(name for name in own | bundled if NAME.fullmatch(name))


def load(name: str, directories: Sequence[Path] = ()) -> Runbook:
    """A runbook by name, the user's own first. ConfigError with file and line for every error in it."""
    runbook = read(name, directories)
    if any(fault.severity == "error" for fault in runbook.faults):
        raise ConfigError(list(runbook.faults))
    return runbook


def read(name: str, directories: Sequence[Path] = ()) -> Runbook:
    """A runbook as far as it is sound, its faults beside it: at 3 am one misspelt placeholder must not hide the text.

    ConfigError when there is nothing to show: no such name (the nearest is offered), or no readable file.
    """
    if not NAME.fullmatch(name):
        raise ConfigError([Fault("runbook", 0, f"{name!r} is no runbook's name: small letters, digits and dashes")])
    for directory in directories:
        path = directory / f"{name}.md"
        if path.is_file():
            return parse(name, _text(path), str(path))
    entry = _bundled().joinpath(f"{name}.md")
    if not entry.is_file():
        raise ConfigError([Fault("runbook", 0, f"there is no runbook {name!r}{hint(name, names(directories))}")])
    return parse(name, entry.read_text("utf-8"), f"runbooks/{name}.md")


def lint(directories: Sequence[Path]) -> list[Fault]:
    """Every fault of the user's own runbooks."""
    faults: list[Fault] = []
    for directory in directories:
        if not directory.is_dir():
            faults.append(Fault(str(directory), 0, "there is no such directory of runbooks"))
        for path in _files(directory):
            if path.stem == "README":
                continue
            if not NAME.fullmatch(path.stem):
                message = "is never found: a runbook's name has small letters, digits and dashes"
                faults.append(Fault(str(path), 0, message, "warning"))
            try:
                faults += parse(path.stem, _text(path), str(path)).faults
            except ConfigError as error:
                faults += error.faults
    return faults


def _files(directory: Path) -> list[Path]:
    return sorted(directory.glob("*.md")) if directory.is_dir() else []


def _bundled() -> resources.abc.Traversable:
    return resources.files("noc.catalogue").joinpath("runbooks")


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise ConfigError([Fault(str(path), 0, f"cannot be read: {error.strerror}")]) from None
    except UnicodeDecodeError:
        raise ConfigError([Fault(str(path), 0, "is no UTF-8 text")]) from None


def parse(name: str, text: str, file: str) -> Runbook:
    """A runbook from its Markdown, whatever it is; ``file`` is what its faults call it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    tokens = _tokens(text)
    headings = list(_headings(tokens))
    first = next((heading for heading in headings if heading.tag == "h1"), None)
    seconds = [heading for heading in headings if heading.tag == "h2"]
    ends = [heading.start for heading in seconds][1:] + [len(lines)] * bool(seconds)
    sections = tuple(
        Section(heading.title, "\n".join(lines[heading.end : end]).strip("\n"), heading.start + 1)
        for heading, end in zip(seconds, ends, strict=True)
    )
    codes = tuple(_codes(tokens, sections))
    top = lines[first.end if first else 0 : seconds[0].start if seconds else len(lines)]
    return Runbook(
        name,
        first.title if first else name,
        " ".join(" ".join(top).split()),
        sections,
        text,
        codes,
        tuple(sorted(_faults(file, lines, first is not None, sections, codes))),
    )


def _faults(
    file: str, lines: Sequence[str], titled: bool, sections: Sequence[Section], codes: Sequence[Code]
) -> Iterator[Fault]:
    if not titled:
        yield Fault(file, 1, "a runbook begins with '# Title'")
    found = {section.title for section in sections}
    for wanted in SECTIONS:
        if wanted not in found:
            yield Fault(file, 0, f"section '## {wanted}' is missing", "warning")
    for number, line in enumerate(lines, 1):
        for message in unknown_types(line):
            yield Fault(file, number, message)
    for code in codes:
        if not code.language:
            for message in untyped(code.text):
                yield Fault(file, code.line, message)


@dataclass(frozen=True, slots=True)
class _Heading:
    """``start`` and ``end`` are lines from 0, the end not included."""

    tag: str
    title: str
    start: int
    end: int


def _tokens(text: str) -> Sequence[Token]:
    """Read as the wall draws it, so that both agree on what is code."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).parse(text)


def _headings(tokens: Sequence[Token]) -> Iterator[_Heading]:
    """Headings that stand in no list and no quote."""
    for token, inline in pairwise(tokens):
        if token.type == "heading_open" and token.level == 0 and token.map:
            yield _Heading(token.tag, inline.content.strip(), *token.map)


def _codes(tokens: Sequence[Token], sections: Sequence[Section]) -> Iterator[Code]:
    """Commands and queries in reading order."""
    for token in tokens:
        if not token.map:
            continue
        above = next((section.title for section in reversed(sections) if section.line <= token.map[0]), "")
        language = token.info.strip().lower()
        if token.type == "fence" and language in SHELL:
            for line, text in _statements(token.content.split("\n"), token.map[0] + 2):
                yield Code(text, "", above, line)
        elif token.type == "fence" and language in QUERIES:
            yield Code(" ".join(token.content.split()), language, above, token.map[0] + 2)
        elif token.type == "inline":
            line = token.map[0] + 1
            for child in token.children or ():
                line += child.type in ("softbreak", "hardbreak")
                if child.type == "code_inline" and PLACEHOLDER.search(child.content):
                    yield Code(child.content, "", above, line)


def _statements(lines: Sequence[str], first: int) -> Iterator[tuple[int, str]]:
    """Line and text of each command of a block that begins at line ``first``; comments are none."""
    begun, parts = first, list[str]()
    for number, line in enumerate(lines, first):
        if not parts:
            begun = number
            if line.lstrip().startswith("#"):
                continue
        parts.append(line.strip().removesuffix("\\").rstrip())
        if line.endswith("\\") and number - first < len(lines) - 1:
            continue
        text = " ".join(filter(None, parts))
        if text:
            yield begun, text
        parts = []
