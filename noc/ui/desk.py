"""What the viewer does with lists: a cursor that holds a thing, an order that stands still, filters, folds, undo.

Apart from the Board because it outlives layouts; no Textual. Rows are known by their keys (a fingerprint, a group),
never by their number: an alert that arrives between look and key changes nothing (keys.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from noc.actions.intent import Done, Intent
from noc.config.alerting import Alerting
from noc.engine.book import Book, Entry
from noc.model.logs import Feed
from noc.runtime import AlertDesk
from noc.ui.panels.data import Alerts, Logs, Response

RELEASE_AFTER = 120.0
"""Seconds without a key after which a frozen list moves again: nobody reads it any more."""

UNDOS = 20
"""Actions that can be taken back."""


@dataclass(slots=True)
class Held:
    """What one panel's list remembers while it has the focus; a pause and a way to wrap outlast it."""

    cursor: str | None = None
    order: tuple[str, ...] | None = None
    typed: str = ""
    closed: frozenset[str] = frozenset()
    still: Feed | None = None
    """Of a panel of log lines that stands still: its feed at that moment."""
    paused: bool = False
    wrap: bool = False


@dataclass(slots=True)
class Desk:
    """The viewer's hands. ``alerting`` is None where no Alertmanager is configured."""

    alerting: AlertDesk | None
    read_only: bool = False
    held: dict[str, Held] = field(default_factory=dict)
    done: list[Done] = field(default_factory=list)
    responses: Mapping[str, Response] = field(default_factory=dict)
    hushed: bool = False

    @property
    def book(self) -> Book:
        return self.alerting.poller.book if self.alerting else Book()

    @property
    def fired(self) -> tuple[Entry, ...]:
        """What fires now or did within the hour, as this wall saw it."""
        return (*self.book.entries, *self.book.resolved)

    @property
    def settings(self) -> Alerting:
        return self.alerting.settings if self.alerting else Alerting()

    def of(self, panel: str) -> Held:
        """What a panel's list remembers; made when first asked for."""
        return self.held.setdefault(panel, Held())

    def alerts(self, panel: str, *, focused: bool) -> Alerts:
        """What a panel is drawn from. Cursor and frozen order exist only while it has the focus."""
        own = self.held.get(panel, Held())
        return Alerts(
            book=self.book,
            settings=self.settings,
            pending=dict(self.alerting.runner.pending) if self.alerting else {},
            responses=self.responses,
            me=self.alerting.runner.author if self.alerting else "",
            read_only=self.read_only,
            hushed=self.hushed,
            cursor=own.cursor if focused else None,
            order=own.order if focused else None,
            typed=own.typed,
            closed=own.closed,
        )

    def logs(self, panel: str, feed: Feed, *, focused: bool) -> Logs:
        """What a panel of log lines is drawn from. While it is paused, or its cursor holds a line, it shows the lines of
        the moment that began; age, failures and counts are those of now."""
        own = self.held.get(panel, Held())
        cursor = own.cursor if focused else None
        standing = own.paused or cursor is not None
        if not standing:
            own.still = None
        elif own.still is None or own.still.query != feed.query:
            own.still = feed
        shown, waiting = feed, 0
        if own.still is not None:
            shown, waiting = replace(feed, lines=own.still.lines), max(0, feed.total - own.still.total)
        return Logs(shown, standing, own.paused, waiting, cursor, own.typed, own.wrap)

    def hold(self, panel: str, feed: Feed) -> None:
        """The feed stands still as it is drawn now, for a key that works in it; one that does so stays as it is."""
        own = self.of(panel)
        if own.still is None:
            own.still = feed

    def pause_feed(self, panel: str) -> bool:
        """Let a feed stand still until it is asked to run again; whether it is paused now."""
        own = self.of(panel)
        own.paused = not own.paused
        return own.paused

    def wrap_feed(self, panel: str) -> None:
        """Give a feed's lines several rows, or one again."""
        own = self.of(panel)
        own.wrap = not own.wrap

    def chosen(self, panel: str, *, focused: bool) -> str | None:
        """The key of the row under the cursor of a list that is drawn from series."""
        return self.held[panel].cursor if focused and panel in self.held else None

    def freeze(self, panel: str, order: tuple[str, ...]) -> None:
        """The list stands still from now on, in an order of :func:`alertwords.order_of`; one that does so stays as it is."""
        own = self.of(panel)
        if own.order is None:
            own.order = order

    def moved(self, panel: str, keys: Sequence[str], by: int) -> bool:
        """Move the cursor by rows; False when it leaves the list at either end, which lets waiting rows in."""
        own = self.of(panel)
        at = keys.index(own.cursor) if own.cursor in keys else -1
        to = at + by if at >= 0 else (0 if by > 0 else -1)
        if not 0 <= to < len(keys):
            self.release(panel)
            return False
        own.cursor = keys[to]
        return True

    def choose(self, panel: str, key: str) -> None:
        """Put the cursor on a row."""
        self.of(panel).cursor = key

    def release(self, panel: str) -> None:
        """The list moves again: its cursor is gone, waiting rows come in. A feed that was paused stays so."""
        own = self.of(panel)
        own.cursor = own.order = None

    def release_all(self) -> bool:
        """Let every list move again, paused feeds too; whether any stood still."""
        held = any(own.cursor is not None or own.paused for own in self.held.values())
        for panel, own in self.held.items():
            self.release(panel)
            own.paused = False
        return held

    def folded(self, panel: str, group: str) -> None:
        """Fold or unfold a group. The order is to be frozen anew: its rows come or go."""
        own = self.of(panel)
        own.closed = own.closed ^ {group}
        own.order = None

    def remember(self, done: Done) -> None:
        """An action that can be undone, the latest last."""
        if done.undo is not None:
            self.done = [*self.done[-(UNDOS - 1) :], done]

    def undoable(self) -> Intent | None:
        """What ``u`` would do now; None when there is nothing."""
        return self.done[-1].undo if self.done else None
