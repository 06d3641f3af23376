"""What stands between the marks of a paste is pasted, whatever it holds and however it arrives; keys stay keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual.drivers import linux_driver
from textual.message import Message

from noc.ui.compat import Reader
from noc.ui.pasting import BEGIN, END, Pastes
from tests.hostile import corpus


def read(*pieces: str) -> list[Message]:
    reader = Reader(False)
    return [message for piece in pieces for message in reader.feed(piece)]


@pytest.mark.parametrize(
    ("sent", "harmless"),
    [
        ("plain keys \x1b[A \x1bq", "plain keys \x1b[A \x1bq"),
        (f"{BEGIN}one{END}q", f"{BEGIN}one{END}q"),
        (f"a{BEGIN}\x1b]0;owned\x07\x1bq\r{END}\x1b[A", f"a{BEGIN}␛]0;owned\x07␛q\r{END}\x1b[A"),
        (f"{BEGIN}{BEGIN}one{END}two{END}", f"{BEGIN}␛[200~one{END}two{END}"),
        (f"{BEGIN}unfinished \x1b[20", f"{BEGIN}unfinished "),
    ],
)
def test_escapes_inside_of_a_paste_are_shown(sent: str, harmless: str) -> None:
    assert Pastes().harmless(sent) == harmless


@given(st.lists(st.sampled_from([BEGIN, END, "\x1b", "[", "200~", "q", "\x1b[A", "text"]), max_size=12), st.data())
def test_it_does_not_matter_in_which_pieces_it_comes(parts: list[str], data: st.DataObject) -> None:
    sent = "".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(sent)), max_size=6)))
    pastes, pieces = Pastes(), [sent[a:b] for a, b in zip([0, *cuts], [*cuts, len(sent)], strict=True)]
    assert "".join(map(pastes.harmless, pieces)) == Pastes().harmless(sent)


def test_an_escape_outside_of_a_paste_is_not_held_back() -> None:
    pastes = Pastes()
    assert [pastes.harmless(key) for key in ("\x1b", "q", "\x1b[20", "A")] == ["\x1b", "q", "\x1b[20", "A"]


@pytest.mark.parametrize("text", [*corpus(), "\x1bq\x1ba\r\x1b[200~q"], ids=lambda text: ascii(text[:16]))
def test_a_hostile_paste_is_one_paste_and_no_key(text: str) -> None:
    text = text.replace(END, "")
    messages = read(f"{BEGIN}{text}{END}")
    assert [type(message) for message in messages] == [events.Paste]
    assert messages[0].text == text.replace("\x1b", "␛").replace("\x00", "")  # type: ignore[attr-defined]


def test_the_driver_reads_through_it() -> None:
    assert vars(linux_driver)["XTermParser"] is Reader
