"""What hangs on the alert book and not on the second, kept while the book stays: thousands of rows are listed once a poll."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from noc.engine.book import Book

Spec = TypeVar("Spec")
Found = TypeVar("Found")
Rest = ParamSpec("Rest")

SIZE = 16
"""Results of one function that are kept for one book: as many as a wall has panels of a kind, twice over."""


def per_book(make: Callable[Concatenate[Book, Spec, Rest], Found]) -> Callable[Concatenate[Book, Spec, Rest], Found]:
    """The same pure function, not called again for the same book, the same spec and equal other arguments.

    Book and spec are known by identity: both are frozen, and comparing thousands of entries is what this saves. Results
    of an older book go as soon as a newer one is asked about, so that none outlives its poll by more than a redraw.
    """
    held: tuple[tuple[Book, Spec, object, Found], ...] = ()

    @wraps(make)
    def found(book: Book, spec: Spec, /, *rest: Rest.args, **named: Rest.kwargs) -> Found:
        nonlocal held
        key = (rest, named)
        for known_book, known_spec, known_key, known in held:
            if known_book is book and known_spec is spec and known_key == key:
                return known
        made = make(book, spec, *rest, **named)
        held = ((book, spec, key, made), *(one for one in held if one[0] is book))[:SIZE]
        return made

    return found
