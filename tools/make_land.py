"""Make the map's data: noc/charts/land.py and noc/charts/centroids.py.

    npm pack world-atlas@2.0.2 i18n-iso-countries@7.14.0      (unpack both)
    python tools/make_land.py world-atlas/package i18n-iso-countries/package/codes.json

Source: Natural Earth 4.1 (naturalearthdata.com, public domain), 1:50m for the land and 1:10m for the countries, as the
npm package world-atlas carries it; the second package only translates numbers to letters (ISO 3166). A country that
Natural Earth draws as part of another stands where the time zone database (public domain) has its first city.
"""

from __future__ import annotations

import base64
import heapq
import itertools
import json
import math
import re
import sys
import zlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from noc.charts.projection import SPAN, latitude_at, longitude_at, place

ROOT = Path(__file__).resolve().parent.parent / "noc" / "charts"
COLUMNS = 720
"""Dots of the bitmap: as many as the widest map on a wall of 300x90 has."""
SAMPLES = 4
"""Points a side by which a dot's share of land is measured."""

Point = tuple[float, float]
Ring = list[Point]
Polygon = list[Ring]


def main(atlas: Path, codes: Path) -> None:
    land = [polygon for _, shape in shapes(atlas / "countries-50m.json") for polygon in shape]
    (ROOT / "land.py").write_text(land_module(bitmap(land)), "utf-8")
    letters = {number: code for code, _, number, _ in json.loads(codes.read_text("utf-8"))}
    (ROOT / "centroids.py").write_text(centroids_module(centroids(atlas / "countries-10m.json", letters)), "utf-8")


# -- TopoJSON (github.com/topojson/topojson-specification)


def shapes(path: Path) -> Iterator[tuple[str, list[Polygon]]]:
    """The countries: ISO 3166 number and polygons of longitude and latitude in degrees."""
    topology = json.loads(path.read_text("utf-8"))
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * sx + tx, y * sy + ty))
        arcs.append(points)
    for shape in topology["objects"]["countries"]["geometries"]:
        parts: list[Any] = shape.get("arcs", [])
        polygons = [parts] if shape["type"] == "Polygon" else parts
        yield str(shape.get("id", "")), [[ring_of(ring, arcs) for ring in polygon] for polygon in polygons]


def ring_of(numbers: Sequence[int], arcs: Sequence[Ring]) -> Ring:
    points: Ring = []
    for number in numbers:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        points.extend(arc[1 if points else 0 :])
    return unwrapped(points)


def unwrapped(ring: Ring) -> Ring:
    """The ring without its jump where it crosses the date line: longitudes run on beyond 180."""
    out = ring[:1]
    for x, y in ring[1:]:
        out.append((x + 360 * round((out[-1][0] - x) / 360), y))
    return out


# -- the land


def crossings(polygons: Sequence[Polygon], latitude: float) -> list[float]:
    """Longitudes at which a parallel enters and leaves the land, in order."""
    found = []
    for polygon in polygons:
        for ring in polygon:
            for (x1, y1), (x2, y2) in itertools.pairwise(ring):
                if (y1 > latitude) != (y2 > latitude):
                    x = x1 + (latitude - y1) / (y2 - y1) * (x2 - x1)
                    found += [x - 360, x, x + 360]
    return sorted(found)


def bitmap(polygons: Sequence[Polygon]) -> list[list[bool]]:
    """Rows of dots from the north; a dot is land where at least half of it is.

    Borders are crossed twice at one place, out of one country and into the next, and so change nothing.
    """
    rows = round(COLUMNS / SPAN)
    dots = []
    for row in range(rows):
        counts = [0] * COLUMNS
        for part in range(SAMPLES):
            y = (row + (part + 0.5) / SAMPLES) / rows
            latitude = latitude_at(y)
            at = crossings(polygons, latitude)
            for column in range(COLUMNS):
                for side in range(SAMPLES):
                    longitude = longitude_at((column + (side + 0.5) / SAMPLES) / COLUMNS, latitude)
                    if longitude is not None:
                        counts[column] += bisect_right(at, longitude) % 2
        dots.append([2 * count >= SAMPLES * SAMPLES for count in counts])
    return dots


