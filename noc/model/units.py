"""The only place that formats numbers: a value and a unit's name to what stands on the glass.

Three significant digits at most where the unit allows, the same number of digits around 1 (0.98, 1.02), trailing zeros
kept so that a live number does not change its width, none on a whole number. Nothing here reads the clock: the units
that need it take ``now`` (unix seconds) and ``tz``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from itertools import pairwise

from noc.model.unit_table import UNITS, Step, Unit, custom, lookup

NOTHING = "–"
KNOWN: frozenset[str] = frozenset(UNITS)
_DATED = {"moment", "today", "us", "ustoday", "ago"}
_PER_VALUE = _DATED | {"hex", "hex0x", "sci", "duration", "clock"}
_DAY = 86400


def is_known(unit: str) -> bool:
    """Whether a unit is one of Grafana's (any other word is written behind the number)."""
    return unit in KNOWN or custom(unit)


def format_value(
    value: float | None, unit: str = "short", decimals: int | None = None, *, now: float | None = None, tz: tzinfo = UTC
) -> str:
    """A value as one string: ``84 %``, ``1.84 s``, ``12.4k``. None is ``–``, infinities ``∞``.

    Date units take milliseconds since the epoch, as Grafana's do; ``dateTimeFromNow`` without ``now`` is a date.
    """
    number, suffix = _parts(value, lookup(unit), decimals, now, tz)
    return number + suffix


def split_value(
    value: float | None, unit: str = "short", decimals: int | None = None, *, now: float | None = None, tz: tzinfo = UTC
) -> tuple[str, str]:
    """The same as number and suffix (``"12.4", "k req/s"``), for digits drawn large with the unit beside them."""
    number, suffix = _parts(value, lookup(unit), decimals, now, tz)
    return number, suffix.strip()


def format_axis(
    values: Sequence[float], unit: str = "short", *, now: float | None = None, tz: tzinfo = UTC
) -> list[str]:
    """Labels of one axis: one scale, one number of decimals, distinct for distinct values.

    Values of very different sizes (a logarithmic axis) keep each their own scale.
    """
    numbers, suffix = split_axis(values, unit, now=now, tz=tz)
    return [number + suffix if _bare(number) else number for number in numbers]


def split_axis(
    values: Sequence[float], unit: str = "short", *, now: float | None = None, tz: tzinfo = UTC
) -> tuple[list[str], str]:
    """The labels without their common suffix, and the suffix; it is empty where each label brings its own."""
    spec = lookup(unit)
    finite = [abs(value) for value in values if math.isfinite(value)]
    sizes = [size for size in finite if size > 0]
    if spec.kind in _PER_VALUE or not finite:
        return [format_value(value, unit, now=now, tz=tz) for value in values], ""
    if spec.kind == "switch":
        return [format_value(v, unit) if v in (0, 1) else format_value(v, "none") for v in values], ""
    if sizes and max(sizes) > 1000 * min(sizes) and len(spec.steps) > 1:
        alone = [format_value(value, unit) for value in values]
        if len(set(alone)) == len(set(values)):
            return alone, ""
    step = _step(max(finite, default=0.0) * spec.base, spec)
    scaled = [value * (spec.base / step.size) for value in values]
    decimals = _axis_decimals([value for value in scaled if math.isfinite(value)])
    return [_special(v) or spec.prefix.join(_sign(_digits(v, decimals, spec))) for v in scaled], step.suffix


def format_age(seconds: float | None) -> str:
    """How long ago, floored, in one unit: ``2s``, ``4 m``, ``3 h``, ``2 d``. A negative age (skewed clocks) is 0s."""
    if seconds is None or not math.isfinite(seconds):
        return NOTHING
    whole = max(0, math.floor(seconds))
    if whole < 60:
        return f"{whole}s"
    for size, name in ((3600, "m"), (_DAY, "h")):
        if whole < size:
            return f"{whole * 60 // size if name == 'm' else whole // 3600} {name}"
    return f"{whole // _DAY} d"


