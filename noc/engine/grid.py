"""Where every panel stands: named areas and tracks become rectangles of cells. Pure geometry, no Textual.

A grid that gives a panel less than its kind needs is not squeezed: the panels are dealt onto pages of readable
tiles instead, the most severe first (architecture.md: a wall below its smallest useful size says so).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from noc.config.layout import Grid, Track

EMPTY = "."


@dataclass(frozen=True, slots=True)
class Rect:
    """Cells: left column, top row, width, height."""

    x: int
    y: int
    width: int
    height: int

    def contains(self, x: int, y: int) -> bool:
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height


@dataclass(frozen=True, slots=True)
class Need:
    """The smallest useful card of a panel, in cells, and the height it likes on a tiled page."""

    id: str
    width: int
    height: int
    liked: int


@dataclass(frozen=True, slots=True)
class Placement:
    """Pages of panel rectangles. ``reflowed`` says that the layout's own grid did not fit."""

    pages: tuple[Mapping[str, Rect], ...]
    reflowed: bool = False

    def page_of(self, panel: str) -> int:
        """The page that shows the panel; 0 when none does."""
        return next((index for index, page in enumerate(self.pages) if panel in page), 0)


def tracks(total: int, sizes: Sequence[Track], gap: int) -> list[tuple[int, int]]:
    """(start, size) of each track; fixed tracks first, shares divide the rest without losing a cell."""
    room = max(0, total - gap * (len(sizes) - 1))
    fixed = sum(int(amount) for amount, share in sizes if not share)
    shares = sum(amount for amount, share in sizes if share)
    if fixed > room or (not shares and fixed != room):
        # Fixed tracks that overflow, or that leave a hole at the edge of the glass, become shares of it.
        sizes, shares, fixed = [(amount, True) for amount, _ in sizes], sum(amount for amount, _ in sizes), 0
    rest, taken, used = room - fixed, 0.0, 0
    out, start = [], 0
    for amount, share in sizes:
        if share:
            taken += amount
            upto = round(rest * taken / shares) if shares else 0
            size, used = upto - used, upto
        else:
            size = int(amount)
        out.append((start, size))
        start += size + gap
    return out


def areas(grid: Grid) -> dict[str, tuple[int, int, int, int]]:
    """First and last column and row of each named area, in reading order. Rectangularity is the lint's business."""
    found: dict[str, tuple[int, int, int, int]] = {}
    for row, names in enumerate(grid.areas):
        for column, name in enumerate(names):
            if name == EMPTY:
                continue
            c0, c1, r0, r1 = found.get(name, (column, column, row, row))
            found[name] = (min(c0, column), max(c1, column), min(r0, row), max(r1, row))
    return found


def rectangles(grid: Grid, width: int, height: int, gap: tuple[int, int]) -> dict[str, Rect]:
    """The layout's own grid on so many cells."""
    share: Track = (1.0, True)
    count = max(len(row) for row in grid.areas)
    columns = tracks(width, list(grid.columns) or [share] * count, gap[0])
    rows = tracks(height, list(grid.rows) or [share] * len(grid.areas), gap[1])
    out = {}
    for name, (c0, c1, r0, r1) in areas(grid).items():
        if c1 >= len(columns) or r1 >= len(rows):
            continue
        x, y = columns[c0][0], rows[r0][0]
        out[name] = Rect(x, y, columns[c1][0] + columns[c1][1] - x, rows[r1][0] + rows[r1][1] - y)
    return out


