"""Histograms: how often which value, as columns over an axis of bounds, or as rows where it is narrow and tall."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from noc.charts.axes import limit_text
from noc.charts.bars import Bar, draw_bars
from noc.charts.buckets import Bucket, bound_text, merged
from noc.charts.canvas import Canvas, Ink
from noc.charts.charset import UNICODE, Charset, spell
from noc.model.palette import Palette
from noc.model.severity import Severity
from noc.model.text import clean, truncate
from noc.model.text import width as cells
from noc.model.thresholds import Threshold, severity_of
from noc.model.units import format_axis

_WIDEST = 16
"""Cells of a column and the gap beside it, at most."""
_ROWS_UNDER = 4
"""Cells of a column under which rows say more, if all of them fit."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A quantile: ``p95``, its value, its value in words (``>5 s`` beyond the last bound)."""

    name: str
    value: float
    text: str


@dataclass(frozen=True, slots=True)
class Histogram:
    """Buckets in ascending order, what is marked on their axis, and words at the right of the first row; ``more`` series
    are not in it."""

    buckets: tuple[Bucket, ...]
    marks: tuple[Mark, ...] = ()
    unit: str = "short"
    thresholds: tuple[Threshold, ...] = ()
    words: str = ""
    more: int = 0

    @property
    def total(self) -> float:
        return math.fsum(one.count for one in self.buckets)


def draw_histogram(
    histogram: Histogram, width: int, height: int, palette: Palette, charset: Charset = UNICODE
) -> Canvas:
    """Quantiles in words, the columns with their shares, the axis with its marks, the bounds.

    Too many buckets for the room become fewer: neighbours are added, nothing is left out.
    """
    canvas = Canvas(width, height)
    if canvas.height == 0 or canvas.width == 0 or histogram.total <= 0:
        return canvas
    _draw_words(canvas, histogram, palette)
    count, room = len(histogram.buckets), canvas.height - 1
    if canvas.width // count < _ROWS_UNDER and room >= count:
        canvas.blit(0, 1, _rows(histogram, canvas.width, room, palette, charset))
    elif room > 0:
        _draw_columns(canvas, histogram, palette, charset)
    return spell(canvas, charset)


def _draw_words(canvas: Canvas, histogram: Histogram, palette: Palette) -> None:
    """``p50 24 ms  p95 ▲ 1.2 s      n 1.2k  +9 more``; marks that do not fit are left out from the left: the last is the
    worst. What is not in the picture is said before how much is."""
    words = [(mark, _level(mark, histogram)) for mark in histogram.marks]
    sizes = [cells(f"{mark.name} {mark.text}") + (2 if level is not Severity.OK else 0) for mark, level in words]
    more = f"+{histogram.more} more" if histogram.more else ""
    while len(words) > 1 and sum(sizes) + 2 * len(sizes) + cells(more) - (0 if more else 2) > canvas.width:
        words.pop(0)
        sizes.pop(0)
    x = 0
    for mark, level in words:
        x = canvas.put(x, 0, f"{mark.name} ", Ink(palette.muted))
        colour = palette.text if level is Severity.OK else palette.severity(level)
        glyph = "" if level is Severity.OK else f"{level.glyph} "
        x = canvas.put(x, 0, truncate(glyph + mark.text, canvas.width - x), Ink(colour, bold=True)) + 2
    for words_ in ("  ".join(filter(None, (clean(histogram.words, 60), more))), more):
        if words_ and x + cells(words_) <= canvas.width:
            canvas.put(canvas.width - cells(words_), 0, words_, Ink(palette.muted))
            break


def _level(mark: Mark, histogram: Histogram) -> Severity:
    return severity_of(mark.value, histogram.thresholds)


def bucket_level(bucket: Bucket, thresholds: Sequence[Threshold]) -> Severity:
    """The worst threshold that all values of a bucket have crossed."""
    crossed = [
        threshold
        for threshold in thresholds
        if (bucket.high <= threshold.value if threshold.below else bucket.low >= threshold.value)
    ]
    return max((threshold.severity for threshold in crossed), key=lambda one: one.rank, default=Severity.OK)