def format_delta(now: float | None, before: float | None, unit: str = "short") -> str:
    """How a value moved: ``▲ 31 %``, ``▼ 4 %``, ``±0 %``, ``▲ ×12`` from tenfold on, ``new`` when it was zero.

    Percentages move by points (``▲ 4.2 pp``), temperatures and moments by their difference, a switch says what it was.
    """
    if now is None or before is None or not (math.isfinite(now) and math.isfinite(before)):
        return NOTHING
    spec = lookup(unit)
    if not math.isfinite((now - before) * spec.base):
        return NOTHING
    if spec.kind == "switch":
        return "±0" if bool(now) == bool(before) else f"was {format_value(before, unit)}"
    if spec.delta != "ratio":
        change = (now - before) * spec.base
        if spec.kind in _DATED:
            amount = _duration(abs(change) / 1000)
        else:
            amount = _number(abs(change), 1 if abs(change) < 9.95 else 0)
            amount += " pp" if spec.delta == "points" else spec.steps[0].suffix
        return _arrow(change, amount)
    if before == 0:
        return "±0 %" if now == 0 else "new"
    change = (now - before) / abs(before) * 100
    if change >= 900 and before > 0:
        return f"▲ ×{_number(now / before, 0)}"
    return _arrow(change, _number(abs(change), 0 if abs(change) >= 0.95 else 1) + " %")


def _arrow(change: float, amount: str) -> str:
    if not any(digit in amount for digit in "123456789"):
        return f"±0 {amount.partition(' ')[2]}".rstrip()
    return f"{'▲' if change > 0 else '▼'} {amount}"


def _parts(value: float | None, spec: Unit, decimals: int | None, now: float | None, tz: tzinfo) -> tuple[str, str]:
    if value is None:
        return NOTHING, ""
    special = _special(value * spec.base)
    if special:
        return special, ""
    if spec.kind == "scaled":
        if decimals == 0 and _counts(spec) and abs(value) >= 1000:
            decimals = None
        step = _step(abs(value) * spec.base, spec, decimals)
        number = _digits(value * spec.base / step.size, decimals, spec)
        return spec.prefix.join(_sign(number)), step.suffix
    if spec.kind in _DATED:
        return _date(value / 1000, spec.kind, now, tz), ""
    return _written(value, spec, decimals), ""