def scaled(need: Need, scale: int) -> Need:
    """What a card needs that is read from ``scale`` times as far: so many times its width, and of the height it likes at
    least twice its share, for its digits must grow; never less than it needs at the desk."""
    if scale <= 1:
        return need
    height = max(need.height * scale, need.liked * scale * 2 // 3)
    return Need(need.id, need.width * scale, height, max(height, need.liked * scale))


def place(
    grid: Grid, needs: Sequence[Need], width: int, height: int, first: Sequence[str] = (), scale: int = 1
) -> Placement:
    """Rectangles for ``needs``, given in reading order; ``first`` are the panels to show first when tiles are dealt.

    Seen from afar (``scale`` 2 or 3) cards must be larger: what the grid cannot give is dealt onto pages of few large ones.
    """
    gap = (1, 1 if height >= 36 else 0)
    needs = [scaled(need, scale) for need in needs]
    own = rectangles(grid, width, height, gap)
    if needs and all(
        need.id in own and own[need.id].width >= need.width and own[need.id].height >= need.height for need in needs
    ):
        return Placement(({need.id: own[need.id] for need in needs},))
    order = sorted(needs, key=lambda need: first.index(need.id) if need.id in first else len(first))
    return Placement(_deal(order, width, height, scale), reflowed=True)


def _deal(needs: Sequence[Need], width: int, height: int, scale: int) -> tuple[Mapping[str, Rect], ...]:
    """Fill columns of tiles from the top, column by column and page by page; each column is stretched to its foot.

    What fits on one page is shared evenly among its columns, so that the last one is not left with a single giant.
    """
    widest = max((need.width for need in needs), default=1)
    count = max(1, min(width // max(min(widest, width), 38 * scale), 4))
    columns = tracks(width, [(1.0, True)] * count, 1)
    pages: list[dict[str, Rect]] = []
    queue = list(needs)
    while queue:
        page: dict[str, Rect] = {}
        for index, (x, column_width) in enumerate(columns):
            rest = sum(min(need.liked, height) for need in queue) / (count - index)
            stack: list[tuple[Need, int]] = []
            used = 0
            while queue and (not stack or (used + queue[0].height <= height and used + queue[0].liked / 2 <= rest)):
                need = queue.pop(0)
                tall = _tall(need, height - used)
                stack.append((need, tall))
                used += tall
            page.update(_stretch(stack, x, column_width, height))
        pages.append(page)
    return tuple(pages) or ({},)


def _tall(need: Need, free: int) -> int:
    """Rows of a tile where so many are free: what it likes; all of them where that is nearly it; else what it needs."""
    return min(free, need.liked if 3 * free >= 2 * need.liked else need.height)


def _stretch(stack: list[tuple[Need, int]], x: int, width: int, height: int) -> dict[str, Rect]:
    """The column's tiles, the spare rows shared out by their liked height."""
    spare = height - sum(tall for _, tall in stack)
    weight = sum(need.liked for need, _ in stack) or 1
    out, y, given, seen = {}, 0, 0, 0
    for need, tall in stack:
        seen += need.liked
        upto = round(spare * seen / weight)
        rows, given = tall + upto - given, upto
        out[need.id] = Rect(x, y, width, rows)
        y += rows
    return out


def touching(rects: Iterable[Rect]) -> bool:
    """Whether any rectangle stands directly on another, without a free row between."""
    found = list(rects)
    tops: dict[int, list[Rect]] = {}
    for rect in found:
        tops.setdefault(rect.y, []).append(rect)
    return any(
        upper.x < lower.x + lower.width and lower.x < upper.x + upper.width
        for upper in found
        for lower in tops.get(upper.y + upper.height, ())
    )


def nearest(rects: Mapping[str, Rect], origin: str, dx: int, dy: int) -> str | None:
    """The rectangle an arrow leads to from ``origin``: ahead of its edge, the least aside of its middle."""
    here = rects[origin]
    best: tuple[float, str] | None = None
    for name, rect in rects.items():
        if dx:
            ahead = rect.x - here.x - here.width + 1 if dx > 0 else here.x - rect.x - rect.width + 1
            aside = abs(rect.y + rect.height / 2 - here.y - here.height / 2) * 4  # a cell is twice as high as wide
        else:
            ahead = rect.y - here.y - here.height + 1 if dy > 0 else here.y - rect.y - rect.height + 1
            aside = abs(rect.x + rect.width / 2 - here.x - here.width / 2)
        if name != origin and ahead > 0 and (best is None or ahead + aside < best[0]):
            best = (ahead + aside, name)
    return best[1] if best else None
