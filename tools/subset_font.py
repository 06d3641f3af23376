"""Cut the bundled font for pictures out of JetBrains Mono (OFL 1.1): ``python tools/subset_font.py FONT_DIR``.

FONT_DIR holds JetBrainsMono-Regular.ttf, -Bold.ttf and -Italic.ttf (Debian: fonts-jetbrains-mono). Hinting, ligatures and
everything a wall does not write are dropped; braille, blocks, box drawing and the severity glyphs are drawn as shapes
(noc/picture/glyphs.py) and need no font. Needs fonttools.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

TARGET = Path(__file__).parent.parent / "noc" / "picture" / "font"
LETTERS = [(0x20, 0x7E), (0xA0, 0x17F), (0x192, 0x192), (0x218, 0x21B), (0x2C6, 0x2DD), (0x20A0, 0x20BF)]
PUNCTUATION = [(0x2010, 0x2027), (0x2030, 0x203A), (0x2044, 0x2044), (0x2070, 0x208E)]
WORLD = [(0x370, 0x3FF), (0x400, 0x45F), (0x490, 0x491)]
SIGNS = [(0x2100, 0x214F), (0x2190, 0x21FF), (0x2200, 0x22FF), (0x2300, 0x23FF), (0x2400, 0x2426), (0x25A0, 0x26FF)]
FACES = {
    "Regular": LETTERS + PUNCTUATION + WORLD + SIGNS,
    "Bold": LETTERS + PUNCTUATION + WORLD + SIGNS,
    "Italic": [*LETTERS[:2], *PUNCTUATION],
}


def subset(source: Path, target: Path, ranges: list[tuple[int, int]]) -> set[int]:
    """Write the subset; returns the code points it covers."""
    font = TTFont(source, recalcTimestamp=False)
    options = Options(
        hinting=False,
        layout_features=[],
        notdef_outline=True,
        name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14],
        glyph_names=False,
    )
    cutter = Subsetter(options)
    wanted = {code for low, high in ranges for code in range(low, high + 1)} & set(font.getBestCmap())
    cutter.populate(unicodes=wanted)
    cutter.subset(font)
    for tag in ("GSUB", "GPOS", "GDEF", "DSIG", "meta"):
        if tag in font:
            del font[tag]
    font.save(target)
    return wanted


def spans(codes: set[int]) -> list[str]:
    """Code points as lines of ``first-last`` in hexadecimal."""
    lines: list[str] = []
    ordered = sorted(codes)
    start = 0
    for index in range(1, len(ordered) + 1):
        if index == len(ordered) or ordered[index] != ordered[index - 1] + 1:
            lines.append(f"{ordered[start]:04X}-{ordered[index - 1]:04X}")
            start = index
    return lines


def main() -> None:
    """Read the three faces, write the three subsets and what the upright ones cover."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("fonts", type=Path, help="directory of the original TrueType files")
    fonts = parser.parse_args().fonts
    TARGET.mkdir(exist_ok=True)
    covered = {
        face: subset(fonts / f"JetBrainsMono-{face}.ttf", TARGET / f"JetBrainsMono-{face}.ttf", ranges)
        for face, ranges in FACES.items()
    }
    (TARGET / "coverage.txt").write_text(
        "\n".join(spans(covered["Regular"] & covered["Bold"])) + "\n", encoding="ascii"
    )


if __name__ == "__main__":
    main()
