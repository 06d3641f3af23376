"""What may be inserted into a command, and what never is."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc.catalogue.placeholders import TYPES, fits, unknown_types, untyped

ALPHABETS = {
    "integer": string.digits,
    "address": string.hexdigits + ".:",
    "word": string.ascii_letters + string.digits + "_.:-",
    "path": string.ascii_letters + string.digits + "_.-/",
    "duration": string.digits + "mshdwy",
}
HOSTILE = (
    "",
    " ",
    "4 2",
    "42\n",
    "\n42",
    "42;reboot",
    "42|sh",
    "42&",
    "$(reboot)",
    "`reboot`",
    "${IFS}",
    "'42'",
    '"42"',
    "42\\",
    "42#",
    "*",
    "~root",
    "<42",
    "42>x",
    "{42}",
    "42\x00",
    "42\x1b[2J",
    "42\u202e",
    "١٢",
    "４２",
    "１.2.3.4",
    "-42",
    "--help",
    "-rf",
    "db-1=x",
    "a,b",
    "%n",
    "!!",
    "42\u00a0",
)
each_type = pytest.mark.parametrize("kind", TYPES)


def test_the_types_are_those_the_alphabets_are_known_of() -> None:
    assert TYPES.keys() == ALPHABETS.keys()


@each_type
@pytest.mark.parametrize("value", HOSTILE)
def test_nothing_a_shell_or_a_program_could_misread_is_of_any_type(kind: str, value: str) -> None:
    assert not fits(kind, value)


@each_type
@given(data=st.data())
def test_a_value_of_a_type_is_written_in_its_alphabet_and_is_no_option(kind: str, data: st.DataObject) -> None:
    own = st.text(st.sampled_from(ALPHABETS[kind]), max_size=70)
    value = data.draw(own | st.text() | st.tuples(own, st.sampled_from(HOSTILE), own).map("".join))
    if fits(kind, value):
        assert set(value) <= set(ALPHABETS[kind])
        assert value[0] != "-"


@given(st.ip_addresses().map(str))
def test_an_address_with_anything_behind_it_does_not_fit(value: str) -> None:
    assert not fits("address", f"{value}/0")
    assert not fits("address", f"{value} ")


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("integer", ["0", "42", "9223372036854775807"]),
        ("address", ["203.0.113.42", "10.0.0.7", "2001:db8::7", "::ffff:203.0.113.42", "fe80::1"]),
        ("word", ["db-1:9104", "Appointment", "laravel-api", "_x", "api.example.com", "a" * 64]),
        ("path", ["/", "/webhook", "/api/v2/bookings", "/calcom/webhook/", "/a.b/c_d-e"]),
        ("duration", ["30s", "1h30m", "250ms", "7d"]),
    ],
)
def test_the_usual_values_fit(kind: str, values: list[str]) -> None:
    assert [value for value in values if not fits(kind, value)] == []


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("integer", ["", "1" * 20, "0x2a", "4.2", "1e3", "+42"]),
        ("address", ["203.0.113", "203.0.113.256", "203.0.113.042", "::1%eth0", "203.0.113.0/24", "example.com"]),
        ("word", ["a" * 65, ".ssh", ":9104", "a/b", "..", "a@b"]),
        ("path", ["", "webhook", "//", "/a//b", "/../etc/passwd", "/a/..", "/bookings/{id}", "/a?b", "/" + "a" * 200]),
        ("duration", ["30", "s", "1.5h", "1h 30m", "-5m", "1234567s"]),
    ],
)
def test_values_next_to_a_type_do_not_fit(kind: str, values: list[str]) -> None:
    assert [value for value in values if fits(kind, value)] == []


@pytest.mark.parametrize(
    "value", ["127.0.0.1", "127.9.9.9", "0.0.0.0", "255.255.255.255", "224.0.0.1", "::1", "::", "::ffff:127.0.0.1"]
)
def test_a_forged_address_whose_block_would_hit_ourselves_does_not_fit(value: str) -> None:
    assert not fits("address", value)


def test_of_an_unknown_type_nothing_is() -> None:
    assert not fits("integr", "42")


def test_a_long_value_is_refused_at_once() -> None:
    assert [kind for kind in TYPES if fits(kind, "/" + "a" * 1_000_000 + "!")] == []


def test_a_misspelt_type_is_told_with_the_nearest_and_a_strange_one_with_all() -> None:
    assert list(unknown_types("kill {process_id:integr} on {host:word} {a:zzzz}")) == [
        "placeholder {process_id:integr}: unknown type 'integr', did you mean 'integer'?",
        "placeholder {a:zzzz}: unknown type 'zzzz'; known: address, duration, integer, path, word",
    ]


def test_a_placeholder_without_a_type_is_told_and_the_shells_own_braces_are_not() -> None:
    assert list(untyped("php artisan user:disable {user_id}")) == [
        "placeholder {user_id} has no type: write {user_id:word}, or { user_id } for braces of the shell's own"
    ]
    assert list(untyped("echo ${HOME} ${home} {a,b} { print } %{http_code} {{ip}} {{{x}}} f{x} {} {1} {A}")) == []
