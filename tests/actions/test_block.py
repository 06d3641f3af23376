"""Blocking, before anything is run: what is refused and why, what is shown, what must be typed, whom it would hit."""

from __future__ import annotations

import json
import re
from datetime import UTC
from ipaddress import ip_address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc.actions.block import (
    REASON,
    BlockIntent,
    BlockState,
    Collateral,
    Preview,
    blockable,
    confirmed,
    preview,
    propose,
    shown,
)
from noc.actions.collateral import Questions, collateral_of, collateral_queries
from noc.catalogue.logql import parse, written
from noc.config.blocking import Blocking
from noc.demo.gateway import Gateway
from noc.demo.request import Request
from noc.demo.samples import LabelMatcher
from noc.model.clock import FixedClock
from noc.model.errors import Refused
from noc.model.logs import SECOND
from noc.model.series import Answer, Series
from tests.actions.blockgiven import ADDRESS, DAY, HITS, HOST, ON, OTHER, block
from tests.actions.given import refused
from tests.alertgiven import NOW


@pytest.mark.parametrize(
    ("written", "known"),
    [
        (ADDRESS, ADDRESS),
        (f" {ADDRESS} ", ADDRESS),
        (f"::ffff:{ADDRESS}", ADDRESS),
        ("2A02:4780:0001:0::9", OTHER),
        ("2a00:1451::1", "2a00:1451::1"),
        ("104.24.0.0", "104.24.0.0"),
        ("203.0.113.42", "203.0.113.42"),
        ("2001:db8::1", "2001:db8::1"),
    ],
)
def test_a_strangers_address_can_be_blocked_in_its_shortest_spelling(written: str, known: str) -> None:
    assert blockable(written, ON, ()) == known


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("", "'' is no single address"),
        ("example.net", "'example.net' is no single address"),
        ("185.220.101.0/24", "'185.220.101.0/24' is no single address"),
        ("any", "'any' is no single address"),
        ("--force", "'--force' is no single address"),
        ("185.220.101.7; reboot", "'185.220.101.7; reboot' is no single address"),
        ("$(reboot)", "'$(reboot)' is no single address"),
        ("fe80::1%eth0", "'fe80::1%eth0' is no single address"),
        ("1.2.3.4\x1b[2J", "'1.2.3.4␛[2J' is no single address"),
        ("0.0.0.0", "0.0.0.0 is unspecified: no such address is blocked"),
        ("10.1.2.3", "10.1.2.3 is private: no such address is blocked"),
        ("::ffff:10.1.2.3", "10.1.2.3 is private: no such address is blocked"),
        ("127.0.0.1", "127.0.0.1 is loopback: no such address is blocked"),
        ("169.254.169.254", "169.254.169.254 is link-local: no such address is blocked"),
        ("100.64.9.9", "100.64.9.9 is shared (CGNAT): no such address is blocked"),
        ("224.0.0.1", "224.0.0.1 is multicast: no such address is blocked"),
        ("255.255.255.255", "255.255.255.255 is broadcast: no such address is blocked"),
        ("240.0.0.1", "240.0.0.1 is reserved: no such address is blocked"),
        ("::", ":: is unspecified: no such address is blocked"),
        ("::1", "::1 is loopback: no such address is blocked"),
        ("fd00::1", "fd00::1 is private: no such address is blocked"),
        ("ff02::1", "ff02::1 is multicast: no such address is blocked"),
        ("104.16.0.1", "104.16.0.1 is never blocked: it is inside 104.16.0.0/13 (blocking.never of the settings)"),
        (
            "::ffff:104.23.255.255",
            "104.23.255.255 is never blocked: it is inside 104.16.0.0/13 (blocking.never of the settings)",
        ),
        ("9.9.9.9", "9.9.9.9 is never blocked: it is inside 9.9.9.9/32 (blocking.never of the settings)"),
        (
            "2a00:1450:400a::200e",
            "2a00:1450:400a::200e is never blocked: it is inside 2a00:1450::/32 (blocking.never of the settings)",
        ),
    ],
)
def test_what_must_not_be_blocked_is_refused_with_the_reason(written: str, why: str) -> None:
    with refused(why) as caught:
        blockable(written, ON, ())
    assert caught.value.field == "address"


