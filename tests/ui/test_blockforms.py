"""The dialog of blocking an address: what it says at each moment, what it asks for, what it refuses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Any

import pytest

from noc.actions.block import Block, BlockIntent, Collateral
from noc.config.blocking import Blocking
from noc.ui.alertforms import Examined
from noc.ui.blockforms import BlockQuestion, block_form
from tests.actions.blockgiven import ADDRESS, HITS, HOST, NOW, ON, OTHER, block

UNTIL = "Fri 03 Oct 15:30 UTC"
RUNS = (
    (f"runs: ufw prepend deny from {ADDRESS}", "quiet"),
    (f"then: ufw delete deny from {ADDRESS}", "quiet"),
)
REASON = {"reason": "brute force", "expires": "1d", "author": "mara"}


def question(address: str = ADDRESS, **more: Any) -> BlockQuestion:
    given = {
        "settings": ON,
        "blocks": (),
        "author": "mara",
        "generic": lambda name: name in ("", "root"),
        "host": HOST,
        "now": lambda: NOW,
        "tz": UTC,
        "collateral": HITS,
        "counting": False,
    }
    return BlockQuestion(address, **{**given, **more})  # type: ignore[arg-type]


def examined(asked: BlockQuestion, **values: str) -> Examined:
    return block_form(asked).examine({**REASON, **values})


# -- what it asks


def test_it_asks_reason_duration_and_who_with_what_is_known_filled_in() -> None:
    form = block_form(question())
    assert form.title == f"Block {ADDRESS}"
    assert [(one.id, one.words, one.value) for one in form.fields] == [
        ("reason", "reason", ""),
        ("expires", "for", "1d"),
        ("author", "who", "mara"),
    ]


def test_an_account_that_says_nothing_about_who_acts_is_not_filled_in() -> None:
    assert block_form(question(author="root")).fields[-1].value == ""


def test_the_duration_is_the_one_of_the_settings() -> None:
    short = ON.model_copy(update={"expires": 5400.0})
    assert block_form(question(settings=short)).fields[1].value == "1h30m"


# -- what it says


def test_it_names_what_happens_whom_it_hits_and_both_commands() -> None:
    assert examined(question()).lines == (
        (f"block {ADDRESS} for 1d, until {UNTIL}", "plain"),
        ("hits: 418 good requests, 6 tenants, last hour", "warn"),
        ("stops: 9120 bad requests", "plain"),
        *RUNS,
    )


@pytest.mark.parametrize(
    ("collateral", "hits", "stops", "role"),
    [
        (Collateral(0, 0, 12), "no good request in the logs, last hour", "12 bad requests", "good"),
        (Collateral(1, 1, 1), "1 good request, 1 tenant, last hour", "1 bad request", "warn"),
        (Collateral(3, None, None), "3 good requests, unknown tenants, last hour", "unknown bad requests", "warn"),
        (Collateral(), "nobody can tell whom else it hits (last hour)", "unknown bad requests", "warn"),
    ],
)
def test_whom_it_hits_is_said_as_far_as_it_is_known(collateral: Collateral, hits: str, stops: str, role: str) -> None:
    assert examined(question(collateral=collateral)).lines[1:3] == (
        (f"hits: {hits}", role),
        (f"stops: {stops}", "plain"),
    )


def test_collateral_that_is_still_counted_is_no_answer_and_arrives_in_the_open_form() -> None:
    asked = question(collateral=Collateral(), counting=True)
    form = block_form(asked)
    before = form.examine(REASON)
    assert before.lines[1] == ("hits: nobody can tell whom else it hits (last hour)", "quiet")
    assert before.lines[-1] == ("counting in the log whom it would hit ...", "quiet")
    asked.collateral, asked.counting = HITS, False
    after = form.examine(REASON)
    assert after.lines[1] == ("hits: 418 good requests, 6 tenants, last hour", "warn")
    assert isinstance(after.intent, BlockIntent) and after.intent.collateral == HITS


def test_the_button_says_address_and_duration_and_the_address_is_to_be_typed_whole() -> None:
    found = examined(question(), expires="90m")
    assert (found.title, found.confirm, found.wanted) == (f"Block {ADDRESS}", f"Block {ADDRESS} for 1h30m", (ADDRESS,))


def test_an_address_is_shown_and_typed_in_its_shortest_spelling() -> None:
    found = examined(question("2A02:4780:0001:0:0:0:0:9"))
    assert (found.wanted, found.confirm) == ((OTHER,), f"Block {OTHER} for 1d")
    assert found.lines[3] == (f"runs: ufw prepend deny from {OTHER}", "quiet")


def test_the_block_is_exactly_what_was_shown() -> None:
    found = examined(question(), reason=" brute \x1b[31mforce ", author=" mara ")
    assert isinstance(found.intent, BlockIntent)
    assert found.intent.block == Block(
        ADDRESS,
        NOW,
        NOW + 86_400.0,
        "mara",
        "brute ␛[31mforce",
        ("ufw", "prepend", "deny", "from", ADDRESS),
        ("ufw", "delete", "deny", "from", ADDRESS),
        20.0,
        HOST,
    )


# -- what it refuses


@pytest.mark.parametrize(
    ("values", "problem", "field"),
    [
        ({"reason": "  "}, "a reason is required: the next one on call reads it", "reason"),
        ({"author": " "}, "say who you are", "author"),
        ({"author": "root"}, "say who you are", "author"),
    ],
)
def test_what_is_missing_is_asked_for_beside_the_preview(values: Mapping[str, str], problem: str, field: str) -> None:
    found = examined(question(), **values)
    assert (found.intent, found.problem, found.field, found.confirm) == (
        None,
        problem,
        field,
        f"Block {ADDRESS} for 1d",
    )
    assert found.lines[0] == (f"block {ADDRESS} for 1d, until {UNTIL}", "plain")


def test_a_duration_that_is_none_is_said_instead_of_a_preview() -> None:
    found = examined(question(), expires="soon")
    assert (found.intent, found.confirm, found.field) == (None, "", "expires")
    assert found.lines == ((found.problem, "warn"),)
    assert found.problem == "'soon' is no duration; write 30s, 5m, 1h30m or 7d"


@pytest.mark.parametrize("expires", ["0s", "-5m"])
def test_a_block_that_ends_before_it_begins_is_refused(expires: str) -> None:
    assert examined(question(), expires=expires).intent is None


@pytest.mark.parametrize(
    ("address", "more", "words"),
    [
        ("10.1.2.3", {}, "10.1.2.3 is private: no such address is blocked"),
        ("127.0.0.1", {}, "127.0.0.1 is loopback: no such address is blocked"),
        ("::ffff:10.1.2.3", {}, "10.1.2.3 is private: no such address is blocked"),
        (
            "104.16.9.9",
            {},
            "104.16.9.9 is never blocked: it is inside 104.16.0.0/13 (blocking.never of the settings)",
        ),
        (ADDRESS, {"blocks": (block(),)}, f"{ADDRESS} is blocked already, by mara; noc blocks lists and undoes"),
        ("10.0.0.0/8", {}, "'10.0.0.0/8' is no single address"),
        (f"{ADDRESS}; reboot", {}, f"'{ADDRESS}; reboot' is no single address"),
        ("--help", {}, "'--help' is no single address"),
    ],
)
def test_what_must_not_be_blocked_is_refused_with_the_reason(address: str, more: dict[str, Any], words: str) -> None:
    found = examined(question(address, **more))
    assert found == Examined(f"Block {address}", ((words, "warn"),), problem=words, field="address")


def test_settings_that_are_not_complete_block_nothing() -> None:
    off = Blocking.model_validate({"command": ["ufw", "deny", "{ip}"]})
    assert examined(question(settings=off)).problem == off.off_because
