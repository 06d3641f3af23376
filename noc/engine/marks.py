"""Marks out of what was answered: a series' changes or spans, lines of a log, lines of a file. Pure, bounded, in order."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from noc.catalogue.events import read, words
from noc.model.logs import LogLine
from noc.model.markers import Marker
from noc.model.series import Series
from noc.model.text import clean
from noc.model.units import format_value

MOST = 50
"""Marks of a window at most; what is older is counted by one of them."""

KINDS = ("deploy", "incident", "note")
WORDS = 200
"""Characters of a mark's words at most."""

_PLACE = re.compile(r"\{\{\s*([^}]+?)\s*\}\}")


def changes(series: Sequence[Series], step: float, kind: str, template: str = "") -> list[Marker]:
    """A mark wherever a value changed or a label set appeared, on a grid of ``step`` seconds.

    What stands at the first time of the whole answer was there before; a label set that comes back after a gap appeared
    anew only if another one began in the gap (a release rolled back), else its scrape was missed.
    """
    known = [one for one in series if one.times]
    begin = min((one.times[0] for one in known), default=0.0)
    births = sorted(one.times[0] for one in known)
    differing = _differing(known)
    out = []
    for one in known:
        before: float | None = None
        for index, (at, value) in enumerate(zip(one.times, one.values, strict=True)):
            if math.isnan(value):
                continue
            gap = at - one.times[index - 1] if index else 0.0
            born = index == 0 and at > begin
            back = gap > 1.5 * step and any(at - gap < birth <= at for birth in births)
            if born or back or (before is not None and value != before):
                out.append(Marker(at, None, kind, _text(one, value, template, differing, told=not (born or back))))
            before = value
    return out


def spans(series: Sequence[Series], above: float, step: float, kind: str, template: str = "") -> list[Marker]:
    """A mark for every stretch in which a value is above a number; a point stands for the step that ends with it."""
    differing = _differing(series)
    out = []
    for one in series:
        start: float | None = None
        peak, last = -math.inf, 0.0
        for at, value in [*zip(one.times, one.values, strict=True), (math.inf, -math.inf)]:
            if start is not None and (not value > above or at - last > 1.5 * step):
                out.append(Marker(start, last, kind, _text(one, peak, template, differing, told=False)))
                start = None
            if value > above:
                start, peak = (at - step, value) if start is None else (start, max(peak, value))
                last = at
    return out


def of_lines(lines: Iterable[LogLine], kind: str, template: str = "") -> list[Marker]:
    """A mark for every line: its event in the template's words, in its own where it has none of the template's fields."""
    places = _PLACE.findall(template)
    out = []
    for line in lines:
        event = read(line)
        fits = template and (not places or any(event.field(name) for name in places))
        text = words(event, {"*": template}).what if fits else event.text
        out.append(Marker(line.seconds, None, kind, _short(text)))
    return out


def of_file(text: str, kind: str, first: int = 1) -> tuple[list[Marker], list[str]]:
    """The marks of JSONL text, and what is wrong with lines that are none; ``first`` is the first line's number."""
    out, faults = [], []
    for number, line in enumerate(text.split("\n"), first):
        if not line.strip():
            continue
        try:
            out.append(_written(line, kind))
        except ValueError as error:
            faults.append(f"line {number} is no mark: {error}")
    return out, faults


def _written(line: str, kind: str) -> Marker:
    """One line of a file; ValueError says what is wrong with it."""
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError("no JSON") from None
    if not isinstance(data, dict):
        raise ValueError("no JSON object")
    if "at" not in data:
        raise ValueError("'at' is missing")
    at = moment(data["at"])
    until = None if data.get("until") is None else moment(data["until"])
    if until is not None and until < at:
        raise ValueError("'until' is before 'at'")
    mark = data.get("mark", kind)
    if mark not in KINDS:
        raise ValueError(f"'mark' is one of {', '.join(KINDS)}")
    text = data.get("text")
    return Marker(at, until, mark, "" if text is None else _short(str(text)))


def moment(value: Any) -> float:
    """Unix seconds of a time as RFC 3339 or unix seconds; milliseconds and finer are told by their size. ValueError."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise ValueError("a time is RFC 3339 or unix seconds")
    if isinstance(value, str):
        try:
            number = float(value)
        except ValueError:
            return _rfc3339(value)
    else:
        try:
            number = float(value)
        except OverflowError:
            raise ValueError("a time out of range") from None
    if not 0 <= number < 1e20:
        raise ValueError("a time out of range")
    while number > 1e11:
        number /= 1000
    return number


def _rfc3339(text: str) -> float:
    try:
        found = datetime.fromisoformat(text.strip())
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise ValueError("a time is RFC 3339 or unix seconds") from None


def distinct(markers: Iterable[Marker], step: float) -> list[Marker]:
    """In order, each kind and text once within ``step`` seconds: instances that follow each other are one release."""
    out: list[Marker] = []
    last: dict[tuple[str, str], float] = {}
    for one in sorted(markers, key=lambda one: (one.at, one.until or one.at, one.kind, one.text)):
        before = last.get((one.kind, one.text))
        if before is None or one.at - before > step:
            out.append(one)
            last[one.kind, one.text] = one.at
    return out


def windowed(markers: Sequence[Marker], start: float, end: float, most: int = MOST) -> tuple[Marker, ...]:
    """Those that reach into a window, at most ``most``: the newest, and one that counts the rest where they end."""
    inside = [one for one in markers if one.at <= end and (one.at if one.until is None else one.until) >= start]
    if len(inside) <= most:
        return tuple(inside)
    left, kept = inside[: len(inside) - most + 1], inside[len(inside) - most + 1 :]
    return (Marker(max(start, left[-1].at), None, "note", f"+{len(left)} earlier"), *kept)


def _text(series: Series, value: float, template: str, differing: Sequence[str], *, told: bool) -> str:
    """Words for a series' mark: the template's, else the labels in which it differs; ``told``: and its value."""
    labels = dict(series.labels)
    if template:
        filled: Mapping[str, str] = {**labels, "value": format_value(value, "short")}
        return _short(_PLACE.sub(lambda place: filled.get(place[1], ""), template))
    named = " ".join(labels[name] for name in differing if name in labels)
    return _short(f"{named} {format_value(value, 'short')}" if told else named or series.name)


def _differing(series: Sequence[Series]) -> list[str]:
    """Label names whose values are not all the same; of a single series all but its name, job and instance."""
    names = sorted({name for one in series for name, _ in one.labels if name != "__name__"})
    if len(series) < 2:
        return [name for name in names if name not in ("job", "instance")]
    return [name for name in names if len({one.label(name) for one in series}) > 1]


def _short(text: str) -> str:
    return clean(" ".join(text.split()), WORDS)