def _special(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "" if math.isfinite(value) else ("∞" if value > 0 else "-∞")


def _counts(spec: Unit) -> bool:
    """Whether a scale counts things by thousands. No decimals then means whole things: 1.04M of them are not 1M."""
    return spec.base == 1.0 and [step.size for step in spec.steps[:2]] == [1.0, 1000.0]


def _sign(number: str) -> tuple[str, str]:
    """A number as (sign, digits): a currency's prefix stands between."""
    return ("-", number[1:]) if number.startswith("-") else ("", number)


def _step(size: float, spec: Unit, decimals: int | None = None) -> Step:
    """The rung for an absolute size in the scale's base unit: the last one that is not larger.

    A size that rounds up to the next rung goes there: 999.95 is 1.00k, never 1000.
    """
    if size == 0:
        return min(spec.steps, key=lambda step: abs(step.size - spec.base))
    index = max((i for i, step in enumerate(spec.steps) if step.size <= size * (1 + 1e-12)), default=0)
    if index + 1 < len(spec.steps):
        here, above = spec.steps[index], spec.steps[index + 1]
        shown = float(_number(size / here.size, decimals))
        if shown >= above.size / here.size * (1 - 1e-9):
            return above
    return spec.steps[index]


def _digits(scaled: float, decimals: int | None, spec: Unit) -> str:
    """The digits of a scaled value; beyond the scale's last rung they stop at what a cell can hold."""
    if abs(scaled) >= 1e15:
        return f"{scaled:.3g}"
    return _number(scaled, decimals)


def _number(value: float, decimals: int | None) -> str:
    """Fixed-point digits; automatic decimals when None. Never ``-0``."""
    if decimals is None:
        if value != 0 and abs(value) < 1e-6:
            mantissa, _, exponent = f"{value:.1e}".partition("e")
            return f"{mantissa}e{int(exponent)}"
        decimals = _decimals(value)
    text = f"{value:.{max(0, decimals)}f}"
    return text[1:] if text.startswith("-") and not text.strip("-0.") else text


def _decimals(value: float) -> int:
    """Two decimals around 1, fewer above, at most two significant digits below; none for a whole number."""
    size = abs(value)
    if math.isclose(size, round(size), rel_tol=1e-9, abs_tol=1e-12):
        return 0
    if size >= 99.95:
        return 0
    if size >= 9.995:
        return 1
    if size >= 0.0995:
        return 2
    decimals = 1 - math.floor(math.log10(size * 1.005))
    return decimals - 1 if math.isclose(size, round(size, decimals - 1), rel_tol=1e-9) else decimals


def _axis_decimals(scaled: list[float]) -> int:
    """The fewest decimals that keep distinct values apart and each within a fiftieth of the smallest gap."""
    ordered = sorted(set(scaled)) or [0.0]  # none is left of values that are infinite in their scale
    gaps = [high - low for low, high in pairwise(ordered)]
    slack = min(gaps) / 50 if gaps else abs(ordered[0]) / 100
    for decimals in range(12):
        near = all(abs(round(value, decimals) - value) <= slack for value in ordered)
        if near and len({round(value, decimals) for value in ordered}) == len(ordered):
            return decimals
    return 12


def _bare(number: str) -> bool:
    return number not in ("NaN", "∞", "-∞", NOTHING)


def _written(value: float, spec: Unit, decimals: int | None) -> str:
    """The kinds that have no scale."""
    match spec.kind:
        case "switch":
            return spec.words[0 if value else 1]
        case "grouped":
            return f"{value:,.{min(6, _decimals(value)) if decimals is None else max(0, decimals)}f}"
        case "duration":
            return ("-" if value < 0 else "") + _duration(abs(value) * spec.base)
        case "clock":
            return ("-" if value < 0 else "") + _clock(abs(value) * spec.base)
        case "hex" | "hex0x":
            mark = "0x" if spec.kind == "hex0x" else ""
            return f"{'-' if value < 0 else ''}{mark}{abs(round(value)):X}"
        case _:
            return f"{value:.{2 if decimals is None else max(0, decimals)}e}"


def _duration(seconds: float) -> str:
    """A length of time in its two largest parts: ``45s``, ``2m 10s``, ``3h 05m``, ``2d 04h``; below 1 s as ``ms``."""
    if 0 < seconds < 0.9995:
        return format_value(seconds, "s")
    whole = round(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m {whole % 60:02d}s"
    if whole < _DAY:
        return f"{whole // 3600}h {whole % 3600 // 60:02d}m"
    return f"{whole // _DAY}d {whole % _DAY // 3600:02d}h"


def _clock(seconds: float) -> str:
    """``hh:mm:ss``, with days before it from the first on."""
    whole = round(seconds)
    days, rest = divmod(whole, _DAY)
    clock = f"{rest // 3600:02d}:{rest % 3600 // 60:02d}:{rest % 60:02d}"
    return f"{days} d {clock}" if days else clock


def _date(seconds: float, kind: str, now: float | None, tz: tzinfo) -> str:
    """A moment (unix seconds) in a zone; beyond the calendar it is a number."""
    if kind == "ago" and now is not None:
        age = now - seconds
        return f"{format_age(age)} ago" if age >= 0 else f"in {format_age(-age)}"
    try:
        moment = datetime.fromtimestamp(seconds, tz)
        today = datetime.fromtimestamp(now, tz).date() if now is not None else None
    except (OverflowError, OSError, ValueError):
        return format_value(seconds * 1000, "none")
    american = kind.startswith("us")
    clock = moment.strftime("%I:%M:%S ").lstrip("0") + ("am" if moment.hour < 12 else "pm")
    clock = clock if american else moment.strftime("%H:%M:%S")
    if kind.endswith("today") and today == moment.date():
        return clock
    return (moment.strftime("%m/%d/%Y ") if american else f"{moment.date().isoformat()} ") + clock
