"""The one way from outside text to a cell.

Label values, log lines and annotations come from strangers. ``clean`` turns whatever could move the cursor, reorder a
line, hide or pile up (controls, escapes, bidi, zero-width, lone surrogates, stacked marks) into text one can see, so
what stands on the glass is what was sent. Widths are those of the Canvas, which writes character by character: joiners
and variation selectors, which would make a string narrower or wider than its characters, never survive ``clean``.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import groupby

from rich.cells import cell_len

ELLIPSIS = "…"
LINE_END = "⏎"
_MARKS = 2  # combining marks kept on one base: enough for Vietnamese, Hebrew and Thai
_JOINER = "\u200d"
_EMOJI_STYLE = "\ufe0f"
_SHAPERS = frozenset("\ufe0e\ufe0f\u20e3")  # text style, emoji style, keycap
_TONES = frozenset(map(chr, range(0x1F3FB, 0x1F400)))  # skin tones: two cells here, none there
_GLUE = _SHAPERS | _TONES | {_JOINER}
_KEYS = "0123456789#*"  # what a keycap may enclose
_FLAGS = range(
    0x1F1E6, 0x1F200
)  # regional indicators: a pair is a flag of two cells here, two letters of one or two there
# One cell each in every terminal, nothing combines with them, normalising leaves them as they are.
_PLAIN = re.compile("[ -~\u00a1-\u00ac\u00ae-\u024f\u0400-\u0482\u048a-\u052f\u2013-\u2022\u2026\u20ac\u2190-\u2193]*")
# Default_Ignorable_Code_Point of the Unicode database: drawn as nothing, whatever their category says. Behind them what is
# drawn as nothing too (a musical null note), as anything (an object's place) or over its neighbours (a whole verse).
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"))
_NO_DOTS = "\u2800"  # braille, but blank
_INVISIBLE = (
    *((0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F)),
    *((0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF)),
    *((0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF)),
    *((0x1D159, 0x1D159), (0xFFFC, 0xFFFC), (0xFDFD, 0xFDFD)),
)


def clean(text: str, limit: int = 4096) -> str:
    """One harmless line of at most ``limit`` cells; cleaning it again changes nothing.

    Controls become their pictures (␛ ␀), a line break ⏎, every blank a space, anything else unseen its number
    (‹U+202E›, a run of them ‹U+200B›×40), and so does what each terminal gives another width. Line breaks at the very
    end are dropped. Emoji keep their colour and lose what glues them: a family of three is three people, six cells wide,
    a flag is two letters.
    """
    if len(text) <= limit:
        if _PLAIN.fullmatch(text):
            return text
    elif limit > 0 and (head := text[: limit + 1]).isascii() and head.isprintable():
        return head[: limit - 1] + ELLIPSIS
    # Four characters a cell: what clean itself lets through never needs more, so a second pass cuts nothing.
    head = unicodedata.normalize("NFC", text[: 4 * limit].rstrip("\r\n").replace("\r\n", "\n"))
    shown = "".join(_shown(head))
    if len(text) > 4 * limit:
        shown += ELLIPSIS
    return truncate(unicodedata.normalize("NFC", shown), limit)


def clean_lines(text: str, limit: int = 4096, max_lines: int = 200) -> list[str]:
    """Text of several lines, each cleaned; beyond ``max_lines`` the last one counts what is left out."""
    body = text.rstrip("\r\n").replace("\r\n", "\n")
    lines = body.split("\n", max_lines)
    if len(lines) > max_lines:
        left = lines[-1].count("\n") + 2
        lines = [*lines[: max_lines - 1], f"{ELLIPSIS} {left} more lines"]
    return [clean(line, limit) for line in lines[: max(0, max_lines)]]


def width(text: str) -> int:
    """Cells the Canvas gives to a text."""
    if _JOINER in text or _EMOJI_STYLE in text:
        return sum(map(cell_len, text))
    return cell_len(text)


def truncate(text: str, cells: int, where: str = "end") -> str:
    """At most ``cells`` cells. ``where="middle"`` keeps both ends: hosts and paths differ in their tails."""
    if width(text) <= cells:
        return text
    if cells <= 0:
        return ""
    room = cells - 1
    tail = (room + 1) // 2 if where == "middle" else 0
    return _head(text, room - tail) + ELLIPSIS + (_tail(text, tail) if tail else "")


def fit(text: str, cells: int, align: str = "left") -> str:
    """Exactly ``cells`` cells: cut at the end, or padded by ``align`` (left, right, center)."""
    short = truncate(text, cells)
    gap = max(0, cells - width(short))
    before = {"left": 0, "right": gap, "center": gap // 2}[align]
    return " " * before + short + " " * (gap - before)


def _shown(text: str) -> list[str]:
    """The visible pieces of a text: bases with their few marks, and stand-ins for the rest."""
    pieces: list[str] = []
    base, marks, over = "", 0, 0
    for char, run in groupby(_without_glue(text)):
        count = sum(1 for _ in run)
        harmless = _stand_in(char) == char
        if harmless and cell_len(char) == 0 and base:
            kept = min(count, _MARKS - marks)
            marks += kept
            over += count - kept
            pieces.append(char * kept)
            continue
        if over:
            pieces.append(f"‹+{over}›")
        base, marks, over = (char if harmless and cell_len(char) else ""), 0, 0
        seen = _stand_in(char) if not harmless or cell_len(char) else _number(char)
        if len(seen) > 1 and count > 2 and not seen.isspace():
            pieces.append(f"{seen}×{count}")
        else:
            pieces.append(seen * count)
    if over:
        pieces.append(f"‹+{over}›")
    return pieces


def _without_glue(text: str) -> str:
    """Drop what only shapes an emoji: the joiner between two, style selectors, keycaps and skin tones after a symbol."""
    if _GLUE.isdisjoint(text):
        return text
    kept: list[str] = []
    for index, char in enumerate(text):
        before = kept[-1] if kept else ""
        shapes = char in _SHAPERS and before and (before in _KEYS or unicodedata.category(before) in ("So", "Sm", "Sk"))
        shapes = shapes or (char in _TONES and _pictures(before))
        joins = char == _JOINER and _pictures(before) and _pictures(text[index + 1 : index + 2])
        if not (shapes or joins):
            kept.append(char)
    return "".join(kept)


def _pictures(char: str) -> bool:
    """Whether a character is a pictograph (or a skin tone): older ones have a joined or a coloured shape as well."""
    older = "♀♂⚕❤⚖✈➡⬛☝✊✋✌✍⛹"
    return bool(char) and unicodedata.category(char) in ("So", "Sk") and (ord(char) > 0x1F200 or char in older)


@lru_cache(maxsize=8192)
def _stand_in(char: str) -> str:
    """What is drawn for one character; itself when it is harmless."""
    code = ord(char)
    if char == "\t":
        return " "
    if char in "\n\u2028\u2029":
        return LINE_END
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    category = unicodedata.category(char)
    if category == "Zs" or char == _NO_DOTS:
        return " " * max(1, cell_len(char))
    if code in _FLAGS:
        return chr(ord("A") + code - _FLAGS.start)
    unseen = category in _UNSEEN or any(low <= code <= high for low, high in _INVISIBLE)
    loose = category[0] != "M" and cell_len(char) == 0  # half a Hangul syllable, a skin tone: a cell here, none there
    return _number(char) if unseen or loose else char


def _number(char: str) -> str:
    return f"‹U+{ord(char):04X}›"


def _head(text: str, cells: int) -> str:
    """The longest beginning within ``cells`` cells; a wide character is never split."""
    used = 0
    for index, char in enumerate(text):
        used += cell_len(char)
        if used > cells:
            return text[:index]
    return text


def _tail(text: str, cells: int) -> str:
    """The longest end within ``cells`` cells that starts with a character of its own."""
    used, start = 0, len(text)
    for index in range(len(text) - 1, -1, -1):
        wide = cell_len(text[index])
        used += wide
        if used > cells:
            break
        if wide:
            start = index
    return text[start:]
