"""Contact sheets: every panel kind, every state of a card, every theme, every depth of colour and scale, one picture each."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from ruamel.yaml import YAML

from noc.cli.embedded import NOBODY, embedded
from noc.config.loader import load_theme
from noc.config.settings import Settings
from noc.model.depth import Depth
from noc.model.errors import BadQuery, Unreachable
from noc.picture.frame import Frame
from noc.picture.sheet import beside
from noc.ui.cards import draw_card
from noc.ui.depth import Inks, as_shown
from noc.ui.panels import KINDS
from noc.ui.panels.data import PanelData
from tests.ui.given import NOW, panel, values

COLUMNS, CARD = 6, (38, 12)
"""The sheet of kinds: columns, and the cells of a card in one of them."""
ROOMY: Mapping[str, tuple[int, int]] = {
    "geo": (2, 2),
    **dict.fromkeys(("table", "logs", "top", "alerts", "heatmap", "checks", "state-timeline", "timeseries"), (2, 1)),
}
"""Columns and rows of the grid for kinds that need more than one of each."""
ORDER = ("operations", "security", "business", "performance", "health")
"""Layouts that are looked through for a panel of each kind, before all others."""

OWN: Mapping[str, dict[str, object]] = {
    "text": {
        "kind": "text",
        "text": "# Runbook\n\nAsk **who has it** before you touch it.\n\n- the room: 4711\n- the bridge: 4712",
    },
    "alert-history": {"kind": "alert-history", "range": "1h"},
    "log-rate": {"kind": "log-rate", "query": '{job="laravel"}'},
}
"""Kinds that bundled layouts have no use for, or only with a variable."""


def kinds() -> Frame:
    """A card of each kind of the registry, on the demo, as a bundled layout has it. KeyError where none has one."""
    rows = packed({kind: ROOMY.get(kind, (1, 1)) for kind in KINDS})
    size = (COLUMNS * (CARD[0] + 1) - 1, len(rows) * (CARD[1] + 1) + 1)
    found = examples()
    panels = {kind: {**found[kind], "title": kind} for kind in KINDS}
    layout = {"title": "Every panel kind", "grid": {"areas": [" ".join(row) for row in rows]}, "panels": panels}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "kinds.yaml"
        with file.open("w", encoding="utf-8") as out:
            YAML(typ="safe").dump(layout, out)
        frame, board = embedded(str(file), size, scenario="webhook-attack")
    if board.placement.reflowed:
        raise ValueError("the sheet of kinds does not fit its grid: a kind needs two columns")
    return frame


def packed(wanted: Mapping[str, tuple[int, int]]) -> list[list[str]]:
    """Areas of a grid ``COLUMNS`` wide: the largest first, each at the first place where it fits."""
    rows: list[list[str]] = []
    for name, (wide, high) in sorted(wanted.items(), key=lambda item: -item[1][0] * item[1][1]):
        y, x = next(
            (y, x)
            for y in range(len(rows) + 1)
            for x in range(COLUMNS - wide + 1)
            if all(cell == "." for row in rows[y : y + high] for cell in row[x : x + wide])
        )
        rows += [["."] * COLUMNS for _ in range(y + high - len(rows))]
        for row in rows[y : y + high]:
            row[x : x + wide] = [name] * wide
    return rows


def examples() -> dict[str, dict[str, object]]:
    """A panel of each kind as some bundled layout has it, not narrowed; none that needs a variable of its layout."""
    found: dict[str, dict[str, object]] = {kind: dict(one) for kind, one in OWN.items()}
    names = [*ORDER, *(name for name in NOBODY.available_layouts() if name not in ORDER)]
    for name in names:
        written = YAML(typ="safe").load(NOBODY.find_layout(name))
        variables = [f"${variable}" for variable in written.get("variables", {})]
        for panel_of in written["panels"].values():
            one = {key: value for key, value in panel_of.items() if key != "where"}
            if not any(variable in str(one) for variable in variables):
                found.setdefault(one["kind"], one)
    return found


def states() -> Frame:
    """The same three cards in every state a card can be in."""
    found = []
    for words, more in _STATES:
        for kind, written in _CARDS.items():
            found.append((f"{words}: {kind}", _card(panel(*_filled(written, more), **more.get("with", {})), more)))
    return beside(found, across=len(_CARDS) * 2, title="Every state")


_POINTS = [(NOW - 3600 + 60 * minute, 120 + 40 * ((minute * 7) % 11) / 11 + minute) for minute in range(61)]
_CARDS: Mapping[str, dict[str, object]] = {
    "stat": {"kind": "stat", "title": "Requests", "query": "sum(rate(requests_total[5m]))", "unit": "reqps"},
    "gauge": {
        "kind": "gauge",
        "title": "DB connections",
        "query": "pool_in_use / pool_size",
        "unit": "percentunit",
        "min": 0,
        "max": 1,
    },
    "timeseries": {
        "kind": "timeseries",
        "title": "Requests",
        "query": "sum(rate(requests_total[5m]))",
        "unit": "reqps",
    },
}
_STATES: tuple[tuple[str, dict[str, object]], ...] = (
    ("fresh", {}),
    ("loading", {"empty": True, "with": {"age": None}}),
    ("no data", {"empty": True}),
    ("optional, not in use", {"empty": True, "spec": {"optional": True}}),
    ("stale", {"with": {"age": 245.0}}),
    ("error, last picture kept", {"with": {"error": BadQuery("parse error: unexpected end of input")}}),
    (
        "error, nothing yet",
        {"empty": True, "with": {"age": None, "error": Unreachable("connection refused"), "next_try": 12.0}},
    ),
    ("warning", {"with": {"warnings": ("store 3 of 4 is down",)}}),
    ("HIGH", {"level": "high"}),
    ("CRITICAL", {"level": "critical"}),
    ("focus", {"focus": True}),
    ("too small", {"size": (18, 3)}),
)


def _filled(written: dict[str, object], more: Mapping[str, object]) -> tuple[dict[str, object], dict[str, object]]:
    """The spec and the answers of a card in a state."""
    spec = {**written, **more.get("spec", {})}  # type: ignore[dict-item]
    share = written["kind"] == "gauge"
    if "level" in more:
        spec["thresholds"] = [{"above": 0.7 if share else 150, "severity": more["level"]}]
    elif share:
        spec["thresholds"] = [{"above": 0.9, "severity": "high"}]
    if more.get("empty"):
        return spec, {"main": []}
    series = [({"job": "api"}, _POINTS)]
    main = values(("api", 0.76)) if share else series if written["kind"] == "timeseries" else values(("api", 187.0))
    return spec, {"main": main} if written["kind"] == "timeseries" else {"main": main, "trend": series}


def _card(data: PanelData, more: Mapping[str, object]) -> Frame:
    columns, rows = more.get("size", (32, 8))  # type: ignore[misc]
    palette = data.look.palette
    card = draw_card(data, columns, rows, focused=bool(more.get("focus")))
    return Frame(card, palette.text, palette.background)


def themes() -> Frame:
    """The same small wall in each bundled theme."""
    names = list(NOBODY.available_themes())
    return beside(
        [(_title(name), _small(Settings(timezone="UTC", theme=name))) for name in names], across=3, title="Themes"
    )


def _title(name: str) -> str:
    title = load_theme(NOBODY.find_theme(name)).title
    return f"{name}: {title}" if title and title.lower() != name else name


def depths() -> Frame:
    """The same wall with fewer colours, fewer characters, and seen from afar."""
    whole, palette = _small(Settings(timezone="UTC")), load_theme(NOBODY.find_theme("midnight")).palette("midnight")
    shown = [(words, as_shown(whole, Inks(depth, palette))) for depth, words in _DEPTHS.items()]
    for words, layout, more in _OTHERS:
        shown.append((words, _small(Settings.model_validate({"timezone": "UTC", **more}), layout)))
    return beside(shown, across=2, title="Terminals")


_DEPTHS = {Depth.TRUECOLOR: "16 million colours", Depth.FULL: "256", Depth.SIXTEEN: "16", Depth.NONE: "none (NO_COLOR)"}
_OTHERS: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("16 colours, ASCII: the console of Linux", "phone", {"colours": "16", "charset": "ascii"}),
    ("--scale 2: seen from afar", "performance", {"scale": 2}),
)


def _small(settings: Settings, layout: str = "phone") -> Frame:
    return embedded(layout, (80, 24), scenario="db-pool-exhaustion", settings=settings)[0]


SHEETS = {"kinds": kinds, "states": states, "themes": themes, "depths": depths}
"""What is drawn, by the picture's name."""
