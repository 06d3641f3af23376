"""Which panel shows each of the specification's visualisations: ``python -m tests.catalogue.dashboards`` prints the table."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

from noc.catalogue import metrics
from noc.catalogue.resolve import resolve
from noc.config.layout import Layout
from noc.config.loader import load_layout
from noc.config.paths import bundled

FILE = Path(__file__).with_name("dashboards.yaml")


@dataclass(frozen=True, slots=True)
class Visualisation:
    """One line of the specification, and the panel that shows it: ``layout/panel``."""

    section: str
    words: str
    panel: str
    kind: str
    instead: str = ""


def visualisations() -> list[Visualisation]:
    """The transcription, in the specification's order."""
    data = YAML(typ="safe").load(FILE.read_text())
    return [Visualisation(section, **line) for section, lines in data.items() for line in lines]


def layouts() -> dict[str, Layout]:
    """Every bundled layout by name, resolved."""
    catalogue = metrics.load()
    return {path.stem: resolve(load_layout(path), catalogue) for path in sorted(bundled("layouts").glob("*.yaml"))}


def table() -> str:
    """The closing note's table, from what the layouts really hold."""
    found = layouts()
    rows = ["| section | visualisation | panel | kind | metrics |", "|---|---|---|---|---|"]
    for one in visualisations():
        layout, _, name = one.panel.partition("/")
        panel = found[layout].panels[name]
        names = [item.metric for item in getattr(panel, "queries", ()) if item.metric]
        words = one.words + (f" ({one.instead})" if one.instead else "")
        rows.append(f"| {one.section} | {words} | {one.panel} | {panel.kind} | {', '.join(dict.fromkeys(names))} |")
    return "\n".join(rows)


if __name__ == "__main__":
    print(table())
