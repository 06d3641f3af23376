"""How many colours a terminal shows, as far as it can be told without asking it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Depth(StrEnum):
    """The words of ``--colours`` and of the setting ``colours``."""

    TRUECOLOR = "truecolor"
    FULL = "256"
    SIXTEEN = "16"
    NONE = "none"


_TRUE = ("xterm-kitty", "alacritty", "foot", "wezterm", "xterm-ghostty", "contour", "mlterm", "vte")
_TRUE_PROGRAMS = frozenset({"iTerm.app", "vscode", "WezTerm", "ghostty", "mintty", "Hyper"})
_COLOURLESS = frozenset({"dumb", "unknown", "vt100", "vt102", "vt220", "vt320"})


def told(environ: Mapping[str, str], chosen: str = "auto") -> Depth:
    """What was chosen, else what the environment says.

    NO_COLOR counts when it is not empty (no-color.org). COLORTERM is believed except on the console of Linux and inside
    GNU screen, which inherit it from a terminal that stands around them and cannot do what it says (tmux can: it converts).
    """
    if chosen != "auto":
        return Depth(chosen)
    if environ.get("NO_COLOR"):
        return Depth.NONE
    term = environ.get("TERM", "")
    if term in _COLOURLESS:
        return Depth.NONE
    if term == "linux" or term.startswith("linux-"):
        return Depth.SIXTEEN
    if environ.get("STY") or (term.startswith("screen") and not environ.get("TMUX")):
        return Depth.FULL if term.endswith("256color") else Depth.SIXTEEN
    if environ.get("COLORTERM", "").lower() in ("truecolor", "24bit") or environ.get("TERM_PROGRAM") in _TRUE_PROGRAMS:
        return Depth.TRUECOLOR
    if term.endswith("-direct") or term.startswith(_TRUE):
        return Depth.TRUECOLOR
    if "256color" in term or (term.startswith(("xterm", "tmux", "screen")) and not term.endswith("-16color")):
        return Depth.FULL
    return Depth.SIXTEEN
