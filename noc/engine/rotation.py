"""Which page of a TV programme stands on the glass, and until when. Pure decisions about moments; nothing is drawn here.

Three things may hold a page: a CRITICAL that nobody acknowledged takes the glass, somebody pauses, somebody is there. All
moments are unix seconds by the wall's clock; it may jump, and a wall runs for months.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from noc.config.programme import Daytime, Programme, ProgrammePage
from noc.engine.book import Book, Entry
from noc.model.severity import Severity

AWAY = 120.0
"""Seconds without a key after which nobody is there any more, and a pause is over (keys.md)."""

LEAST = 1.0
"""Seconds a page stands at least, whatever its file says."""

OFFSETS = ((0, 0), (1, 0), (1, 1), (0, 1))
"""Columns and rows by which the picture is moved, one after the other: no step is wider than a cell."""

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Why(StrEnum):
    """What a page stands for."""

    TURN = "turn"
    """Its turn in the programme."""
    ALERT = "alert"
    """A CRITICAL took the glass."""
    AGAIN = "again"
    """The alert's turn: every second page until it is over."""
    PAUSED = "paused"
    HERE = "here"
    """Somebody is at the keys."""


@dataclass(frozen=True, slots=True)
class Showing:
    """What stands on the glass. ``page`` is the programme's page at hand, also under an alert's page."""

    page: int
    alert: str | None
    """The mark of the alert whose page it is (:func:`urgent`)."""
    until: float
    why: Why
    number: int
    """Place of the page among those that are shown at this time of the day, from 1; 0 for one that is not."""
    count: int
    turns: int
    """Page changes so far: who sees it grow has a page to change."""

    @property
    def offset(self) -> tuple[int, int]:
        """Columns and rows by which the picture is moved, so that nothing burns in."""
        return OFFSETS[self.turns % len(OFFSETS)]

    @property
    def held(self) -> bool:
        """Whether the rotation waits for a person."""
        return self.why in (Why.PAUSED, Why.HERE)


def urgent(book: Book) -> dict[str, Entry]:
    """The CRITICAL alerts that fire and nobody acknowledged, the newest first, by a mark of this time in which they stand
    so: a later firing, or an acknowledgement that lapsed, is another. Silenced, inhibited and muted ones are none."""
    found = [one for one in book.entries if one.loud and one.severity is Severity.CRITICAL]
    found.sort(key=lambda one: (-one.active_since, one.key))
    return {f"{one.key}@{one.active_since:.0f}": one for one in found}


def within(span: Daytime, now: float, tz: tzinfo) -> bool:
    """Whether a moment lies in a part of the wall's day."""
    return _began(span, now, tz) is not None


def shown_at(page: ProgrammePage, now: float, tz: tzinfo) -> bool:
    """Whether a page belongs to this part of the day, and to the day on which that part began."""
    if page.between is None:
        day: int | None = datetime.fromtimestamp(now, tz).weekday()
    else:
        day = _began(page.between, now, tz)
    return day is not None and (not page.days or DAYS[day] in page.days)


def _began(span: tuple[int, int], now: float, tz: tzinfo) -> int | None:
    """The day (0 is Monday) on which the part of the day at hand began; None outside of it. By the clock on the wall: what
    lies in an hour that daylight saving leaves out is not shown that day, and twice as long where it comes twice."""
    at = datetime.fromtimestamp(now, tz)
    minute, (begin, end) = at.hour * 60 + at.minute, span
    if begin < end:
        return at.weekday() if begin <= minute < end else None
    if minute >= begin:
        return at.weekday()
    return (at.date() - timedelta(days=1)).weekday() if minute < end else None


