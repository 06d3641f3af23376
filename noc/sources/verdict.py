"""What an answer to a health check is worth: each condition of the check held against status, time and body. Pure.

Apart from the prober because it knows no network: a verdict is a function of the answer. Texts of the body are cleaned and
cut here, before they stand in any message.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from noc.config.checks import Assertion, Check
from noc.model.checks import Finding
from noc.model.jsonpath import Place, find, parse
from noc.model.text import clean
from noc.model.timerange import format_duration
from noc.model.units import format_value

SHORT = 40
"""Characters of a server's own text that are repeated."""

SERVICES = 200
"""Services that are kept of one body."""

_LONGEST = 2000
"""Characters of a value that a pattern is tried on."""

_MILLISECONDS_FROM = 1e11
"""A unix timestamp above this counts milliseconds: in seconds it would be the year 5138."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """``drift``: seconds by which the endpoint's clock is ahead; ``services``: names and states, as in the body, and how
    many more it named."""

    findings: tuple[Finding, ...]
    drift: float | None = None
    services: tuple[tuple[str, str], ...] = ()
    more_services: int = 0


def judge(check: Check, status: int, body: bytes | None, duration: float, now: float, redirect: str = "") -> Verdict:
    """Hold an answer against its check. ``body`` None: too large to be read; ``now``: this machine's unix seconds when the
    endpoint wrote its answer; ``redirect``: where a 3xx sends, in words."""
    findings = [_status(check, status, redirect)]
    if check.within is not None:
        took, bound = format_value(duration, "s"), format_value(check.within, "s")
        findings.append(Finding(f"under {bound}", "" if duration < check.within else f"{took}, over {bound}"))
    if body is None:
        return Verdict((*findings, Finding("at most 1 MB", "the body is larger than 1 MB")))
    if not (check.valid_json or check.body or check.services):
        return Verdict(tuple(findings))
    document, fault = _document(body)
    findings.append(Finding("valid JSON", fault))
    if fault:
        return Verdict(tuple(findings))
    drift = None
    for assertion in check.body:
        places = find(document, parse(assertion.path))
        findings.append(_tested(assertion, places, now))
        if assertion.recent is not None and drift is None:
            moments = [moment for place in places if (moment := timestamp(place.value)) is not None]
            drift = moments[0] - now if moments else None
    return Verdict(tuple(findings), drift, *_services(check, document))


def _status(check: Check, status: int, redirect: str) -> Finding:
    what = f"status {' or '.join(map(str, check.status))}"
    if status in check.status:
        return Finding(what)
    return Finding(what, f"status {status}{f', {redirect}' if redirect else ''}")


def _document(body: bytes) -> tuple[Any, str]:
    try:
        return json.loads(body, parse_constant=_refused), ""
    except (ValueError, RecursionError):
        head = clean(" ".join(body[:200].decode("utf-8", "replace").split()), SHORT)
        return None, f"no JSON: {head}" if head else "no JSON: the body is empty"


def _refused(word: str) -> None:
    """Python would read NaN and Infinity, which are no JSON."""
    raise ValueError(word)


# -- assertions


def _tested(assertion: Assertion, places: tuple[Place, ...], now: float) -> Finding:
    """The first place that fails speaks; the others are counted."""
    name = clean(assertion.path.removeprefix("$").removeprefix("."), SHORT) or "the body"
    there = [place for place in places if not place.missing]
    if assertion.exists is False:
        return Finding(f"no {name}", f"{_named(there[0])} is there" if there else "")
    test, what = _test(assertion, now)
    failures = [clean(place.missing, 2 * SHORT) if place.missing else test(place) for place in places]
    failures = [failure for failure in failures if failure]
    more = f", {len(failures) - 1} more" if len(failures) > 1 else ""
    return Finding(f"{name} {what}", f"{failures[0]}{more}" if failures else "")


Test = Callable[[Place], str]


def _test(assertion: Assertion, now: float) -> tuple[Test, str]:
    """The test of a place, which says what is wrong, and its words."""
    if assertion.equals is not None:
        equals = assertion.equals
        return lambda place: "" if _equal(place.value, equals) else _is(place), f"is {_shown(equals)}"
    if assertion.each is not None:
        word = assertion.each.casefold()
        return lambda place: "" if _word(place.value).casefold() == word else _is(place), assertion.each
    if assertion.matches is not None:
        pattern = re.compile(assertion.matches)
        return (
            lambda place: "" if pattern.fullmatch(_word(place.value)[:_LONGEST]) else _is(place),
            f"matches {clean(assertion.matches, SHORT)}",
        )
    if assertion.recent is not None:
        recent = assertion.recent
        return lambda place: _old(place, recent, now), f"within {format_duration(recent)}"
    return lambda place: "", "exists"


def _old(place: Place, recent: float, now: float) -> str:
    moment = timestamp(place.value)
    if moment is None:
        return f"{_named(place)} is no timestamp: {_shown(place.value)}"
    drift = moment - now
    if abs(drift) < recent:
        return ""
    return f"{_named(place)} is {format_value(abs(drift), 's')} {'ahead' if drift > 0 else 'behind'}"


def timestamp(value: Any) -> float | None:
    """Unix seconds of an RFC 3339 text, or of a number of seconds or milliseconds; None for anything else.

    A text without a zone is taken as UTC.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        try:
            value = float(value) if re.fullmatch(r"\d{9,14}(\.\d+)?", value) else _moment(value)
        except ValueError:
            return None
    if not isinstance(value, (int, float)) or not abs(value) <= sys.float_info.max:
        return None
    return value / 1000 if abs(value) >= _MILLISECONDS_FROM else float(value)


def _moment(text: str) -> float:
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _equal(value: Any, wanted: str | float | bool) -> bool:
    """Without Python's ``True == 1``."""
    if isinstance(value, bool) or isinstance(wanted, bool):
        return value is wanted
    return bool(value == wanted)


def _word(value: Any) -> str:
    """A value as JSON spells it, texts without quotes, whole numbers without a fraction."""
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"
    return value if isinstance(value, str) else json.dumps(value)


def _shown(value: Any) -> str:
    return clean(_word(value)[: 4 * SHORT], SHORT) or "empty"


def _named(place: Place) -> str:
    return clean(place.name, SHORT) or "the body"


def _is(place: Place) -> str:
    return f"{_named(place)} is {_shown(place.value)}"


# -- services


def _services(check: Check, document: Any) -> tuple[tuple[tuple[str, str], ...], int]:
    """Names and states of the mapping at ``check.services``: its values, or their ``status`` or ``state``; how many more
    there are than are kept."""
    if check.services is None:
        return (), 0
    (place, *_) = find(document, parse(check.services))
    found = tuple(_named_states(place.value))
    return found[:SERVICES], max(0, len(found) - SERVICES)


def _named_states(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        pairs = list(value.items())
    elif isinstance(value, list):
        pairs = [(one.get("name", index), one) for index, one in enumerate(value) if isinstance(one, dict)]
    else:
        return
    for name, state in pairs:
        said = state.get("status", state.get("state")) if isinstance(state, dict) else state
        yield clean(str(name), SHORT), _shown(said)
