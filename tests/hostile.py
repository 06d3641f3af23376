"""Texts of strangers for tests: attacks on terminals by name, recorded hostile lines, and as many more as a seed gives."""

from __future__ import annotations

import json
import random
from functools import cache
from pathlib import Path

RECORDED = Path(__file__).parent / "recordings" / "loki" / "streams_hostile_lines.json"

ATTACKS = {
    "window title": "\x1b]0;owned\x07",
    "title by string terminator": "\x1b]2;owned\x1b\\",
    "8-bit title": "\x9d0;owned\x9c",
    "title stack": "\x1b[22;0t\x1b[23;0t",
    "clipboard": "\x1b]52;c;b3duZWQ=\x07",
    "clipboard asked for": "\x1b]52;c;?\x07",
    "link": "\x1b]8;;http://x/\x1b\\click\x1b]8;;\x1b\\",
    "palette": "\x1b]4;1;rgb:ff/00/00\x07\x1b]11;#ff0000\x07",
    "notification": "\x1b]9;owned\x07\x1b]777;notify;a;b\x07\x1b]1337;File=:AA==\x07",
    "working directory": "\x1b]7;file://x/etc\x07\x1b]133;A\x07",
    "screen erased": "\x1b[2J\x1b[H",
    "scrollback erased": "\x1b[3J",
    "8-bit erase": "\x9b2J\x9bH",
    "alternate screen left": "\x1b[?1049l\x1b[?25h",
    "alternate screen entered": "\x1b[?1049h\x1b[?25l",
    "mouse off": "\x1b[?1000l\x1b[?1006l\x1b[?2004l",
    "mouse on": "\x1b[?1003h\x1b[?1004h\x1b[?2026h",
    "line wrap": "\x1b[?7h",
    "insert mode": "\x1b[4h\x1b[20h",
    "reset": "\x1bc",
    "soft reset": "\x1b[!p",
    "alignment": "\x1b#8",
    "device control": "\x1bP$qm\x1b\\",
    "sixel": "\x1bPq#0;2;0;0;0~\x1b\\",
    "kitty picture": "\x1b_Ga=T,f=24,s=1,v=1;AAAA\x1b\\",
    "kitty keyboard": "\x1b[>1u\x1b[=5;1u",
    "privacy and start of string": "\x1b^private\x1b\\\x1bXstring\x1b\\\x9eprivate\x9c\x98string\x9c\x9fprogram\x9c",
    "answer back": "\x05\x1b[c\x1b[6n\x1b[>c\x1b[21t\x1bZ",
    "checksum asked for": "\x1b[1;1;1;1;10;10*y\x1b[?1$p",
    "scroll region": "\x1b[5;6r",
    "lines inserted and deleted": "\x1b[9L\x1b[9M\x1b[9@\x1b[9P\x1b[9S\x1b[9T\x1bM\x1bD\x1bE",
    "tabs": "\x1b[3g\x1bH\t",
    "cursor saved": "\x1b7\x1b[s\x1b8\x1b[u",
    "cursor shape": "\x1b[5 q",
    "window moved": "\x1b[3;0;0t\x1b[8;1;1t\x1b[5t",
    "character set": "\x1b(0\x0e",
    "other character sets": "\x1b)0\x0f\x1b%@\x1b%G\x1bn\x1bo",
    "colour": "\x1b[41m",
    "hidden": "\x1b[8mhidden\x1b[28m",
    "unfinished": "\x1b[",
    "unfinished string": "\x1b]2;owned",
    "escape alone": "\x1b",
    "line ends and bells": "a\r\nb\x08\x08\x07\x00c\x7f",
    "substitute and cancel": "\x18\x1a\x1b\x18",
    "line separators": "\u2028\u2029\x85\x0b\x0c\x84\x8d",
    "right to left": "\u202egnorw\u202c\u2066\u200f",
    "every bidi control": "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    "letters from the right": "\u05e9\u05dc\u05d5\u05dd 12 \u0645\u0631\u062d\u0628\u0627 34",
    "invisible": "\u200b\ufeff\u00ad\U000e0041",
    "blank but no space": "\u2800\u3164\uffa0\u1160\u00a0\u3000\u1680",
    "markup": "[bold red]not bold[/] [link=http://x]x[/link]",
    "unbalanced markup": "[/nothing] [@click=app.quit]",
    "content markup": '[@click=app.quit]quit[/] [$error on red]x[/] \\[escaped] [on click="bell"]',
    "a template of a layout": "{{label}} {{ $value }} $variable ${variable} %s {0} {self}",
    "markdown": "# head\n```\ncode\n```\n[a](javascript:x) ![i](x) <b>x</b> | a | b |\n|---|---|",
    "xml": "]]>&lt;</text><script>x</script>&#27;&#x202e;",
    "piled up marks": "a" + "\u0301" * 60,
    "marks of every kind": "o\u0489\u20dd\u0321\ufe0f\u0305\u0333" * 3,
    "wide characters": "漢字かな한국어ＡＢＣ",
    "glued emoji": "👩\u200d👩\u200d👧\u200d👦 👍🏽 ❤\ufe0f 1\ufe0f\u20e3 🏴\U000e0067\U000e0062\U000e007f",
    "flags": "🇩🇪🇨🇭🇦",
    "jamo": "\u1100\u1161\u11a8\u1161\u1100\u1100\ua960\ud7b0",
    "indic": "हिन्दी க்ஷௌ ক্ষ ఞ్ఙ ക്ഷ \u0d4e\u0915 \u0f40\u0fb5\u0f74\u0f7e\u0f7f",
    "overlong glyphs": "\ufdfd\u2e3b\u1242b\U00012031",
    "half a character": "\ud83d \udc00 \udcff\udc9b2J",
    "never characters": "\ufffe\uffff\ufdd0\U0010fffe\u0378\ue000",
    "annotations": "\ufff9a\ufffab\ufffb\ufffc",
    "a shell": "$(reboot) `id`; rm -rf / | sh && \\ ' \" \n reboot\n",
    "long": "x" * 20_000,
    "wide and long": "漢" * 5000,
    "nothing": "",
    "blanks": "   ",
}
"""By what they are after."""


