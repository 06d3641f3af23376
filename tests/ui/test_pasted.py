"""What is copied is pasted into shells, what is pasted comes from anywhere: both ways only characters that one sees."""

from __future__ import annotations

import pytest
from textual import events
from textual.app import ComposeResult
from textual.widgets import Input

from noc.ui.compat import Application
from tests.hostile import corpus


class Form(Application):
    def compose(self) -> ComposeResult:
        yield Input(id="field")


@pytest.mark.parametrize(
    ("copied", "clipboard"),
    [
        ("noc wall --var who=a", "noc wall --var who=a"),
        ("one\ntwo\n", "one\ntwo"),
        ("reboot\r\n", "reboot"),
        ("\x1b[201~\x03\x15id", "␛[201~␃␕id"),
        ("half \ud83d", "half ‹U+D83D›"),
        ("a\u202eb\tc", "a‹U+202E›b c"),
    ],
)
async def test_what_is_copied_is_harmless_to_paste(copied: str, clipboard: str) -> None:
    app = Form()
    async with app.run_test():
        app.copy_to_clipboard(copied)
        assert app.clipboard == clipboard


async def test_what_is_pasted_is_cleaned_before_a_field_holds_it() -> None:
    app = Form()
    async with app.run_test() as pilot:
        field = app.query_one(Input)
        field.focus()
        for text in corpus():
            field.value = ""
            app.post_message(events.Paste(text))
            await pilot.pause()
            assert all(char.isprintable() for char in field.value)


async def test_a_long_expression_is_pasted_whole() -> None:
    app = Form()
    async with app.run_test() as pilot:
        app.query_one(Input).focus()
        app.post_message(events.Paste("sum(" + "x + " * 5000 + "0)"))
        await pilot.pause()
        assert app.query_one(Input).value == "sum(" + "x + " * 5000 + "0)"
