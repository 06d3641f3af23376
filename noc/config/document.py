"""YAML as plain data plus the line of every key, so that a fault can say where it stands.

The node tree is walked here rather than by ruamel's constructors: that keeps lines and duplicate keys in sight, takes
half the time, and bounds what a file with nested aliases can blow up to.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from noc.config.credentials import read_text
from noc.model.errors import ConfigError, Fault

MAX_BYTES = 1_000_000
MAX_NODES = 100_000  # after aliases are followed

KeyPath = tuple[str | int, ...]

_TAG = "tag:yaml.org,2002:"
_PLAIN = ("str", "timestamp", "binary", "value")
_PROBLEMS = {
    "mapping values are not allowed here": "a ':' too many; put the text in quotes, or mend the indentation above",
    "could not find expected ':'": "a ':' is missing after the key",
    "expected <block end>, but found '<block mapping start>'": "this line is indented unlike its neighbours",
    "expected <block end>, but found '-'": "a '-' where a key was expected; mend the indentation",
    "expected <block end>, but found '<block sequence start>'": "this line is indented unlike its neighbours",
    "expected <block end>, but found '?'": "this line is indented unlike its neighbours",
    "expected <block end>, but found '<scalar>'": "text after a closing quote; put the whole value in one pair of quotes",
    "while scanning a quoted scalar": "a quote is never closed",
    "found unexpected end of stream": "a quote is never closed",
}


@dataclass(slots=True)
class Document:
    """A YAML file: its data, and the 1-based line of every key and list item by path."""

    file: str
    data: Any
    lines: dict[KeyPath, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def line(self, path: KeyPath) -> int:
        """The line of a key, or of the nearest thing above it; 0 for the whole file."""
        for end in range(len(path), 0, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return 0

    def fault(self, path: KeyPath, message: str, severity: str = "error") -> Fault:
        """A fault at a key; the message says what, not where."""
        return Fault(self.file, self.line(path), message, severity)


def read_document(path: Path, file: str | None = None) -> Document:
    """Read a YAML file. ConfigError when it is no YAML; duplicate keys are faults of the document."""
    name = file or str(path)
    try:
        text = read_text(path, MAX_BYTES, "configuration")
    except ConfigError as error:
        raise ConfigError(
            [Fault(name, 0, fault.message.removesuffix(" (configuration)")) for fault in error.faults]
        ) from None
    return parse_document(text, name)


def parse_document(text: str, file: str) -> Document:
    """The document in a text; ``file`` is the name that faults carry."""
    yaml = YAML(typ="safe", pure=True)
    try:
        root = yaml.compose(text)
    except MarkedYAMLError as error:
        raise ConfigError([_syntax(error, text, file)]) from None
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise ConfigError(
            [Fault(file, line, f"the character U+{error.character:04X} is not allowed in YAML")]
        ) from None
    except YAMLError as error:
        raise ConfigError([Fault(file, 0, f"no YAML: {error}")]) from None
    except RecursionError:
        raise ConfigError([Fault(file, 0, "nested too deeply")]) from None
    document = Document(file, None)
    if root is not None:
        document.data = _Walk(document, yaml.constructor).value(root, ())
    return document


def _syntax(error: MarkedYAMLError, text: str, file: str) -> Fault:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 0
    problem = str(error.problem or error.context or "cannot be read")
    if "'\\t'" in problem:
        return Fault(file, line, "a tab; indent with spaces")
    rows = text.splitlines()
    before = rows[line - 1][: mark.column] if mark and 0 < line <= len(rows) else ""
    if not before.strip() and "\t" in before:
        return Fault(file, line, "a tab; indent with spaces")
    if problem.startswith("found unexpected end of stream") and error.context_mark:
        line = error.context_mark.line + 1
    if problem.startswith("expected ',' or") and error.context_mark:
        bracket = "]" if "sequence" in str(error.context) else "}"
        return Fault(file, error.context_mark.line + 1, f"a ',' or the closing {bracket!r} is missing")
    if problem.startswith("found undefined alias"):
        problem = f"{problem.removeprefix('found ').replace('undefined alias', 'no anchor is called')}"
    if "expected a single document" in str(error.context):
        problem = "a second document ('---') in one file"
    return Fault(file, line, _PROBLEMS.get(problem, problem))


class _Walk:
    """Nodes to data. Keys are always text; the number of visited nodes is bounded."""

    def __init__(self, document: Document, constructor: SafeConstructor) -> None:
        self._document = document
        self._constructor = constructor
        self._open: set[int] = set()
        self._visited = 0

    def value(self, node: Node, path: KeyPath) -> Any:
        self._visited += 1
        line = node.start_mark.line + 1
        if self._visited > MAX_NODES or id(node) in self._open:
            why = "an alias that contains itself" if id(node) in self._open else "too many aliases"
            raise ConfigError([Fault(self._document.file, line, why)])
        if isinstance(node, ScalarNode):
            return self._scalar(node)
        self._open.add(id(node))
        assert isinstance(node, (SequenceNode, MappingNode))
        value = self._sequence(node, path) if isinstance(node, SequenceNode) else self._mapping(node, path)
        self._open.discard(id(node))
        return value

    def _scalar(self, node: ScalarNode) -> Any:
        tag = node.tag or ""
        if tag.removeprefix(_TAG) in _PLAIN or not tag.startswith(_TAG):
            return node.value
        try:
            return self._constructor.yaml_constructors[tag](self._constructor, node)
        except (KeyError, ValueError):
            return node.value

    def _sequence(self, node: SequenceNode, path: KeyPath) -> list[Any]:
        items = []
        for index, item in enumerate(node.value):
            self._document.lines.setdefault((*path, index), item.start_mark.line + 1)
            items.append(self.value(item, (*path, index)))
        return items

    def _mapping(self, node: MappingNode, path: KeyPath) -> dict[Any, Any]:
        data: dict[Any, Any] = {}
        merged: list[Any] = []
        lines = self._document.lines
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if key_node.tag == _TAG + "merge":
                merged.append((value_node, line))
                continue
            if not isinstance(key_node, ScalarNode):
                self._document.faults.append(
                    Fault(self._document.file, line, "a key must be a word, not a list or mapping")
                )
                continue
            key = str(key_node.value)
            here = (*path, key)
            if key in data:
                message = f"{'.'.join(map(str, here))}: this key stands in line {lines[here]} already"
                self._document.faults.append(Fault(self._document.file, line, message))
                continue
            lines[here] = line
            data[key] = self.value(value_node, here)
        for value_node, line in merged:
            self._merge(data, value_node, path, line)
        return data

    def _merge(self, data: dict[Any, Any], node: Node, path: KeyPath, line: int) -> None:
        """``<<: *defaults`` fills in what the mapping does not say itself."""
        value = self.value(node, (*path, "<<"))
        for source in value if isinstance(value, list) else [value]:
            if not isinstance(source, dict):
                self._document.faults.append(Fault(self._document.file, line, "'<<' takes a mapping"))
                continue
            for key, item in source.items():
                self._document.lines.setdefault((*path, key), line)
                data.setdefault(key, item)
