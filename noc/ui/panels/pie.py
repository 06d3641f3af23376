"""pie: shares of a whole by series, the largest and their rest, held against a target."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass

from noc.charts.canvas import Canvas
from noc.charts.pie import draw_pie
from noc.charts.shares import Pie, Slice, percents, slice_at
from noc.charts.status import draw_message
from noc.config.sharepanels import PieSpec, ShareTarget
from noc.model.severity import Severity
from noc.model.text import clean
from noc.model.timerange import format_duration
from noc.model.units import format_value
from noc.ui.panels.data import PanelData, Reading, readings, series_colour

REST = "pie:rest"
"""The key of the slice that holds what is left over."""
_MOST = 1e300


@dataclass(frozen=True, slots=True)
class Shares:
    """What can be shared out, the largest first but the target's slice before all; and how many values cannot."""

    found: tuple[Reading, ...]
    whole: float
    refused: int

    def of(self, name: str) -> float | None:
        """The share (0-1) of the slices of a name; None when there is none."""
        values = [amount(one) for one in self.found if one.name == name]
        return math.fsum(value / self.whole for value in values) if values and self.whole > 0 else None


def amount(reading: Reading) -> float:
    """What a reading adds to the whole; what is beyond all measure is cut, so that sums stay finite."""
    return min(reading.value or 0.0, _MOST)


def shares(data: PanelData) -> Shares:
    """Values of zero and more that are finite; negative ones and NaN are no parts of a whole."""
    spec = data.spec
    assert isinstance(spec, PieSpec)
    found = [one for one in readings(data) if one.value is not None]
    kept = [one for one in found if 0 <= (one.value or 0.0) < math.inf]
    first = spec.target.slice if spec.target else None
    kept.sort(key=lambda one: (one.name != first, -(one.value or 0.0), one.name))
    whole = math.fsum(amount(one) for one in kept)
    return Shares(tuple(kept), whole, len(found) - len(kept))


def missed(data: PanelData) -> bool:
    """Whether the target is missed: its slice has less (or more) of the whole than it should. A slice that is not there
    has nothing; without anything to share there is no verdict."""
    spec = data.spec
    assert isinstance(spec, PieSpec)
    known = shares(data)
    if spec.target is None or known.whole <= 0:
        return False
    share = known.of(spec.target.slice) or 0.0
    if spec.target.above is not None:
        return share <= spec.target.above
    return spec.target.below is not None and share >= spec.target.below


def severity(data: PanelData) -> Severity:
    """The panel's state: MEDIUM while its target is missed."""
    return Severity.MEDIUM if missed(data) else Severity.OK


def key_of(reading: Reading) -> str:
    """What the cursor holds: the same labels of the same query make the same key."""
    return "pie:" + json.dumps([reading.index, reading.series.labels])


def pie(data: PanelData) -> Pie:
    """The chart's model."""
    spec, palette = data.spec, data.look.palette
    assert isinstance(spec, PieSpec)
    known = shares(data)
    shown = known.found[: spec.top] if len(known.found) > spec.top + 1 else known.found
    rest = known.found[len(shown) :]
    parts = [amount(one) / known.whole for one in shown]
    over = math.fsum(amount(one) / known.whole for one in rest)
    words = percents([*parts, over] if rest else parts)
    slices = [
        Slice(
            one.name,
            share,
            format_value(one.value, data.unit_of(one.index), data.decimals_of(one.index)),
            percent,
            series_colour(data, position, one.index),
            key_of(one),
        )
        for position, (one, share, percent) in enumerate(zip(shown, parts, words, strict=False))
    ]
    if rest:
        text = format_value(over * known.whole, data.unit, spec.decimals)
        slices.append(Slice(f"other ({len(rest)})", over, text, words[-1], palette.muted, REST))
    largest = max(slices, key=lambda one: one.share)
    middle = slices[0] if spec.target and known.of(spec.target.slice) is not None else largest
    number, _, unit = middle.percent.partition(" ")
    return Pie(
        tuple(slices),
        (number, unit, middle.name),
        (spec.target.above or spec.target.below) if spec.target else None,
        palette.text,
        tuple(_notes(data, known)),
        spec.style,
    )


def _notes(data: PanelData, known: Shares) -> list[tuple[tuple[str, ...], str]]:
    """The target in words, and what is no slice; each from long to short."""
    spec, palette = data.spec, data.look.palette
    assert isinstance(spec, PieSpec)
    out: list[tuple[tuple[str, ...], str]] = []
    if spec.target is not None:
        state = severity(data)
        head = state.glyph if state is Severity.OK else f"{state.glyph} {state.word}"
        out.append((_target_words(spec.target, known, head), palette.severity(state)))
    if known.refused:
        words = (f"{known.refused} left out: negative or no number", f"{known.refused} left out")
        out.append((words, palette.muted))
    if data.dropped:
        out.append(((f"+{data.dropped} more, not counted", f"+{data.dropped} more"), palette.muted))
    return out


def _target_words(target: ShareTarget, known: Shares, head: str) -> tuple[str, ...]:
    """``✔ target > 99 %  now 99.7 %``, and shorter."""
    bound = (target.above if target.above is not None else target.below) or 0.0
    limit, sign = f"{bound * 100:.6g} %", ">" if target.above is not None else "<"
    share = known.of(target.slice)
    now = f"no {clean(target.slice, 40)}" if share is None else f"now {_percent(share, bound)}"
    return (
        f"{head} target {sign} {limit}  {now}",
        f"{head} {now}  {sign} {limit}",
        f"{head[:1]} {now}  {sign} {limit}",
        f"{head[:1]} {now}",
    )


def _percent(share: float, limit: float) -> str:
    """A share with as many decimals as it takes to see on which side of the limit it lies, three at most and then cut
    towards its side; never the whole it is not."""
    exact, bound = round(share * 100, 9), round(limit * 100, 9)
    for decimals in (1, 2, 3):
        shown = round(exact, decimals)
        if (shown < bound) == (exact < bound) and (shown < 100) == (exact < 100):
            return f"{shown:.{decimals}f} %"
    return f"{math.floor(exact * 1000) / 1000:.3f} %"


def draw(data: PanelData, columns: int, rows: int) -> Canvas:
    if shares(data).whole <= 0:
        words = f"nothing to share out in {format_duration(data.end - data.start)}"
        return draw_message("", words, "", columns, rows, data.look.palette, data.look.charset)
    return draw_pie(pie(data), columns, rows, data.look.palette, data.look.charset, chosen=data.chosen)


def keys(data: PanelData, columns: int, rows: int) -> list[str]:
    """Keys of the slices, in the order of the legend."""
    return [one.key for one in pie(data).slices] if shares(data).whole > 0 else []


def row_at(data: PanelData, columns: int, rows: int, y: int) -> str | None:
    """The key of the slice in a line of the body."""
    return slice_at(pie(data), columns, rows, y, data.chosen) if shares(data).whole > 0 else None


def labels(data: PanelData, key: str) -> Mapping[str, str]:
    """The labels of a slice's series; none of the rest."""
    return next((dict(one.series.labels) for one in shares(data).found if key_of(one) == key), {})
