"""Regular expressions whose search ends in time that grows with the text alone.

A log line is written by strangers, and Python's engine tries again from every character: ``(a+)+$`` over thirty letters
takes minutes. Here an expression becomes states that a text runs through once, made when a text first needs them. What
is understood is what RE2 and Python read alike (``model/regex.py``), with flags at the very beginning only.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from noc.model.errors import QueryError
from noc.model.regex import compiled

LONGEST = 500
"""Characters of an expression."""
NODES = 3000
"""Parts of an expression, its repetitions written out."""
STEPS = 20_000
"""Remembered steps between states; then they are forgotten and found again."""
MARKED = 2000
"""Characters of a text in which :meth:`Linear.spans` looks."""

_FLAGS = re.compile(r"\(\?([ims]+)\)")
_PLAIN = re.compile(r"[\w /:,=<>@#%&\"'-]+(?![*?])|[\w /:,=<>@#%&\"'-]+(?=[\w /:,=<>@#%&\"'-][*?])")
_GROUP = re.compile(r"\((?:\?(?::|P<\w+>))?")
_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:x[0-9A-Fa-f]{2}|.)", re.DOTALL)
_REPEAT = re.compile(r"(?:([*+?])|\{(\d+)(,(\d*))?\})\??")
_KINDS = {"^": "begin", "\\A": "begin", "$": "end", "\\b": "edge", "\\B": "inside", "\\z": "end", "\\Z": "end"}
_WORDS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")

Fits = Callable[[str], object]
Node = tuple[str, Fits | str | None, int, int]
"""``char`` (what fits it, next), ``both`` (next, or), ``at`` (an edge, next), ``done``."""


@lru_cache(maxsize=256)
def linear(pattern: str) -> Linear:
    """The expression, ready to search; QueryError where it is wrong, too large, or RE2 and Python could disagree."""
    return Linear(pattern)


def needed(text: str) -> str:
    """A piece of plain text that stands in whatever an expression fits, as long as one is easily seen; else nothing."""
    if "|" in text:
        return ""
    head = re.split(r"[(\[{\\]", text, maxsplit=1)[0]
    if "{" in text:
        head = head[:-1]  # what is repeated may be repeated no times
    return max(_PLAIN.findall(head), key=len, default="")


class _State(dict[str, "_State"]):
    """Where a search can be: the parts that may come next, and what stood before. Steps are made when first taken."""

    __slots__ = ("found", "nodes", "owner", "word")

    def __init__(self, owner: Linear, nodes: frozenset[int], word: bool | None, found: bool) -> None:
        super().__init__()
        self.owner, self.nodes, self.word, self.found = owner, nodes, word, found

    def __missing__(self, char: str) -> _State:
        return self.owner.step(self, char)


class Linear:
    """One expression. Spans are the longest from each beginning, where Python's would depend on the order of choices."""

    def __init__(self, pattern: str) -> None:
        if len(pattern) > LONGEST:
            raise QueryError(f"a regular expression of {len(pattern)} characters; at most {LONGEST} are searched for")
        compiled(pattern)
        flags = _FLAGS.match(pattern)
        self._given = flags[1] if flags else ""
        self._text = pattern[flags.end() :] if flags else pattern
        if "m" in self._given:
            raise QueryError(f"regular expression {pattern!r}: lines are searched one by one, (?m) has no use here")
        self.pattern = pattern
        self._nodes: list[Node] = [("done", None, 0, 0)]
        tree, at = self._choice(0)
        if at < len(self._text):
            raise QueryError(f"regular expression {pattern!r} is not understood from {self._text[at : at + 12]!r}")
        self._start = tree(0)
        self._needed = "" if "i" in self._given else needed(self._text)
        self._states: dict[tuple[frozenset[int], bool | None, bool], _State] = {}
        self._steps = 0

    # -- searching

    def search(self, text: str) -> bool:
        """Whether it fits anywhere in the text."""
        if self._needed not in text:
            return False
        state = self._state(frozenset((self._start,)), None)
        for char in text:
            state = state[char]
            if state.found:
                return True
        return self._ends(state, None, last=True)

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Beginnings and ends of what fits, none of them empty, in the first characters of a text."""
        text, out, at = text[:MARKED], [], 0
        while at < len(text):
            end = self._longest(text, at)
            if end > at:
                out.append((at, end))
            at = max(at + 1, end)
        return out

    def _longest(self, text: str, begin: int) -> int:
        """The end of the longest fit from there; -1 when there is none."""
        state = self._state(frozenset((self._start,)), text[begin - 1] in _WORDS if begin else None, anchored=True)
        end = -1
        for at in range(begin, len(text)):
            if self._ends(state, text[at] in _WORDS, last=False):
                end = at
            state = state[text[at]]
            if not state.nodes:
                return end
        return len(text) if self._ends(state, None, last=True) else end

    def _state(
        self, nodes: frozenset[int], word: bool | None, *, anchored: bool = False, found: bool = False
    ) -> _State:
        if anchored:
            nodes = nodes | {-1}  # no other beginning joins
        key = (nodes, word, found)
        state = self._states.get(key)
        if state is None:
            state = self._states[key] = _State(self, nodes, word, found)
        return state

    def step(self, state: _State, char: str) -> _State:
        """The state after one more character; remembered in the state before it."""
        self._steps += 1
        if self._steps > STEPS:
            self._steps = 0
            self._states.clear()
        word, anchored = char in _WORDS, -1 in state.nodes
        here = self._closed(state.nodes, state.word, word, last=False)
        after = set() if anchored else {self._start}
        for index in here:
            kind, fits, to, _ = self._nodes[index]
            if kind == "char" and callable(fits) and fits(char):
                after.add(to)
        found = not anchored and 0 in here
        if anchored and not after:
            made = _State(self, frozenset(), word, False)
        else:
            made = self._state(frozenset(after), word, anchored=anchored, found=found)
        state[char] = made
        return made

    def _ends(self, state: _State, word: bool | None, *, last: bool) -> bool:
        return 0 in self._closed(state.nodes, state.word, word, last=last)

    def _closed(self, nodes: frozenset[int], before: bool | None, after: bool | None, *, last: bool) -> set[int]:
        """All parts that can be reached without a character, between what stands before and after."""
        edge = bool(before) != bool(after)
        holds = {"begin": before is None, "end": last, "edge": edge, "inside": not edge}
        seen: set[int] = set()
        waiting = [index for index in nodes if index >= 0]
        while waiting:
            index = waiting.pop()
            if index in seen:
                continue
            seen.add(index)
            kind, what, to, other = self._nodes[index]
            if kind == "both":
                waiting += (to, other)
            elif kind == "at" and holds[str(what)]:
                waiting.append(to)
        return seen

    # -- reading: each part is a function from the node that comes after it to the node it begins with

    def _choice(self, at: int) -> tuple[Callable[[int], int], int]:
        first, at = self._sequence(at)
        others = [first]
        while at < len(self._text) and self._text[at] == "|":
            other, at = self._sequence(at + 1)
            others.append(other)

        def build(after: int) -> int:
            begin = others[-1](after)
            for one in reversed(others[:-1]):
                begin = self._node("both", None, one(after), begin)
            return begin

        return build, at

    def _sequence(self, at: int) -> tuple[Callable[[int], int], int]:
        parts: list[Callable[[int], int]] = []
        while at < len(self._text) and self._text[at] not in "|)":
            part, at = self._part(at)
            repeat = _REPEAT.match(self._text, at)
            if repeat is not None:
                part, at = self._repeated(part, repeat), repeat.end()
            parts.append(part)

        def build(after: int) -> int:
            for part in reversed(parts):
                after = part(after)
            return after

        return build, at

    def _part(self, at: int) -> tuple[Callable[[int], int], int]:
        text = self._text
        if text[at] == "(":
            group = _GROUP.match(text, at)
            assert group is not None
            if text.startswith("?", group.end()):
                raise QueryError(f"regular expression {self.pattern!r}: flags may stand at its beginning only")
            inner, at = self._choice(group.end())
            return inner, at + 1
        found = _CLASS.match(text, at) if text[at] == "[" else _ESCAPE.match(text, at) if text[at] == "\\" else None
        one = found[0] if found else text[at]
        if one in _KINDS:
            edge = _KINDS[one]
            return lambda after: self._node("at", edge, after, 0), at + len(one)
        flags = re.IGNORECASE if "i" in self._given else re.ASCII
        fits = re.compile(one, flags | (re.DOTALL if "s" in self._given else 0)).fullmatch
        return lambda after: self._node("char", fits, after, 0), at + len(one)

    def _repeated(self, part: Callable[[int], int], repeat: re.Match[str]) -> Callable[[int], int]:
        sign = repeat[1]
        least = {"*": 0, "+": 1, "?": 0}[sign] if sign else int(repeat[2])
        most = {"*": None, "+": None, "?": 1}[sign] if sign else (int(repeat[4]) if repeat[4] else None)
        if sign is None and repeat[3] is None:
            most = least

        def build(after: int) -> int:
            begin = after
            if most is None:
                begin = self._node("both", None, 0, after)
                self._nodes[begin] = ("both", None, part(begin), after)
            for _ in range((most or 0) - least):
                begin = self._node("both", None, part(begin), after)
            for _ in range(least):
                begin = part(begin)
            return begin

        return build

    def _node(self, kind: str, what: Fits | str | None, to: int, other: int) -> int:
        if len(self._nodes) >= NODES:
            raise QueryError(f"regular expression {self.pattern!r} is too large to search for")
        self._nodes.append((kind, what, to, other))
        return len(self._nodes) - 1
