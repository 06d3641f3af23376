"""How a log server is doing, which answers twice: with lines to feeds and with numbers to panels."""

from __future__ import annotations

from dataclasses import replace

from noc.model.results import ServerHealth


def joined(numbers: ServerHealth, lines: ServerHealth | None, name: str) -> ServerHealth:
    """One health out of the two, under the server's own name: the later good answer, and a failure only where what was
    asked last failed in both ways or in the only one that was asked."""
    asked = [one for one in (numbers, lines) if one is not None and one.asked]
    if not asked:
        return replace(numbers, name=name, kind="loki")
    good = [one.good_at for one in asked if one.good_at is not None]
    failing = [one for one in asked if one.error is not None]
    worst = failing[-1] if len(failing) == len(asked) else None
    skew = next((one.skew for one in asked if one.skew is not None), None)
    return ServerHealth(
        name=name,
        kind="loki",
        asked=True,
        good_at=max(good, default=None),
        error=worst.error if worst else None,
        next_try=worst.next_try if worst else None,
        skew=skew,
    )
