"""The units by Grafana's names, as data: what one step of each scale is worth and what is written after the number.

Names, bases and prefixes follow Grafana's value formats (categories.ts), so a dashboard can move either way. Two words
differ on purpose: counts are k M B T (Grafana's ``short`` says K Mil Bil Tri), and bytes have no milli.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from noc.model.text import clean


@dataclass(frozen=True, slots=True)
class Step:
    """One rung of a scale: ``size`` in the scale's base unit, ``suffix`` with its leading blank if it has one."""

    size: float
    suffix: str


@dataclass(frozen=True, slots=True)
class Unit:
    """``base`` is what 1 of a raw value is worth in the scale's base unit; ``kind`` picks how it is written.

    Kinds: scaled, grouped (thousands separators), switch (``words`` for true and false), duration, clock, moment,
    ago, hex, sci.
    """

    steps: tuple[Step, ...]
    base: float = 1.0
    prefix: str = ""
    kind: str = "scaled"
    words: tuple[str, str] = ("", "")
    delta: str = "ratio"  # ratio | points | difference: how a change is told


_SI = ("", "k", "M", "G", "T", "P", "E")
_SI_SMALL = ("n", "µ", "m")
_IEC = ("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")
_COUNT = ("", "k", "M", "B", "T")
_TIME = ((1e-9, "ns"), (1e-6, "µs"), (1e-3, "ms"), (1.0, "s"), (60.0, "min"), (3600.0, "h"), (86400.0, "d"))


def _fixed(symbol: str = "", base: float = 1.0, delta: str = "ratio") -> Unit:
    gap = "" if symbol in ("", "°") else " "
    return Unit((Step(1.0, gap + symbol),), base, delta=delta)


def _si(symbol: str, power: int = 0, small: bool = False) -> Unit:
    rungs = [Step(1000.0**exponent, f" {prefix}{symbol}") for exponent, prefix in enumerate(_SI)]
    if small:
        rungs = [Step(1000.0 ** (i - 3), f" {prefix}{symbol}") for i, prefix in enumerate(_SI_SMALL)] + rungs
    return Unit(tuple(rungs), 1000.0**power)


def _iec(symbol: str, power: int = 0) -> Unit:
    return Unit(tuple(Step(1024.0**i, f" {prefix}{symbol}") for i, prefix in enumerate(_IEC)), 1024.0**power)


def _count(symbol: str = "", prefix: str = "") -> Unit:
    tail = f" {symbol}" if symbol else ""
    return Unit(tuple(Step(1000.0**i, letter + tail) for i, letter in enumerate(_COUNT)), prefix=prefix)


def _time(seconds: float, kind: str = "scaled") -> Unit:
    return Unit(tuple(Step(size, f" {name}") for size, name in _TIME), seconds, kind=kind)


def _switch(yes: str, no: str) -> Unit:
    return Unit((Step(1.0, ""),), kind="switch", words=(yes, no), delta="difference")


def _plain(kind: str, delta: str = "ratio") -> Unit:
    return Unit((Step(1.0, ""),), kind=kind, delta=delta)