def _colour(bucket: Bucket, histogram: Histogram, palette: Palette) -> str:
    level = bucket_level(bucket, histogram.thresholds)
    return palette.series[0] if level is Severity.OK else palette.severity(level)


def share_text(share: float) -> str:
    """A share in whole percents; what is there but less than one is said so."""
    return "<1 %" if 0 < share < 0.01 else f"{share * 100:.0f} %"


def bound_texts(bounds: Sequence[float], unit: str) -> list[str]:
    """Bounds as an axis writes them: evenly spaced ones on one scale, others each on its own (``100 ms``, ``2 s``)."""
    gaps = [after - before for before, after in pairwise(bounds)]
    if gaps and max(gaps) - min(gaps) <= 1e-6 * max(map(abs, gaps)):
        return format_axis(bounds, unit)
    alone = [limit_text(value, unit, None) for value in bounds]
    return alone if len(set(alone)) == len(alone) else format_axis(bounds, unit)


def _rows(histogram: Histogram, width: int, height: int, palette: Palette, charset: Charset) -> Canvas:
    total = histogram.total
    bounds = [one.low if one.high == math.inf else one.high for one in histogram.buckets]
    texts = [limit_text(value, histogram.unit, None) for value in bounds]
    bars = [
        Bar(
            bound_text(one, text, text),
            one.count / total,
            share_text(one.count / total),
            _colour(one, histogram, palette),
        )
        for one, text in zip(histogram.buckets, texts, strict=True)
    ]
    return draw_bars(bars, width, height, palette, charset)


# -- columns


@dataclass(frozen=True, slots=True)
class _Axis:
    """Where columns stand: ``slot`` cells each from column ``left`` on, the gap of a column at its right."""

    buckets: tuple[Bucket, ...]
    left: int
    slot: int

    @property
    def bar(self) -> int:
        return self.slot - 1 if self.slot >= 3 else self.slot

    @property
    def right(self) -> int:
        return self.left + len(self.buckets) * self.slot

    def edge(self, index: int) -> int:
        """The column of the bound between the buckets ``index`` - 1 and ``index``."""
        return max(self.left, self.left + index * self.slot - 1)

    def column(self, value: float) -> int | None:
        """The column of a value: linear inside its bucket. None outside of all."""
        for index, one in enumerate(self.buckets):
            if one.low < value <= one.high or (index == 0 and value == one.low):
                share = (value - one.low) / (one.high - one.low) if math.isfinite(one.high - one.low) else 0.5
                return self.left + index * self.slot + min(self.slot - 1, int(share * self.slot))
        return None


