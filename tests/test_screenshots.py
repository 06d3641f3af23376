"""Every picture of the README is as old as what it shows: drawn anew from the demo, it is the same."""

from __future__ import annotations

import pytest

from noc.picture.cells import of_png
from noc.picture.compare import compare
from noc.picture.text import to_text
from noc.ui.panels import KINDS
from tools.screenshots import FOLDER, MOST, NAMES, SHEET_WORDS, draw, gallery
from tools.sheets import SHEETS, examples


def test_there_are_pictures_of_all_that_is_named_and_of_nothing_else() -> None:
    expected = {f"{name}.{ending}" for name in NAMES for ending in ("png", "txt")}
    assert {file.name for file in FOLDER.iterdir()} == expected, "run: make screenshots"
    assert len(NAMES) <= MOST
    assert set(SHEET_WORDS) == set(SHEETS)


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_and_its_text_show_the_same(name: str) -> None:
    png, text = (FOLDER / f"{name}.png").read_bytes(), (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    assert to_text(of_png(png)) == text, "run: make screenshots"


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_is_not_older_than_what_it_shows(name: str) -> None:
    kept, drawn = of_png((FOLDER / f"{name}.png").read_bytes()), draw(name)
    found = compare(kept, drawn)
    assert not found, "\n".join(["run: make screenshots", found.head, *found.lines()])


def test_every_kind_of_the_registry_has_an_example() -> None:
    assert set(examples()) == set(KINDS)


def test_the_gallery_shows_every_picture_once() -> None:
    rows = gallery()
    assert rows[:2] == ["| | |", "|---|---|"]
    assert [sum(f"screenshots/{name}.png" in row for row in rows) for name in NAMES] == [1] * len(NAMES)


def test_the_readme_shows_the_gallery() -> None:
    text = (FOLDER.parent / "README.md").read_text(encoding="utf-8")
    shown = text.partition("<!-- gallery -->\n")[2].partition("<!-- /gallery -->")[0]
    assert shown.splitlines() == gallery(), "run: make screenshots"
