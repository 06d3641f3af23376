"""The four severities and ok: order, glyph and word stand here and nowhere else (specification 4.1)."""

from __future__ import annotations

from enum import StrEnum


class Severity(StrEnum):
    """Ordered from calm to urgent by ``rank``; the value is what files and labels say."""

    OK = "ok"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        return _RANK[self]

    @property
    def glyph(self) -> str:
        return _GLYPH[self]

    @property
    def word(self) -> str:
        return "ok" if self is Severity.OK else self.value.upper()


_RANK = {severity: index for index, severity in enumerate(Severity)}
_GLYPH = {
    Severity.OK: "✔",
    Severity.LOW: "●",
    Severity.MEDIUM: "◆",
    Severity.HIGH: "▲",
    Severity.CRITICAL: "✖",
}


def worst(severities: list[Severity]) -> Severity:
    """The most urgent of the given severities; ok when there are none."""
    return max(severities, key=lambda severity: severity.rank, default=Severity.OK)
