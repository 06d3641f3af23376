"""Who calls the gateway: companies and their accounts, strangers, and those who attack in an incident's wave.

Attackers come from the documentation ranges (RFC 5737) and from networks of several countries; each wave has a few
heavy hitters of its own and a long tail. One address is shared: companies work behind it, and so does an attacker.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import TypeVar

from noc.demo.events.dice import seed_of
from noc.demo.figures.site import TENANT_SHARES

SHARED = "198.51.100.23"
"""The address of an office park: six companies' good requests come from it, and an attacker's."""
SHARED_COMPANIES = ("3", "7", "1", "12", "5", "11")
SHARED_OF_256 = 28
"""How many of 256 requests of those companies come from the shared address."""

INTRUDER, INTRUDER_COMPANY = 42, 11
"""The account that reaches for other companies' data."""

Item = TypeVar("Item")

_DOCUMENTED = ("203.0.113", "198.51.100")
_ABROAD = (  # first halves of networks, by country: nl, ru, cn, vn, br, in, id, us, fr, ua, ng, tr
    *("45.148", "5.188", "222.186", "14.161", "177.54", "103.21", "36.92", "64.227", "51.15", "91.196", "41.190"),
    "88.255",
)
_HOME = ("84.56", "91.12", "217.92", "93.104", "79.192", "178.190", "188.22", "62.99", "85.3", "178.197")  # de, at, ch
_HEAVY, _TAIL, _STRANGERS = 9, 60, 240
_TABLE = 1024

_WORKING = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_6) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Safari/605.1.15",
    "BookingApp/4.2 (iPhone; iOS 17.6)",
    "BookingApp/4.1 (Android 14)",
    "GuzzleHttp/7",
    "axios/1.7.7",
)
_PROBING = (
    "curl/7.68.0",
    "python-requests/2.31.0",
    "Go-http-client/1.1",
    "sqlmap/1.8.2#stable (https://sqlmap.org)",
    "Mozilla/5.0 zgrab/0.x",
    "Wget/1.21.4",
    "okhttp/4.9.3",
    "Mozilla/5.0 (compatible; Nmap Scripting Engine)",
)
_PROVIDERS = "192.0.2"  # stands for the networks that webhooks are sent from
_HOOKS = {
    "retell": "Retell-Webhooks/1.0",
    "calcom": "Cal.com/4.5",
    "stripe": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
}


def working_agent(bits: int) -> str:
    return _WORKING[bits % len(_WORKING)]


def probing_agent(bits: int) -> str:
    return _PROBING[bits % len(_PROBING)]


def provider_of(name: str, bits: int) -> tuple[str, str]:
    """A webhook's sender: address and user agent."""
    return f"{_PROVIDERS}.{16 + 8 * list(_HOOKS).index(name) + bits % 8}", _HOOKS[name]


def user_of(company: int, bits: int) -> int:
    """One of a company's accounts; every number belongs to one company, 42 to company 11."""
    return company + 7 + 24 * (bits % (3 + company % 5))


def company_of(bits: int) -> int:
    """A company, as often as its share of the traffic."""
    return _companies()[bits % _TABLE]


@lru_cache(maxsize=1)
def _companies() -> tuple[int, ...]:
    return _table([int(company) for company in TENANT_SHARES], list(TENANT_SHARES.values()))


def _table(items: list[Item], weights: list[float]) -> tuple[Item, ...]:
    """1024 places, each item at as many as its weight says; light ones may have none."""
    ends = [end * _TABLE / sum(weights) for end in accumulate(weights)]
    return tuple(items[next(number for number, end in enumerate(ends) if place + 0.5 < end)] for place in range(_TABLE))


@dataclass(frozen=True)
class Crowd:
    """Addresses of one world: ``seed`` and ``story`` (the scenario's name) decide."""

    seed: int
    story: str

    def client(self, company: int, bits: int) -> str:
        """Where a company's request comes from: its offices, the shared address, or people on the move."""
        if bits % 256 < SHARED_OF_256 and str(company) in SHARED_COMPANIES:
            return SHARED
        homes = _homes(self.seed, company)
        return homes[(bits >> 8) % len(homes)]

    def attacker(self, wave: int, bits: int) -> str:
        """One of a wave's attackers, the heavy ones most often."""
        return _wave(self.seed, self.story, wave)[bits % _TABLE]

    def stranger(self, day: int, bits: int) -> str:
        """Who tries doors on a day (since 1970): many, a few of them stubborn; some come back on other days."""
        return _strangers(self.seed, day)[bits % _TABLE]


def _address(rng: random.Random, networks: tuple[str, ...]) -> str:
    network = rng.choice(networks)
    parts = [network, *(str(rng.randint(1, 254)) for _ in range(3 - network.count(".")))]
    return ".".join(parts)


@lru_cache(maxsize=256)
def _homes(seed: int, company: int) -> tuple[str, ...]:
    rng = random.Random(seed_of(seed, "home", company))
    offices = [_address(rng, _HOME) for _ in range(3)]
    return (*offices, *offices, *offices, *(_address(rng, _HOME) for _ in range(14)))


@lru_cache(maxsize=64)
def _strangers(seed: int, day: int) -> tuple[str, ...]:
    rng = random.Random(seed_of(seed, "strangers"))
    known = [_address(rng, _ABROAD) for _ in range(_STRANGERS)]
    today = random.Random(seed_of(seed, "strangers", day)).sample(known, _STRANGERS // 3)
    return _table(today, [1 / (rank + 2.0) ** 0.9 for rank in range(len(today))])


@lru_cache(maxsize=64)
def _wave(seed: int, story: str, wave: int) -> tuple[str, ...]:
    rng = random.Random(seed_of(seed, "wave", story, wave))
    found = {_address(rng, _DOCUMENTED if rank % 2 else _ABROAD): None for rank in range(_HEAVY + _TAIL)}
    addresses = [address for address in found if address != SHARED]
    addresses.insert(3, SHARED)
    return _table(addresses, [1 / (rank + 1.3) ** 1.15 for rank in range(len(addresses))])