@dataclass(slots=True)
class Rotation:
    """Where a programme has come to. ``look`` is asked every second, the others on a key or when a page does not open."""

    programme: Programme
    tz: tzinfo
    _page: int = 0
    _alert: str | None = None
    _holding: bool = False
    _since: float | None = None
    _turns: int = 0
    _held: dict[str, float] = field(default_factory=dict)
    """When each alert that still stands took the glass."""
    _last: str | None = None
    """The alert whose turn was the last one."""
    _paused: float | None = None
    _let_go: float = float("-inf")
    """Keys up to here are forgotten."""
    _was_here: bool = False
    _seen: float | None = None

    # -- asked every second

    def look(
        self, now: float, alerts: Sequence[str], *, last_key: float = float("-inf"), occupied: bool = False
    ) -> Showing:
        """What stands on the glass now. ``alerts``: the marks of :func:`urgent`; ``last_key``: when somebody last touched
        keys or mouse; ``occupied``: something lies over the wall that is to be closed first."""
        self._rebase(now)
        if self.programme.preempt is None:
            alerts = ()
        if self._since is None:
            self._show(self._next(now, start=-1), None, now)
        until = self.here_until(last_key)
        here = occupied or now < until
        if not here:
            self._paused = None
            self._step(now, alerts)
        self._held = {one: since for one, since in self._held.items() if one in alerts}
        self._was_here = here
        return self._showing(now, until if here else None)

    def here_until(self, last_key: float) -> float:
        """Until when a person counts as being there: two minutes after the last key, or after the pause began."""
        moments = [one for one in (self._paused, last_key if last_key > self._let_go else None) if one is not None]
        moments = [one for one in moments if self._seen is None or one <= self._seen]
        return max(moments, default=float("-inf")) + AWAY

    def coming(self, alerts: Sequence[str]) -> tuple[int, str | None]:
        """The page, and the alert whose page it is, that comes next unless something happens."""
        return self._following(self._until, alerts if self.programme.preempt is not None else ())

    # -- told

    def pause(self, now: float) -> None:
        """Stand still, two minutes at most."""
        self._paused = now

    def resume(self, now: float) -> None:
        """Go on: the page at hand stands its time anew, and the key that said so holds nothing."""
        self._paused, self._let_go, self._was_here = None, now, False
        self._show(self._page, self._alert, now, holding=self._holding)

    @property
    def paused(self) -> bool:
        return self._paused is not None

    def step(self, by: int, now: float) -> None:
        """The next page (1) or the one before (-1), as somebody asked."""
        self._show(self._next(now, by=by), None, now)

    def skipped(self, now: float) -> Showing:
        """What stands there does not open: on to the next page; behind an alert's page that is the page at hand."""
        self._show(self._page if self._alert is not None else self._next(now), None, now)
        return self._showing(now, None)

    def replaced(self, programme: Programme, now: float) -> None:
        """The file was edited: the page at hand stays where it still is one."""
        old, self.programme = self.programme.pages[self._page], programme
        pages = programme.pages
        if self._page >= len(pages) or pages[self._page] != old:
            at = pages.index(old) if old in pages else min(self._page, len(pages) - 1)
            self._show(at, self._alert, now, holding=self._holding)

    # -- how

    @property
    def _until(self) -> float:
        """When the page's time is over, unless a person is there."""
        programme, preempt = self.programme, self.programme.preempt
        seconds = programme.pages[self._page].dwell or programme.dwell
        if self._alert is not None and preempt is not None:
            seconds = preempt.hold if self._holding else preempt.dwell or programme.dwell
        return (self._since or 0.0) + max(seconds, LEAST)

    def _show(self, page: int, alert: str | None, since: float, *, holding: bool = False) -> None:
        self._page, self._alert, self._since, self._holding = page, alert, since, holding
        self._last = alert or self._last
        self._turns += 1

    def _step(self, now: float, alerts: Sequence[str]) -> None:
        """One page change, if one is due."""
        fresh = [one for one in alerts if one not in self._held]
        if fresh:
            self._held.update(dict.fromkeys(fresh, now))
            self._show(self._page, fresh[0], now, holding=True)
        elif self._alert is not None and self._alert not in alerts:
            self._over(now, alerts)
        elif self._alert is not None and self._was_here and now < self._until:
            self._show(self._page, self._alert, self._since or now, holding=self._holding)
        elif self._was_here or now >= self._until or (self._alert is None and not self._on(self._page, now)):
            self._show(*self._following(now, alerts), now)

    def _over(self, now: float, alerts: Sequence[str]) -> None:
        """The alert on the glass is over: another one whose time to hold is not, else the page where it came."""
        preempt = self.programme.preempt
        hold = preempt.hold if preempt is not None else 0.0
        other = next((one for one in alerts if now - self._held[one] < hold), None)
        if other is not None:
            self._show(self._page, other, self._held[other], holding=True)
        else:
            self._show(self._page if self._on(self._page, now) else self._next(now), None, now)

    def _following(self, at: float, alerts: Sequence[str]) -> tuple[int, str | None]:
        """What follows at a moment: every second page is the alert's, and several alerts take turns."""
        if self._alert is None and alerts:
            behind = alerts.index(self._last) + 1 if self._last in alerts else 0
            return self._page, alerts[behind % len(alerts)]
        if self._alert is not None and self._holding and self._on(self._page, at):
            return self._page, None
        return self._next(at), None

    def _on(self, page: int, at: float) -> bool:
        return shown_at(self.programme.pages[page], at, self.tz)

    def _next(self, at: float, *, by: int = 1, start: int | None = None) -> int:
        """The next page that is shown at a moment; the page at hand where it is the only one."""
        count, start = len(self.programme.pages), self._page if start is None else start
        return next((one for n in range(1, count + 1) if self._on(one := (start + by * n) % count, at)), self._page)

    def _rebase(self, now: float) -> None:
        """The clock was set back: what began stays as long ago as it was."""
        drift = now - self._seen if self._seen is not None and now < self._seen else 0.0
        self._seen = now
        if drift:
            self._since = None if self._since is None else self._since + drift
            self._paused = None if self._paused is None else self._paused + drift
            self._let_go += drift
            self._held = {one: since + drift for one, since in self._held.items()}

    def _showing(self, now: float, here_until: float | None) -> Showing:
        listed = [one for one in range(len(self.programme.pages)) if self._on(one, now)]
        if here_until is not None:
            why = Why.PAUSED if self._paused is not None else Why.HERE
        elif self._alert is None:
            why = Why.TURN
        else:
            why = Why.ALERT if self._holding else Why.AGAIN
        return Showing(
            page=self._page,
            alert=self._alert,
            until=self._until if here_until is None else max(here_until, now),
            why=why,
            number=listed.index(self._page) + 1 if self._page in listed else 0,
            count=len(listed),
            turns=self._turns,
        )
