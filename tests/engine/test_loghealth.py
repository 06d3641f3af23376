"""A log server answers twice, with lines and with numbers; the header shows one health."""

from __future__ import annotations

from typing import Any

import pytest

from noc.engine.loghealth import joined
from noc.model.errors import Overloaded, Unreachable
from noc.model.results import ServerHealth

REFUSED, BUSY = Unreachable("refused"), Overloaded("too many outstanding requests", status=429)


def health(name: str = "loki:prod", **more: Any) -> ServerHealth:
    return ServerHealth(name, "prometheus", **{"asked": True, **more})


def lines(**more: Any) -> ServerHealth:
    return health("prod", **more)


UNASKED = health(asked=False)


def test_the_later_good_answer_counts_under_the_servers_own_name() -> None:
    found = joined(health(good_at=10.0), lines(good_at=12.0, skew=3.0), "prod")
    assert found == ServerHealth("prod", "loki", asked=True, good_at=12.0, skew=3.0)
    assert joined(health(good_at=13.0, skew=1.0), lines(good_at=12.0, skew=3.0), "prod") == ServerHealth(
        "prod", "loki", asked=True, good_at=13.0, skew=1.0
    )


def test_a_server_that_nobody_asked_is_silent() -> None:
    expected = ServerHealth("prod", "loki")
    assert joined(UNASKED, None, "prod") == expected
    assert joined(UNASKED, lines(asked=False), "prod") == expected


def test_a_server_that_is_only_asked_for_lines_fails_with_them() -> None:
    found = joined(UNASKED, lines(good_at=5.0, error=REFUSED, next_try=20.0), "prod")
    assert found == ServerHealth("prod", "loki", asked=True, good_at=5.0, error=REFUSED, next_try=20.0)


@pytest.mark.parametrize("other", [None, lines(asked=False)])
def test_a_server_that_is_only_asked_for_numbers_fails_with_them(other: ServerHealth | None) -> None:
    found = joined(health(good_at=5.0, error=BUSY, next_try=20.0), other, "prod")
    assert found == ServerHealth("prod", "loki", asked=True, good_at=5.0, error=BUSY, next_try=20.0)


def test_one_failing_way_is_no_failure_of_the_server_while_the_other_answers() -> None:
    assert joined(health(error=BUSY, next_try=9.0), lines(good_at=12.0), "prod") == ServerHealth(
        "prod", "loki", asked=True, good_at=12.0
    )
    assert joined(health(good_at=11.0), lines(error=REFUSED, next_try=9.0), "prod") == ServerHealth(
        "prod", "loki", asked=True, good_at=11.0
    )


def test_a_server_that_fails_in_both_ways_says_what_its_lines_say() -> None:
    found = joined(
        health(good_at=3.0, error=BUSY, next_try=9.0), lines(good_at=2.0, error=REFUSED, next_try=7.0), "prod"
    )
    assert found == ServerHealth("prod", "loki", asked=True, good_at=3.0, error=REFUSED, next_try=7.0)
