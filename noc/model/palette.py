"""The colours of a theme by role, ready for drawing. Never a colour per widget."""

from __future__ import annotations

from dataclasses import dataclass

from noc.model.severity import Severity


@dataclass(frozen=True, slots=True)
class Palette:
    """Hex colours ``#rrggbb``. ``series`` are muted and distinct from the severities; ``ramp`` runs from low to high."""

    name: str
    dark: bool
    background: str
    surface: str  # ground of a card
    raised: str  # ground of dialogs, the cursor row, the focused title
    text: str
    muted: str
    faint: str  # grid lines, empty tracks, skeletons
    accent: str  # focus
    ok: str
    low: str
    medium: str
    high: str
    critical: str
    series: tuple[str, ...]
    ramp: tuple[str, ...]

    def severity(self, severity: Severity) -> str:
        """The colour of a severity."""
        return str(getattr(self, severity.value))