def test_the_name_of_what_is_no_address_is_shown_harmless_and_cut() -> None:
    with refused("'‹U+202E›" + "x" * 51 + "…' is no single address"):
        blockable("\u202e" + "x" * 5000, ON, ())


@pytest.mark.parametrize(
    ("state", "why"),
    [
        (BlockState.BLOCKED, f"{ADDRESS} is blocked already, by ines; noc blocks lists and undoes"),
        (BlockState.ASKED, f"{ADDRESS} may be blocked already (asked), by ines; noc blocks lists and undoes"),
        (BlockState.UNKNOWN, f"{ADDRESS} may be blocked already (unknown), by ines; noc blocks lists and undoes"),
    ],
)
def test_what_is_or_may_be_blocked_is_not_blocked_again(state: BlockState, why: str) -> None:
    known = block(by="ines", state=state)
    with refused(why):
        blockable(f"::ffff:{ADDRESS}", ON, (block(OTHER), known))


def test_nothing_is_blocked_while_blocking_is_off() -> None:
    with refused("blocking is not configured; blocking: in the settings needs command, undo and never"):
        preview(ADDRESS, Blocking(), (), NOW)


def test_a_preview_shows_both_commands_whole_the_end_and_whom_it_hits() -> None:
    seen = preview(ADDRESS, ON, (), NOW, collateral=HITS)
    assert seen == Preview(
        ADDRESS,
        NOW + DAY,
        ("ufw", "prepend", "deny", "from", ADDRESS),
        ("ufw", "delete", "deny", "from", ADDRESS),
        HITS,
    )
    assert seen.lines(UTC, NOW) == (
        "block 185.220.101.7 for 1d, until Fri 03 Oct 15:30 UTC",
        "hits: 418 good requests, 6 tenants, last hour",
        "stops: 9120 bad requests",
        "runs: ufw prepend deny from 185.220.101.7",
        "then: ufw delete deny from 185.220.101.7",
    )


def test_a_command_is_shown_as_one_would_type_it_and_harmless() -> None:
    assert shown(("block", "a b", "$HOME", "it's", "\x1b[2J")) == """block 'a b' '$HOME' 'it'"'"'s' '␛[2J'"""
    assert len(shown(("x" * 5000,))) == 400


@pytest.mark.parametrize(
    ("found", "words", "against"),
    [
        (HITS, "418 good requests, 6 tenants, last hour", "9120 bad requests"),
        (Collateral(1, 1, 1), "1 good request, 1 tenant, last hour", "1 bad request"),
        (Collateral(0, 0, 3), "no good request in the logs, last hour", "3 bad requests"),
        (Collateral(0, None, 3), "no good request in the logs, last hour", "3 bad requests"),
        (Collateral(418, None, None, 900.0), "418 good requests, unknown tenants, last 15m", "unknown bad requests"),
        (Collateral(None, 6, 0), "unknown good requests, 6 tenants, last hour", "0 bad requests"),
        (Collateral(), "nobody can tell whom else it hits (last hour)", "unknown bad requests"),
    ],
)
def test_collateral_is_told_in_words_and_what_is_unknown_is_said_to_be(
    found: Collateral, words: str, against: str
) -> None:
    assert (found.words, found.against) == (words, against)


def proposed(address: str = ADDRESS, **more: Any) -> BlockIntent:
    given: dict[str, Any] = {"author": "mara", "reason": "brute force", "now": NOW, "host": HOST, **more}
    return propose(address, ON, (), **given)


def test_a_proposal_is_a_block_from_now_on_as_it_will_be_kept() -> None:
    made = proposed(author=" mara ", reason=" brute force\n", collateral=HITS)
    assert made == BlockIntent(block(state=BlockState.ASKED), HITS)
    assert made.summary == "block 185.220.101.7 for 1d"
    assert proposed(expires=900.0).block.until == NOW + 900.0
    assert proposed(expires=900.0).summary == "block 185.220.101.7 for 15m"


