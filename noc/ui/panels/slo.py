"""slo: what was promised and what was kept; how much of the error budget is left, and how fast it burns."""

from __future__ import annotations

import math
from collections.abc import Sequence

from noc.charts.canvas import Canvas, Ink
from noc.charts.charset import spell
from noc.charts.digits import tallest_digits
from noc.charts.meter import draw_meter
from noc.config.statepanels import SloSpec
from noc.engine.kindplan import burn_titles
from noc.model.colour import readable_on
from noc.model.promise import Promise
from noc.model.results import State
from noc.model.severity import Severity, worst
from noc.model.text import fit, truncate, width
from noc.model.thresholds import severity_of
from noc.model.timerange import format_duration
from noc.model.units import format_value
from noc.ui.panels.data import Asked, PanelData, Reading, readings, state

_TIME = "dtdurations"
Part = tuple[str, str, bool]
"""Words, their colour, and whether they are bold."""


def promise_of(data: PanelData) -> Promise | None:
    """The promise and what was kept of it; of several series the one that kept least. None: nothing was measured."""
    spec, kept = data.spec, _least(data)
    assert isinstance(spec, SloSpec)
    if kept is None or kept.value is None:
        return None
    same = [asked for asked in data.role("burn") if asked.planned.index == kept.index]
    burns = tuple(_share(asked, kept) for asked in same[: len(spec.burn)])
    return Promise(spec.objective, spec.window, kept.value, burns, spec.alarm)


def severity_of_slo(data: PanelData) -> Severity:
    """The promise's own severity, and that of thresholds on the share where the author gave some."""
    promise = promise_of(data)
    if promise is None:
        return Severity.OK
    return worst([promise.severity, severity_of(promise.share, data.thresholds)])


def state_of_slo(data: PanelData) -> State | None:
    """Burn rates are read more often than the share they are told beside: old ones make the picture old, and it says why
    none came. None: as everywhere."""
    if state(data) not in (State.FRESH, State.WARNING):
        return None
    found = [asked.result.state(data.now) for asked in data.role("burn")]
    return next((one for one in (State.ERROR, State.STALE) if one in found), None)


def _least(data: PanelData) -> Reading | None:
    found = [one for one in readings(data) if one.value is not None and math.isfinite(one.value)]
    return min(found, key=lambda one: one.value or 0.0, default=None)


def _share(asked: Asked, kept: Reading) -> float | None:
    """The same series over a burn window; a lone one needs no equal labels."""
    series = asked.result.series
    found = [one for one in series if one.labels == kept.series.labels] or (series if len(series) == 1 else [])
    value = found[0].last if found else None
    return value if value is not None and math.isfinite(value) else None


_ABSURD = 1e12
"""A share beyond which digits say nothing: a server may answer with any number."""


def decimals_of(objective: float) -> int:
    """Decimals of a percentage that tell it from its objective: 99 -> 1, 99.9 -> 2, 99.99 -> 3."""
    return min(6, max(1, math.ceil(round(-math.log10(1 - objective), 6)) - 1))


def percent(share: float, decimals: int) -> str:
    """A share in percent, never rounded up: a broken promise does not look kept. What no promise is, is shown as it is."""
    if abs(share) > _ABSURD:
        return f"{share * 100:.1e}"
    return f"{math.floor(share * 100 * 10**decimals + 1e-6) / 10**decimals:.{decimals}f}"


def draw(data: PanelData, columns: int, rows: int) -> Canvas:
    """Availability large, the objective beside it, the budget as a meter and in words, the burn rates."""
    spec, palette = data.spec, data.look.palette
    assert isinstance(spec, SloSpec)
    canvas, promise = Canvas(columns, rows), promise_of(data)
    if promise is None:
        canvas.put(0, 0, truncate("no share was measured", columns), Ink(palette.muted))
        return spell(canvas, data.look.charset)
    under = min(3, max(0, rows - 1))
    spare = 1 if rows >= 8 else 0
    _number(canvas, promise, data, max(1, rows - under - spare))
    if under == 3:
        _meter(canvas, rows - 3, promise, data)
    if under > 1:
        _budget(canvas, rows - 2, promise, data)
    if under:
        _row(canvas, rows - 1, _burns(promise, data), columns)
    return spell(canvas, data.look.charset)