def _draw_columns(canvas: Canvas, histogram: Histogram, palette: Palette, charset: Charset) -> None:
    buckets = merged(histogram.buckets, max(1, canvas.width // 2))
    slot = max(1, min(_WIDEST, canvas.width // len(buckets)))
    axis = _Axis(buckets, (canvas.width - slot * len(buckets)) // 2, slot)
    shown = replace(histogram, buckets=buckets)
    labels = 1 if canvas.height >= 3 else 0
    marks = 1 if canvas.height >= 5 else 0
    floor = canvas.height - labels - marks
    _draw_bars(canvas, shown, axis, floor, palette, charset)
    if marks:
        _draw_marks(canvas, shown, axis, floor, palette, charset)
    if labels:
        _draw_bounds(canvas, shown, axis, palette)


def _draw_bars(
    canvas: Canvas, histogram: Histogram, axis: _Axis, floor: int, palette: Palette, charset: Charset
) -> None:
    """Columns from row 1 to above ``floor``, the greatest at full height; shares above those that have room for them."""
    total, most = histogram.total, max(one.count for one in histogram.buckets)
    rows = floor - 1
    above = 1 if rows >= 3 else 0
    tops: list[tuple[int, int, float]] = []
    for index, one in enumerate(histogram.buckets):
        eighths = round(one.count / most * (rows - above) * 8)
        if one.count > 0:
            eighths = max(1, eighths)
        ink = Ink(_colour(one, histogram, palette))
        for row in range(-(-eighths // 8)):
            glyph = charset.rising[min(8, eighths - row * 8)]
            canvas.fill(axis.left + index * axis.slot, floor - 1 - row, axis.bar, 1, glyph, ink)
        tops.append((index, floor - 1 - -(-eighths // 8), one.count / total))
    if above:
        for index, y, share in sorted(tops, key=lambda top: -top[2]):
            _draw_share(canvas, axis, index, y, share, palette)


def _draw_share(canvas: Canvas, axis: _Axis, index: int, y: int, share: float, palette: Palette) -> None:
    """The share above its column, where nothing else stands."""
    text = share_text(share) if share > 0 else ""
    x = axis.left + index * axis.slot + (axis.bar - cells(text)) // 2
    x = min(max(0, x), canvas.width - cells(text))
    around = range(max(0, x - 1), min(canvas.width, x + cells(text) + 1))
    if text and 1 <= y < canvas.height and all(canvas.chars[y][column] == " " for column in around):
        canvas.put(x, y, text, Ink(palette.text))


def _draw_marks(canvas: Canvas, histogram: Histogram, axis: _Axis, y: int, palette: Palette, charset: Charset) -> None:
    """The axis, and on it thresholds in their colours and quantiles with their names."""
    canvas.fill(axis.left, y, axis.right - axis.left, 1, "─", Ink(palette.faint))
    taken: set[int] = set()
    named = [(mark.value, mark.name, Ink(palette.text, bold=True)) for mark in reversed(histogram.marks)]
    named += [
        (one.value, f"{one.severity.word} {limit_text(one.value, histogram.unit, None)}", Ink(palette.severity(one.severity), bold=True))
        for one in sorted(histogram.thresholds, key=lambda one: -one.severity.rank)
    ]  # fmt: skip
    found = [(axis.column(value), name, ink) for value, name, ink in named]
    uprights = {x for x, _, _ in found if x is not None}
    for x, name, ink in found:
        if x is None or x in taken:
            continue
        canvas.put(x, y, charset.upright, ink)
        taken.add(x)
        for text in (name, name.partition(" ")[0]):
            room = range(x + 1, x + 1 + cells(text))
            if room.stop <= canvas.width and not taken.intersection(room) and not uprights.intersection(room):
                canvas.put(x + 1, y, text, ink._replace(bold=False))
                taken.update(room)
                break


def _draw_bounds(canvas: Canvas, histogram: Histogram, axis: _Axis, palette: Palette) -> None:
    """The bounds under the gaps they name: every one, or every second, third..., so that none touches another."""
    buckets = histogram.buckets
    bounds = [(axis.edge(0), buckets[0].low)] + [(axis.edge(index), one.high) for index, one in enumerate(buckets, 1)]
    bounds = [(x, value) for x, value in bounds if math.isfinite(value)]
    texts = bound_texts([value for _, value in bounds], histogram.unit)
    placed: list[tuple[int, str]] = []
    for stride in range(1, len(bounds) + 1):
        chosen = list(zip(bounds, texts, strict=True))[::-1][::stride][::-1]
        placed = [
            (min(max(0, x - (cells(text) - 1) // 2), max(0, canvas.width - cells(text))), text)
            for (x, _), text in chosen
        ]
        ends = [x + cells(text) for x, text in placed]
        if all(end < x for end, (x, _) in zip(ends, placed[1:], strict=False)):
            break
    for x, text in placed:
        canvas.put(x, canvas.height - 1, truncate(text, canvas.width), Ink(palette.muted))
    last = axis.left + (len(buckets) - 1) * axis.slot + axis.bar // 2
    if buckets[-1].high == math.inf and placed and placed[-1][0] + cells(placed[-1][1]) < last:
        canvas.put(last, canvas.height - 1, "∞", Ink(palette.muted))
