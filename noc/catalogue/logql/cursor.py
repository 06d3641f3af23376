"""A place in a list of tokens, and the complaint about what stands there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NoReturn

from noc.catalogue.logql.fault import LogQLError
from noc.catalogue.logql.tokens import Token, place, tokens

DEEPEST: Final = 60
"""Parentheses within parentheses, and operators in a row: so much that no recursion over the tree runs out."""
MOST_OPERATORS: Final = 150


class Cursor:
    """Reads the tokens of ``text`` one by one."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = tokens(text)
        self._at = 0
        self._depth = 0
        self._operators = 0

    @property
    def token(self) -> Token:
        return self._tokens[self._at]

    @property
    def kind(self) -> str:
        return self.token.kind

    @property
    def next_kind(self) -> str:
        """The kind after the one that stands here."""
        return self._tokens[min(self._at + 1, len(self._tokens) - 1)].kind

    @property
    def end_of_last(self) -> int:
        """Where the token before this one ended, in characters from 0."""
        last = self._tokens[self._at - 1]
        return last.at + len(last.text)

    def take(self) -> Token:
        token = self.token
        if token.kind != "$end":
            self._at += 1
        return token

    def accept(self, *kinds: str) -> Token | None:
        """Take the token if it is one of these."""
        return self.take() if self.kind in kinds else None

    def expect(self, *kinds: str) -> Token:
        """Take one of these or raise, naming them in the order given (Loki's: that of its grammar)."""
        if self.kind not in kinds:
            self.fail(*kinds)
        return self.take()

    def string(self) -> str:
        return str(self.expect("STRING").value)

    def number(self) -> float:
        """A number without a sign."""
        text = self.expect("NUMBER").text
        if float(text) == float("inf"):
            raise LogQLError(f'unable to parse float: strconv.ParseFloat: parsing "{text:.20}": value out of range')
        return float(text)

    def signed_number(self) -> float:
        """A number, which may have a sign."""
        sign = self.accept("+", "-")
        return -self.number() if sign is not None and sign.kind == "-" else self.number()

    def fail(self, *expecting: str) -> NoReturn:
        """A syntax error here. Loki names what it expected where that is at most four things."""
        wanted = f", expecting {' or '.join(expecting)}" if 0 < len(expecting) <= 4 else ""
        raise LogQLError(f"syntax error: unexpected {self.token.name}{wanted}", *place(self._text, self.token.at))

    @contextmanager
    def deeper(self) -> Iterator[None]:
        self._depth += 1
        if self._depth > DEEPEST:
            raise LogQLError("the query is nested too deeply", *place(self._text, self.token.at))
        yield
        self._depth -= 1

    def operator(self) -> None:
        """Count an operator: each makes the tree one node deeper."""
        self._operators += 1
        if self._operators > MOST_OPERATORS:
            raise LogQLError("the query has too many operators", *place(self._text, self.token.at))