def land_module(dots: Sequence[Sequence[bool]]) -> str:
    """Each row is stored as what differs from the one above it: coasts are steady."""
    packed = bytearray()
    before = 0
    for row in dots:
        bits = int("".join("1" if dot else "0" for dot in row), 2)
        packed += (bits ^ before).to_bytes(COLUMNS // 8, "big")
        before = bits
    text = base64.b85encode(zlib.compress(bytes(packed), 9)).decode()
    lines = "\n".join(f'    "{text[at : at + 110]}"' for at in range(0, len(text), 110))
    return f'''"""The land of the Earth without Antarctica as one bitmap, in the projection of ``projection``.

Made by tools/make_land.py from Natural Earth (naturalearthdata.com), which is in the public domain.
"""

COLUMNS, ROWS = {COLUMNS}, {len(dots)}
"""Dots of the bitmap."""

PACKED = (
{lines}
)
"""Base85 of zlib of the rows from the north, eight dots a byte, each row XOR the one above it."""
'''


# -- where a country's mark stands


def centroids(path: Path, letters: dict[str, str]) -> dict[str, Point]:
    """Latitude and longitude by code: within the largest piece of land, as far from its borders as can be."""
    found = dict(cities())
    pieces: dict[str, list[Polygon]] = {}
    for number, polygons in shapes(path):
        if number in letters:
            pieces.setdefault(letters[number], []).extend(polygons)
    for code, polygons in pieces.items():
        largest = max(polygons, key=lambda polygon: abs(area(flat(polygon[0]))))
        x, latitude = innermost([flat(ring) for ring in largest])
        longitude = x / math.cos(math.radians(latitude))
        found[code] = (latitude, (longitude + 180) % 360 - 180)
    return found


def cities() -> Iterator[tuple[str, Point]]:
    """The first city of each country in the time zone database, as ``zone.tab`` writes places: +4230+00131."""
    text = (resources.files("tzdata.zoneinfo") / "zone.tab").read_text("utf-8")
    seen = set()
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        code, written = line.split("\t")[:2]
        if code not in seen:
            seen.add(code)
            parts = re.findall(r"([+-])(\d{2,3})(\d\d)(\d\d)?(?=[+-]|$)", written)
            latitude, longitude = ((1 if sign == "+" else -1) * (int(d) + int(m) / 60) for sign, d, m, _ in parts)
            yield code, (latitude, longitude)


def flat(ring: Ring) -> Ring:
    """Equal-area coordinates (sinusoidal), in degrees at the equator."""
    return [(x * math.cos(math.radians(y)), y) for x, y in ring]


def area(ring: Ring) -> float:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in itertools.pairwise(ring)) / 2


def innermost(polygon: Polygon) -> Point:
    """The point farthest from every border: cells are halved, the most promising first (Mapbox's polylabel)."""
    xs, ys = [x for x, _ in polygon[0]], [y for _, y in polygon[0]]
    size = max(max(xs) - min(xs), max(ys) - min(ys)) / 2
    middle = ((max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2)
    best = (inside(polygon, middle), middle)
    queue = [(-(best[0] + size * math.sqrt(2)), size, middle)]
    while queue and -queue[0][0] - best[0] > max(0.02, best[0] * 0.05):
        _, half, (x, y) = heapq.heappop(queue)
        half /= 2
        for dx, dy in ((-half, -half), (-half, half), (half, -half), (half, half)):
            point = (x + dx, y + dy)
            depth = inside(polygon, point)
            best = max(best, (depth, point))
            heapq.heappush(queue, (-(depth + half * math.sqrt(2)), half, point))
    return best[1]


def inside(polygon: Polygon, point: Point) -> float:
    """Distance to the nearest border, negative outside."""
    x, y = point
    within, nearest = False, math.inf
    for ring in polygon:
        for (x1, y1), (x2, y2) in itertools.pairwise(ring):
            if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
                within = not within
            dx, dy = x2 - x1, y2 - y1
            along = max(0.0, min(1.0, ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy))) if dx or dy else 0.0
            nearest = min(nearest, (x - x1 - along * dx) ** 2 + (y - y1 - along * dy) ** 2)
    return math.sqrt(nearest) * (1 if within else -1)


def centroids_module(found: dict[str, Point]) -> str:
    words = [f"{code} {lat:.1f} {lon:.1f}" for code, (lat, lon) in sorted(found.items()) if place(lat, lon)]
    lines = "\n".join("; ".join(words[at : at + 6]) + ";" for at in range(0, len(words), 6))
    return f'''"""Where a country's mark stands: a point well within its largest piece of land.

Made by tools/make_land.py from Natural Earth (naturalearthdata.com), which is in the public domain; what it does not
draw by itself stands at its first city in the time zone database, which is in the public domain too.
"""

from __future__ import annotations

from functools import cache

_WRITTEN = """
{lines}
"""
"""ISO 3166 code, latitude, longitude in degrees, north and east positive."""


@cache
def centroids() -> dict[str, tuple[float, float]]:
    """Latitude and longitude in degrees by ISO 3166 code; territories south of the map's edge are absent."""
    rows = (row.split() for row in _WRITTEN.split(";"))
    return {{row[0]: (float(row[1]), float(row[2])) for row in rows if row}}
'''


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