@pytest.mark.parametrize(
    ("more", "why", "field"),
    [
        ({"author": " "}, "say who you are", "author"),
        ({"reason": " "}, "a reason is required: the next one on call reads it", "reason"),
        ({"expires": 0.0}, "the end must come after now", "expires"),
        ({"expires": -5.0}, "the end must come after now", "expires"),
        ({"address": "10.0.0.1"}, "10.0.0.1 is private: no such address is blocked", "address"),
    ],
)
def test_a_proposal_is_refused_with_the_field_that_is_to_blame(more: dict[str, Any], why: str, field: str) -> None:
    with refused(why) as caught:
        proposed(**more)
    assert caught.value.field == field


def test_a_reason_is_cut() -> None:
    assert len(proposed(reason="x" * 5000).block.reason) == REASON


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (ADDRESS, True),
        (f" {ADDRESS}\n", True),
        (f"::ffff:{ADDRESS}", True),
        ("7", False),
        ("101.7", False),
        ("185.220.101.70", False),
        ("185.220.101.71", False),
        ("", False),
        ("yes", False),
        ("185.220.101.7/32", False),
    ],
)
def test_the_whole_address_must_be_typed_and_nothing_like_it(typed: str, meant: bool) -> None:
    assert confirmed(ADDRESS, typed) is meant


def test_an_address_of_many_digits_may_be_typed_in_any_of_its_spellings() -> None:
    assert confirmed(OTHER, "2A02:4780:0001:0000:0000:0000:0000:0009")
    assert not confirmed(OTHER, "2a02:4780:1::8")
    assert not confirmed("no address", "no address")


@given(st.one_of(st.text(max_size=50), st.ip_addresses().map(str)))
def test_what_reaches_a_command_line_is_one_strangers_address_and_nothing_else(text: str) -> None:
    try:
        made = preview(text, ON, (), NOW)
    except Refused:
        return
    address = ip_address(made.address)
    assert re.fullmatch(r"[0-9a-f.:]+", made.address)
    assert not (address.is_multicast or address.is_loopback or address.is_link_local or address.is_unspecified)
    assert all(address not in network for network in ON.never if network.version == address.version)
    assert made.command == ("ufw", "prepend", "deny", "from", made.address)
    assert confirmed(made.address, text)


@given(st.ip_addresses())
def test_inside_a_network_that_is_never_blocked_nothing_is(address: object) -> None:
    own = Blocking.model_validate({**ON.model_dump(), "never": ["0.0.0.0/1", "128.0.0.0/1", "::/1", "8000::/1"]})
    with pytest.raises(Refused):
        blockable(str(address), own, ())


def test_a_block_says_what_is_known_of_it() -> None:
    asked = block(state=BlockState.ASKED)
    assert [asked.words(NOW), asked.words(NOW + 49.0), asked.words(NOW + 50.0)] == ["asked", "asked", "unknown"]
    assert [block().words(NOW), block(state=BlockState.UNKNOWN).words(NOW)] == ["blocked", "unknown"]
    assert [block().words(NOW + DAY - 1), block().words(NOW + DAY)] == ["blocked", "overdue"]
    assert block(until=NOW - 1).overdue(NOW)


def test_the_questions_about_collateral_are_logql_with_the_address_in_quotes() -> None:
    assert collateral_queries(ADDRESS, '{job="laravel"}') == Questions(
        good='sum(count_over_time({job="laravel"} |= "185.220.101.7" | json | __error__="" '
        '| context_ip_address="185.220.101.7" | category!="security" [1h])) or vector(0)',
        tenants='count(sum by (context_company_id) (count_over_time({job="laravel"} |= "185.220.101.7" | json '
        '| __error__="" | context_ip_address="185.220.101.7" | category!="security" '
        '| context_company_id!="" [1h]))) or vector(0)',
        bad='sum(count_over_time({job="laravel"} |= "185.220.101.7" | json | __error__="" '
        '| context_ip_address="185.220.101.7" | category="security" [1h])) or vector(0)',
        window=3600.0,
    )


