"""Addresses as text from logs: what is one, and which of them belong to nobody on the open internet.

The ranges are IANA's special-purpose registries (RFC 6890 and its followers), written down here because Python's own
properties changed their minds between 3.11 and 3.13 and lump documentation, private and shared ranges together.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

LONGEST = 45
"""Characters of the longest address: a mapped one in full."""

_SPECIAL: tuple[tuple[str, str], ...] = (
    ("0.0.0.0/32", "unspecified"),
    ("0.0.0.0/8", "reserved"),
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "shared (CGNAT)"),
    ("127.0.0.0/8", "loopback"),
    ("169.254.0.0/16", "link-local"),
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "reserved"),
    ("192.0.2.0/24", "documentation"),
    ("192.88.99.0/24", "reserved"),
    ("192.168.0.0/16", "private"),
    ("198.18.0.0/15", "benchmarking"),
    ("198.51.100.0/24", "documentation"),
    ("203.0.113.0/24", "documentation"),
    ("224.0.0.0/4", "multicast"),
    ("255.255.255.255/32", "broadcast"),
    ("240.0.0.0/4", "reserved"),
    ("::/128", "unspecified"),
    ("::1/128", "loopback"),
    ("64:ff9b::/96", "NAT64"),
    ("64:ff9b:1::/48", "NAT64"),
    ("2001:2::/48", "benchmarking"),
    ("2001:db8::/32", "documentation"),
    ("3fff::/20", "documentation"),
    ("fc00::/7", "private"),
    ("fe80::/10", "link-local"),
    ("fec0::/10", "private"),
    ("ff00::/8", "multicast"),
)
"""The first that holds an address names it."""

_NAMED = tuple((ip_network(text), note) for text, note in _SPECIAL)
_UNICAST = IPv6Network("2000::/3")


def parse_address(text: str) -> Address | None:
    """One address, however it is spelled; an IPv4 address written as IPv6 (``::ffff:192.0.2.1``) is that IPv4 address.

    None for anything else: a network, a name, a port behind it, a zone (``fe80::1%eth0``), digits of other scripts.
    """
    if len(text) > LONGEST or "%" in text:
        return None
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found


def note_of(address: Address) -> str:
    """What range an address is of: ``private``, ``documentation`` ...; the empty string for one of the open internet."""
    for network, note in _NAMED:
        if address.version == network.version and address in network:
            return note
    return "" if address.version == 4 or address in _UNICAST else "reserved"
