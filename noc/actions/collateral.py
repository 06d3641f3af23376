"""The questions to a Loki whose answers are a block's collateral: good requests, the tenants behind them, bad requests."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from noc.actions.block import HOUR, Collateral
from noc.model.addresses import parse_address
from noc.model.errors import Refused
from noc.model.series import Answer
from noc.model.text import clean
from noc.model.timerange import format_duration

BAD, GOOD = 'category="security"', 'category!="security"'
"""What tells the requests of an attacker from those of a customer: security events are the former (section 1.2); a server
error is not the client's doing. Lines without a category count as good: a block is then feared rather than praised."""


@dataclass(frozen=True, slots=True)
class Questions:
    """LogQL, each an instant query of one number: asked at the same moment."""

    good: str
    tenants: str
    bad: str
    window: float


def collateral_queries(
    address: str,
    selector: str,
    *,
    window: float = HOUR,
    field: str = "context_ip_address",
    tenant: str = "context_company_id",
    bad: str = BAD,
    good: str = GOOD,
) -> Questions:
    """The questions about an address, spelled as the logs spell it. Refused for what is no address.

    ``selector`` is a stream selector (``{job="laravel"}``) over the lines of good and bad requests alike, ``field`` and
    ``tenant`` are labels that ``json`` makes of a line, ``bad`` and ``good`` label filters that tell the two apart.
    """
    address = address.strip()
    if parse_address(address) is None:
        raise Refused(f"{clean(address, 60)!r} is no single address", "address")
    span = format_duration(window)
    lines = f'{selector} |= "{address}" | json | __error__="" | {field}="{address}"'
    return Questions(
        good=f"sum(count_over_time({lines} | {good} [{span}])) or vector(0)",
        tenants=f'count(sum by ({tenant}) (count_over_time({lines} | {good} | {tenant}!="" [{span}]))) or vector(0)',
        bad=f"sum(count_over_time({lines} | {bad} [{span}])) or vector(0)",
        window=window,
    )


def collateral_of(questions: Questions, good: Answer | None, tenants: Answer | None, bad: Answer | None) -> Collateral:
    """What the answers say; None for a question that was not answered."""
    return Collateral(_number(good), _number(tenants), _number(bad), questions.window)


def _number(answer: Answer | None) -> int | None:
    """The one number of an instant answer; no series means none was counted, an answer with parts missing tells nothing."""
    if answer is None or answer.partial:
        return None
    total = sum(series.last or 0.0 for series in answer.series)
    return round(total) if isfinite(total) else None
