"""Databases in MaxMind's format, small ones made for a test (the format: maxmind.github.io/MaxMind-DB)."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

Node = list[Any]


class Short(int):
    """A uint16 of the format: readers insist on types in the metadata."""


class Long(int):
    """A uint32."""


MARK = b"\xab\xcd\xefMaxMind.com"


def database(kind: str, records: Mapping[str, Any], *, version: int = 6, built: int = 1_700_000_000) -> bytes:
    """A database of networks and their records; an IPv4 network of a version 6 database stands below ``::/96``."""
    root: Node = [None, None]
    data, places = b"", {}
    for text, record in records.items():
        network = ip_network(text)
        places[text] = len(data)
        data += encoded(record)
        _enter(root, _bits(network, version), text)
    nodes = _numbered(root)
    tree = b"".join(_pointer(side, nodes, places) for node in nodes.values() for side in node[0])
    metadata = {
        "binary_format_major_version": Short(2),
        "binary_format_minor_version": Short(0),
        "build_epoch": built,
        "database_type": kind,
        "description": {"en": "made for a test"},
        "ip_version": Short(version),
        "languages": ["en"],
        "node_count": Long(len(nodes)),
        "record_size": Short(32),
    }
    return tree + bytes(16) + data + MARK + encoded(metadata)


def encoded(value: Any) -> bytes:
    """One value of the data section."""
    if isinstance(value, str):
        return _head(2, len(value.encode())) + value.encode()
    if isinstance(value, Mapping):
        return _head(7, len(value)) + b"".join(encoded(key) + encoded(one) for key, one in value.items())
    if isinstance(value, list):
        return _head(11, len(value)) + b"".join(map(encoded, value))
    body = value.to_bytes(8, "big").lstrip(b"\0")
    return _head({Short: 5, Long: 6}.get(type(value), 9), len(body)) + body


def _head(kind: int, size: int) -> bytes:
    extended = bytes([kind - 7]) if kind > 7 else b""
    first = 0 if kind > 7 else kind
    assert size < 65_821
    more = b"" if size < 29 else bytes([size - 29]) if size < 285 else (size - 285).to_bytes(2, "big")
    return bytes([first << 5 | (size if size < 29 else 28 + len(more))]) + extended + more


def _bits(network: IPv4Network | IPv6Network, version: int) -> str:
    bits = f"{int(network.network_address):0{network.max_prefixlen}b}"[: network.prefixlen]
    return "0" * 96 + bits if version == 6 and network.version == 4 else bits


def _enter(root: Node, bits: str, leaf: str) -> None:
    node = root
    for bit in bits[:-1]:
        if node[int(bit)] is None:
            node[int(bit)] = [None, None]
        node = node[int(bit)]
    node[int(bits[-1])] = leaf


def _numbered(root: Node) -> dict[int, tuple[Node, int]]:
    """Nodes by identity, in the order of their numbers."""
    found: dict[int, tuple[Node, int]] = {}
    waiting = [root]
    while waiting:
        node = waiting.pop(0)
        found[id(node)] = (node, len(found))
        waiting += [side for side in node if isinstance(side, list)]
    return found


def _pointer(side: Any, nodes: dict[int, tuple[Node, int]], places: Mapping[str, int]) -> bytes:
    if side is None:
        number = len(nodes)
    elif isinstance(side, list):
        number = nodes[id(side)][1]
    else:
        number = len(nodes) + 16 + places[side]
    return number.to_bytes(4, "big")
