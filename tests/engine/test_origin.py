"""Where an address comes from: the embedded database, a configured one, none, a damaged one."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc.engine.origin import ANEW, KEPT, NO_DATABASE, WANTED, Origin, Origins
from noc.model.clock import FixedClock
from noc.model.errors import ConfigError
from tests.mmdb import database

GERMANY = {"country": {"iso_code": "DE", "names": {"en": "Germany", "de": "Deutschland"}}}


_EMBEDDED = Origins()


def at(path: Path, *records: tuple[str, object], kind: str = "GeoLite2-Country", version: int = 6) -> Origins:
    """The origins of a database made for the test."""
    path.write_bytes(database(kind, dict(records), version=version))
    return Origins(path)


@pytest.fixture(scope="module")
def embedded() -> Origins:
    return Origins()


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("8.8.8.8", Origin("US", "United States")),
        ("::ffff:8.8.8.8", Origin("US", "United States")),
        (" 185.220.101.1 ", Origin("DE", "Germany")),
        ("2001:4860:4860::8888", Origin("US", "United States")),
        ("91.198.174.192", Origin()),
        ("203.0.113.42", Origin(note="documentation")),
        ("2001:db8::1", Origin(note="documentation")),
        ("10.1.2.3", Origin(note="private")),
        ("::ffff:10.1.2.3", Origin(note="private")),
        ("100.64.0.1", Origin(note="shared (CGNAT)")),
        ("127.0.0.1", Origin(note="loopback")),
        ("fe80::1%eth0", Origin(note="link-local")),
        ("ff02::1", Origin(note="multicast")),
        ("", None),
        ("unknown", None),
        ("10.0.0.0/8", None),
        ("1.2.3.4:80", None),
        ("\x1b]0;x\x07", None),
    ],
)
def test_the_embedded_database_knows_countries_and_ranges_are_named(
    embedded: Origins, address: str, origin: Origin | None
) -> None:
    assert embedded.of(address) == origin
    assert embedded.missing == ""


def test_an_origin_is_told_in_a_few_words() -> None:
    assert [one.words for one in (Origin("DE", "Germany"), Origin(note="private"), Origin())] == [
        "DE Germany",
        "private",
        "",
    ]


@given(st.ip_addresses(v=4))
def test_every_address_has_a_country_with_a_name_or_none_at_all(address: object) -> None:
    origin = _EMBEDDED.of(str(address))
    assert origin is not None
    assert bool(origin.country) == bool(origin.name)
    assert not (origin.note and origin.country)
    assert len(origin.country) in (0, 2)


def test_a_configured_database_goes_before_the_embedded_one(tmp_path: Path) -> None:
    origins = at(tmp_path / "GeoLite2-Country.mmdb", ("8.8.8.0/24", GERMANY), ("2a00::/16", GERMANY))
    assert origins.of("8.8.8.8") == Origin("DE", "Germany")
    assert origins.of("2a00::1") == Origin("DE", "Germany")
    assert origins.of("9.9.9.9") == Origin()


@pytest.mark.parametrize(
    ("record", "origin"),
    [
        ({"country": {"iso_code": "CH"}, "city": {"names": {"en": "Bern"}}}, Origin("CH", "Switzerland")),
        ({"country": "FR"}, Origin("FR", "France")),
        ({"country_code": "IT"}, Origin("IT", "Italy")),
        ({"country": {"iso_code": "XK", "names": {"en": "Kosovo"}}}, Origin("XK", "Kosovo")),
        ({"country": {"iso_code": "XK", "names": {"en": "Ko\x1b[2Jsovo"}}}, Origin("XK", "Ko␛[2Jsovo")),
        ({"country": {"iso_code": "None"}}, Origin()),
        ({"country": {"iso_code": "Unknown"}}, Origin()),
        ({"country": {"iso_code": "ZZ"}}, Origin()),
        ({"country": {"iso_code": "EU"}}, Origin()),
        ({"country": {"iso_code": 7}}, Origin()),
        ({"country": {}}, Origin()),
        ({"registered_country": {"iso_code": "DE"}}, Origin()),
        ("DE", Origin()),
        (["DE"], Origin()),
    ],
)
def test_records_of_several_makers_are_read_and_strange_ones_are_no_country(
    tmp_path: Path, record: object, origin: Origin
) -> None:
    assert at(tmp_path / "some.mmdb", ("8.8.8.0/24", record), kind="GeoLite2-City").of("8.8.8.8") == origin


def test_a_database_of_ipv4_alone_knows_nothing_of_ipv6(tmp_path: Path) -> None:
    origins = at(tmp_path / "four.mmdb", ("8.8.8.0/24", GERMANY), version=4)
    assert origins.of("8.8.8.8") == Origin("DE", "Germany")
    assert origins.of("2001:4860:4860::8888") == Origin()
    assert origins.missing == ""


def test_a_file_that_cannot_be_written_is_read(tmp_path: Path) -> None:
    origins = at(tmp_path / "some.mmdb", ("8.8.8.0/24", GERMANY))
    (tmp_path / "some.mmdb").chmod(0o400)
    tmp_path.chmod(0o500)
    assert origins.of("8.8.8.8") == Origin("DE", "Germany")
    assert [one.name for one in tmp_path.iterdir()] == ["some.mmdb"]


def faults_of(path: Path) -> list[str]:
    """What loading the file says; afterwards the same stands in ``missing``, and ranges are named all the same."""
    origins = Origins(path)
    with pytest.raises(ConfigError) as caught:
        origins.load()
    assert origins.of("8.8.8.8") == Origin(unknown=origins.missing)
    assert origins.of("10.0.0.1") == Origin(note="private")
    assert origins.missing == f"{path}: {caught.value.faults[0].message}"
    return [f"{Path(fault.file).name}: {fault.message}" for fault in caught.value.faults]


def test_a_missing_file_is_named_with_what_to_do(tmp_path: Path) -> None:
    assert faults_of(tmp_path / "no.mmdb") == [f"no.mmdb: cannot be read: No such file or directory; {WANTED}"]


def test_a_directory_is_named_with_what_to_do(tmp_path: Path) -> None:
    assert faults_of(tmp_path) == [f"{tmp_path.name}: is a directory; {WANTED}"]


@pytest.mark.parametrize("data", [b"", b"country: DE\n", b"PK\x03\x04" + bytes(5000), b"\xab\xcd\xefMaxMind.com"])
def test_another_kind_of_file_is_named_with_what_to_do(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "wrong.mmdb").write_bytes(data)
    wanted = f"wrong.mmdb: is no database in MaxMind's format, or a damaged one; {WANTED}"
    assert faults_of(tmp_path / "wrong.mmdb") == [wanted]


def test_a_database_without_countries_is_named_with_what_to_do(tmp_path: Path) -> None:
    record = {"autonomous_system_number": 3320}
    (tmp_path / "asn.mmdb").write_bytes(database("GeoLite2-ASN", {"8.8.8.0/24": record}))
    assert faults_of(tmp_path / "asn.mmdb") == [
        f"asn.mmdb: is a GeoLite2-ASN database, without countries; {WANTED}",
    ]


def test_a_damaged_database_tells_no_country_and_never_raises(tmp_path: Path) -> None:
    whole = database("GeoLite2-Country", {"8.8.8.0/24": GERMANY, "2a00::/16": {"country": {"iso_code": "FR"}}})
    path = tmp_path / "damaged.mmdb"
    rng = random.Random(7)
    for _ in range(400):
        data = bytearray(whole)
        for _ in range(rng.randint(1, 8)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        path.unlink(missing_ok=True)
        path.write_bytes(data[: rng.randint(1, len(data))] if rng.random() < 0.3 else data)
        origins = Origins(path)
        for address in ("8.8.8.8", "2a00::1", "9.9.9.9"):
            assert isinstance(origins.of(address), Origin)
        assert origins.of("10.0.0.1") == Origin(note="private")
        origins.close()


def test_damage_met_on_the_way_is_said_in_missing_until_a_whole_file_stands_there(tmp_path: Path) -> None:
    whole, clock = database("GeoLite2-Country", {"1.1.1.0/24": {"country": {"iso_code": "FR"}}}), FixedClock(1e6)
    at_name = whole.index(b"country")
    (tmp_path / "some.mmdb").write_bytes(whole[:at_name] + b"\xff\xff\xff\xff" + whole[at_name + 4 :])
    origins = Origins(tmp_path / "some.mmdb", clock)
    origins.load()
    assert origins.of("1.1.1.1") == Origin(unknown=origins.missing)
    assert origins.missing.startswith("the country database is damaged (")
    assert origins.missing.endswith(f"; {WANTED}")
    (tmp_path / "new.mmdb").write_bytes(whole)  # of the same day
    (tmp_path / "new.mmdb").replace(tmp_path / "some.mmdb")
    clock.advance(ANEW + 1)
    assert origins.of("1.1.1.2") == Origin("FR", "France")
    assert origins.of("1.1.1.1") == Origin("FR", "France")
    assert origins.missing == ""


@pytest.mark.parametrize("package", ["maxminddb", "geoacumen"])
def test_without_the_extra_ranges_are_named_and_what_to_install_is_said(
    package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    origins = Origins()
    origins.load()
    assert origins.of("8.8.8.8") == Origin(unknown=NO_DATABASE)
    assert origins.of("192.168.0.1") == Origin(note="private")
    assert origins.missing == NO_DATABASE == "no country database: pip install 'noc-wall[geo]'"


def test_a_configured_database_without_a_reader_is_an_error_that_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "maxminddb", None)
    assert faults_of(tmp_path / "some.mmdb") == [
        "some.mmdb: needs a reader: pip install 'noc-wall[geo]' (or maxminddb)",
    ]


def test_a_configured_database_needs_no_embedded_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "geoacumen", None)
    assert at(tmp_path / "some.mmdb", ("8.8.8.0/24", GERMANY)).of("8.8.8.8") == Origin("DE", "Germany")


def test_nothing_is_opened_before_an_address_of_the_open_internet_is_asked_for(tmp_path: Path) -> None:
    origins = Origins(tmp_path / "no.mmdb")
    assert origins.of("10.0.0.1") == Origin(note="private")
    assert origins.of("no address") is None
    assert origins.missing == ""


def mapped(path: Path) -> int:
    """Kilobytes of the file that are in this process's memory."""
    rows, resident, here = Path("/proc/self/smaps").read_text().splitlines(), 0, False
    for row in rows:
        first, *rest = row.split()
        here = rest[-1] == str(path) if "-" in first and not first.endswith(":") else here
        resident += int(rest[0]) if here and first == "Rss:" else 0
    return resident


