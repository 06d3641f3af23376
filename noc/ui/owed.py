"""What of the glass the terminal has not been shown yet: cells by row, the longest owed first. Pure."""

from __future__ import annotations

from collections.abc import Iterable

Span = tuple[int, int, int]
"""Row, first column, the column after the last."""


class Owed:
    """Spans of cells that differ from what the terminal shows. Each is kept once, however often it changes."""

    def __init__(self) -> None:
        self._rows: dict[int, list[tuple[int, int]]] = {}

    def __bool__(self) -> bool:
        return bool(self._rows)

    @property
    def cells(self) -> int:
        return sum(stop - start for spans in self._rows.values() for start, stop in spans)

    def add(self, spans: Iterable[Span], *, first: bool = False) -> None:
        """Owe these too. A row keeps its place among those that wait; ``first``: what a key changed goes before them."""
        for row, start, stop in spans:
            if start < stop:
                self._rows[row] = _joined([*self._rows.get(row, ()), (start, stop)])
                if first:
                    self._rows = {row: self._rows.pop(row), **self._rows}

    def take(self, cells: float) -> list[Span]:
        """About so many cells of those that wait longest, at least one; they are owed no more."""
        out: list[Span] = []
        while self._rows and cells > 0:
            row = next(iter(self._rows))
            spans = self._rows[row]
            start, stop = spans.pop(0)
            upto = stop if stop - start <= cells else start + max(1, int(cells))
            out.append((row, start, upto))
            cells -= upto - start
            if upto < stop:
                spans.insert(0, (upto, stop))
            if not spans:
                del self._rows[row]
        return out

    def clear(self) -> None:
        self._rows.clear()


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sorted, those that touch or overlap made one."""
    out: list[tuple[int, int]] = []
    for start, stop in sorted(spans):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(stop, out[-1][1]))
        else:
            out.append((start, stop))
    return out
