"""Rows under the header that nobody may miss: an emergency silence, a storm, a bell that is off, what happened meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

from noc.charts.canvas import Canvas, Ink
from noc.config.alerting import Alerting
from noc.engine.book import Book, Entry, emergencies
from noc.engine.digest import clock
from noc.engine.escalation import countdown
from noc.model.alerts import SilenceKind, SilenceState
from noc.model.colour import blend, readable_on
from noc.model.palette import Palette
from noc.model.severity import Severity
from noc.model.text import clean, fit
from noc.model.units import format_age

AFTERMATH = 1800.0
"""Seconds after an emergency silence for which its list is offered."""


@dataclass(frozen=True, slots=True)
class Banner:
    """One row. ``level``: CRITICAL is red, HIGH and MEDIUM tinted, OK quiet."""

    text: str
    level: Severity = Severity.OK


def banners(
    book: Book, settings: Alerting, now: float, tz: tzinfo, *, bell_left: float | None = None, digest: str = ""
) -> list[Banner]:
    """The rows due now, the gravest first. ``bell_left``: seconds until a bell that is off rings again."""
    out = []
    for one in emergencies(book.silences):
        left = countdown(one.ends_at - book.server_now(now))
        who = clean(one.created_by, 40)
        out.append(
            Banner(
                f"EVERYTHING BUT THE WATCHDOG IS SILENCED by {who} until {clock(one.ends_at, tz)} ({left} left)",
                Severity.CRITICAL,
            )
        )
    out += _aftermath(book, now, tz)
    if book.fired_hour > settings.busy:
        out.append(
            Banner(
                f"{book.fired_hour} alerts fired within the hour: more than {settings.busy} is a storm", Severity.HIGH
            )
        )
    if bell_left is not None:
        out.append(Banner(f"BELL OFF {countdown(bell_left)}   b brings it back", Severity.MEDIUM))
    if digest:
        out.append(Banner(f"{digest}   h: the last 8 hours"))
    return out


def critical_banner(urgent: Sequence[Entry], now: float) -> list[Banner]:
    """The row that stays under the header while a CRITICAL fires and nobody acknowledged it; ``urgent``: newest first."""
    if not urgent:
        return []
    newest = urgent[0]
    what = clean(newest.alert.annotation("summary"), 120)
    text = f"CRITICAL  {clean(newest.alert.name, 60)} for {format_age(now - newest.active_since)}"
    if len(urgent) > 1:
        text += f"   and {len(urgent) - 1} more CRITICAL, the oldest for {format_age(now - urgent[-1].active_since)}"
    return [Banner(f"{text}   {what}" if what else text, Severity.CRITICAL)]


def _aftermath(book: Book, now: float, tz: tzinfo) -> list[Banner]:
    """What fired while everything was silenced, for half an hour after it ended."""
    out = []
    for one in book.silences:
        over = one.kind is SilenceKind.EMERGENCY and one.state is SilenceState.EXPIRED
        if not over or not 0 <= book.server_now(now) - one.ends_at < AFTERMATH:
            continue
        fired = [
            entry for entry in (*book.entries, *book.resolved) if one.starts_at <= entry.alert.starts_at <= one.ends_at
        ]
        names = ", ".join(dict.fromkeys(clean(entry.alert.name, 40) for entry in fired[:4]))
        more = f" and {len(fired) - 4} more" if len(fired) > 4 else ""
        what = f"{len(fired)} fired meanwhile: {names}{more}" if fired else "nothing fired meanwhile"
        out.append(
            Banner(
                f"the emergency silence of {clean(one.created_by, 40)} ended {clock(one.ends_at, tz)}; {what}",
                Severity.MEDIUM,
            )
        )
    return out


def draw_banner(banner: Banner, columns: int, palette: Palette) -> Canvas:
    """One row across the glass."""
    if banner.level is Severity.CRITICAL:
        ground = palette.critical
        ink = Ink(readable_on(ground), ground, bold=True)
    elif banner.level is Severity.OK:
        ink = Ink(palette.text, palette.raised)
    else:
        ground = blend(palette.severity(banner.level), palette.background, 0.3)
        ink = Ink(palette.text, ground, bold=True)
    canvas = Canvas(columns, 1, ink)
    glyph = banner.level.glyph if banner.level is not Severity.OK else "·"
    canvas.put(0, 0, fit(f" {glyph} {banner.text}", columns), ink)
    return canvas


def draw_banners(found: Sequence[Banner], columns: int, palette: Palette) -> Canvas:
    """All of them, one beneath the other."""
    canvas = Canvas(columns, len(found))
    for y, one in enumerate(found):
        canvas.blit(0, y, draw_banner(one, columns, palette))
    return canvas
