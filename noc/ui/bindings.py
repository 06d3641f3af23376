"""Every key of the wall, once: help, palette, footer and README read this table, settings remap it by id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from noc.model.errors import ConfigError, Fault


@dataclass(frozen=True, slots=True)
class Key:
    """One action. ``keys`` are Textual's key names; ``writes`` marks what changes something outside this wall."""

    id: str
    keys: tuple[str, ...]
    words: str
    group: str
    short: str = ""
    """The word in the footer; empty: not there."""
    writes: bool = False

    @property
    def label(self) -> str:
        """The first key as people write it."""
        return spelled(self.keys[0]) if self.keys else "unbound"


KEYS: tuple[Key, ...] = (
    Key("focus.next", ("tab",), "next panel", "Move", "next"),
    Key("focus.previous", ("shift+tab",), "previous panel", "Move"),
    Key("focus.left", ("left",), "panel to the left", "Move"),
    Key("focus.right", ("right",), "panel to the right", "Move"),
    Key("focus.up", ("up", "k"), "panel above, row up", "Move"),
    Key("focus.down", ("down", "j"), "panel below, row down", "Move"),
    Key("panel.open", ("enter",), "row's detail, else zoom", "Move"),
    Key("panel.zoom", ("z",), "zoom the panel", "Move", "zoom"),
    Key("back", ("escape",), "back", "Move"),
    Key("panel.drill", ("d",), "what is behind it: page, course, trace, address", "Move"),
    Key("find", ("slash",), "find a panel, filter a list", "Move", "find"),
    Key("page.next", ("pagedown",), "next page of tiles", "Move"),
    Key("page.previous", ("pageup",), "previous page of tiles", "Move"),
    Key("layout.next", ("n",), "next layout", "Layouts"),
    Key("layout.previous", ("p",), "previous layout", "Layouts"),
    Key("layout.go", ("g",), "go to a layout", "Layouts", "layouts"),
    Key("variables", ("v",), "variables", "Layouts", "variables"),
    Key("views", ("V",), "saved views: open one, save this one", "Layouts"),
    Key("view.save", ("ctrl+s",), "save this view under a name", "Layouts"),
    Key("view.delete", (), "delete a saved view", "Layouts"),
    Key("range.1h", ("1",), "last 1 h", "Time"),
    Key("range.6h", ("2",), "last 6 h", "Time"),
    Key("range.24h", ("3",), "last 24 h", "Time"),
    Key("range.7d", ("4",), "last 7 d", "Time"),
    Key("range.custom", ("t",), "custom range", "Time", "range"),
    Key("time.back", ("left_square_bracket", "shift+left"), "pan back", "Time"),
    Key("time.forward", ("right_square_bracket", "shift+right"), "pan forward", "Time"),
    Key("time.in", ("plus",), "zoom in time", "Time"),
    Key("time.out", ("minus",), "zoom out of time", "Time"),
    Key("time.live", ("0", "home"), "back to live", "Time"),
    Key("pause", ("space",), "pause the wall, or the feed that has the focus", "Time"),
    Key("refresh", ("r",), "refresh now", "Time"),
    Key("query", ("colon",), "query line", "Ask", "query"),
    Key("changed", ("w",), "what changed: split by each label", "Ask"),
    Key("compare", ("c",), "compare with yesterday, last week", "Ask"),
    Key("alert.ack", ("a",), "acknowledge the row under the cursor", "Alerts", "ack", writes=True),
    Key("alert.undo", ("u",), "undo the last action", "Alerts", writes=True),
    Key("alert.silence", ("s",), "silence: a form", "Alerts", "silence", writes=True),
    Key("alert.extend", ("e",), "extend an ack, silence or window", "Alerts", writes=True),
    Key("alert.expire", ("x",), "expire a silence: shows what wakes", "Alerts", writes=True),
    Key("alert.window", ("m",), "maintenance window", "Alerts", writes=True),
    Key(
        "alert.stage",
        ("greater_than_sign",),
        "next stage: mitigating, fix deploying, monitoring",
        "Alerts",
        writes=True,
    ),
    Key("alert.emergency", (), "silence everything but the Watchdog, 30 minutes at most", "Alerts", writes=True),
    Key("bell", ("b",), "hush the bell, let it ring again", "Alerts"),
    Key("alert.runbook", ("R",), "runbook", "Alerts", "runbook"),
    Key("alert.links", ("o",), "links, each with copy", "Alerts"),
    Key("alert.menu", ("full_stop",), "menu of all actions on the row", "Alerts", "menu"),
    Key("log.lines", ("l",), "the log lines of that minute and those labels", "Logs", "lines"),
    Key("log.wrap", ("W",), "wrap the lines of a feed", "Logs"),
    Key("history", ("h",), "the last 8 hours as text to paste", "Alerts"),
    Key("alert.copy", ("y",), "copy the row: an alert as six lines, a log line", "Take away"),
    Key("copy.view", ("Y",), "copy the command that reopens this view", "Take away"),
    Key("picture", ("P",), "picture of the wall into a file", "Take away"),
    Key("themes", ("T",), "themes", "The wall"),
    Key("help", ("question_mark",), "help", "The wall", "help"),
    Key("palette", ("ctrl+p",), "palette of all actions", "The wall"),
    Key("quit", ("q",), "quit", "The wall", "quit"),
)

IDS = frozenset(key.id for key in KEYS)
WRITING = frozenset(key.id for key in KEYS if key.writes)

_SPELLED = {
    "slash": "/",
    "question_mark": "?",
    "colon": ":",
    "plus": "+",
    "minus": "-",
    "greater_than_sign": ">",
    "full_stop": ".",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "tab": "Tab",
    "shift+tab": "Shift+Tab",
    "enter": "Enter",
    "escape": "Esc",
    "space": "Space",
    "left": "←",
    "right": "→",
    "up": "↑",
    "down": "↓",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "home": "Home",
    "shift+left": "Shift+←",
    "shift+right": "Shift+→",
    "ctrl+p": "Ctrl+P",
    "ctrl+s": "Ctrl+S",
}
_NAMED = {text: name for name, text in _SPELLED.items()}


def spelled(key: str) -> str:
    """A key name as people write it: ``left_square_bracket`` -> ``[``."""
    return _SPELLED.get(key, key)


def remapped(keys: Mapping[str, str], table: Iterable[Key] = KEYS) -> tuple[Key, ...]:
    """The table with a user's keys: ``{"panel.zoom": "f"}``, several comma-separated. Unknown ids and clashes are faults."""
    table = tuple(table)
    faults = [
        Fault("settings", 0, f"keys: there is no action {id!r}") for id in keys if id not in {key.id for key in table}
    ]
    out = []
    for key in table:
        chosen = keys.get(key.id)
        if chosen is None:
            out.append(key)
            continue
        names = tuple(_NAMED.get(part.strip(), part.strip()) for part in chosen.split(",") if part.strip())
        out.append(Key(key.id, names, key.words, key.group, key.short, key.writes))
    owners: dict[str, str] = {}
    for key in out:
        for name in key.keys:
            if name in owners:
                faults.append(Fault("settings", 0, f"keys: {spelled(name)!r} is bound to {owners[name]} and {key.id}"))
            owners[name] = key.id
    if faults:
        raise ConfigError(faults)
    return tuple(out)


def allowed(table: Iterable[Key], *, read_only: bool) -> tuple[Key, ...]:
    """The keys of a wall; one that only reads has none that writes: not bound, not listed, not in the palette."""
    return tuple(key for key in table if not (read_only and key.writes))