_FIXED = {
    "none": "", "string": "", "humidity": "%H", "dB": "dB", "pixel": "px", "degree": "°", "radian": "rad",
    "grad": "grad", "arcmin": "arcmin", "arcsec": "arcsec", "accMS2": "m/s²", "accFS2": "f/s²", "accG": "g",
    "areaM2": "m²", "areaF2": "ft²", "areaMI2": "mi²", "ppm": "ppm", "conppb": "ppb", "conngm3": "ng/m³",
    "conμgm3": "μg/m³", "conmgm3": "mg/m³", "congm3": "g/m³", "conmgdL": "mg/dL", "conmmolL": "mmol/L",
    "Wm2": "W/m²", "flowgpm": "gpm", "flowcms": "cms", "flowcfs": "cfs", "flowcfm": "cfm", "litreh": "L/h",
    "flowlpm": "L/min", "flowmlpm": "mL/min", "lux": "lux", "masslb": "lb", "masst": "t", "lengthin": "in",
    "lengthft": "ft", "lengthmi": "mi", "pressurehpa": "hPa", "pressurekpa": "kPa", "pressurehg": '"Hg',
    "pressurepsi": "psi", "rotrpm": "rpm", "rotrads": "rad/s", "rotdegs": "°/s", "velocityms": "m/s",
    "velocitykmh": "km/h", "velocitymph": "mph", "velocityknot": "kn", "m3": "m³", "Nm3": "Nm³", "dm3": "dm³",
    "gallons": "gal",
}  # fmt: skip
_RATES = {
    "cps": "c/s", "ops": "ops/s", "reqps": "req/s", "rps": "rd/s", "wps": "wr/s", "iops": "io/s", "eps": "evt/s",
    "mps": "msg/s", "recps": "rec/s", "rowsps": "rows/s", "cpm": "c/m", "opm": "ops/m", "reqpm": "req/m",
    "rpm": "rd/m", "wpm": "wr/m", "epm": "evts/m", "mpm": "msgs/m", "recpm": "rec/m", "rowspm": "rows/m",
}  # fmt: skip
_SI_DATA = {
    "decbytes": ("B", 0), "deckbytes": ("B", 1), "decmbytes": ("B", 2), "decgbytes": ("B", 3), "dectbytes": ("B", 4),
    "decpbytes": ("B", 5), "decbits": ("b", 0), "pps": ("p/s", 0), "Bps": ("B/s", 0), "KBs": ("B/s", 1),
    "MBs": ("B/s", 2), "GBs": ("B/s", 3), "TBs": ("B/s", 4), "PBs": ("B/s", 5), "bps": ("b/s", 0), "Kbits": ("b/s", 1),
    "Mbits": ("b/s", 2), "Gbits": ("b/s", 3), "Tbits": ("b/s", 4), "Pbits": ("b/s", 5), "hertz": ("Hz", 0),
    "rothz": ("Hz", 0), "flops": ("FLOPS", 0), "mflops": ("FLOPS", 2), "gflops": ("FLOPS", 3), "tflops": ("FLOPS", 4),
    "Hs": ("H/s", 0), "KHs": ("H/s", 1), "MHs": ("H/s", 2), "GHs": ("H/s", 3), "THs": ("H/s", 4), "lumens": ("Lm", 0),
}  # fmt: skip
_IEC_DATA = {
    "bytes": ("B", 0), "kbytes": ("B", 1), "mbytes": ("B", 2), "gbytes": ("B", 3), "tbytes": ("B", 4),
    "pbytes": ("B", 5), "bits": ("b", 0), "binBps": ("B/s", 0), "KiBs": ("B/s", 1), "MiBs": ("B/s", 2),
    "GiBs": ("B/s", 3), "TiBs": ("B/s", 4), "PiBs": ("B/s", 5), "binbps": ("b/s", 0), "Kibits": ("b/s", 1),
    "Mibits": ("b/s", 2), "Gibits": ("b/s", 3), "Tibits": ("b/s", 4), "Pibits": ("b/s", 5),
}  # fmt: skip
_PHYSICAL = {
    "watt": ("W", 0), "kwatt": ("W", 1), "megwatt": ("W", 2), "gwatt": ("W", 3), "mwatt": ("W", -1),
    "voltamp": ("VA", 0), "kvoltamp": ("VA", 1), "voltampreact": ("VAr", 0), "kvoltampreact": ("VAr", 1),
    "watth": ("Wh", 0), "kwatth": ("Wh", 1), "amph": ("Ah", 0), "kamph": ("Ah", 1), "mamph": ("Ah", -1),
    "joule": ("J", 0), "ev": ("eV", 0), "amp": ("A", 0), "kamp": ("A", 1), "mamp": ("A", -1), "volt": ("V", 0),
    "kvolt": ("V", 1), "mvolt": ("V", -1), "dBm": ("dBm", 0), "ohm": ("Ω", 0), "kohm": ("Ω", 1), "Mohm": ("Ω", 2),
    "farad": ("F", 0), "µfarad": ("F", -2), "nfarad": ("F", -3), "henry": ("H", 0), "mhenry": ("H", -1),
    "forceNm": ("Nm", 0), "forcekNm": ("Nm", 1), "forceN": ("N", 0), "forcekN": ("N", 1), "massmg": ("g", -1),
    "massg": ("g", 0), "masskg": ("g", 1), "lengthmm": ("m", -1), "lengthm": ("m", 0), "lengthkm": ("m", 1),
    "pressurembar": ("bar", -1), "pressurebar": ("bar", 0), "pressurekbar": ("bar", 1), "pressurepa": ("Pa", 0),
    "mlitre": ("L", -1), "litre": ("L", 0), "radbq": ("Bq", 0), "radgy": ("Gy", 0), "radsv": ("Sv", 0),
    "radmsv": ("Sv", -1), "radusv": ("Sv", -2), "radsvh": ("Sv/h", 0), "radmsvh": ("Sv/h", -1), "radusvh": ("Sv/h", -2),
}  # fmt: skip
_BEFORE = {
    "USD": "$", "GBP": "£", "EUR": "€", "JPY": "¥", "RUB": "₽", "UAH": "₴", "BRL": "R$", "CZK": "czk ", "CHF": "CHF ",
    "PLN": "PLN ", "BTC": "฿", "ZAR": "R", "INR": "₹", "KRW": "₩", "IDR": "Rp", "PHP": "PHP ",
}  # fmt: skip
_AFTER = {"DKK": "kr", "ISK": "kr", "NOK": "kr", "SEK": "kr", "VND": "đ", "TRY": "₺"}
_SECONDS = {"ns": 1e-9, "µs": 1e-6, "μs": 1e-6, "us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}

UNITS: dict[str, Unit] = {
    "short": _count(),
    "percent": _fixed("%", delta="points"),
    "percentunit": _fixed("%", 100.0, delta="points"),
    "locale": _plain("grouped"),
    "hex": _plain("hex"),
    "hex0x": _plain("hex0x"),
    "sci": _plain("sci"),
    "celsius": _fixed("°C", delta="difference"),
    "fahrenheit": _fixed("°F", delta="difference"),
    "farenheit": _fixed("°F", delta="difference"),
    "kelvin": _fixed("K", delta="difference"),
    "bool": _switch("True", "False"),
    "bool_yes_no": _switch("Yes", "No"),
    "bool_on_off": _switch("On", "Off"),
    "timeticks": _time(0.01),
    "dtdurations": _time(1.0, "duration"),
    "dtdurationms": _time(1e-3, "duration"),
    "clocks": _time(1.0, "duration"),
    "clockms": _time(1e-3, "duration"),
    "dthms": _time(1.0, "clock"),
    "dtdhms": _time(1.0, "clock"),
    **{
        name: _plain(kind, "difference")
        for name, kind in {
            "dateTimeAsIso": "moment",
            "dateTimeAsLocal": "moment",
            "dateTimeAsSystem": "moment",
            "dateTimeAsIsoNoDateIfToday": "today",
            "dateTimeAsLocalNoDateIfToday": "today",
            "dateTimeAsUS": "us",
            "dateTimeAsUSNoDateIfToday": "ustoday",
            "dateTimeFromNow": "ago",
        }.items()
    },
    **{name: _fixed(symbol) for name, symbol in _FIXED.items()},
    **{name: _count(symbol) for name, symbol in _RATES.items()},
    **{name: _si(*spec) for name, spec in _SI_DATA.items()},
    **{name: _iec(*spec) for name, spec in _IEC_DATA.items()},
    **{name: _si(*spec, small=True) for name, spec in _PHYSICAL.items()},
    **{f"currency{code}": _count(prefix=sign) for code, sign in _BEFORE.items()},
    **{f"currency{code}": _count(sign) for code, sign in _AFTER.items()},
    **{name: _time(seconds) for name, seconds in _SECONDS.items()},
}
_FAMILIES = ("prefix", "suffix", "si", "count", "currency", "bool")


def custom(unit: str) -> bool:
    """Whether a name is one of Grafana's families: ``prefix:x suffix:x si:x count:x currency:x bool:yes/no``."""
    family, colon, rest = unit.partition(":")
    return bool(colon and rest) and family in _FAMILIES


@lru_cache(maxsize=512)
def lookup(unit: str) -> Unit:
    """The unit of a name; a name nobody knows is a suffix."""
    if unit in UNITS:
        return UNITS[unit]
    family, _, rest = unit.partition(":")
    symbol = clean(rest if custom(unit) else unit, 24)
    if not custom(unit) or family == "suffix":
        return _fixed(symbol)
    if family == "prefix":
        return Unit((Step(1.0, ""),), prefix=symbol)
    if family == "si":
        letters = (*_SI_SMALL, *_SI)
        power = letters.index(symbol[0]) - len(_SI_SMALL) if len(symbol) > 1 and symbol[0] in letters else 0
        return _si(symbol[1:] if power else symbol, power, small=True)
    if family == "bool":
        yes, _, no = symbol.partition("/")
        return _switch(yes, no or "-")
    return _count(symbol) if family == "count" else _count(prefix=symbol)
