"""Addresses: what is one, and which ranges belong to nobody on the open internet."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc.model.addresses import note_of, parse_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("203.0.113.42", "203.0.113.42"),
        ("::ffff:203.0.113.42", "203.0.113.42"),
        ("::FFFF:CB00:712A", "203.0.113.42"),
        ("2001:0DB8:0:0:0:0:0:1", "2001:db8::1"),
        ("0000:0000:0000:0000:0000:ffff:255.255.255.255", "255.255.255.255"),
    ],
)
def test_an_address_has_one_spelling_however_it_was_written(text: str, address: str) -> None:
    assert str(parse_address(text)) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "1.2.3",
        "1.2.3.4.5",
        "010.1.1.1",
        "256.1.1.1",
        "1.2.3.4/32",
        "2001:db8::/32",
        "1.2.3.4:443",
        "[::1]",
        "fe80::1%eth0",
        "fe80::1%$(reboot)",
        "1.2.3.4\n",
        "1.2.3.4 ",
        "1.2.3.4; reboot",
        "-1.2.3.4",
        "--help",
        "$(id)",
        "localhost",
        "3405803818",
        "0x7f.1",
        "١.٢.٣.٤",
        "1。2。3。4",
        "²01:db8::1",
        "1" * 5000,
    ],
)
def test_anything_else_is_no_address(text: str) -> None:
    assert parse_address(text) is None


@given(st.text(max_size=60))
def test_what_is_an_address_holds_nothing_but_hex_digits_dots_and_colons(text: str) -> None:
    found = parse_address(text)
    assert found is None or set(text) | set(str(found)) <= set("0123456789abcdefABCDEF.:")


@given(st.ip_addresses())
def test_every_address_is_itself_again(address: IPv4Address | IPv6Address) -> None:
    expected = address.ipv4_mapped or address if isinstance(address, IPv6Address) else address
    assert parse_address(str(address)) == expected


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("8.8.8.8", ""),
        ("0.0.0.0", "unspecified"),
        ("0.1.2.3", "reserved"),
        ("10.255.0.1", "private"),
        ("11.0.0.1", ""),
        ("100.63.255.255", ""),
        ("100.64.0.1", "shared (CGNAT)"),
        ("100.128.0.0", ""),
        ("127.8.9.1", "loopback"),
        ("169.254.169.254", "link-local"),
        ("172.15.255.255", ""),
        ("172.16.0.1", "private"),
        ("172.32.0.0", ""),
        ("192.0.0.8", "reserved"),
        ("192.0.2.1", "documentation"),
        ("192.168.1.1", "private"),
        ("198.19.255.255", "benchmarking"),
        ("198.51.100.7", "documentation"),
        ("203.0.113.42", "documentation"),
        ("223.255.255.255", ""),
        ("224.0.0.1", "multicast"),
        ("239.255.255.255", "multicast"),
        ("240.0.0.1", "reserved"),
        ("255.255.255.255", "broadcast"),
        ("::", "unspecified"),
        ("::1", "loopback"),
        ("::2", "reserved"),
        ("::ffff:10.0.0.1", "private"),
        ("64:ff9b::808:808", "NAT64"),
        ("100::1", "reserved"),
        ("2001:db8::1", "documentation"),
        ("2001:4860:4860::8888", ""),
        ("3fff::1", "documentation"),
        ("4000::1", "reserved"),
        ("fd00::1", "private"),
        ("fe80::1", "link-local"),
        ("fec0::1", "private"),
        ("ff02::1", "multicast"),
    ],
)
def test_a_range_is_named_and_the_open_internet_is_not(text: str, note: str) -> None:
    address = parse_address(text)
    assert address is not None
    assert note_of(address) == note


@given(st.ip_addresses())
def test_what_has_no_note_is_unicast(address: IPv4Address | IPv6Address) -> None:
    known = parse_address(str(address))
    assert known is not None
    strange = known.is_multicast or known.is_loopback or known.is_unspecified or known.is_link_local
    assert note_of(known) != "" or not strange
