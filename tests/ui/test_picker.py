"""Choosing from a list: one value, several, or all of them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from textual.app import App
from textual.widgets import OptionList

from noc.engine.variables import ALL
from noc.ui.screens.picker import Choice, Picker
from noc.ui.state import View

VALUES = (ALL, "retell", "calcom", "stripe")


def choices(*marked: str) -> list[Choice]:
    return [Choice(one, one.strip("$_"), marked=one in marked, alone=one == ALL) for one in VALUES]


class Host(App[None]):
    """A screen under the picker, and what was taken from it."""

    def __init__(self, marked: Sequence[str], multi: bool) -> None:
        super().__init__()
        self._asked = Picker("provider", choices(*marked), multi=multi)
        self.taken: list[tuple[str, ...] | None] = []

    def on_mount(self) -> None:
        self.push_screen(self._asked, self.taken.append)


async def taken(marked: Sequence[str], *keys: str, multi: bool = True) -> tuple[str, ...] | None:
    """What is taken by these keys where these values are marked to begin with."""
    host = Host(marked, multi)
    async with host.run_test() as pilot:
        await pilot.pause()
        for key in keys:
            await pilot.press(key)
        await pilot.pause()
    return host.taken[0]


@pytest.mark.parametrize(
    ("marked", "keys", "expected"),
    [
        ([ALL], ["enter"], (ALL,)),
        ([ALL], ["down", "enter"], ("retell",)),
        ([ALL], ["c", "a", "l", "enter"], ("calcom",)),
        (["retell", "stripe"], ["enter"], ("retell", "stripe")),
        (["retell", "stripe"], ["down", "enter"], ("calcom",)),
        (["retell", "stripe"], ["up", "enter"], (ALL,)),
        ([ALL], ["down", "space", "enter"], ("retell",)),
        ([ALL], ["down", "space", "down", "space", "enter"], ("retell", "calcom")),
        ([ALL], ["down", "space", "up", "enter"], ("retell",)),
        (["retell", "stripe"], ["up", "space", "enter"], (ALL,)),
        (["retell", "stripe"], ["space", "enter"], ("stripe",)),
        (["retell"], ["space", "enter"], ("retell",)),
        ([ALL], ["down", "space", "escape"], None),
    ],
)
async def test_of_several_values_what_is_marked_is_taken_and_the_row_where_nothing_was_marked(
    marked: list[str], keys: list[str], expected: tuple[str, ...] | None
) -> None:
    assert await taken(marked, *keys) == expected


async def test_of_one_value_the_row_is_taken() -> None:
    assert await taken(["retell"], "down", "enter", multi=False) == ("calcom",)


async def test_all_is_never_marked_beside_others() -> None:
    host = Host([ALL], multi=True)
    async with host.run_test() as pilot:
        await pilot.press("down", "space")
        options = host.screen.query_one(OptionList)
        shown = [str(options.get_option_at_index(index).prompt) for index in range(len(VALUES))]
        assert shown == ["  all", "● retell", "  calcom", "  stripe"]
        await pilot.press("up", "space")
        assert [str(options.get_option_at_index(index).prompt)[0] for index in range(len(VALUES))] == [
            "●",
            " ",
            " ",
            " ",
        ]


def test_all_and_another_value_is_all() -> None:
    assert View("wall").valued("provider", (ALL, "retell")).values == (("provider", (ALL,)),)
    assert View("wall").valued("provider", ("retell", "stripe")).values == (("provider", ("retell", "stripe")),)
