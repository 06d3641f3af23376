"""The ``blocking:`` part of the settings: the command that blocks an address, and whom it must never hit."""

from __future__ import annotations

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import PurePosixPath
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from noc.config.base import Duration, Model

PLACE = "{ip}"
"""What stands for the address in an argument."""

_SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh", "ksh", "mksh", "fish", "csh", "tcsh", "su", "runuser"})
_RUNS_TEXT = re.compile(r"-[A-Za-z]*c[A-Za-z]*|--command(=.*)?", re.DOTALL)
_EXAMPLE = "[ufw, prepend, deny, from, '{ip}']"


def _arguments(value: Any) -> Any:
    """A list of arguments as a program gets them. Never a line: only a shell would take it apart."""
    if isinstance(value, str):
        raise ValueError(f"is a line for a shell, and noc runs none; write a list of arguments: {_EXAMPLE}")
    if not isinstance(value, (list, tuple)):
        return value
    if any(isinstance(one, dict) for one in value):
        raise ValueError(f"YAML reads {{ip}} without quotes as a mapping; put it in quotes: {_EXAMPLE}")
    words = [one for one in value if isinstance(one, str)]
    if value and len(words) == len(value):
        _checked(words)
    return value


def _checked(words: list[str]) -> None:
    """ValueError for a command that could never do what is meant."""
    if not words[0].strip():
        raise ValueError("the program is missing")
    if any(ord(char) < 32 or ord(char) == 127 for word in words for char in word):
        raise ValueError("holds a control character")
    if PLACE in words[0]:
        raise ValueError("{ip} stands where the program is named")
    if not any(PLACE in word for word in words):
        raise ValueError(f"holds no {{ip}}: it would do the same for every address; write {_EXAMPLE}")
    if any(brace in word.replace(PLACE, "") for word in words for brace in "{}"):
        raise ValueError("holds a brace; only {ip} is filled in")
    parts = [part for word in words for part in word.split()]  # ssh takes its command in one argument too
    for at, part in enumerate(parts):
        if PurePosixPath(part).name in _SHELLS and any(_RUNS_TEXT.fullmatch(later) for later in parts[at + 1 :]):
            raise ValueError(f"gives a line to a shell ({part} -c); name the program and its arguments: {_EXAMPLE}")


Command = Annotated[tuple[str, ...], BeforeValidator(_arguments)]
"""A program and its arguments; ``{ip}`` in them is the address."""


def _network(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        found = ip_network(value.strip())
    except ValueError:
        raise ValueError(_why_none(value)) from None
    if isinstance(found, IPv6Network) and (mapped := found.network_address.ipv4_mapped) and found.prefixlen >= 96:
        found = IPv4Network((mapped, found.prefixlen - 96))
    if found.prefixlen == 0:
        raise ValueError(f"{value!r} holds every address: nothing could ever be blocked")
    return found


def _why_none(value: str) -> str:
    try:
        return f"{value!r} has bits set behind its prefix; write {str(ip_network(value.strip(), strict=False))!r}"
    except ValueError:
        return f"{value!r} is no address and no network; write '198.51.100.0/24' or '2001:db8::/32'"


Networks = Annotated[IPv4Network | IPv6Network, BeforeValidator(_network)]
"""An address or a network."""


class Blocking(Model):
    """Blocking an address from the wall. It is off until ``command``, ``undo`` and ``never`` are written."""

    command: Command = ()
    """What blocks ``{ip}``, as a list of arguments, here or by ``[ssh, -o, BatchMode=yes, fw1, sudo, -n, ...]``; it gets no
    input and is never read by a shell of noc's."""
    undo: Command = ()
    """What takes the block back; run when it expires."""
    never: tuple[Networks, ...] = ()
    """Addresses and networks that are never blocked: your proxies and load balancers, the CDN, the provider, your own."""
    timeout: Duration = Field(default=20.0, gt=0, le=300)
    """Seconds after which a command is ended with all it started; nobody knows then what it did."""
    expires: Duration = Field(default=86400.0, gt=0)
    """How long a block lasts."""

    @property
    def missing(self) -> tuple[str, ...]:
        """The keys without which blocking is off."""
        return tuple(key for key in ("command", "undo", "never") if not getattr(self, key))

    @property
    def on(self) -> bool:
        """Whether addresses can be blocked from here."""
        return not self.missing

    @property
    def off_because(self) -> str:
        """Why blocking is off, and what to do; empty while it is on."""
        if self.on:
            return ""
        if len(self.missing) == 3:
            return "blocking is not configured; blocking: in the settings needs command, undo and never"
        return f"blocking is off until blocking: in the settings has {' and '.join(self.missing)} too"


def filled(command: tuple[str, ...], address: str) -> tuple[str, ...]:
    """A command for one address."""
    return tuple(word.replace(PLACE, address) for word in command)
