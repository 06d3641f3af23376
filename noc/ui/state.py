"""What the viewer chose: layout, window, variables, focus. Frozen, with one pure step per key; no Textual."""

from __future__ import annotations

from dataclasses import dataclass, replace

from noc.engine.variables import ALL
from noc.model.timerange import TimeWindow

RANGES = {"range.1h": 3600.0, "range.6h": 21600.0, "range.24h": 86400.0, "range.7d": 604800.0}
COMPARISONS = (0.0, 86400.0, 604800.0)
NARROWEST, WIDEST = 60.0, 366 * 86400.0  # seconds a window may span
PAN = 0.5  # share of the span that one press of [ moves
HISTORY_LIMIT = 600.0  # seconds until live comes back by itself (keys.md)
HISTORY_LIMIT_TV = 120.0


@dataclass(frozen=True, slots=True)
class View:
    """``span`` is None while the layout and its panels choose their own range; ``end`` is None while live."""

    layout: str
    span: float | None = None
    end: float | None = None
    values: tuple[tuple[str, tuple[str, ...]], ...] = ()
    compare: float = 0.0
    paused_at: float | None = None
    focus: str | None = None
    page: int = 0
    left_live: float | None = None
    mark: float | None = None
    """The shared time cursor, in unix seconds: every chart shows its values there."""

    @property
    def live(self) -> bool:
        return self.end is None and self.paused_at is None

    def window(self, default: float) -> TimeWindow:
        """The window of a panel whose own range is ``default`` seconds."""
        return TimeWindow(self.span or default, self.end)

    def ranged(self, span: float) -> View:
        """The last ``span`` seconds; a fixed right edge stays where it is."""
        return replace(self, span=min(max(span, NARROWEST), WIDEST))

    def panned(self, direction: int, default: float, now: float) -> View:
        """Half a window back (-1) or forward (+1); forward over now is live again."""
        span = self.span or default
        end = (now if self.end is None else self.end) + direction * span * PAN
        if end >= now:
            return self.lived()
        return replace(self, span=span, end=end, left_live=self.left_live or now)

    def zoomed(self, factor: float, default: float, now: float) -> View:
        """The span times ``factor``: around the middle in history, at the right edge while live."""
        span = min(max((self.span or default) * factor, NARROWEST), WIDEST)
        if self.end is None:
            return replace(self, span=span)
        end = self.end + ((self.span or default) * factor - (self.span or default)) / 2
        return self.lived() if end >= now and factor > 1 else replace(self, span=span, end=min(end, now))

    def fixed(self, start: float, end: float, now: float) -> View:
        """An absolute window."""
        return replace(self, span=max(end - start, NARROWEST), end=end, left_live=self.left_live or now)

    def lived(self) -> View:
        """Back to live. A span the viewer chose stays; at home already, it is forgotten too."""
        home = self.end is None and self.paused_at is None
        return replace(self, span=None if home else self.span, end=None, paused_at=None, left_live=None)

    def paused(self, now: float) -> View:
        """Freeze the picture, or let it run again."""
        if self.paused_at is not None:
            return replace(self, paused_at=None, left_live=None)
        return replace(self, paused_at=now, left_live=now)

    def compared(self) -> View:
        """Off, yesterday, last week, off; what only a saved view compares with is followed by off."""
        at = COMPARISONS.index(self.compare) + 1 if self.compare in COMPARISONS else 0
        return replace(self, compare=COMPARISONS[at % len(COMPARISONS)])

    def overdue(self, now: float, tv: bool) -> bool:
        """Whether history or pause has lasted so long that live comes back by itself."""
        limit = HISTORY_LIMIT_TV if tv else HISTORY_LIMIT
        return self.left_live is not None and now - self.left_live >= limit

    def marked(self, at: float | None) -> View:
        """With the time cursor there, or without one."""
        return replace(self, mark=at)

    def valued(self, name: str, values: tuple[str, ...]) -> View:
        """With a variable set; every value and another one is every value."""
        chosen = (ALL,) if ALL in values else values
        return replace(self, values=tuple(sorted({**dict(self.values), name: chosen}.items())))