def test_labels_window_and_what_is_bad_are_the_callers() -> None:
    made = collateral_queries(
        OTHER.upper(), '{app="shop"}', window=900.0, field="ip", tenant="shop", bad='event="denied"', good='event="ok"'
    )
    lines = '{app="shop"} |= "2A02:4780:1::9" | json | __error__="" | ip="2A02:4780:1::9"'
    assert made.good == f'sum(count_over_time({lines} | event="ok" [15m])) or vector(0)'
    assert made.tenants == f'count(sum by (shop) (count_over_time({lines} | event="ok" | shop!="" [15m]))) or vector(0)'
    assert made.bad == f'sum(count_over_time({lines} | event="denied" [15m])) or vector(0)'


@pytest.mark.parametrize("address", [ADDRESS, OTHER, "::FFFF:1.2.3.4"])
def test_the_questions_are_read_by_the_parser_of_logql_and_ask_for_that_address_alone(address: str) -> None:
    made = collateral_queries(address, '{job="laravel"}')
    for text in (made.good, made.tenants, made.bad):
        again = written(parse(text))
        assert parse(again) == parse(text)
        assert again.count(f'"{address}"') == 2


@pytest.mark.parametrize("text", ['1.2.3.4"} | line_format "x', "", "1.2.3.4/8", 'fe80::1%"', "`id`"])
def test_no_query_is_made_of_what_is_no_address(text: str) -> None:
    with pytest.raises(Refused, match=r"is no single address$"):
        collateral_queries(text, '{job="laravel"}')


def answer(*values: float, partial: bool = False) -> Answer:
    return Answer(tuple(Series.of({}, [(NOW, value)]) for value in values), partial=partial)


ASKED = Questions("", "", "", 900.0)


@pytest.mark.parametrize(
    ("good", "tenants", "bad", "found"),
    [
        (answer(418.0), answer(6.0), answer(9120.0), Collateral(418, 6, 9120, 900.0)),
        (answer(), answer(), answer(), Collateral(0, 0, 0, 900.0)),
        (None, answer(6.0), None, Collateral(None, 6, None, 900.0)),
        (answer(float("nan")), answer(float("inf")), answer(1.0, partial=True), Collateral(None, None, None, 900.0)),
    ],
)
def test_answers_become_collateral_and_a_missing_one_stays_unknown(
    good: Answer | None, tenants: Answer | None, bad: Answer | None, found: Collateral
) -> None:
    assert collateral_of(ASKED, good, tenants, bad) == found


@pytest.fixture(scope="module")
def gateway() -> Gateway:
    """The demo's world on a calm afternoon."""
    return Gateway("calm", NOW - 1800.0, 1, FixedClock(NOW))


def test_the_demos_loki_counts_for_an_address_what_its_lines_say(gateway: Gateway) -> None:
    def asked(query: str) -> Answer:
        request = Request("GET", "/loki/api/v1/query", {"query": [query], "time": [str(int(NOW))]})
        found = json.loads(gateway.loki.answer(request).body)["data"]["result"]
        return Answer(tuple(Series.of(one["metric"], [(NOW, float(one["value"][1]))]) for one in found))

    address = "198.51.100.23"
    matchers = [LabelMatcher("job", "=", "laravel")]
    good, bad, tenants = 0, 0, set()
    for line in gateway.journal.lines(matchers, int((NOW - 3600) * SECOND) + 1, int(NOW * SECOND) + 1):
        context = json.loads(line.text).get("context", {}) if line.text.startswith("{") else {}
        if context.get("ip_address") != address:
            continue
        security = line.label("category") == "security"
        good, bad = good + (not security), bad + security
        if not security and context.get("company_id") is not None:
            tenants.add(context["company_id"])
    questions = collateral_queries(address, '{job="laravel"}')
    found = collateral_of(questions, asked(questions.good), asked(questions.tenants), asked(questions.bad))
    assert found == Collateral(good, len(tenants), bad, 3600.0)
    assert good > 100
    assert len(tenants) > 1
