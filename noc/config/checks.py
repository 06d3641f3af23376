"""Health checks a wall makes itself: what is asked, how often, and what a good answer is (specification 3.2)."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, model_validator

from noc.config.base import Duration, Model, Refresh
from noc.config.server import Server, plain_url
from noc.model.jsonpath import parse
from noc.model.severity import Severity


def _path(text: str) -> str:
    parse(text)
    return text


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"no regular expression: {error.msg}") from None
    return text


Path = Annotated[str, AfterValidator(_path)]
"""Where in a JSON body (:mod:`noc.model.jsonpath`)."""


class Target(Server):
    """The URL of one endpoint, whole, and how to talk to it."""

    url: Annotated[str, AfterValidator(plain_url)]
    """``https://example.net/api/v1/health``, without credentials."""


def _server(value: Any) -> Any:
    return {"url": value} if isinstance(value, str) else value


class Assertion(Model):
    """One thing a good body says: ``{path: "$.services.*.status", each: up}``. Exactly one of the tests is given."""

    path: Path = "$"
    """Where: ``$.services.database``, ``$.items[0].name``, ``*`` for every member. Several values are all tested."""
    exists: bool | None = None
    equals: str | float | bool | None = None
    each: str | None = None
    """Every value found equals this word, whatever its case; there is at least one."""
    matches: Annotated[str, AfterValidator(_pattern)] | None = None
    """Every value found matches this regular expression from end to end."""
    recent: Duration | None = None
    """The value is a timestamp (RFC 3339 or unix seconds or milliseconds) that differs from now by less than this."""

    @model_validator(mode="after")
    def _one_test(self) -> Assertion:
        tests = ("exists", "equals", "each", "matches", "recent")
        if sum(getattr(self, name) is not None for name in tests) != 1:
            raise ValueError(f"an assertion needs exactly one of {', '.join(tests)}")
        return self


class Check(Model):
    """One endpoint: ``{target: https://api.example.com/health, interval: 30s, within: 100ms}``."""

    target: Annotated[Target, BeforeValidator(_server)]
    """A URL, or a server with its login, TLS and timeout as under ``prometheus``."""
    title: str = ""
    """How panels call it; its path by default."""
    interval: Refresh = 30.0
    """Seconds between two probes."""
    status: tuple[int, ...] = (200,)
    """HTTP status codes that are good."""
    within: Duration | None = None
    """The whole answer takes less than this."""
    valid_json: bool = False
    """The body is JSON; assertions need it anyway."""
    body: tuple[Assertion, ...] = ()
    """What the body says."""
    services: Path | None = None
    """Path of a mapping of services to states, such as ``$.services``: a ``status-grid`` shows them."""
    certificate: Duration = 1_209_600.0
    """A certificate that ends sooner than this (14 days) is MEDIUM."""
    severity: Severity = Severity.HIGH
    """Of a check that fails."""
