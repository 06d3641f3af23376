"""Durations and sizes as LogQL writes them, in whole nanoseconds and bytes; strings as Go writes and reads them."""

from __future__ import annotations

import re
from fractions import Fraction

_NANOSECONDS = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
    "d": 86_400_000_000_000,
    "w": 604_800_000_000_000,
    "y": 31_536_000_000_000_000,
}
_PROMETHEUS = re.compile(
    "".join(rf"(?:(\d{{1,18}}){unit})?" for unit in ("y", "w", "d", "h", "m(?!s)", "s", "ms")), re.ASCII
)
_GO_PART = re.compile(r"(\d{1,18}\.?\d{0,18}|\.\d{1,18})(ns|us|µs|ms|s|m|h)", re.ASCII)
_SIZE = re.compile(r"(\d{1,18}\.?\d{0,18}|\.\d{1,18}) ?([kKMGTP]?i?)[bB]?", re.ASCII)
_LONGEST = 2**63
_SPELLED = (("d", 86_400_000_000_000), ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000))
_FINE = (("ms", 1_000_000), ("us", 1_000), ("ns", 1))

_ESCAPE = re.compile(
    r'\\(?:([abfnrtv\\"\'])|([0-7]{3})|x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.|$))', re.DOTALL
)
_PLAIN = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\", '"': '"', "'": "'"}
_QUOTED = {
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
    "\\": "\\\\",
    '"': '\\"',
}


def window(text: str) -> int | None:
    """Nanoseconds of a Prometheus duration (``1h30m``, whole numbers, units in falling order); None when it is none."""
    match = _PROMETHEUS.fullmatch(text)
    if not text or match is None:
        return None
    units = ("y", "w", "d", "h", "m", "s", "ms")
    total = sum(int(count) * _NANOSECONDS[unit] for count, unit in zip(match.groups(), units, strict=True) if count)
    return total if total < _LONGEST else None


def duration(text: str) -> int | None:
    """Nanoseconds of a duration as filters and offsets take it: Prometheus's kind, or Go's (``1.5s``, ``-300ms``)."""
    found = window(text)
    if found is not None:
        return found
    sign, rest = (-1 if text.startswith("-") else 1), text.removeprefix("-").removeprefix("+")
    if rest == "0":
        return 0
    total, at = Fraction(0), 0
    for part in _GO_PART.finditer(rest):
        if part.start() != at:
            return None
        total += Fraction(part[1].rstrip(".") if part[1][0] != "." else f"0{part[1]}") * _NANOSECONDS[part[2]]
        at = part.end()
    return sign * int(total) if at and at == len(rest) and total < _LONGEST else None


def size(text: str) -> int | None:
    """Bytes of ``1.5MB`` (powers of 1000) or ``20KiB`` (of 1024); None when it is no size."""
    match = _SIZE.fullmatch(text)
    if match is None or match[2] == "i":
        return None
    prefix = match[2].upper()
    base = 1024 if prefix.endswith("I") else 1000
    power = " KMGTP".index(prefix[0]) if prefix else 0
    number = match[1].rstrip(".") if match[1][0] != "." else f"0{match[1]}"
    total = int(Fraction(number) * base**power)
    return total if total < 2 * _LONGEST else None


def spelled(nanoseconds: int) -> str:
    """An exact spelling that :func:`duration` reads back: 5400 s is ``1h30m``. Days only where Prometheus reads it."""
    rest, parts = abs(nanoseconds), []
    days = nanoseconds >= 0 and nanoseconds % 1_000_000 == 0
    for unit, length in (*(_SPELLED if days else _SPELLED[1:]), *_FINE):
        count, rest = divmod(rest, length)
        if count:
            parts.append(f"{count}{unit}")
    return ("-" if nanoseconds < 0 else "") + ("".join(parts) or "0s")


def quoted(text: str) -> str:
    """A text as a LogQL string: what :func:`unquoted` reads back."""
    return '"' + "".join(_QUOTED.get(sign) or _printable(sign) for sign in text) + '"'


def _printable(sign: str) -> str:
    if sign.isprintable():
        return sign
    return f"\\u{ord(sign):04x}" if ord(sign) < 0x10000 else f"\\U{ord(sign):08x}"


def unquoted(token: str) -> str | None:
    """The text of a string token with its quotes, ``"…"`` with Go's escapes or raw between backticks; None when it is none."""
    if token.startswith("`"):
        return token[1:-1].replace("\r", "")
    parts, at = [], 1
    for escape in _ESCAPE.finditer(token, 1, len(token) - 1):
        parts.append(token[at : escape.start()])
        named, octal, *codes, _bad = escape.groups()
        if named and named != "'":
            parts.append(_PLAIN[named])
        elif octal and int(octal, 8) < 256:
            parts.append(chr(int(octal, 8)))
        elif any(codes) and int(next(filter(None, codes)), 16) < 0x110000:
            parts.append(chr(int(next(filter(None, codes)), 16)))
        else:
            return None
        at = escape.end()
    parts.append(token[at:-1])
    return "".join(parts)
