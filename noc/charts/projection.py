"""From longitude and latitude to a place on the map and back: Robinson's projection, cut where nobody lives.

The map is turned by eleven degrees, so that its edge runs through the Bering Strait and cuts no country.
"""

from __future__ import annotations

import math
from bisect import bisect_left

MIDDLE = 11.0
"""Longitude of the middle, in degrees."""
NORTH, SOUTH = 78.0, -56.0
"""Latitudes of the upper and lower edge: the Arctic islands' north and Antarctica are left out."""

_WIDE = (
    *(1.0, 0.9986, 0.9954, 0.99, 0.9822, 0.973, 0.96, 0.9427, 0.9216, 0.8962, 0.8679, 0.835),
    *(0.7986, 0.7597, 0.7186, 0.6732, 0.6213, 0.5722, 0.5322),
)
_HIGH = (
    *(0.0, 0.062, 0.124, 0.186, 0.248, 0.31, 0.372, 0.434, 0.4958, 0.5571, 0.6176, 0.6769),
    *(0.7346, 0.7903, 0.8435, 0.8936, 0.9394, 0.9761, 1.0),
)
"""Robinson's table: length of a parallel and its distance from the equator, every five degrees (Snyder, USGS PP 1453)."""

_X, _Y = 0.8487, 1.3523


def _between(table: tuple[float, ...], latitude: float) -> float:
    at = min(90.0, abs(latitude)) / 5
    first = min(len(table) - 2, int(at))
    return table[first] + (table[first + 1] - table[first]) * (at - first)


def _height(latitude: float) -> float:
    return math.copysign(_Y * _between(_HIGH, latitude), latitude)


_TOP, _BOTTOM = _height(NORTH), _height(SOUTH)
_HALF = _X * math.pi
SPAN = 2 * _HALF / (_TOP - _BOTTOM)
"""Width of the map over its height."""


def place(latitude: float, longitude: float) -> tuple[float, float] | None:
    """Column and row between 0 and 1 from the map's north-west, of a place in degrees; None beyond its edges."""
    if not SOUTH <= latitude <= NORTH:
        return None
    turned = (longitude - MIDDLE + 180) % 360 - 180
    x = _X * _between(_WIDE, latitude) * math.radians(turned)
    return 0.5 + x / (2 * _HALF), (_TOP - _height(latitude)) / (_TOP - _BOTTOM)


def latitude_at(row: float) -> float:
    """Degrees of a row between 0 and 1."""
    height = (_TOP - row * (_TOP - _BOTTOM)) / _Y
    after = min(len(_HIGH) - 1, max(1, bisect_left(_HIGH, abs(height))))
    step = (abs(height) - _HIGH[after - 1]) / (_HIGH[after] - _HIGH[after - 1])
    return math.copysign((after - 1 + step) * 5, height)


def longitude_at(column: float, latitude: float) -> float | None:
    """Degrees of a column between 0 and 1 on a parallel, -180 to 180; None beyond the round edge."""
    turned = math.degrees((column - 0.5) * 2 * _HALF / (_X * _between(_WIDE, latitude)))
    return (turned + MIDDLE + 180) % 360 - 180 if abs(turned) <= 180 else None