@pytest.mark.skipif(not Path("/proc/self/smaps").exists(), reason="this system does not tell")
def test_what_was_read_of_the_file_is_given_back_after_a_minute(tmp_path: Path) -> None:
    clock, path = FixedClock(1e6), tmp_path / "some.mmdb"
    path.write_bytes(database("City", {f"{one}.0.0.0/8": {**GERMANY, "city": "x" * 60_000} for one in range(11, 100)}))
    origins = Origins(path, clock)
    for one in range(11, 100):
        assert origins.of(f"{one}.8.8.8") == Origin("DE", "Germany")
    read = mapped(path)
    clock.advance(ANEW)
    origins.of("11.9.9.9")
    assert mapped(path) >= read > 0
    clock.advance(1)
    origins.of("12.9.9.9")
    assert 0 < mapped(path) < read / 2


def test_another_file_in_its_place_is_taken_and_one_that_cannot_serve_is_not(tmp_path: Path) -> None:
    clock, path, new = FixedClock(1e6), tmp_path / "some.mmdb", tmp_path / "new.mmdb"

    def put(data: bytes) -> None:
        new.write_bytes(data)
        new.replace(path)
        clock.advance(ANEW + 1)

    put(database("GeoLite2-Country", {"8.0.0.0/8": GERMANY}, built=1))
    origins = Origins(path, clock)
    assert origins.of("8.8.8.8") == Origin("DE", "Germany")
    put(b"half a da")
    assert origins.of("8.8.8.9") == Origin("DE", "Germany")
    path.unlink()
    clock.advance(ANEW + 1)
    assert origins.of("8.8.8.10") == Origin("DE", "Germany")
    put(database("GeoLite2-Country", {"8.0.0.0/8": {"country": {"iso_code": "FR"}}}, built=2))
    assert origins.of("8.8.8.11") == Origin("FR", "France")
    assert origins.of("8.8.8.8") == Origin("FR", "France")
    origins.close()
    clock.advance(ANEW + 1)
    assert origins.of("8.8.8.8") == Origin()


def test_what_is_remembered_is_bounded(tmp_path: Path) -> None:
    origins = at(tmp_path / "some.mmdb", ("8.0.0.0/8", GERMANY))
    for number in range(KEPT + 100):
        assert origins.of(f"8.8.{number // 256}.{number % 256}") == Origin("DE", "Germany")
    assert origins._looked_up.cache_info().currsize == KEPT


def test_a_closed_one_names_ranges_still(tmp_path: Path) -> None:
    origins = at(tmp_path / "some.mmdb", ("8.8.8.0/24", GERMANY))
    assert origins.of("8.8.8.8") == Origin("DE", "Germany")
    origins.close()
    assert (origins.of("8.8.8.8"), origins.of("10.0.0.1")) == (Origin(), Origin(note="private"))
