"""Where an address comes from: the country by a database on this machine, or the range it belongs to. Nobody is asked.

The database is Geoacumen's, as the package python-geoacumen carries it (the extra ``geo``), or any country or city
database in MaxMind's format by setting. It is mapped into memory and never written.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from noc.model.addresses import Address, note_of, parse_address
from noc.model.clock import Clock, SystemClock
from noc.model.errors import ConfigError, Fault
from noc.model.text import clean

KEPT = 4096
"""Addresses whose origin is remembered: a look-up costs 1 µs in C and 13 µs in Python."""

ANEW = 60.0
"""Seconds a mapping is used: what was read of the file counts as the wall's memory until it is given back, and that would
be all of it (10 MB) after some months of strangers. Opening takes 0.8 ms."""

NO_DATABASE = "no country database: pip install 'noc-wall[geo]'"
WANTED = "give the path of a country or city database (GeoLite2-Country.mmdb)"

_OTHER_KINDS = ("ASN", "ISP", "Domain", "Connection", "Anonymous")
_DAMAGE = (ValueError, LookupError, TypeError, OSError, RuntimeError, struct.error)
"""What a reader meets in a damaged file; InvalidDatabaseError is a RuntimeError."""


@dataclass(frozen=True, slots=True)
class Origin:
    """``country`` is an ISO 3166 code, ``name`` its usual English name; both are empty where nobody knows. ``note`` is
    the range of an address that belongs to no country: ``private``, ``documentation`` ... ``unknown`` says why no address
    has a country: no database, or a damaged one."""

    country: str = ""
    name: str = ""
    note: str = ""
    unknown: str = ""

    @property
    def words(self) -> str:
        """``DE Germany``, ``private``, or nothing."""
        return self.note or " ".join(part for part in (self.country, self.name) if part)


class Origins:
    """Looks addresses up in the database at ``path``, by default in the embedded one; opened at the first look-up.

    ``missing`` says why no country can be told; it is empty while nothing is wrong.
    """

    def __init__(self, path: Path | None = None, clock: Clock | None = None) -> None:
        self.missing = ""
        self._path = path
        self._clock = clock or SystemClock()
        self._reader: Any = None
        self._opened = False
        self._opened_at = 0.0
        self._looked_up = lru_cache(maxsize=KEPT)(self._origin)

    def load(self) -> None:
        """Open the database now. ConfigError for a configured file that cannot serve; an absent extra is no error."""
        if self._opened:
            return
        self._opened = True
        try:
            self._reader = _opened(self._path)
        except ConfigError as error:
            self.missing = clean("; ".join(f"{fault.file}: {fault.message}" for fault in error.faults), 400)
            raise
        self._opened_at = self._clock.monotonic()
        if self._reader is None:
            self.missing = NO_DATABASE

    def of(self, text: str) -> Origin | None:
        """The origin of an address as a log spells it; None for what is no address."""
        return self._looked_up(text.strip())

    def close(self) -> None:
        """Give the file back; countries are unknown from then on."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None
        self._looked_up.cache_clear()

    def _origin(self, text: str) -> Origin | None:
        address = parse_address(text.partition("%")[0])
        if address is None:
            return None
        if note := note_of(address):
            return Origin(note=note)
        try:
            self.load()
        except ConfigError:
            return Origin(unknown=self.missing)
        if self._reader is not None and self._clock.monotonic() - self._opened_at > ANEW:
            self._open_anew()
        return self._country(address)

    def _open_anew(self) -> None:
        """The file as it stands there now; while none there can serve, the old one."""
        self._opened_at = self._clock.monotonic()
        try:
            reader = _opened(self._path)
        except ConfigError:
            return
        if reader is None:
            return
        if self.missing or reader.metadata().build_epoch != self._reader.metadata().build_epoch:
            self._looked_up.cache_clear()
        self._reader.close()
        self._reader, self.missing = reader, ""

    def _country(self, address: Address) -> Origin:
        if self._reader is None:
            return Origin(unknown=self.missing)
        if address.version == 6 and self._reader.metadata().ip_version == 4:
            return Origin()
        try:
            return _read(self._reader.get(str(address)))
        except _DAMAGE as error:
            self.missing = f"the country database is damaged ({clean(str(error), 80)}); {WANTED}"
            return Origin(unknown=self.missing)


def _opened(path: Path | None) -> Any:
    """A reader; None where nothing is installed and no file is configured."""
    try:
        import maxminddb
    except ImportError:
        if path is None:
            return None
        why = "needs a reader: pip install 'noc-wall[geo]' (or maxminddb)"
        raise ConfigError([Fault(str(path), 0, why)]) from None
    if path is None:
        try:
            import geoacumen
        except ImportError:
            return None
        path = Path(geoacumen.db_path)
    if path.is_dir():
        raise ConfigError([Fault(str(path), 0, f"is a directory; {WANTED}")])
    try:
        reader = maxminddb.open_database(str(path))
        kind = str(reader.metadata().database_type)
        reader.get("8.8.8.8")
    except OSError as error:
        raise ConfigError([Fault(str(path), 0, f"cannot be read: {error.strerror}; {WANTED}")]) from None
    except _DAMAGE:
        raise ConfigError(
            [Fault(str(path), 0, f"is no database in MaxMind's format, or a damaged one; {WANTED}")]
        ) from None
    if "City" not in kind and "Country" not in kind and any(word in kind for word in _OTHER_KINDS):
        reader.close()
        raise ConfigError([Fault(str(path), 0, f"is a {clean(kind, 60)} database, without countries; {WANTED}")])
    return reader


def _read(record: Any) -> Origin:
    """MaxMind and DB-IP nest the code below ``country``, others write it flat. Geoacumen writes None, Unknown and ZZ as
    words; EU is no country either."""
    if not isinstance(record, dict):
        return Origin()
    country = record.get("country", record.get("country_code"))
    code = country.get("iso_code") if isinstance(country, dict) else country
    if not isinstance(code, str):
        return Origin()
    if code in _names():
        return Origin(code, _names()[code])
    given = country.get("names") if isinstance(country, dict) else None
    name = given.get("en") if isinstance(given, dict) else None
    if len(code) == 2 and code.isascii() and code.isupper() and isinstance(name, str):
        return Origin(code, clean(name, 60))
    return Origin()


def country_of(code: str) -> Origin | None:
    """The country of an ISO 3166 code of two letters; None for a code that is none."""
    name = _names().get(code)
    return Origin(code, name) if name is not None else None


@cache
def _names() -> dict[str, str]:
    """Countries by code, from the table that the time zone database carries."""
    text = (resources.files("tzdata.zoneinfo") / "iso3166.tab").read_text("utf-8")
    rows = (line.partition("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return {code: name for code, _, name in rows}
