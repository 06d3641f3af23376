"""Writes the table of keys into the README, between its two marks; a test compares them."""

from __future__ import annotations

from pathlib import Path

from noc.ui.bindings import KEYS, spelled

BEGIN, END = "<!-- keys -->", "<!-- /keys -->"


def table() -> str:
    """The keys as Markdown, group by group."""
    rows = ["| key | what | id |", "|---|---|---|"]
    for key in KEYS:
        names = " ".join(f"`{spelled(name)}`" for name in key.keys)
        rows.append(f"| {names} | {key.words} | {key.id} |")
    return "\n".join(rows)


def main() -> None:
    readme = Path(__file__).parent.parent / "README.md"
    text = readme.read_text()
    start, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    readme.write_text(f"{text[:start]}\n{table()}\n{text[end:]}")


if __name__ == "__main__":
    main()