def _number(canvas: Canvas, promise: Promise, data: PanelData, rows: int) -> None:
    """The share in digits as tall as the rows above the budget; what was promised at their right, or beneath."""
    palette, level = data.look.palette, severity_of_slo(data)
    decimals = data.query_spec.decimals
    number = percent(promise.share, decimals_of(promise.objective) if decimals is None else decimals)
    ink = Ink(palette.text if level is Severity.OK else palette.severity(level), bold=True)
    quiet = Ink(palette.muted)
    words = _promised(promise, data)
    below = 1 if rows >= 4 and canvas.width < 60 else 0
    large = tallest_digits(
        number, "%", ink, data.look.charset, width=canvas.width, height=rows - below, suffix_ink=quiet
    )
    if large is None:
        x = canvas.put(0, 0, truncate(f"{number} %", canvas.width), ink) + 2
        canvas.put(x, 0, _longest(words, canvas.width - x), quiet)
        return
    top = 1 if rows - below > large.height else 0
    canvas.blit(0, top, large)
    foot = top + large.height - 1
    beside = _longest(words, canvas.width - large.width - 2)
    if beside == words[0] or foot + 1 >= rows:
        canvas.put(canvas.width - width(beside), foot, beside, quiet)
    else:
        canvas.put(0, foot + 1, _longest(words, canvas.width), quiet)


def _promised(promise: Promise, data: PanelData) -> list[str]:
    """What was promised, for how long, and whether so much was measured at all: the longest words first."""
    objective = f"{promise.objective * 100:.6f}".rstrip("0").rstrip(".")
    period, kept = format_duration(promise.window), _least(data)
    several = len(readings(data))
    out = [f"of {objective} % in {period}", f"of {objective} %"]
    if several > 1 and kept is not None:
        out.insert(0, f"{out[0]}, the least of {several}: {kept.name}")
    if partial(data):
        out = [
            f"{out[0]}, less measured yet",
            f"of {objective} %, under {period} measured",
            f"under {period} measured",
            f"under {period}",
            f"<{period}",
        ]
    return out


def partial(data: PanelData) -> bool:
    """Whether the server knows nothing of the window's beginning: the share then stands for less than the period."""
    return any(asked.result.good_at is not None and not asked.result.series for asked in data.role("delta"))


def _longest(words: Sequence[str], room: int) -> str:
    """The first of the words that fits; nothing where none does."""
    return next((text for text in words if width(text) <= room), "")


def _meter(canvas: Canvas, y: int, promise: Promise, data: PanelData) -> None:
    """What is left of the budget; all of the track in trouble's colour once nothing is."""
    palette, level = data.look.palette, promise.severity
    colour = palette.ok if level is Severity.OK else palette.severity(level)
    left = 1.0 if promise.exhausted else min(1.0, promise.left)
    draw_meter(canvas, 0, y, canvas.width, (0.0, left), colour, palette.surface, data.look.charset, track=palette.faint)


def _budget(canvas: Canvas, y: int, promise: Promise, data: PanelData) -> None:
    """What is left of the budget in percent and in time; a budget that is gone is a bar across the card."""
    palette = data.look.palette
    whole, left = format_value(promise.seconds, _TIME), format_value(abs(promise.seconds_left), _TIME)
    if not promise.exhausted:
        share = f"budget left {percent(promise.left, 0 if promise.left >= 0.1 else 1)} %"
        text = _longest([f"{share}, {left} of {whole}", f"{share}, {left}", share], canvas.width)
        canvas.put(0, y, text or truncate(share, canvas.width), Ink(palette.text))
        return
    ground = palette.severity(Severity.HIGH)
    mark = Severity.HIGH.glyph
    over = f"{left} over" if promise.seconds_left <= -1 else "none left"
    words = [f"{mark} ERROR BUDGET SPENT, {over}, of {whole}", f"{mark} BUDGET SPENT, {over}", f"{mark} BUDGET SPENT"]
    text = f" {_longest(words, canvas.width - 2) or words[-1]}"
    canvas.put(0, y, fit(text, canvas.width), Ink(readable_on(ground), ground, bold=True))


def _burns(promise: Promise, data: PanelData) -> list[Part]:
    """``burn 1h 0.4x  6h 1.2x``, each in its own colour; a window that is not known says so."""
    spec, palette = data.spec, data.look.palette
    assert isinstance(spec, SloSpec)
    out: list[Part] = [("burn", palette.muted, False)]
    for index, (title, rate) in enumerate(zip(burn_titles(spec), promise.rates, strict=False)):
        level = promise.severity_of_rate(index)
        colour = palette.text if level is Severity.OK else palette.severity(level)
        mark = "" if level is Severity.OK else f"{level.glyph} "
        out.append((f"{title} {mark}{_rate(rate)}", colour, level is not Severity.OK))
    return out if len(out) > 1 else []


def _rate(rate: float | None) -> str:
    if rate is None:
        return "–"
    return f"{max(0.0, rate):.1f}x" if rate < 99.95 else f"{rate:.0f}x"


def _row(canvas: Canvas, y: int, parts: Sequence[Part], columns: int) -> None:
    """Parts in a row, each whole or not at all."""
    x = 0
    if sum(width(text) + 2 for text, _, _ in parts) - 2 > columns:
        parts = parts[1:]  # what the row is about gives way first
    for text, colour, bold in parts:
        if x + width(text) > columns:
            canvas.put(x, y, "…"[: max(0, columns - x)], Ink(colour))
            return
        x = canvas.put(x, y, text, Ink(colour, bold=bold)) + 2
