"""geo: where it comes from, on a map and as a list of countries; from a row to the addresses behind it."""

from __future__ import annotations

import math
import re
import sys
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import is_

from noc.charts.canvas import Canvas, Ink
from noc.charts.charset import spell
from noc.charts.geo import ASPECT, Mark, draw_map
from noc.charts.table import Cell, TableColumn, draw_table
from noc.config.panels import PanelBase
from noc.config.sharepanels import GeoSpec
from noc.engine.origin import NO_DATABASE, Origin, country_of
from noc.model.addresses import parse_address
from noc.model.results import Result
from noc.model.severity import Severity, worst
from noc.model.text import clean, truncate
from noc.model.thresholds import severity_of
from noc.model.units import format_value
from noc.ui.panels.data import Look, PanelData

MAP_FROM = (58, 14)
"""Cells of the body from which there is a map: those of a card of 60x16, less its margins, its title and its last row."""
CARRIED = 50
"""Addresses of a country that a drill link takes along, those with the most first."""
_KNOWN = "8.8.8.8"
"""An address that every country database knows: when it has no country, there is no database."""
_LIST = (34, 52)
"""Columns of the list beside the map, at least and at most."""
_GAP = 2
_LONGER = 60
"""Cells that a share's bar takes of what is left over: names stay near their numbers."""
_BENEATH = 5
"""Rows of the list beneath the map, at least; its head included."""
_COLOURED_FROM = 0.3
"""Of the ramp: what comes least is still seen on the land."""
_UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Place:
    """A country, or what is none: a range of addresses that belong to nobody, all that nobody can place, or, without a
    country database, one address."""

    key: str
    code: str
    """ISO 3166; empty where it is no country."""
    name: str
    count: float
    values: tuple[str, ...]
    """What the label said, raw, the most first."""


@dataclass(frozen=True, slots=True)
class Places:
    """All there is, the most first."""

    countries: tuple[Place, ...]
    apart: tuple[Place, ...]
    """What stands on no map."""
    addresses: int
    """Values of the label that are addresses."""
    missing: str = ""
    """Why no country can be told."""

    @property
    def total(self) -> float:
        return _sum(place.count for place in (*self.countries, *self.apart))


_KEPT = 8
"""Answers whose countries are remembered: as many as a wall has maps, twice over."""
_held: deque[tuple[tuple[Result, ...], PanelBase, Look, Places]] = deque(maxlen=_KEPT)


def places_of(data: PanelData) -> Places:
    """The counts by country; numbers that count nothing (NaN, infinite, negative, zero) are left out.

    Not counted again for the same answers: a cursor, a click and every row of a faded card ask for them.
    """
    answers = tuple(asked.result for asked in data.role("main"))
    for results, spec, look, known in tuple(_held):
        same = len(results) == len(answers) and all(map(is_, results, answers))
        if same and spec is data.spec and look is data.look:
            return known
    made = _placed(data)
    _held.appendleft((answers, data.spec, data.look, made))
    return made


def _placed(data: PanelData) -> Places:
    counts = _counts(data)
    found: dict[str, list[str]] = {}
    named: dict[str, tuple[str, str]] = {}
    addresses = 0
    for value in counts:
        origin, is_address = _origin(value, data)
        addresses += is_address
        key = origin.country or origin.note or _UNKNOWN
        named[key] = (origin.country, origin.name or (key if not origin.country else ""))
        found.setdefault(key, []).append(value)
    places = [_place(f"geo:{key}", *named[key], values, counts) for key, values in found.items()]
    places.sort(key=lambda place: (-place.count, place.key))
    countries = tuple(place for place in places if place.code)
    missing = "" if countries or not addresses else _unknown(data)
    apart = tuple(place for place in places if not place.code)
    if missing:
        apart = tuple(_place(f"geo:@{value}", "", value, [value], counts) for value in _ranked(counts))
    return Places(countries, apart, addresses, missing)


def _counts(data: PanelData) -> dict[str, float]:
    """What the label's values count, over all queries."""
    spec = data.spec
    assert isinstance(spec, GeoSpec)
    counts: dict[str, float] = {}
    for asked in data.role("main"):
        for series in asked.result.series:
            count = series.last
            if count is not None and math.isfinite(count) and count > 0:
                value = series.label(spec.by)
                counts[value] = _sum((counts.get(value, 0.0), count))
    return counts


def _origin(value: str, data: PanelData) -> tuple[Origin, bool]:
    """Where a value of the label comes from, and whether it is an address; a country's code stands for itself."""
    text = value.strip()
    if len(text) == 2:
        return country_of(text.upper()) or Origin(), False
    found = data.look.origin(text)
    return found or Origin(), found is not None or parse_address(text) is not None


def _unknown(data: PanelData) -> str:
    """Why no country can be told; empty where one can."""
    found = data.look.origin(_KNOWN) or Origin()
    return "" if found.country else found.unknown or NO_DATABASE


