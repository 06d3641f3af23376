"""Markdown as cells, row by row."""

from __future__ import annotations

from noc.charts.charset import ASCII
from noc.charts.markdown import draw_markdown
from noc.model.palette import Palette
from tests.charts.pictures import picture

RUNBOOK = """# The pool is full
A **very** long paragraph with `inline code` that has to be wrapped,
see [the docs](https://example.org/x).

1. look at it
2. restart the thing that holds the most connections
   - nested
   - more

   and on

> quoted words

```
SELECT 1;
  indented
```
---
end<b>x</b>
"""


def test_headings_paragraphs_lists_quotes_and_code(palette: Palette) -> None:
    assert picture(draw_markdown(RUNBOOK, 40, 22, palette)) == [
        "The pool is full",
        "",
        "A very long paragraph with inline code",
        "that has to be wrapped, see the docs",
        "(https://example.org/x).",
        "",
        "1. look at it",
        "2. restart the thing that holds the most",
        "   connections",
        "   • nested",
        "   • more",
        "   and on",
        "",
        "│ quoted words",
        "",
        " SELECT 1;",
        "   indented",
        "",
        "────────────────────────────────────────",
        "",
        "end<b>x</b>",
        "",
    ]


def test_what_does_not_fit_is_hinted_at(palette: Palette) -> None:
    assert picture(draw_markdown(RUNBOOK, 40, 3, palette)) == [
        "The pool is full",
        "",
        "…",
    ]


def test_long_words_are_broken(palette: Palette) -> None:
    assert picture(draw_markdown("abcdefghijklmnop qr", 6, 4, palette)) == [
        "abcdef",
        "ghijkl",
        "mnop",
        "qr",
    ]


def test_controls_from_outside_are_shown_not_obeyed(palette: Palette) -> None:
    assert picture(draw_markdown("red \x1b[31m alert", 30, 1, palette)) == [
        "red ␛[31m alert",
    ]


def test_text_stands_behind_numbers_of_any_length(palette: Palette) -> None:
    assert picture(draw_markdown("9. nine\n10. ten is long enough to wrap", 20, 4, palette)) == [
        "9. nine",
        "10. ten is long",
        "    enough to wrap",
        "",
    ]


def test_markdown_in_ascii(palette: Palette) -> None:
    assert picture(draw_markdown("- a\n\n> b\n\n---", 6, 5, palette, ASCII)) == [
        "* a",
        "",
        "| b",
        "",
        "------",
    ]