@cache
def recorded() -> tuple[str, ...]:
    """The hostile lines that a real Loki took and gave back."""
    body = json.loads(json.loads(RECORDED.read_text())["body"])
    return tuple(line for stream in body["data"]["result"] for _, line in stream["values"])


def corpus() -> tuple[str, ...]:
    """Every attack, every recorded line, and all attacks in one text."""
    return (*ATTACKS.values(), *recorded(), "".join(ATTACKS.values()))


def noise(chance: random.Random, length: int) -> str:
    """Random bytes as a careless decoder reads them: what is not UTF-8 becomes lone surrogates, or Latin-1."""
    data = chance.randbytes(length)
    return data.decode("latin-1") if chance.random() < 0.3 else data.decode("utf-8", "surrogateescape")


def made(seed: int, count: int) -> list[str]:
    """So many texts: attacks as they are, cut and mixed; random bytes; random characters; the same for the same seed."""
    chance = random.Random(seed)
    attacks = corpus()

    def one() -> str:
        kind = chance.randrange(5)
        if kind == 0:
            return chance.choice(attacks)
        if kind == 1:
            return noise(chance, chance.randrange(1, 60))
        if kind == 2:
            return "".join(chr(chance.randrange(0x110000)) for _ in range(chance.randrange(1, 30)))
        pieces = [chance.choice(attacks)[:200] for _ in range(chance.randrange(2, 5))]
        text = "".join(piece[: chance.randrange(len(piece) + 1)] for piece in pieces)
        return text if kind == 3 else f"usual {text} text {noise(chance, 4)}"

    return [one() for _ in range(count)]