def _sum(counts: Iterable[float]) -> float:
    """Never beyond the largest number: shares of it are still numbers."""
    return min(sum(counts), sys.float_info.max)


def _ranked(counts: Mapping[str, float]) -> list[str]:
    return sorted(counts, key=lambda value: (-counts[value], value))


def _place(key: str, code: str, name: str, values: Sequence[str], counts: Mapping[str, float]) -> Place:
    ordered = sorted(values, key=lambda value: (-counts[value], value))
    return Place(key, code, name, _sum(counts[value] for value in values), tuple(ordered))


# -- the picture


def draw(data: PanelData, columns: int, rows: int) -> Canvas:
    """The map with its list beside or beneath it, whichever leaves the map more room; in the last row what all of it is."""
    places, canvas = places_of(data), Canvas(columns, rows)
    palette = data.look.palette
    foot = min(1, max(0, rows - 1))
    map_size, at, list_size = arranged(columns, rows - foot, len(_rows(data, places)), mapped=bool(places.countries))
    if map_size[0]:
        box = (at[0] - _GAP if at[0] else columns, rows - foot if at[0] else at[1])
        left, top = ((room - size) // 2 for room, size in zip(box, map_size, strict=True))
        canvas.blit(left, top, draw_map(_marks(data, places), *map_size, palette, data.look.charset))
    canvas.blit(*at, _list(data, places, *list_size))
    if foot:
        colour = palette.medium if places.missing else palette.muted
        canvas.put(0, rows - 1, _summary(data, places, columns), Ink(fg=colour))
    return spell(canvas, data.look.charset)


Size = tuple[int, int]


def arranged(columns: int, rows: int, listed: int, *, mapped: bool) -> tuple[Size, Size, Size]:
    """Size of the map (0x0: none), and where the list stands and its size, in the cells above the last row."""
    if not mapped or columns < MAP_FROM[0] or rows < MAP_FROM[1]:
        return (0, 0), (0, 0), (columns, rows)
    beside = min(columns - _LIST[0] - _GAP, round(rows * ASPECT))
    under = min(columns, round((rows - min(_BENEATH, listed + 1)) * ASPECT))
    if under > beside:
        high = max(1, round(under / ASPECT))
        return (columns, high) if columns - under < 4 else (under, high), (0, high), (columns, rows - high)
    left = min(_LIST[1], columns - beside - _GAP)
    wide = min(columns - left - _GAP, round(rows * ASPECT * 1.12))  # a little wider than it is rather than a gap
    high = min(rows, max(1, round(wide / ASPECT)))
    return (wide, high), (columns - left, 0), (left, rows)


def _marks(data: PanelData, places: Places) -> list[Mark]:
    most = max((place.count for place in places.countries), default=1.0)
    return [
        Mark(
            place.code,
            place.count / most,
            _colour(data, place, most),
            f"{place.code} {_number(data, place.count)}",
            _glyph(data, place),
            place.key == data.chosen,
        )
        for place in places.countries
    ]


def _severity(data: PanelData, place: Place) -> Severity:
    return severity_of(place.count, data.thresholds)


def _glyph(data: PanelData, place: Place) -> str:
    """What is in order is a quiet mark without one: many of them would be noise."""
    level = _severity(data, place)
    return level.glyph if level is not Severity.OK else ""


def _colour(data: PanelData, place: Place, most: float) -> str:
    """By severity where there are thresholds, green when it is ok; else by amount, along the upper part of the ramp."""
    palette = data.look.palette
    if data.thresholds:
        return palette.severity(_severity(data, place))
    share = _COLOURED_FROM + (1 - _COLOURED_FROM) * math.sqrt(place.count / most)
    return palette.ramp[min(len(palette.ramp) - 1, int(share * len(palette.ramp)))]


def _number(data: PanelData, count: float) -> str:
    return format_value(count, data.unit, data.query_spec.decimals)


def _summary(data: PanelData, places: Places, columns: int) -> str:
    """``1.2k  from 87 addresses in 12 countries``, and why it says no more."""
    total = _number(data, places.total)
    addresses = f" from {_counted(places.addresses, 'address', 'addresses')}" if places.addresses else ""
    if places.missing:
        return truncate(f"{total}{addresses}: {places.missing}", columns)
    countries = f" in {_counted(len(places.countries), 'country', 'countries')}" if places.countries else ""
    elsewhere = _sum(place.count for place in places.apart)
    apart = f", {_number(data, elsewhere)} in none" if elsewhere and places.countries else ""
    full = f"{total}{addresses}{countries}{apart}"
    for words in (full, f"{total}{countries}{apart}", f"{total}{apart}", total):
        if len(words) <= columns:
            return words
    return truncate(total, columns)


def _counted(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"


# -- the list


def _rows(data: PanelData, places: Places) -> list[Place]:
    """The rows of the list: the first countries, then what is none."""
    spec = data.spec
    assert isinstance(spec, GeoSpec)
    if places.missing:
        return list(places.apart[: spec.top])
    return [*places.countries[: spec.top], *places.apart]


def _left_out(data: PanelData, places: Places) -> int:
    return len(places.countries) + len(places.apart) - len(_rows(data, places)) + data.dropped


def _list(data: PanelData, places: Places, columns: int, rows: int) -> Canvas:
    found = _rows(data, places)
    at = next((index for index, place in enumerate(found) if place.key == data.chosen), None)
    rows = min(rows, len(found) + 1 + bool(_left_out(data, places)))  # the rest is counted right beneath
    return draw_table(
        _columns(data, places, found),
        columns,
        rows,
        data.look.palette,
        data.look.charset,
        cursor=at,
        offset=_offset(data, found, rows, _left_out(data, places)),
        more=_left_out(data, places),
    )


def _columns(data: PanelData, places: Places, found: Sequence[Place]) -> list[TableColumn]:
    palette = data.look.palette
    most, total = max((place.count for place in places.countries), default=1.0), places.total or 1.0
    longest = max((place.count for place in found), default=1.0)
    out = []
    if data.thresholds and places.countries:
        levels = [_severity(data, place) if place.code else None for place in found]
        glyphs = [Cell(level.glyph, palette.severity(level)) if level else Cell("") for level in levels]
        out.append(TableColumn("", glyphs, "right", 8))  # a number's: what is left over goes to the names
    names = [_named(place, palette.muted) for place in found]
    title = "address" if places.missing else "country"
    out.append(TableColumn(title, names, priority=9, keep=15 if places.missing else 2))
    out.append(TableColumn("count", [Cell(_number(data, place.count)) for place in found], "right", 11))
    bars = [
        Cell(
            f"{place.count / total:.0%}",
            _colour(data, place, most) if place.code else palette.faint,
            bar=place.count / longest,
        )
        for place in found
    ]
    out.append(TableColumn("share", bars, priority=4, keep=8, grow=_LONGER))
    return out


def _named(place: Place, quiet: str) -> Cell:
    if place.code:
        return Cell(f"{place.code} {clean(place.name, 60)}".strip())
    return Cell(clean(place.name, 60) or "–", quiet)


def _offset(data: PanelData, found: Sequence[Place], rows: int, left_out: int) -> int:
    """Rows above the first one drawn, so that the cursor's is seen, over the row that counts the rest where there is one."""
    at = next((index for index, place in enumerate(found) if place.key == data.chosen), 0)
    last = len(found) + bool(left_out) - max(1, rows - 1)
    return max(0, min(at - max(1, rows - 2) + 1, last))


def severity(data: PanelData) -> Severity:
    """The worst of the places: a country is held against the thresholds, not each of its addresses."""
    places = places_of(data)
    return worst([_severity(data, place) for place in (*places.countries, *places.apart)])


def keys(data: PanelData, columns: int, rows: int) -> list[str]:
    """Keys of the rows, top to bottom."""
    return [place.key for place in _rows(data, places_of(data))]


def row_at(data: PanelData, columns: int, rows: int, y: int) -> str | None:
    """The key of the row drawn at a line of the body: beside a map any line counts as its row's."""
    places = places_of(data)
    found, left_out = _rows(data, places), _left_out(data, places)
    height = rows - min(1, max(0, rows - 1))
    _, (_, top), (_, size) = arranged(columns, height, len(found), mapped=bool(places.countries))
    head, offset = int(size > 1), _offset(data, found, size, left_out)
    room = size - head
    if len(found) - offset + left_out > room > 1:
        room -= 1  # the last one counts the rest
    at = y - top - head + offset
    return found[at].key if 0 <= y - top - head < room and at < len(found) else None


def labels(data: PanelData, key: str) -> Mapping[str, str]:
    """What a drill link may take along: ``$country``, ``$address`` (the one with the most) and, under the name of the
    spec's ``by``, an expression (RE2) that matches the row's values, 50 at most; a lone address stands as it is."""
    spec = data.spec
    assert isinstance(spec, GeoSpec)
    places = places_of(data)
    place = next((one for one in (*places.countries, *places.apart) if one.key == key), None)
    if place is None:
        return {}
    out = {"country": place.code, spec.by: _expression(place.values)}
    first = next((value.strip() for value in place.values if parse_address(value.strip()) is not None), "")
    return {**out, "address": first} if first else out


_META = re.compile(r"[\\.+*?()|\[\]{}^$]")
"""What means something to RE2, as Go's QuoteMeta escapes it."""


def _expression(values: Sequence[str]) -> str:
    if len(values) == 1 and parse_address(values[0]) is not None:
        return values[0]
    return "|".join(_META.sub(r"\\\g<0>", value) for value in values[:CARRIED])
